"""F02: a deal goes on in another funnel, and nothing of its past is lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.deals.models import DealState
from marshrut.deals.queries import FunnelCard, StageCard
from marshrut.deals.rules import GO_ON, decide_move
from marshrut.deals.services.gates import Following, GateSaid, gates_before
from marshrut.deals.services.refusals import pass_gates
from marshrut.deals.services.standing import enter_stage, funnel_and_staff, keep_facts, lock_deal, refuse_missing, stage_action
from marshrut.journal.services import NextAction, Place, add_touch, move_dossier, replace_tasks


def fitting_stage(funnel: FunnelCard, deal_stage: str, facts: Mapping[str, Any], has_amount: bool) -> StageCard:
    """Where a deal would stand in another funnel: at the stage of the same result if there is one, else at the furthest
    whose facts it has all the way from the first."""
    same = funnel.find(deal_stage)
    if same is not None:
        return same
    known = {name for name, value in facts.items() if value not in (None, "", [])} | ({"amount"} if has_amount else set())
    reached = funnel.stages[0]
    for stage in funnel.stages:
        if not set(stage.required) <= known or (not stage.required and stage is not funnel.stages[0]):
            break
        reached = stage
    return reached


@transaction.atomic
def change_funnel(
    *,
    deal_id: int,
    funnel: str,
    stage: str,
    reason: str,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    following: NextAction | None = None,
    gates: Mapping[int, GateSaid] | None = None,
) -> Following:
    """Bring a deal to stand at a stage of another funnel. Where it stood, since when and its facts stay in its story.

    Invalid names what is missing: the reason, facts the stage asks for, gates on the way to it; a refusal there leads to what
    it leads to within a funnel. Refused for a closed deal and the same funnel.
    """
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    if deal.state != DealState.OPEN:
        raise Refused("deal_closed", _("This deal is closed; reopen it to move it."))
    if deal.stage.funnel.slug == funnel:
        raise Refused("same_funnel", _("The deal is in this funnel already."))
    staff, chosen = funnel_and_staff(funnel)
    target = chosen.find(stage)
    if target is None:
        raise Invalid("no_such_stage", _("There is no stage “%(stage)s” in this funnel.") % {"stage": stage}, field="stage")
    if not reason.strip():
        raise Invalid("reason_missing", _("Say why it goes on in another funnel."), field="reason", missing=("reason",))
    keep_facts(deal, facts or {})
    first, said = chosen.stages[0], gates or {}
    missing = decide_move(first.facts, target.facts, deal.facts, deal.amount, reason).missing
    questions = gates_before(deal, chosen, target, after=first.position)
    refuse_missing(target, (*missing, *(f"gate.{gate.id}" for gate in questions if gate.id not in said)))
    refusal = pass_gates(deal, matter, questions, said, by, now)
    if refusal is not None:
        return refusal
    names = {"from": f"{deal.stage.funnel.name}: {deal.stage.name}", "to": f"{chosen.name}: {target.name}"}
    enter_stage(deal, target, by, now)
    move_dossier(dossier_id=matter.id, place=Place("deal", target.place, deal.amount, deal.currency))
    add_touch(dossier_id=matter.id, kind="stage", direction="none", body=reason, by=by, now=now, data={"deal": deal.pk, **names})
    replace_tasks(matter=matter, action=following or stage_action(target, matter.owner_id, staff, now), by=by, now=now)
    return Following(GO_ON)
