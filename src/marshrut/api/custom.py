"""The agency's own fields: written on an inquiry, a deal or a person; read with each of them. Of a person the language, too."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from marshrut.api import contract, shapes
from marshrut.api import inquiries as _inquiries  # noqa: F401  its fixed addresses stand before those with a number
from marshrut.api.door import Id, absent, acting, answer, api
from marshrut.clients.queries import person_card
from marshrut.clients.services import set_custom as set_custom_of_person
from marshrut.clients.services import set_language
from marshrut.core.clock import utc_now
from marshrut.core.names import clean_text
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


class PersonIn(Schema):
    """What is changed of a person; what is not named stays as it is.

    `language` is the one they are written in (ru, uk, en, be, kk); empty: not known, their next inquiry tells.
    """

    custom: dict[str, Any] = {}
    language: str | None = None


@api.patch(
    "/persons/{id}", tags=["people"], summary="The language of a person and values of the agency's own fields", response=contract.ANY
)  # fmt: skip
@transaction.atomic
def change_person(request: HttpRequest, id: Id, given: PersonIn) -> HttpResponse:
    """All or nothing: 422 names the first field that is unknown or cannot be read."""
    actor, now = acting(request, "persons:write"), utc_now()
    set_custom_of_person(person_id=id, values=given.custom, by=actor, now=now)
    if given.language is not None:
        set_language(person_id=id, language=clean_text(given.language, 20), by=actor, now=now)
    card = person_card(actor, id)
    if card is None:
        raise absent()
    return answer(shapes.person(actor, card))
