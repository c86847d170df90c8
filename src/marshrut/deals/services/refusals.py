"""Gates on a deal's way: each is passed, or what its refusal leads to happens; what is the supervisor's to decide waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.deals.models import Deal, DealState, GateAnswer
from marshrut.deals.queries.gates import GateCard, is_answered_again
from marshrut.deals.rules import ASK, CLOSE, GO_ON, WAIT
from marshrut.deals.services.closing import close_deal
from marshrut.deals.services.gates import LONGEST_WAIT, Following, GateSaid, answer_gate
from marshrut.deals.services.standing import lock_deal
from marshrut.intake.services import put_matter_aside
from marshrut.journal.services import Matter, NextAction, add_touch, notify, replace_tasks

DECIDE_MINUTES = 120
"""Working minutes within which a supervisor should decide what a refusal means, and a manager go on with what was decided."""


def pass_gates(
    deal: Deal, matter: Matter, questions: Sequence[GateCard], gates: Mapping[int, GateSaid], by: Actor, now: datetime
) -> Following | None:
    """Keep what was said at each gate; what follows the first refusal that does not let the deal go on, else None."""
    for gate in questions:
        said = gates[gate.id]
        after = answer_gate(deal=deal, matter=matter, gate=gate, said=said, by=by, now=now)
        if after.consequence != GO_ON:
            deal.save(update_fields=["facts", "amount", "currency"])
            _follow(deal, matter, gate.question, said.words, after, by, now)
            return after
    return None


def _follow(deal: Deal, matter: Matter, question: str, words: str, after: Following, by: Actor, now: datetime) -> None:
    """The deal does not move: it waits, ends, or is the supervisor's to decide."""
    said = f"{question}: {words}"[:300]
    if after.consequence == WAIT:
        put_matter_aside(dossier_id=matter.id, until=now + timedelta(days=after.days), why=said, by=by, now=now)
    elif after.consequence == CLOSE:
        close_deal(deal_id=deal.pk, outcome="lost", reason=f"{after.reason}: {words}", by=by, now=now)
    elif after.consequence == ASK:
        _plan(matter, _("Decide with the supervisor: %(what)s") % {"what": said}, by, now)
    else:
        _plan(matter, _("Go on all the same, as was decided: %(what)s") % {"what": said}, by, now)


def _plan(matter: Matter, title: str, by: Actor, now: datetime) -> None:
    staff = read_staff(read_revision())
    owner = staff.colleagues.get(matter.owner_id or 0)
    calendar = owner.calendar if owner else staff.first_office.calendar
    due_at = calendar.add_working_minutes(now, DECIDE_MINUTES)
    replace_tasks(matter=matter, action=NextAction(title[:300], due_at), by=by, now=now)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor says to a refusal that was left to them: go_on, wait for `days`, or close with the `reason` of loss."""

    consequence: str
    days: int | None = None
    reason: str = ""
    words: str = ""


@transaction.atomic
def decide_gate(*, answer_id: int, decision: Decision, by: Actor, now: datetime) -> Following:
    """A supervisor decides what a refusal at a gate means; it happens at once, and whoever holds the deal is told.

    Refused for whoever answers for nobody but themselves, and when it was decided or asked again meanwhile; Invalid names the field.
    """
    sign(by.label)
    deal_id = GateAnswer.objects.filter(pk=answer_id).values_list("deal_id", flat=True).first()
    if deal_id is None:
        raise NotFound("no_such_refusal", _("There is no such refusal within your reach."))
    deal, matter = lock_deal(deal_id, by)
    if by.reach not in ("office", "all"):
        raise Refused("supervisor_decides", _("The supervisor decides this."))
    answer = GateAnswer.objects.select_related("gate").get(pk=answer_id)
    if deal.state != DealState.OPEN or answer.consequence != ASK or is_answered_again(answer.pk, deal.pk, answer.gate_id):
        raise Refused("decided", _("This has been decided already."))
    after, words = _read_decision(decision), clean_text(decision.words, 500)
    answer.consequence, answer.decision, answer.decided_by, answer.decided_at = after.consequence, words, by.label, now
    answer.save(update_fields=["consequence", "decision", "decided_by", "decided_at"])
    told = {"gate": answer.gate.question, "consequence": after.consequence}
    add_touch(dossier_id=matter.id, kind="gate", direction="none", body=words, by=by, now=now, data={**told, "decided": True})
    notify(employee_ids=[matter.owner_id], code="gate_decided", data=told, dossier_id=matter.id, by=by, now=now)
    _follow(deal, matter, answer.gate.question, words or answer.words, after, by, now)
    return after


def _read_decision(decision: Decision) -> Following:
    if decision.consequence not in (GO_ON, WAIT, CLOSE):
        raise Invalid("no_consequence", _("Choose what follows."), field="consequence")
    if decision.consequence == WAIT and not 1 <= (decision.days or 0) <= LONGEST_WAIT:
        raise Invalid("no_days", _("Say for how many days it waits, 1 to 1095."), field="days")
    reason = clean_text(decision.reason, 120)
    if decision.consequence == CLOSE and not reason:
        raise Invalid("reason_missing", _("Choose the reason it ends with."), field="reason")
    return Following(decision.consequence, decision.days or 0, reason)
