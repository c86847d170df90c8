"""How fast clients were answered: the rows of a period, small, for medians that SQL cannot take in working time."""

from typing import NamedTuple

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked
from marshrut.insights.measures import LED, SILENT
from marshrut.insights.queries.counting import choose, rows_of, unit_of


class AnswerLine(NamedTuple):
    """One inquiry: whose it is, when it came (seconds since the epoch; weekday 0 is Monday, on the office's wall)."""

    owner_id: int | None
    office_id: int | None
    source_id: int
    channel: str
    weekday: int
    hour: int
    received: float
    answered: float | None
    clock: str
    is_silent: bool


def answer_lines(actor: Actor, asked: Asked) -> list[AnswerLine]:
    """The inquiries of the period, each with when it came and when it was answered."""
    chosen = choose(actor, asked, unit_of("inquiries", asked))
    rows = rows_of(
        f"""select d.owner_id, d.office_id, i.source_id, i.channel, (extract(isodow from w.at) - 1)::int, extract(hour from w.at)::int,
                extract(epoch from i.received_at)::float8, extract(epoch from i.answered_at)::float8, i.clock_state, {SILENT}
            from {chosen.unit.base} cross join lateral (select i.received_at at time zone %s as at) w
            where {LED} and i.received_at is not null and {chosen.where}""",
        [asked.zone, *chosen.values],
    )
    return [AnswerLine._make(row) for row in rows]
