"""Writes about gates: what a client said and what follows by rule, and the gates and rules themselves."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.seasons import read_day
from marshrut.deals.models import Deal, Gate, GateAnswer, Stage
from marshrut.deals.models import GateRule as GateRuleRow
from marshrut.deals.queries.gates import GateCard, agreed_gates, read_gates
from marshrut.deals.queries.passing import FunnelCard, StageCard
from marshrut.deals.rules import ASK, CLOSE, CONSEQUENCES, GO_ON, WAIT, GateRule, Refusal, decide_refusal, worth_in
from marshrut.intake.reference import read_reference
from marshrut.intake.services.matters import office_of, stop_clock
from marshrut.journal.services import Matter, add_touch, notify

LONGEST_WAIT = 1095  # days


@dataclass(frozen=True, slots=True)
class GateSaid:
    """What the client said at the gate."""

    agreed: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Following:
    """What follows an answer: the move itself goes on when `consequence` is go_on or the client agreed."""

    consequence: str
    days: int = 0
    reason: str = ""


def gates_before(deal: Deal, funnel: FunnelCard, target: StageCard, *, after: int) -> list[GateCard]:
    """Gates behind the place `after` up to the stage, skipped stages included, that have not been passed yet; in order."""
    gates = read_gates(read_revision()).by_stage
    on_the_way = [gates[stage.id] for stage in funnel.stages if after < stage.position <= target.position and stage.id in gates]
    if not on_the_way:
        return []
    passed = agreed_gates(deal.pk)
    return [gate for gate in on_the_way if gate.id not in passed]


def answer_gate(*, deal: Deal, matter: Matter, gate: GateCard, said: GateSaid, by: Actor, now: datetime) -> Following:
    """Keep what the client said; of a refusal, what follows by the agency's rules."""
    words = clean_text(said.words, 500)
    if not said.agreed and not words:
        raise Invalid(
            "words_missing", _("Say in a word why they refused."), field=f"gate.{gate.id}.words", missing=(f"gate.{gate.id}.words",)
        )
    rule = None if said.agreed else _rule_for(deal, matter, gate, now)
    after = Following(rule.consequence, rule.days or 0, rule.reason) if rule else Following(GO_ON)
    GateAnswer.objects.create(
        deal=deal, dossier_id=deal.dossier_id, gate_id=gate.id, agreed=said.agreed, words=words,
        consequence="" if said.agreed else after.consequence, rule_id=rule.id if rule else None, at=now, by=by.label,
    )  # fmt: skip
    data = {"deal": deal.pk, "gate": gate.question, "agreed": said.agreed, "consequence": after.consequence}
    # The client was asked and has answered: whoever waited for a word of ours has had it.
    add_touch(dossier_id=matter.id, kind="gate", direction="none", body=words, by=by, now=now, is_answer=True, data=data)
    stop_clock(dossier_id=matter.id, at=now)
    if after.consequence == ASK:
        supervisor = read_staff(read_revision()).supervisor_of(matter.office_id)
        notify(employee_ids=[supervisor.id if supervisor else None], code="gate_refused", data={"gate": gate.question},
               dossier_id=matter.id, by=by, now=now)  # fmt: skip
    return after


def _rule_for(deal: Deal, matter: Matter, gate: GateCard, now: datetime) -> GateRule | None:
    """The agency's rule for a refusal of this deal at this gate, today on the office's wall."""
    reference = read_reference()
    day = office_of(reference.staff, matter.office_id).calendar.local_date(now)
    source_id = deal.inquiry.source_id if deal.inquiry else None
    worth = worth_in(reference.staff.agency.currency, deal.amount, deal.currency, reference.rules.priority.rates)
    return decide_refusal(read_gates(read_revision()).rules, Refusal(gate.id, source_id, day, worth))


@transaction.atomic
def save_gate(*, gate_id: int | None, stage_id: int, question: str, is_active: bool, by: Actor, now: datetime) -> int:
    """Ask a question before a stage, or change it. One stage has one gate."""
    words = clean_text(question, 200)
    if not words:
        raise Invalid("no_question", _("Say what the client has to agree to."), field="question")
    if not Stage.objects.filter(pk=stage_id, is_active=True).exists():
        raise Invalid("no_such_stage", _("Choose the stage."), field="stage")
    if Gate.objects.filter(stage_id=stage_id).exclude(pk=gate_id or 0).exists():
        raise Invalid("second_gate", _("This stage has a gate already."), field="stage")
    sign(by.label)
    row = Gate.objects.select_for_update().filter(pk=gate_id).first() if gate_id else Gate()
    if row is None:
        raise NotFound("no_such_gate", _("There is no such gate."))
    row.stage_id, row.question, row.is_active = stage_id, words, is_active
    row.save()
    return row.pk


@dataclass(frozen=True, slots=True)
class GateRuleValues:
    """A rule as it is edited; empty texts and None are not asked."""

    position: int
    gate_id: int | None
    source_id: int | None
    season_first: str
    season_last: str
    worth_from: Decimal | None
    worth_below: Decimal | None
    consequence: str
    days: int | None
    reason: str
    is_active: bool


def try_gate_rule(values: GateRuleValues) -> GateRuleValues:
    """A rule that makes sense. Raises Invalid that names the field."""
    if values.consequence not in CONSEQUENCES:
        raise Invalid("no_consequence", _("Choose what follows."), field="consequence")
    if values.consequence == WAIT and not 1 <= (values.days or 0) <= LONGEST_WAIT:
        raise Invalid("no_days", _("Say for how many days it waits, 1 to 1095."), field="days")
    if values.consequence == CLOSE and not values.reason.strip():
        raise Invalid("reason_missing", _("Choose the reason it ends with."), field="reason")
    if bool(values.season_first) != bool(values.season_last):
        raise Invalid(
            "half_season", _("A season has a first and a last day."), field="season_first" if values.season_last else "season_last"
        )
    for field in ("season_first", "season_last"):
        try:
            if text := getattr(values, field):
                read_day(text)
        except ValueError as error:
            raise Invalid("not_a_day", _("A month and a day, such as 12-25."), field=field) from error
    if values.worth_from is not None and values.worth_below is not None and values.worth_below <= values.worth_from:
        raise Invalid("empty_range", _("Nothing is at least the one and below the other."), field="worth_below")
    return values


@transaction.atomic
def save_gate_rule(*, rule_id: int | None, values: GateRuleValues, by: Actor, now: datetime) -> int:
    """Add or change what follows a refusal. Raises Invalid that names the field."""
    kept = try_gate_rule(values)
    sign(by.label)
    row = GateRuleRow.objects.select_for_update().filter(pk=rule_id).first() if rule_id else GateRuleRow()
    if row is None:
        raise NotFound("no_such_rule", _("There is no such rule."))
    for name in GateRuleValues.__slots__:
        setattr(row, name, getattr(kept, name))
    if kept.consequence != WAIT:
        row.days = None
    if kept.consequence != CLOSE:
        row.reason = ""
    row.save()
    return row.pk
