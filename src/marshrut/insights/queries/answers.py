"""How fast clients were answered: counts, and the middle and the ninth of ten of the minutes kept with each answer."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import QUEUE, Asked
from marshrut.insights.measures import LED, SILENT
from marshrut.insights.queries.counting import choose, rows_of, unit_of

Group = Literal["owner", "source", "channel", "hour"]
COLUMNS: dict[Group, str] = {"owner": "i.owner_id", "source": "i.source_id", "channel": "i.channel", "hour": "w.hour"}
# Hours since a Thursday's midnight on the wall, turned so that a week begins on Monday: far cheaper than taking a moment apart.
HOUR_OF_WEEK = "((floor(date_part('epoch', i.received_at at time zone %s) / 3600)::int + 72) %% 168)"


@dataclass(frozen=True, slots=True)
class Speed:
    """How a group of inquiries was answered; minutes are working ones, None when none was answered."""

    inquiries: int = 0
    kept: int = 0
    missed: int = 0
    answered: int = 0
    silent: int = 0
    median: float | None = None
    ninetieth: float | None = None


Speeds = dict[Group | Literal["all"], dict[Any, Speed]]


def answer_speeds(actor: Actor, asked: Asked, *groups: Group) -> Speeds:
    """The inquiries of the period by each of these groups, and under "all" (key 0) together; one statement.

    Keys are an owner's id (0: nobody's), a source's id, a channel, the hour of the week from Monday's midnight on the office's wall.
    """
    chosen = choose(actor, asked, unit_of("inquiries", asked))
    keys = [COLUMNS[group] for group in groups]
    rows = rows_of(
        f"""select {f"grouping({', '.join(keys)})" if keys else "0"}, {", ".join([*keys, "null"])}, count(*),
                count(*) filter (where i.clock_state = 'met'), count(*) filter (where i.clock_state = 'missed'), count(i.answered_at),
                count(*) filter (where {SILENT}), percentile_cont(array[0.5, 0.9]) within group (order by i.answer_minutes)
            from {chosen.unit.base} cross join lateral (select {HOUR_OF_WEEK} as hour) w
            where {LED} and {chosen.where} group by grouping sets ({", ".join(["()", *keys])})""",
        [asked.zone, *chosen.values],
    )
    found: Speeds = {"all": {}}
    for group in groups:
        found[group] = {}
    for grouping, *line in rows:
        counted, key = _which(groups, grouping, line)
        *counts, minutes = line[len(keys) + 1 :]
        found[counted][key] = Speed(*counts, *(minutes or (None, None)))
    return found


@dataclass(frozen=True, slots=True)
class Broken:
    """Clocks that broke in the hands of one manager (0: in a queue), and how many of these inquiries somebody else has now."""

    owner_id: int
    broke: int
    passed_on: int


def broken_in_hands(actor: Actor, asked: Asked) -> list[Broken]:
    """In whose hands clocks of the period's inquiries broke, the most first; one statement. A manager who is asked about is the one
    in whose hands it was, whoever has it now."""
    chosen = choose(actor, replace(asked, owner_id=None), unit_of("inquiries", asked))
    whose, values = "", list(chosen.values)
    if asked.owner_id is not None:
        whose, values = "and coalesce(b.employee_id, 0) = %s", [*values, 0 if asked.owner_id == QUEUE else asked.owner_id]
    rows = rows_of(
        f"""select coalesce(b.employee_id, 0), count(*), count(*) filter (where i.owner_id is distinct from b.employee_id)
            from {chosen.unit.base} join intake_breach b on b.raw_id = i.raw_id
            where {LED} and {chosen.where} {whose} group by 1 order by 2 desc, 1""",
        values,
    )
    return [Broken(*row) for row in rows]


def _which(groups: tuple[Group, ...], grouping: int, line: list[Any]) -> tuple[Group | Literal["all"], Any]:
    """The group of a row and its key: PostgreSQL sets the bit of every group but that of the row, the first group's highest."""
    for place, group in enumerate(groups):
        if not grouping >> (len(groups) - 1 - place) & 1:
            return group, line[place] or 0
    return "all", 0
