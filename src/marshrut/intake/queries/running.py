"""Clocks that run: of first answers and of following ones, whoever's they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.rules.clock_policies import MISSED_CALL, Kind
from marshrut.journal.permissions import matters_in_reach

MOST = 150
"""So many are read, the nearest first, to say how many have little left: whoever has more needs hands, not rows."""
FIRST, NEXT = "first", "next"


@dataclass(frozen=True, slots=True)
class RunningClock:
    """One client who waits: since when, and by when they are to be answered. `answer` is first or next.

    `total`: how many clocks there are, `firsts` of first answers; `of_holder`: how many whoever holds this matter has.
    """

    answer: str
    dossier_id: int
    channel: str
    is_missed_call: bool
    inquiry_class: str
    since: datetime
    started_at: datetime
    respond_by: datetime
    step: int
    reroutes: int
    owner_id: int | None
    queue_id: int | None
    office_id: int | None
    total: int
    firsts: int
    of_holder: int

    @property
    def kind(self) -> Kind:
        """Which clock counts for it."""
        return Kind(MISSED_CALL if self.is_missed_call else self.channel, self.inquiry_class)


# Two short indexes hold what runs; a clock has little left long before it has none, so the nearest are cut by the moment of breach.
_RUNNING = """
    select 'first' as answer, i.dossier_id, i.channel, i.is_missed_call, i.inquiry_class,
        coalesce(i.received_at, i.clock_started_at) as since, coalesce(i.clock_started_at, i.received_at) as started_at, i.respond_by,
        i.clock_step as step, i.reroutes
    from intake_inquiry i where i.clock_state = 'running' and i.warn_at is not null
    union all
    select 'next', n.dossier_id, case when n.channel = 'missed_call' then 'phone' else n.channel end, n.channel = 'missed_call',
        n.inquiry_class, n.since, n.started_at, n.respond_by, n.step, n.reroutes
    from intake_nextanswer n where n.state = 'running'"""
_BOARD = """
    select answer, dossier_id, channel, is_missed_call, inquiry_class, since, started_at, respond_by, step, reroutes,
        owner_id, queue_id, office_id, total, firsts, of_holder
    from (select c.*, d.owner_id, d.queue_id, d.office_id, count(*) over () as total,
              count(*) filter (where c.answer = 'first') over () as firsts,
              count(*) over (partition by d.owner_id, d.queue_id) as of_holder,
              row_number() over (order by c.respond_by, c.dossier_id) as place,
              row_number() over (partition by d.owner_id, d.queue_id order by c.respond_by, c.dossier_id) as turn
          from ({running}) c join journal_dossier d on d.id = c.dossier_id
          where d.is_open and d.waits_until is null and {reach} {whose}) c
    where {shown} order by place"""


def running_within(actor: Actor, most: int = MOST) -> list[RunningClock]:
    """Clocks of matters within reach, the nearest breach first: so many, and the nearest of every holder; one statement."""
    return _running(actor, "", f"place <= {int(most)} or turn = 1")


def running_of(actor: Actor, *, owner_id: int | None, queue_id: int | None, first: int = 0, most: int = MOST) -> list[RunningClock]:
    """Those of one manager or queue (neither: nobody's) within reach, a page of so many; one statement."""
    held = (f"d.{name} {'is null' if number is None else f'= {int(number)}'}" for name, number in
            (("owner_id", owner_id), ("queue_id", queue_id)))  # fmt: skip
    return _running(actor, f"and {' and '.join(held)}", f"place > {int(first)} and place <= {int(first) + int(most)}")


def _running(actor: Actor, whose: str, shown: str) -> list[RunningClock]:
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(_BOARD.format(running=_RUNNING, reach=reach, whose=whose, shown=shown), values)
        return [RunningClock(*row) for row in cursor.fetchall()]


def next_answers_due(dossier_ids: Iterable[int]) -> dict[int, datetime]:
    """By when those who wrote again are to be answered, by matter; one statement, none for nobody."""
    asked = list(dossier_ids)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select dossier_id, respond_by from intake_nextanswer where state = 'running' and dossier_id = any(%s)", [asked]
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Awaited:
    """A following answer of the past: which clock counted for it, and how long it took (None: none came)."""

    kind: Kind
    office_id: int | None
    minutes: float | None


def next_answers_since(moment: datetime, limit: int = 5000) -> list[Awaited]:
    """Following answers asked for since a moment whose clocks have ended, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select n.channel, n.inquiry_class, d.office_id, n.answer_minutes from intake_nextanswer n
                join journal_dossier d on d.id = n.dossier_id
                where n.since >= timestamptz '{moment.isoformat()}' and n.state in ('met', 'missed')
                order by n.since desc limit {int(limit)}"""
        )
        return [Awaited(Kind(*kind), office_id, minutes) for *kind, office_id, minutes in cursor.fetchall()]
