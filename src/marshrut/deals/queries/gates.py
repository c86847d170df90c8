"""Reads of gates: the questions and rules of one revision, what was answered, and what was dropped."""

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
from marshrut.deals.rules import GateRule, Refusal
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


def refusals_since(since: datetime) -> list[Refusal]:
    """The refusals since a moment as the rules would see them, worth in the deal's own currency; the latest five thousand."""
    rows = (
        GateAnswer.objects.filter(agreed=False, at__gte=since).order_by("-id")
        .values_list("gate_id", "deal__inquiry__source_id", "at", "deal__amount")[:5000]
    )  # fmt: skip
    return [Refusal(gate_id, source_id, at.date(), amount) for gate_id, source_id, at, amount in rows]


SPAN = timedelta(days=30)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Dropped:
    """A matter somebody stopped working with."""

    dossier_id: int
    inquiry_id: int
    deal_id: int | None
    person: str | None
    owner_id: int | None
    source_id: int
    reason: str
    words: str
    worth: Decimal | None
    currency: str
    priority: int
    received_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime
    verdict: str
    reviewed_by: str
    note: str


_DROPPED = """from intake_reckoning k join journal_dossier d on d.id = k.dossier_id
    left join deals_stopreview r on r.dossier_id = k.dossier_id and r.closed_at = k.closed_at
    where k.outcome = 'lost' and k.joined_to_id is null and k.closed_at >= %s and not d.is_open and {reach}"""


def list_dropped(
    actor: Actor,
    since: datetime,
    *,
    owner_id: int | None = None,
    reason: str = "",
    unseen: bool = True,
    after: tuple[datetime, int] | None = None,
) -> list[Dropped]:
    """What was stopped since a moment and is within reach, the latest first; one statement."""
    reach, values = matters_in_reach(actor)
    where, given = _DROPPED.format(reach=reach), [since, *values]
    for part, value in (("d.owner_id = %s", owner_id), ("k.reason = %s", reason or None)):
        if value is not None:
            where += f" and {part}"
            given.append(value)
    if unseen:
        where += " and r.id is null"
    if after is not None:
        where += " and (k.closed_at, k.raw_id) < (%s, %s)"
        given += [*after]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select k.dossier_id, k.raw_id, (select max(l.id) from deals_deal l where l.dossier_id = k.dossier_id), p.display_name,
                    k.owner_id, k.source_id, k.reason, i.close_reason, d.worth, d.currency, i.priority, k.received_at, k.answered_at,
                    k.closed_at, coalesce(r.verdict, ''), coalesce(r.by, ''), coalesce(r.note, '')
                from (select k.raw_id, k.closed_at as at {where} order by k.closed_at desc, k.raw_id desc limit {PAGE + 1}) chosen
                join intake_reckoning k on k.raw_id = chosen.raw_id join intake_inquiry i on i.raw_id = k.raw_id
                join journal_dossier d on d.id = k.dossier_id left join clients_person p on p.id = d.person_id
                left join deals_stopreview r on r.dossier_id = k.dossier_id and r.closed_at = k.closed_at
                order by chosen.at desc, k.raw_id desc""",
            given,
        )
        return [Dropped(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class DroppedSum:
    """What one person stopped: how many, how many nobody has looked at, never answered, and what they were worth."""

    owner_id: int | None
    number: int
    unseen: int
    unanswered: int
    worth: tuple[tuple[Decimal, str], ...]


def sum_dropped(actor: Actor, since: datetime) -> list[DroppedSum]:
    """By manager, the most first; one statement."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.owner_id, coalesce(d.currency, ''), count(*), count(*) filter (where r.id is null),
                    count(*) filter (where k.answered_at is null), coalesce(sum(d.worth), 0)
                {_DROPPED.format(reach=reach)} group by 1, 2""",
            [since, *values],
        )
        found: dict[int | None, DroppedSum] = {}
        for owner_id, currency, number, unseen, unanswered, worth in cursor.fetchall():
            so_far = found.get(owner_id, DroppedSum(owner_id, 0, 0, 0, ()))
            sums = (*so_far.worth, (worth, currency)) if currency and worth else so_far.worth
            found[owner_id] = DroppedSum(
                owner_id, so_far.number + number, so_far.unseen + unseen, so_far.unanswered + unanswered, sums
            )
    return sorted(found.values(), key=lambda line: -line.number)
