"""Inquiries: the door they come in by, the lists, and what is done with them."""

import base64
import binascii
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema

from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import custom_fields_of, read_revision
from marshrut.api import contract, shapes
from marshrut.api.bodies import read_object
from marshrut.api.door import Id, OptionalId, OptionalMoment, Unsaid, absent, acting, answer, api
from marshrut.api.listing import bad_cursor, reading_of
from marshrut.channels.queries import came_from, find_quarantined
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid
from marshrut.core.names import clean_text
from marshrut.deals.queries import deal_of_inquiry, find_deal
from marshrut.deals.rules.list_filters import INQUIRIES
from marshrut.deals.services import open_deal
from marshrut.intake.queries import InquiryFilter, find_inquiry, list_briefs, received_inquiry
from marshrut.intake.queries.reading_text import read_message
from marshrut.intake.reading import read_submission
from marshrut.intake.reference import read_reference
from marshrut.intake.services import Receipt, accept_inquiry, close_inquiry, correct_inquiry
from marshrut.journal.queries import read_history, read_story

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2090, 12, 31)
"""Days on which a message may be read: beyond them holidays that move are not reckoned."""
_DECLARED = ("owner", "source", "class")
_FURTHER = replace(INQUIRIES, words=tuple(name for name in INQUIRIES.words if name not in _DECLARED))
"""The page's filters beside those the operation reads by itself."""


@api.post(
    "/inquiries", tags=["inquiries"], summary="An inquiry comes in", openapi_extra=contract.INTAKE, response=contract.INTAKE_ANSWERS
)
def receive(request: HttpRequest) -> HttpResponse:
    """Stored raw, understood, ranked, given to somebody with a next action; or 202 and quarantine."""
    actor = acting(request, "inquiries:write")
    data = read_object(request)
    now = utc_now()
    reference = read_reference(actor.revision)
    today = reference.staff.first_office.calendar.local_date(now)
    fields = custom_fields_of("matter", actor.revision or read_revision()) if "custom" in data else ()
    currency = reference.staff.agency.currency
    submission = read_submission(data, regions=reference.staff.regions, today=today, now=now, fields=fields, currency=currency)
    if actor.reach == "office":
        submission = replace(submission, office_id=actor.office_id)
    key = clean_text(request.headers.get("Idempotency-Key", ""), 255)
    receipt = accept_inquiry(submission=submission, body=request.body, reference=reference, by=actor, now=now, key=key)
    return answer_receipt(actor, receipt)


def answer_receipt(actor: Actor, receipt: Receipt) -> HttpResponse:
    """201 for a new inquiry, 200 for one known already, 202 for one in quarantine."""
    card = None if receipt.quarantined else receipt.card or received_inquiry(receipt.id)
    if card is not None and (receipt.is_new or actor.sees(card.owner_id, card.office_id) or came_from(card.id) == actor.label):
        return answer(shapes.inquiry(actor, card), 201 if receipt.is_new else 200)
    if card is not None:  # another's external id was named: that it is known is all a stranger learns
        return answer({"id": card.id, "number": card.id, "state": card.state})
    waiting = find_quarantined(system("door"), receipt.id)
    reason = receipt.quarantined or (waiting.reason if waiting else "")
    return answer({"id": receipt.id, "number": receipt.id, "state": "quarantined", "reason": reason}, 202)


class TextIn(Schema):
    text: str
    today: Annotated[date | None, Unsaid] = None


@api.post("/inquiries/read", tags=["inquiries"], summary="What would be read out of a message", response=contract.ANY)
def read_words(request: HttpRequest, given: TextIn) -> HttpResponse:
    """The request, a word for the origin of every value, the class and where in the message each value stands. Keeps nothing."""
    actor = acting(request, "inquiries:write")
    reference = read_reference(actor.revision)
    today = given.today or reference.staff.first_office.calendar.local_date(utc_now())
    if not FIRST_DAY <= today <= LAST_DAY:
        raise Invalid("day_out_of_range", _("A day of the years 2000 to 2090."), field="today")
    return answer(shapes.read_message(read_message(given.text, today, reference)))


@api.get(
    "/inquiries", tags=["inquiries"], summary="Inquiries within reach, the newest first", response=contract.ANY,
    openapi_extra=contract.narrowing(INQUIRIES, but=_DECLARED),
)
def read_list(
    request: HttpRequest,
    state: Literal["open", "joined", "closed", "all"] = "open",
    owner: OptionalId = None,
    source: list[str] = Query(default=[]),
    inquiry_class: str = Query("", alias="class"),
    changed_since: OptionalMoment = None,
    limit: int = Query(50, ge=1, le=200),
    after: str = "",
) -> HttpResponse:
    actor = acting(request, "inquiries:read")
    sources = tuple(clean_text(s, 120) for s in source if s)
    wanted = InquiryFilter(
        state=state,
        owner_id=owner,
        sources=sources,
        inquiry_class=clean_text(inquiry_class, 20),
        limit=limit,
        after=read_cursor(after) if after else None,
        narrowed=narrowing(request, actor, changed_since),
    )
    lines = list_briefs(actor, wanted)
    following = write_cursor(lines[-1].opened_at, lines[-1].id) if len(lines) == limit else None
    return answer({"items": [shapes.inquiry_line(actor, line) for line in lines], "next": following})


def narrowing(request: HttpRequest, actor: Actor, changed_since: datetime | None) -> tuple[str, tuple[Any, ...]] | None:
    """Further filters of the list, as on the page; None when there are none."""
    named = [name for name, text in request.GET.items() if text and (name in _FURTHER.names or name.startswith("custom."))]
    if changed_since is None and not named:
        return None
    found = reading_of(request, actor, _FURTHER, changed_since=changed_since, state="all", sort="").conditions
    return found.sql, tuple(found.values)


def write_cursor(at: datetime, id: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, int]:
    """Where a list goes on. Invalid when it is not one of ours."""
    try:
        moment, id = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode().rsplit(" ", 1)
        at = datetime.fromisoformat(moment)
        if at.tzinfo is not None and 0 < int(id) < 2**63:
            return at, int(id)
    except (ValueError, binascii.Error):
        pass
    raise bad_cursor()


@api.get("/inquiries/{id}", tags=["inquiries"], summary="One inquiry with its deal and history", response=contract.ANY)
def read_one(request: HttpRequest, id: Id) -> HttpResponse:
    actor = acting(request, "inquiries:read")
    card = find_inquiry(actor, id)
    if card is None:
        return _quarantined(actor, id)
    born = deal_of_inquiry(card.id)
    deal = find_deal(actor, born[0]) if born and actor.may("deals:read") else None
    return answer(
        {
            **shapes.inquiry(actor, card),
            "deal": shapes.deal(actor, deal) if deal else None,
            "history": _history(actor, card.id, card.dossier_id),
        }
    )


def _quarantined(actor: Actor, id: int) -> HttpResponse:
    waiting = find_quarantined(actor, id)
    if waiting is None:
        raise absent()
    return answer(
        {
            "id": id,
            "number": id,
            "state": "quarantined",
            "reason": waiting.reason,
            "channel": waiting.channel,
            "source": waiting.source_slug,
            "received_at": waiting.received_at,
            "deal": None,
            "history": [],
        }
    )


def _history(actor: Actor, inquiry_id: int, dossier_id: int) -> list[dict[str, Any]]:
    """What was said and what was changed, the latest first."""
    changes = [*read_history("intake_inquiry", inquiry_id), *read_history("journal_dossier", dossier_id)]
    entries = [
        *(shapes.touch(actor, line) for line in read_story([dossier_id])),
        *(shapes.change(actor, row) for row in changes),
    ]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


class DealIn(Schema):
    funnel: str = "office"


@api.post(
    "/inquiries/{id}/deal",
    tags=["inquiries"],
    summary="Contact is made: the inquiry becomes a deal",
    response={201: dict, **contract.PROBLEMS},
)
def make_deal(request: HttpRequest, id: Id, given: DealIn) -> HttpResponse:
    actor = acting(request, "deals:write")
    deal_id = open_deal(inquiry_id=id, funnel=clean_text(given.funnel, 60), by=actor, now=utc_now())
    deal = find_deal(actor, deal_id)
    return answer(shapes.deal(actor, deal) if deal else {"id": deal_id}, 201)


class SaidIn(Schema):
    inquiry_class: str | None = None
    category: str | None = None


@api.post(
    "/inquiries/{id}/class", tags=["inquiries"], summary="Say what an inquiry is: its class, its category, or both", response=contract.ANY
)
def correct(request: HttpRequest, id: Id, given: SaidIn) -> HttpResponse:
    """Kept as an example to learn from. An empty category says that it has none; what is left out stays as it is."""
    actor = acting(request, "inquiries:write")
    said = {
        "inquiry_class": None if given.inquiry_class is None else clean_text(given.inquiry_class, 20),
        "category": None if given.category is None else clean_text(given.category, 120),
    }
    correct_inquiry(inquiry_id=id, **said, way="program", reference=read_reference(actor.revision), by=actor, now=utc_now())
    card = find_inquiry(actor, id)
    if card is None:
        raise absent()
    return answer(shapes.inquiry(actor, card))


class EndIn(Schema):
    outcome: str
    reason: str = ""


@api.post("/inquiries/{id}/close", tags=["inquiries"], summary="Close an inquiry that has no deal", response=contract.ANY)
def close(request: HttpRequest, id: Id, given: EndIn) -> HttpResponse:
    actor = acting(request, "inquiries:write")
    close_inquiry(inquiry_id=id, outcome=given.outcome, reason=clean_text(given.reason, 1000), by=actor, now=utc_now())
    card = find_inquiry(actor, id)
    if card is None:
        raise absent()
    return answer(shapes.inquiry(actor, card))
