"""What became of clients by how soon they were answered; and how soon those were who wrote again."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from marshrut.agency.permissions import Actor
from marshrut.core.shares import Stratum
from marshrut.insights.asked import NEVER, QUEUE, Asked, speed_sql
from marshrut.insights.measures import LED
from marshrut.insights.queries.counting import choose_measure, literal, rows_of
from marshrut.journal.permissions import matters_in_reach

_LED_BY = f"select from intake_reckoning i where i.dossier_id = d.id and {LED}"
_BAND = " ".join(f"when {speed_sql(band)} then {band}" for band in range(NEVER + 1))


@dataclass(frozen=True, slots=True)
class SpeedPile:
    """Closed inquiries of one source whose first answers fall into one band."""

    source_id: int
    band: int
    closed: int
    won: int


def read_speed_piles(actor: Actor, asked: Asked, now: datetime) -> list[SpeedPile]:
    """Everything closed of the question; one statement. Answers whose minutes nobody knows (imported history) are left out."""
    chosen = choose_measure(actor, asked, "closed", now)
    rows = rows_of(
        f"""select * from (select i.source_id, case {_BAND} end as band, count(*), count(*) filter (where i.outcome = 'won')
            {chosen.source} group by 1, 2) piles where band is not null""",
        chosen.values,
    )
    return [SpeedPile(*row) for row in rows]


def speed_strata(piles: list[SpeedPile], bands: frozenset[int], others: frozenset[int], *, by_source: bool) -> list[Stratum]:
    """These bands against the others: among inquiries of the same source, or all together."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pile in piles:
        place = 0 if pile.band in bands else 2 if pile.band in others else None
        if place is not None:
            at = counts[pile.source_id if by_source else 0]
            at[place] += pile.won
            at[place + 1] += pile.closed
    return [Stratum(*numbers) for numbers in counts.values()]


@dataclass(frozen=True, slots=True)
class NextSpeed:
    """How soon one holder (0: a queue) answered clients who had written again; minutes are working ones."""

    owner_id: int
    asked: int
    kept: int
    missed: int
    median: float | None
    ninetieth: float | None


def read_next_answers(actor: Actor, asked: Asked) -> list[NextSpeed]:
    """Following answers asked for in the period, by who held the matter, and together under owner −1; one statement."""
    reach, values = matters_in_reach(actor)
    parts = [f"n.since >= {literal(asked.since)} and n.since < {literal(asked.until)} and n.state <> 'stopped'", reach]
    whose = "coalesce(n.answered_for, d.owner_id)"
    for part, value in (
        ("d.office_id = %s", asked.office_id),
        (f"{whose} = %s" if asked.owner_id != QUEUE else f"{whose} is null and %s is not null", asked.owner_id),
        ("n.channel = %s", asked.channel or None),
        (f"exists ({_LED_BY} and i.source_id = %s)", asked.source_id),
        (f"exists ({_LED_BY} and i.category = %s)", asked.category or None),
    ):
        if value is not None:
            parts.append(part)
            values = [*values, value]
    rows = rows_of(
        f"""select case when grouping({whose}) = 1 then -1 else coalesce({whose}, 0) end, count(*),
                count(*) filter (where n.state = 'met'), count(*) filter (where n.state = 'missed'),
                percentile_cont(0.5) within group (order by n.answer_minutes),
                percentile_cont(0.9) within group (order by n.answer_minutes)
            from intake_nextanswer n join journal_dossier d on d.id = n.dossier_id
            where {" and ".join(parts)} group by grouping sets ((), ({whose}))""",
        values,
    )
    return [NextSpeed(*row) for row in rows]
