"""Counts: conversion by source, tabs of the inbox, the pulse over the board."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Conversion of one source: realised ÷ closed; open ones are only counted."""

    source: str
    name: str
    inquiries: int
    closed: int
    won: int

    @property
    def conversion(self) -> float | None:
        return self.won / self.closed if self.closed else None


def source_conversion(actor: Actor, since: date | None, until: date | None) -> list[SourceLine]:
    """Source × conversion of inquiries received from `since` to `until`, both included (days in UTC).

    For everything the running counters answer; for one's own or an office's the inquiries themselves are counted.
    """
    span = "(%s::date is null or {d} >= %s) and (%s::date is null or {d} <= %s)"
    days = [since, since, until, until]
    if actor.reach == "all":
        counted = f"""select source_id, sum(inquiries)::int n, sum(closed)::int c, sum(won)::int w from intake_sourcetally
                      where {span.format(d="day")} group by source_id"""
        values: list[Any] = list(days)
    else:
        reach, reached = matters_in_reach(actor)
        counted = f"""select i.source_id, count(*)::int n, count(i.outcome)::int c, (count(*) filter (where i.outcome = 'won'))::int w
                      from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                      where {reach} and i.received_at is not null and {span.format(d="(i.received_at at time zone 'UTC')::date")}
                      group by i.source_id"""
        values = [*reached, *days]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select s.slug, s.name, r.n, r.c, r.w from ({counted}) r join marketing_source s on s.id = r.source_id
                           where r.n <> 0 order by r.n desc, s.slug""",
            values,
        )
        return [SourceLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Pulse:
    """The figures over the board: today's inquiries, how fast the first answers were, conversion of thirty days."""

    today: int
    yesterday: int
    answered: int
    kept: int
    median_minutes: float | None
    closed: int
    won: int


def read_pulse(actor: Actor, day_start: datetime, now: datetime) -> Pulse:
    """Figures of what is within reach; `day_start` is the reader's midnight. Conversion is of what was closed in thirty days.

    Read from the narrow rows of the reports: the inquiries themselves and their dossiers are twenty times as wide.
    """
    reach, values = matters_in_reach(actor, "i")
    month, today, yesterday = _literal(now - timedelta(days=30)), _literal(day_start), _literal(day_start - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select r.*, c.* from (
                    select count(*) filter (where i.received_at >= {today}),
                        count(*) filter (where i.received_at >= {yesterday} and i.received_at < {today}),
                        count(i.answered_at), count(i.answered_at) filter (where i.clock_state = 'met'),
                        percentile_cont(0.5) within group (order by extract(epoch from i.answered_at - i.received_at)::float8 / 60)
                            filter (where i.answered_at >= i.received_at)
                    from intake_reckoning i where i.received_at >= {month} and {reach}) r
                cross join (
                    select count(i.outcome), count(*) filter (where i.outcome = 'won')
                    from journal_dossier d join intake_reckoning i on i.dossier_id = d.id
                    where not d.is_open and d.closed_at >= {month} and i.received_at is not null and {reach}) c""",
            [*values, *values],
        )
        return Pulse(*cursor.fetchone())


def _literal(moment: datetime) -> str:
    """A moment as SQL text: a plan made once for any moment would read the whole table for the latest part of it."""
    return f"timestamptz '{moment.isoformat()}'"


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the reader: inquiries received, and how many of them were realised."""

    day: date
    inquiries: int
    deals: int


def count_days(actor: Actor, zone: str, now: datetime, days: int = 14) -> list[DayLine]:
    """Inquiries received and how many of them were realised, by the reader's day."""
    reach, values = matters_in_reach(actor, "i")
    first = _literal(now - timedelta(days=days + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select g.day::date, coalesce(r.n, 0), coalesce(r.w, 0)
                from generate_series((%s at time zone %s)::date - %s::int + 1, (%s at time zone %s)::date, interval '1 day') g(day)
                left join (select (i.received_at at time zone %s)::date as day, count(*)::int n,
                        (count(*) filter (where i.outcome = 'won'))::int w
                    from intake_reckoning i
                    where i.received_at >= {first} and {reach} group by 1) r on r.day = g.day::date order by 1""",
            [now, zone, days, now, zone, zone, *values],
        )
        return [DayLine(*row) for row in cursor.fetchall()]
