"""Deals, the board and next actions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.api import contract, shapes
from marshrut.api.door import LARGEST_ID, Id, OptionalId, OptionalMoment, absent, acting, answer, api
from marshrut.api.inquiries import EndIn
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid
from marshrut.core.money import Money
from marshrut.core.names import clean_text
from marshrut.deals.queries import find_deal, read_board, read_funnels, stage_times
from marshrut.deals.queries.gates import answers_of_deal
from marshrut.deals.rules import GO_ON
from marshrut.deals.services import Beginning, GateSaid, close_deal, move_deal, start_deal
from marshrut.intake.reading import Submission, read_submission
from marshrut.journal.queries import find_task, list_tasks, read_story
from marshrut.journal.services import NextAction, complete_task


@api.get("/deals/{id}", tags=["deals"], summary="One deal with its stages and story", response=contract.ANY)
def read_deal(request: HttpRequest, id: Id) -> HttpResponse:
    actor = acting(request, "deals:read")
    card = find_deal(actor, id)
    if card is None:
        raise absent()
    return answer(
        {
            **shapes.deal(actor, card),
            "stages": [shapes.stage_time(e) for e in stage_times(card.id)],
            "gates": [shapes.gate(actor, line) for line in answers_of_deal(card.id)],
            "history": [shapes.touch(actor, t) for t in read_story([card.dossier_id])],
        }
    )


class NextIn(Schema):
    title: str
    due_at: datetime
    kind: str = "call"


class DealIn(Schema):
    """A deal without an inquiry, for a known `person` (id) or for whom `contact` names."""

    person: int | None = Field(None, ge=1, le=LARGEST_ID)
    contact: dict[str, Any] | None = None
    funnel: str
    title: str
    amount: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    currency: str = ""
    note: str = ""
    next: NextIn


@api.post("/deals", tags=["deals"], summary="Open a deal that had no inquiry", response={201: dict, **contract.PROBLEMS})
def open_one(request: HttpRequest, given: DealIn) -> HttpResponse:
    """It is held by the client's own manager within the token's reach, else by the office's queue."""
    actor, now = acting(request, "deals:write"), utc_now()
    unit = clean_text(given.currency, 3).upper()
    if given.amount is not None and not (len(unit) == 3 and unit.isascii() and unit.isalpha()):
        raise Invalid("currency_missing", _("Name the currency of the amount by its three letters."), field="currency")
    funnel, note = clean_text(given.funnel, 60), clean_text(given.note, 20_000, keep_lines=True)
    beginning = Beginning(funnel, clean_text(given.title, 120), given.amount, unit if given.amount is not None else "", note)
    submission = _who(given.contact, now) if given.person is None and given.contact is not None else None
    deal_id = start_deal(
        beginning=beginning, person_id=given.person, submission=submission, following=_action(given.next, now), by=actor, now=now
    )
    return _deal(actor, deal_id, status=201)


def _who(contact: dict[str, Any], now: datetime) -> Submission:
    staff = read_staff(read_revision())
    today = staff.first_office.calendar.local_date(now)
    return read_submission({"channel": "api", "contact": contact}, regions=staff.regions, today=today, now=now)


class GateIn(Schema):
    agreed: bool
    words: str = ""


class StageIn(Schema):
    stage: str
    reason: str = ""
    facts: dict[str, Any] | None = None
    gates: dict[int, GateIn] | None = Field(None, description="What the client said at the gates on the way, by their number")


@api.post("/deals/{id}/stage", tags=["deals"], summary="Bring a deal to stand at another stage", response=contract.ANY)
def move(request: HttpRequest, id: Id, given: StageIn) -> HttpResponse:
    """Each gate on the way (`gate.<number>` among `missing`) asks for what the client said. What follows a
    refusal is the agency's rule: `followed` says whether the deal waits, ends or is the supervisor's to decide."""
    actor = acting(request, "deals:write")
    after = move_deal(
        deal_id=id,
        stage=clean_text(given.stage, 60),
        reason=clean_text(given.reason, 1000),
        facts=given.facts,
        gates={number: GateSaid(said.agreed, clean_text(said.words, 500)) for number, said in (given.gates or {}).items()},
        by=actor,
        now=utc_now(),
    )
    followed = {"consequence": after.consequence, "days": after.days or None, "reason": after.reason or None}
    return _deal(actor, id, followed=None if after.consequence == GO_ON else followed)


class CloseIn(EndIn):
    margin: Decimal | None = Field(
        None, ge=0, max_digits=14, decimal_places=2, description="What stays with the agency, in the deal's currency"
    )


@api.post("/deals/{id}/close", tags=["deals"], summary="Close a deal as won or lost", response=contract.ANY)
def close(request: HttpRequest, id: Id, given: CloseIn) -> HttpResponse:
    actor = acting(request, "deals:write")
    margin = None
    if given.margin is not None and (card := find_deal(actor, id)) is not None:
        margin = Money(given.margin, card.currency or read_staff(read_revision()).agency.currency)
    close_deal(deal_id=id, outcome=given.outcome, reason=clean_text(given.reason, 1000), margin=margin, by=actor, now=utc_now())
    return _deal(actor, id)


def _deal(actor: Actor, id: int, status: int = 200, **more: Any) -> HttpResponse:
    card = find_deal(actor, id)
    if card is None:
        raise absent()
    return answer({**shapes.deal(actor, card), **more}, status)


@api.get("/board", tags=["deals"], summary="Columns of a funnel: numbers, sums, cards", response=contract.ANY)
def board(
    request: HttpRequest, funnel: str = "office", owner: OptionalId = None, cards: int = Query(100, ge=0, le=200)
) -> HttpResponse:
    actor = acting(request, "deals:read")
    chosen = read_funnels(actor.revision if actor.revision is not None else read_revision()).get(funnel)
    if chosen is None:
        raise Invalid("no_such_funnel", _("There is no funnel “%(funnel)s”.") % {"funnel": clean_text(funnel, 60)}, field="funnel")
    columns = read_board(actor, chosen, inquiries_name=_("New inquiry"), owner_id=owner, cards=cards)
    return answer(
        {
            "columns": [
                {
                    "stage": c.slug,
                    "name": c.name,
                    "count": c.count,
                    "waiting": c.waiting,
                    "amounts": shapes.amounts(c.sums),
                    "cards": [shapes.board_card(actor, card) for card in c.cards],
                }
                for c in columns
            ]
        }
    )


@api.get("/tasks", tags=["tasks"], summary="Pending actions within reach, the earliest first", response=contract.ANY)
def read_tasks(
    request: HttpRequest, owner: OptionalId = None, due: OptionalMoment = None, limit: int = Query(100, ge=1, le=500)
) -> HttpResponse:
    """`due`: only those due before this moment (a bare date means its midnight, UTC)."""
    actor = acting(request, "tasks:read")
    return answer({"items": [shapes.task(actor, t) for t in list_tasks(actor, owner_id=owner, due_before=due, limit=limit)], "next": None})


class CompleteIn(Schema):
    result: str = ""
    next: NextIn | None = None


@api.post("/tasks/{id}/complete", tags=["tasks"], summary="Complete an action, and plan the next one", response=contract.ANY)
def complete(request: HttpRequest, id: Id, given: CompleteIn) -> HttpResponse:
    actor = acting(request, "tasks:write")
    now = utc_now()
    following = _action(given.next, now) if given.next else None
    next_id = complete_task(task_id=id, result=clean_text(given.result, 2000), following=following, by=actor, now=now)
    task, planned = find_task(actor, id), find_task(actor, next_id) if next_id else None
    if task is None:
        raise absent()
    return answer({**shapes.task(actor, task), "next": shapes.task(actor, planned) if planned else None})


def _action(given: NextIn, now: datetime) -> NextAction:
    due_at = given.due_at if given.due_at.tzinfo else given.due_at.replace(tzinfo=now.tzinfo)
    if not now - timedelta(days=1) <= due_at <= now + timedelta(days=3660):
        raise Invalid("due_at_implausible", _("A next action is due between now and ten years from now."), field="next.due_at")
    return NextAction(clean_text(given.title, 300), due_at, clean_text(given.kind, 24) or "call")
