"""The agency's own fields: written on an inquiry, a deal or a person; read with each of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from marshrut.api import contract, shapes
from marshrut.api import inquiries as _inquiries  # noqa: F401  its fixed addresses stand before those with a number
from marshrut.api.door import Id, absent, acting, answer, api
from marshrut.clients.queries import person_card
from marshrut.clients.services import set_custom as set_custom_of_person
from marshrut.core.clock import utc_now
from marshrut.deals.queries import find_deal
from marshrut.intake.queries import find_inquiry
from marshrut.journal.services import set_custom


class CustomIn(Schema):
    """Values by the slug of the field; null takes one away. Fields that are not named stay as they are."""

    custom: dict[str, Any]


@api.patch("/inquiries/{id}", tags=["inquiries"], summary="Values of the agency's own fields on an inquiry", response=contract.ANY)
def change_inquiry(request: HttpRequest, id: Id, given: CustomIn) -> HttpResponse:
    """All or nothing: 422 names the first field that is unknown or cannot be read."""
    actor = acting(request, "inquiries:write")
    card = find_inquiry(actor, id)
    if card is None:
        raise absent()
    set_custom(dossier_id=card.dossier_id, values=given.custom, by=actor, now=utc_now())
    card = find_inquiry(actor, id)
    if card is None:
        raise absent()
    return answer(shapes.inquiry(actor, card))


@api.patch("/deals/{id}", tags=["deals"], summary="Values of the agency's own fields on a deal", response=contract.ANY)
def change_deal(request: HttpRequest, id: Id, given: CustomIn) -> HttpResponse:
    """All or nothing: 422 names the first field that is unknown or cannot be read."""
    actor = acting(request, "deals:write")
    card = find_deal(actor, id)
    if card is None:
        raise absent()
    set_custom(dossier_id=card.dossier_id, values=given.custom, by=actor, now=utc_now())
    card = find_deal(actor, id)
    if card is None:
        raise absent()
    return answer(shapes.deal(actor, card))


@api.patch("/persons/{id}", tags=["people"], summary="Values of the agency's own fields of a person", response=contract.ANY)
def change_person(request: HttpRequest, id: Id, given: CustomIn) -> HttpResponse:
    """All or nothing: 422 names the first field that is unknown or cannot be read."""
    actor = acting(request, "persons:write")
    set_custom_of_person(person_id=id, values=given.custom, by=actor, now=utc_now())
    card = person_card(actor, id)
    if card is None:
        raise absent()
    return answer(shapes.person(actor, card))
