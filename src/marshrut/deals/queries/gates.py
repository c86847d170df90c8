"""Reads of gates: the questions and rules of one revision, what was answered, and which refusals wait for a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import kept
from marshrut.core.seasons import read_day
from marshrut.deals.models import Gate, GateAnswer
from marshrut.deals.models import GateRule as GateRuleRow
from marshrut.deals.rules import GateRule, Refusal, worth_in
from marshrut.intake.reference import Reference
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class GateCard:
    """A gate: the question that is asked before a deal may stand at a stage."""

    id: int
    stage_id: int
    stage: str
    funnel: str
    question: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates in use by their stage's id, and the rules for refusals in their order."""

    by_stage: dict[int, GateCard]
    rules: tuple[GateRule, ...]


def list_gates() -> list[GateCard]:
    """Every gate, those in use first."""
    rows = Gate.objects.select_related("stage__funnel").order_by("-is_active", "stage__funnel__position", "stage__position")
    return [GateCard(g.pk, g.stage_id, g.stage.name, g.stage.funnel.name, g.question, g.is_active) for g in rows]


def rule_of(row: GateRuleRow) -> GateRule:
    """A stored rule as the decision reads it."""
    season = (read_day(row.season_first), read_day(row.season_last)) if row.season_first else None
    # A source that was merged counts as the one it went into.
    source_id = (row.source.merged_into_id or row.source_id) if row.source else None
    return GateRule(
        row.pk, row.consequence, row.gate_id, source_id, season, row.worth_from, row.worth_below, row.days, row.reason
    )


def _load() -> Gates:
    rules = GateRuleRow.objects.select_related("source").filter(is_active=True).order_by("position", "id")
    return Gates({gate.stage_id: gate for gate in list_gates() if gate.is_active}, tuple(map(rule_of, rules)))


read_gates: Callable[[int], Gates] = kept(_load)


def list_gate_rules() -> list[GateRuleRow]:
    """Every rule as it is edited, those in use first, in their order."""
    return list(GateRuleRow.objects.select_related("source").order_by("-is_active", "position", "id"))


def agreed_gates(deal_id: int) -> set[int]:
    """Gates whose latest answer for this deal is yes, or whose refusal let it go on."""
    rows = GateAnswer.objects.filter(deal_id=deal_id).order_by("gate_id", "-id").distinct("gate_id")
    return {row.gate_id for row in rows if row.agreed or row.consequence == "go_on"}


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How often a gate was asked and refused, and what followed."""

    gate_id: int
    asked: int
    refused: int


def count_answers(since: datetime) -> dict[int, RefusalCount]:
    """Answers by gate since a moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select gate_id, count(*), count(*) filter (where not agreed) from deals_gateanswer where at >= %s group by 1", [since]
        )
        return {row[0]: RefusalCount(*row) for row in cursor.fetchall()}


def refusals_since(since: datetime, reference: Reference) -> list[Refusal]:
    """The refusals since a moment as the rules would see them; the latest five thousand."""
    rows = (
        GateAnswer.objects.filter(agreed=False, at__gte=since).order_by("-id")
        .values_list("gate_id", "deal__inquiry__source_id", "dossier__office_id", "at", "deal__amount", "deal__currency")[:5000]
    )  # fmt: skip
    own, rates, staff = reference.staff.agency.currency, reference.rules.priority.rates, reference.staff
    return [
        Refusal(gate_id, source_id, (staff.offices.get(office_id) or staff.first_office).calendar.local_date(at),
                worth_in(own, amount, currency, rates))
        for gate_id, source_id, office_id, at, amount, currency in rows
    ]  # fmt: skip


def is_answered_again(answer_id: int, deal_id: int, gate_id: int) -> bool:
    """Has the client been asked again at this gate since that answer?"""
    return GateAnswer.objects.filter(deal_id=deal_id, gate_id=gate_id, pk__gt=answer_id).exists()


@dataclass(frozen=True, slots=True)
class GateHistory:
    """The latest answer of a deal's client at one gate; `decided_by` is the supervisor where it was theirs to decide."""

    id: int
    gate_id: int
    question: str
    agreed: bool
    words: str
    consequence: str
    at: datetime
    decided_by: str | None


def answers_of_deal(deal_id: int) -> list[GateHistory]:
    """The latest answer at each gate of one deal, in the order of the stages; one statement. The caller has checked the reach."""
    rows = (
        GateAnswer.objects.filter(deal_id=deal_id).select_related("gate__stage").order_by("gate_id", "-id").distinct("gate_id")
    )
    return [
        GateHistory(row.pk, row.gate_id, row.gate.question, row.agreed, row.words, row.consequence, row.at, row.decided_by)
        for row in sorted(rows, key=lambda one: (one.gate.stage.position, one.pk))
    ]


@dataclass(frozen=True, slots=True)
class AskedDecision:
    """A refusal that the agency's rule leaves to the supervisor, and that nobody has decided about yet."""

    id: int
    deal_id: int
    dossier_id: int
    person: str | None
    question: str
    words: str
    at: datetime
    owner_id: int | None
    worth: Decimal | None
    currency: str


MOST_ASKED = 50


def list_asked_decisions(actor: Actor, answer_id: int | None = None) -> list[AskedDecision]:
    """Refusals within reach that wait for a decision (or that one), the longest waiting first; one statement."""
    reach, values = matters_in_reach(actor)
    only, wanted = ("and a.id = %s", [answer_id]) if answer_id is not None else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select a.id, l.id, d.id, p.display_name, g.question, a.words, a.at, d.owner_id, l.amount, l.currency
                from deals_gateanswer a join deals_deal l on l.id = a.deal_id join journal_dossier d on d.id = l.dossier_id
                join deals_gate g on g.id = a.gate_id left join clients_person p on p.id = d.person_id
                where a.consequence = 'ask' and l.state = 'open' and {reach} {only} and not exists (
                    select from deals_gateanswer b where b.deal_id = a.deal_id and b.gate_id = a.gate_id and b.id > a.id)
                order by a.at, a.id limit {MOST_ASKED}""",
            [*values, *wanted],
        )
        return [AskedDecision(*row) for row in cursor.fetchall()]


SPAN = timedelta(days=30)
"""How far back answers at gates are counted where gates and their rules are edited."""
