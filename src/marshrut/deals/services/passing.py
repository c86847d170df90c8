"""Writes of deals: opened when contact is made, moved from result to result, closed with an outcome."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff, read_revision, read_staff
from marshrut.catalog.queries import read_catalogue
from marshrut.clients.services import count_past_deal
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.deals.models import Deal, DealState, StageEntry
from marshrut.deals.queries import FunnelCard, StageCard, read_funnels
from marshrut.deals.queries.gates import GateCard
from marshrut.deals.rules import CLOSE, GO_ON, WAIT, decide_move, read_facts
from marshrut.deals.services.gates import Following, GateSaid, answer_gate, gates_before, keep_review, waiting_moment
from marshrut.intake.queries import leading_inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import put_matter_aside, record_outcome, reopen_inquiry, reopen_outcome
from marshrut.intake.services.matters import OUTCOMES, holder_again, lock_inquiry, stop_clock
from marshrut.journal.services import (
    Matter,
    NextAction,
    Place,
    add_touch,
    close_dossier,
    lock_matter,
    move_dossier,
    reopen_dossier,
    replace_tasks,
)

DECIDE_MINUTES = 120
"""Working minutes within which a supervisor should decide what a refusal means."""


@transaction.atomic
def open_deal(
    *,
    inquiry_id: int,
    funnel: str,
    by: Actor,
    now: datetime,
    amount: Decimal | None = None,
    currency: str = "",
    title: str = "",
    note: str = "",
    following: NextAction | None = None,
) -> int:
    """Contact is made: the inquiry becomes a deal at the funnel's first stage; its id.

    `note` is what was agreed; `following`, if given, stands in for the stage's own task.

    Refused when the inquiry is not open or has a deal already; Invalid for an unknown funnel.
    """
    sign(by.label)
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    _refuse_second_deal(inquiry.state, matter)
    staff, chosen = funnel_and_staff(funnel)
    stage = chosen.stages[0]
    worth, unit = (amount, currency) if amount is not None else (inquiry.budget, inquiry.currency)
    deal = Deal.objects.create(
        dossier_id=matter.id,
        inquiry_id=inquiry.pk,
        stage_id=stage.id,
        stage_entered_at=now,
        title=title or trip_title(inquiry.request),
        amount=worth,
        currency=unit,
        opened_at=now,
    )
    StageEntry.objects.create(deal=deal, stage_id=stage.id, entered_at=now, by=by.label)
    move_dossier(dossier_id=matter.id, place=Place("deal", stage.place, worth, unit))
    add_touch(
        dossier_id=matter.id,
        kind="stage",
        direction="none",
        body=note,
        by=by,
        now=now,
        is_answer=True,
        data={"deal": deal.pk, "to": stage.name},
    )
    stop_clock(dossier_id=matter.id, at=now)
    replace_tasks(matter=matter, action=following or stage_action(stage, matter.owner_id, staff, now), by=by, now=now)
    return deal.pk


def _refuse_second_deal(inquiry_state: str, matter: Matter) -> None:
    if inquiry_state != "open":
        raise Refused("inquiry_closed", _("This inquiry is not open."))
    if matter.phase != "inquiry" or Deal.objects.filter(dossier_id=matter.id, state=DealState.OPEN).exists():
        raise Refused("deal_open", _("This inquiry has a deal already."))


def trip_title(request: Mapping[str, Any]) -> str:
    """A deal's short name until somebody gives it a better one: where to."""
    names = read_catalogue(read_revision()).directions
    return ", ".join(names.get(str(slug), str(slug)) for slug in request.get("directions") or [])[:120]


def funnel_and_staff(funnel: str) -> tuple[Staff, FunnelCard]:
    """The staff and the funnel of this slug, of one revision; Invalid when there is none, or it has no stage."""
    revision = read_revision()
    chosen = read_funnels(revision).get(funnel)
    if chosen is None or not chosen.stages:
        raise Invalid(
            "no_such_funnel", _("There is no funnel “%(funnel)s”.") % {"funnel": funnel}, field="funnel", missing=("funnel",)
        )
    return read_staff(revision), chosen


def stage_action(stage: StageCard, owner_id: int | None, staff: Staff, now: datetime) -> NextAction:
    """The stage tells the next target: its task is due after so many working minutes of whoever holds the matter."""
    owner = staff.colleagues.get(owner_id or 0)
    calendar = owner.calendar if owner else staff.first_office.calendar
    return NextAction(stage.task_title, calendar.add_working_minutes(now, stage.task_minutes), stage.task_kind)


def lock_deal(deal_id: int, by: Actor) -> tuple[Deal, Matter]:
    """The deal and its matter, locked; NotFound when absent or out of reach."""
    deal = Deal.objects.filter(pk=deal_id).select_related("stage__funnel").first()
    if deal is None:
        raise NotFound("no_such_deal", _("There is no such deal within your reach."))
    matter = lock_matter(dossier_id=deal.dossier_id, by=by)
    deal.refresh_from_db()
    return deal, matter


@transaction.atomic
def move_deal(
    *,
    deal_id: int,
    stage: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    following: NextAction | None = None,
    gates: Mapping[int, GateSaid] | None = None,
) -> Following:
    """Bring a deal to stand at another stage of its funnel; the stage's task becomes the next action.

    Invalid names exactly the facts (or the reason) that are missing; nothing is changed then. Each gate on the way
    (`gate.<id>` among the missing) asks for what the client said; what follows a refusal is the agency's rule, and the answer tells it.
    """
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    if deal.state != DealState.OPEN:
        raise Refused("deal_closed", _("This deal is closed; reopen it to move it."))
    staff, funnel = funnel_and_staff(deal.stage.funnel.slug)
    present, target = funnel.find(deal.stage.slug), funnel.find(stage)
    if target is None or present is None:
        raise Invalid("no_such_stage", _("There is no stage “%(stage)s” in this funnel.") % {"stage": stage}, field="stage")
    if target.id == present.id and not facts:
        return Following(GO_ON)
    keep_facts(deal, facts or {})
    move = decide_move(present.facts, target.facts, deal.facts, deal.amount, reason)
    questions = [] if move.is_back else gates_before(deal, funnel.stages, present.position, target)
    _refuse_missing(target, (*move.missing, *(f"gate.{gate.id}" for gate in questions if gate.id not in (gates or {}))))
    refusal = _pass_gates(deal, matter, questions, gates or {}, by, now)
    if refusal is not None:
        return refusal
    enter_stage(deal, target, by, now)
    move_dossier(dossier_id=matter.id, place=Place("deal", target.place, deal.amount, deal.currency))
    add_touch(
        dossier_id=matter.id,
        kind="stage",
        direction="none",
        body=reason,
        by=by,
        now=now,
        data={"deal": deal.pk, "from": present.name, "to": target.name},
    )
    replace_tasks(matter=matter, action=following or stage_action(target, matter.owner_id, staff, now), by=by, now=now)
    return Following(GO_ON)


def _refuse_missing(target: StageCard, missing: tuple[str, ...]) -> None:
    if missing:
        sentence = _("To stand at “%(stage)s” something has to be said first.") % {"stage": target.name}
        raise Invalid("facts_missing", sentence, field=missing[0], missing=missing)


def _pass_gates(
    deal: Deal, matter: Matter, questions: list[GateCard], gates: Mapping[int, GateSaid], by: Actor, now: datetime
) -> Following | None:
    """Keep what was said at each gate; what follows the first refusal that does not let the deal go on, else None."""
    for gate in questions:
        after = answer_gate(deal=deal, matter=matter, gate=gate, said=gates[gate.id], by=by, now=now)
        if after.consequence != GO_ON:
            deal.save(update_fields=["facts", "amount", "currency"])
            _follow_refusal(deal, matter, gate, gates[gate.id], after, by, now)
            return after
    return None


def _follow_refusal(
    deal: Deal, matter: Matter, gate: GateCard, said: GateSaid, after: Following, by: Actor, now: datetime
) -> None:
    """The deal does not move: it waits, ends, or is the supervisor's to decide."""
    words = f"{gate.question}: {said.words}"[:300]
    if after.consequence == WAIT:
        put_matter_aside(dossier_id=matter.id, until=waiting_moment(now, after.days), why=words, by=by, now=now)
    elif after.consequence == CLOSE:
        close_deal(deal_id=deal.pk, outcome="lost", reason=f"{after.reason}: {said.words}", by=by, now=now)
    else:
        title = _("Decide with the supervisor: %(what)s") % {"what": words}
        staff = read_staff(read_revision())
        owner = staff.colleagues.get(matter.owner_id or 0)
        calendar = owner.calendar if owner else staff.first_office.calendar
        replace_tasks(matter=matter, action=NextAction(title[:300], calendar.add_working_minutes(now, DECIDE_MINUTES)), by=by, now=now)


def keep_facts(deal: Deal, given: Mapping[str, Any]) -> None:
    """Put what was said into the deal's facts. Raises Invalid that names what cannot be read."""
    read = read_facts(given, deal.currency)
    if read.unreadable:
        raise Invalid(
            "fact_unreadable",
            _("This cannot be read: %(names)s.") % {"names": ", ".join(read.unreadable)},
            field=f"facts.{read.unreadable[0]}",
            missing=read.unreadable,
        )
    deal.facts = {**deal.facts, **read.values}
    if read.amount:
        deal.amount, deal.currency = read.amount.amount, read.amount.currency


def enter_stage(deal: Deal, stage: StageCard, by: Actor, now: datetime) -> None:
    """The deal stands at this stage from now on; its time at the former one ends."""
    if deal.stage_id != stage.id:
        StageEntry.objects.filter(deal=deal, left_at__isnull=True).update(left_at=now)
        StageEntry.objects.create(deal=deal, stage_id=stage.id, entered_at=now, by=by.label)
        deal.stage_id, deal.stage_entered_at = stage.id, now
    deal.save(update_fields=["stage_id", "stage_entered_at", "facts", "amount", "currency"])


@transaction.atomic
def open_deal_at(
    *, inquiry_id: int, funnel: str, stage: str, by: Actor, now: datetime, facts: Mapping[str, Any] | None = None,
    gates: Mapping[int, GateSaid] | None = None,
) -> int:
    """Contact is made and more than that: the inquiry becomes a deal that stands at a later stage at once; its id.

    All or nothing: when the stage's facts are missing, Invalid names them and the inquiry stays an inquiry.
    """
    deal_id = open_deal(inquiry_id=inquiry_id, funnel=funnel, by=by, now=now)
    move_deal(deal_id=deal_id, stage=stage, by=by, now=now, facts=facts, gates=gates)
    return deal_id


@transaction.atomic
def close_deal(*, deal_id: int, outcome: str, reason: str, by: Actor, now: datetime) -> None:
    """Close a deal as realised, or as not realised with a reason. The outcome is written down on its inquiry too."""
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    if deal.state != DealState.OPEN:
        raise Refused("deal_closed", _("This deal is closed already."))
    if outcome not in OUTCOMES:
        raise Invalid("no_such_outcome", _("Say how it ended: won or lost."), field="outcome", missing=("outcome",))
    state = OUTCOMES[outcome]
    if state == "lost" and not reason.strip():
        raise Invalid("reason_missing", _("Say why it was not realised."), field="reason", missing=("reason",))
    deal.state, deal.close_reason, deal.closed_at, deal.closed_by = state, clean_text(reason, 1000), now, by.label
    deal.save(update_fields=["state", "close_reason", "closed_at", "closed_by"])
    if deal.inquiry_id:
        record_outcome(inquiry_id=deal.inquiry_id, outcome=state, reason=clean_text(reason, 1000))
    if state == "won" and matter.person_id:
        count_past_deal(person_id=matter.person_id, change=1)
    add_touch(dossier_id=matter.id, kind="close", direction="none", body=reason, by=by, now=now, data={"outcome": state})
    close_dossier(matter=matter, by=by, now=now)


@transaction.atomic
def reopen_deal(*, deal_id: int, by: Actor, now: datetime) -> None:
    """Open a closed deal again at the stage where it stood, with that stage's task as the next action."""
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    if deal.state == DealState.OPEN or matter.is_open:
        raise Refused("deal_open", _("This deal is open."))
    staff, funnel = funnel_and_staff(deal.stage.funnel.slug)
    stage = funnel.find(deal.stage.slug) or funnel.stages[0]
    was_won = deal.state == DealState.WON
    deal.state, deal.close_reason, deal.closed_at, deal.closed_by = DealState.OPEN, "", None, None
    deal.save(update_fields=["state", "close_reason", "closed_at", "closed_by"])
    enter_stage(deal, stage, by, now)  # where it stood may have been retired since
    holder = holder_again(matter, read_reference(), now)
    reopen_dossier(
        matter=matter,
        holder=holder,
        place=Place("deal", stage.place, deal.amount, deal.currency),
        action=stage_action(stage, holder.owner_id, staff, now),
        by=by,
        now=now,
    )
    inquiry_id = deal.inquiry_id or leading_inquiry(matter.id)
    if inquiry_id:
        reopen_outcome(inquiry_id=inquiry_id)
    if was_won and matter.person_id:
        count_past_deal(person_id=matter.person_id, change=-1)
    add_touch(dossier_id=matter.id, kind="reopen", direction="none", body="", by=by, now=now)


@transaction.atomic
def reopen_stopped(*, dossier_id: int, note: str, by: Actor, now: datetime) -> None:
    """A supervisor does not let an end stand: the deal, or the inquiry that never became one, is open again."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    keep_review(matter=matter, verdict="reopened", note=note, by=by, now=now)
    deal = Deal.objects.filter(dossier_id=matter.id).order_by("-id").first()
    if deal is not None:
        reopen_deal(deal_id=deal.pk, by=by, now=now)
        return
    inquiry_id = leading_inquiry(matter.id)
    if inquiry_id is None:
        raise NotFound("no_such_matter", _("There is no such matter within your reach."))
    reopen_inquiry(inquiry_id=inquiry_id, reference=read_reference(), by=by, now=now)
