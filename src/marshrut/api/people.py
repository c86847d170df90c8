"""People, search and reports."""


from django.http import HttpRequest, HttpResponse
from ninja import Query

from marshrut.api import contract, shapes
from marshrut.api.door import Id, OptionalDay, absent, acting, answer, api
from marshrut.clients.queries import person_card, search_people
from marshrut.core.names import clean_text
from marshrut.deals.queries import deals_of_person, find_deal
from marshrut.intake.queries import find_inquiry, source_conversion
from marshrut.privacy.merge_reads import kept_instead_of


@api.get("/persons/{id}", tags=["people"], summary="One person with the ways to reach them", response=contract.ANY)
def read_person(request: HttpRequest, id: Id) -> HttpResponse:
    """Of a record that turned out to be somebody else's, that person; `merged_from` is then the number asked for."""
    actor = acting(request, "persons:read")
    card = person_card(actor, id)
    kept_id = kept_instead_of(actor, id) if card is None else None
    if kept_id is not None:
        card = person_card(actor, kept_id)
    if card is None:
        raise absent()
    deals = deals_of_person(actor, card.id) if actor.may("deals:read") else []
    merged = {"merged_from": id} if kept_id is not None else {}
    return answer({**shapes.person(actor, card), "deals": [shapes.deal(actor, d) for d in deals], **merged})


@api.get("/search", tags=["people"], summary="People, inquiries and deals by name, phone, address or number", response=contract.ANY)
def search(request: HttpRequest, q: str, limit: int = Query(20, ge=1, le=50)) -> HttpResponse:
    """Only the kinds whose read scope is held are looked through."""
    actor = acting(request)
    query = clean_text(q, 200)
    items = [shapes.person_line(actor, line) for line in search_people(actor, query, limit)] if query and actor.may("persons:read") else []
    number = query.lstrip("#№ ")
    if number.isascii() and number.isdigit() and len(number) <= 12:
        if actor.may("inquiries:read") and (card := find_inquiry(actor, int(number))):
            items.append({"kind": "inquiry", "id": card.id, "title": f"№ {card.id}", "state": card.state})
        if actor.may("deals:read") and (deal := find_deal(actor, int(number))):
            items.append({"kind": "deal", "id": deal.id, "title": deal.title or f"№ {deal.id}", "state": deal.state})
    return answer({"items": items})


@api.get("/reports/source-conversion", tags=["reports"], summary="Source × conversion: realised ÷ closed", response=contract.ANY)
def conversion(
    request: HttpRequest,
    since: OptionalDay = Query(None, alias="from"),
    until: OptionalDay = Query(None, alias="to"),
) -> HttpResponse:
    """Inquiries received from `from` to `to`, both days included (UTC). Open ones are counted but do not enter conversion."""
    actor = acting(request, "reports:read")
    rows = source_conversion(actor, since, until)
    return answer(
        {
            "rows": [
                {
                    "source": r.source,
                    "name": r.name,
                    "inquiries": r.inquiries,
                    "closed": r.closed,
                    "won": r.won,
                    "conversion": r.conversion,
                }
                for r in rows
            ]
        }
    )
