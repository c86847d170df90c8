"""The condition a question makes of a measure: reach, period, filters. Counting and listing both start here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import QUEUE, Asked, speed_sql
from marshrut.insights.measures import ENDED, LED, MEASURES, UNITS, Unit
from marshrut.journal.permissions import matters_in_reach

REASON_OF_DEAL = "trim(split_part(l.close_reason, ':', 1))"
"""The named reason of a loss; one's own words may follow it after a colon."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """SQL of what is counted: FROM, WHERE, and the values of its parameters."""

    unit: Unit
    where: str
    values: list[Any]

    @property
    def source(self) -> str:
        return f"from {self.unit.base} where {self.where}"


def literal(moment: datetime) -> str:
    """A moment as SQL text: a plan made once for any moment would read the whole table for the latest part of it."""
    return f"timestamptz '{moment.isoformat()}'"


def unit_of(code: str, asked: Asked) -> Unit:
    """What a measure counts; what ended by the moment of closing, unless the inquiries received are followed."""
    return UNITS["closed_inquiry" if code in ENDED and asked.basis == "each" else MEASURES[code].unit]


def choose(actor: Actor, asked: Asked, unit: Unit) -> Chosen:
    """Everything of this unit within reach that the question is about."""
    reach, reached = matters_in_reach(actor, unit.holder)
    parts, values = [unit.only, reach], list[Any](reached)
    if not unit.is_now:
        parts.append(f"{unit.at} >= {literal(asked.since)} and {unit.at} < {literal(asked.until)}")
    if asked.office_id is not None:
        parts.append(f"{unit.holder}.office_id = %s")
        values.append(asked.office_id)
    if asked.owner_id is not None:
        part, value = _whose(unit, asked.owner_id)
        parts.append(part)
        values += value
    of_inquiry, inquiry_values = _of_inquiry(asked)
    if of_inquiry:
        parts.append(
            of_inquiry
            if unit.is_inquiry
            else f"{unit.matter} in (select i.dossier_id from intake_reckoning i where {LED} and {of_inquiry})"
        )
        values += inquiry_values
    of_deal, deal_values = _of_deal(asked, unit)
    if of_deal:
        parts.append(of_deal)
        values += deal_values
    return Chosen(unit, " and ".join(parts), values)


def choose_measure(actor: Actor, asked: Asked, code: str, now: datetime, position: int = 0) -> Chosen:
    """What one measure counts, narrowed by its own condition; `position` is that of the stage of funnel measures."""
    chosen = choose(actor, asked, unit_of(code, asked))
    return Chosen(chosen.unit, f"{chosen.where} and {condition(code, asked, now, position)}", chosen.values)


def condition(code: str, asked: Asked, now: datetime, position: int = 0) -> str:
    """The condition of a measure with the moments of the question in it."""
    given = {"now": literal(now), "since": literal(asked.since), "until": literal(asked.until), "position": str(int(position))}
    return "(" + MEASURES[code].where.format(**given) + ")"


def counted(code: str, asked: Asked, now: datetime) -> str:
    """`count(*)` of what a measure is, as a column."""
    return f"count(*) filter (where {condition(code, asked, now)})"


def _whose(unit: Unit, owner_id: int) -> tuple[str, list[Any]]:
    if unit.by_label:
        return f"{unit.whose} = %s", [f"employee:{owner_id}"]
    return (f"{unit.whose} is null", []) if owner_id == QUEUE else (f"{unit.whose} = %s", [owner_id])


def _of_inquiry(asked: Asked) -> tuple[str, list[Any]]:
    """What is asked of the inquiry, as a condition over i."""
    parts, values = [], list[Any]()
    for part, value in (
        ("i.source_id = %s", asked.source_id),
        ("i.channel = %s", asked.channel or None),
        ("i.category = %s", asked.category or None),
    ):
        if value is not None:
            parts.append(part)
            values.append(value)
    if asked.weekday is not None:
        parts.append("extract(isodow from i.received_at at time zone %s) = %s")
        values += [asked.zone, asked.weekday + 1]
    if asked.hour is not None:
        parts.append("extract(hour from i.received_at at time zone %s) = %s")
        values += [asked.zone, asked.hour]
    if asked.speed is not None:
        parts.append(speed_sql(asked.speed))
    return " and ".join(parts), values


def _of_deal(asked: Asked, unit: Unit) -> tuple[str, list[Any]]:
    """Funnel, stage and reason, where the unit has them."""
    parts, values = [], list[Any]()
    if unit.is_deal and asked.funnel:
        parts.append("f.slug = %s")
        values.append(asked.funnel)
    if unit.is_deal and asked.stage and unit.at == "l.stage_entered_at":
        parts.append("s.slug = %s")
        values.append(asked.stage)
    if asked.reason and (unit.is_deal or unit.is_inquiry):
        parts.append(f"{REASON_OF_DEAL if unit.is_deal else 'i.reason'} = %s")
        values.append(asked.reason)
    return " and ".join(parts), values


def rows_of(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """What a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()  # type: ignore[no-any-return]
