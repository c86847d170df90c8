"""Writes of deals on their way: opened when contact is made, moved from result to result."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision
from marshrut.catalog.queries import read_catalogue
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.deals.models import Deal, DealState, StageEntry
from marshrut.deals.rules import GO_ON, decide_move
from marshrut.deals.services.gates import Following, GateSaid, gates_before
from marshrut.deals.services.refusals import pass_gates
from marshrut.deals.services.standing import enter_stage, funnel_and_staff, keep_facts, lock_deal, refuse_missing, stage_action
from marshrut.intake.services.matters import lock_inquiry, stop_clock
from marshrut.journal.services import Matter, NextAction, Place, add_touch, move_dossier, replace_tasks


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
    questions = [] if move.is_back else gates_before(deal, funnel, target, after=present.position)
    said = gates or {}
    refuse_missing(target, (*move.missing, *(f"gate.{gate.id}" for gate in questions if gate.id not in said)))
    refusal = pass_gates(deal, matter, questions, said, by, now)
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


@transaction.atomic
def open_deal_at(
    *, inquiry_id: int, funnel: str, stage: str, by: Actor, now: datetime, facts: Mapping[str, Any] | None = None,
    gates: Mapping[int, GateSaid] | None = None,
) -> tuple[int, Following]:
    """Contact is made and more than that: the inquiry becomes a deal that stands at a later stage at once; its id, and what
    followed at the gates on the way.

    All or nothing: when the stage's facts are missing, Invalid names them and the inquiry stays an inquiry.
    """
    deal_id = open_deal(inquiry_id=inquiry_id, funnel=funnel, by=by, now=now)
    return deal_id, move_deal(deal_id=deal_id, stage=stage, by=by, now=now, facts=facts, gates=gates)
