"""Reads of suspicions: who may be whose double, or of one household, and what speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.clients.permissions import people_in_reach


@dataclass(frozen=True, slots=True)
class SuspectLine:
    """One suspicion: two people within reach, or one under two names (then there is no other).

    `reason` holds a code, and by field of clients.rules how far the two agree; `score` is how likely it is so.
    """

    id: int
    kind: str
    state: str
    score: float | None
    reason: dict[str, Any]
    found_at: datetime
    settled_at: datetime | None
    settled_by: str
    person_id: int
    name: str
    other_id: int | None
    other_name: str

    def besides(self, person_id: int) -> tuple[int | None, str]:
        """The other of the two, seen from one of them."""
        return (self.other_id, self.other_name) if person_id == self.person_id else (self.person_id, self.name)


_SUSPECT = """
    select s.id, s.kind, s.state, s.score, s.reason, s.found_at, s.settled_at, s.settled_by, p.id, p.display_name, o.id,
        coalesce(o.display_name, '')
    from clients_suspect s join clients_person p on p.id = s.person_id left join clients_person o on o.id = s.other_id """


def _lines(sql: str, values: Sequence[Any]) -> list[SuspectLine]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return [_line(list(row)) for row in cursor.fetchall()]


def _line(row: list[Any]) -> SuspectLine:
    row[4] = orjson.loads(row[4]) if isinstance(row[4], str) else row[4]
    return SuspectLine(*row)


def _both_in_reach(actor: Actor) -> tuple[str, list[Any]]:
    """Of a pair both have to be within reach; once merged, one of them is nobody's any more and the other one decides."""
    one, values = people_in_reach(actor, "p")
    two, more = people_in_reach(actor, "o")
    return f"({one} and (o.id is null or {two}))", [*values, *more]


def suspects_of(actor: Actor, person_id: int) -> list[SuspectLine]:
    """Open suspicions about this person; pairs with somebody out of reach are left out."""
    reach, values = _both_in_reach(actor)
    return _lines(
        f"{_SUSPECT} where (s.person_id = %s or s.other_id = %s) and s.state = 'open' and {reach} order by s.score desc nulls last, s.id",
        [person_id, person_id, *values],
    )


def list_suspects(
    actor: Actor, *, kind: str = "", state: str = "open", after: tuple[float, int] | None = None, limit: int = 50
) -> list[SuspectLine]:
    """Suspicions within reach, the likeliest first; those without a score, seen rather than reckoned, come before all."""
    reach, values = _both_in_reach(actor)
    rank = "coalesce(s.score, 2)"
    further = f"and ({rank}, s.id) < (%s, %s)" if after else ""
    return _lines(
        f"""{_SUSPECT} where s.state = %s and (%s = '' or s.kind = %s) and {reach} {further}
            order by {rank} desc, s.id desc limit {int(limit)}""",
        [state, kind, kind, *values, *(after or ())],
    )


def count_suspects(actor: Actor, most: int = 100) -> int:
    """How many wait within reach; at most `most` are counted."""
    reach, values = _both_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) from (select from clients_suspect s join clients_person p on p.id = s.person_id
                left join clients_person o on o.id = s.other_id where s.state = 'open' and {reach} limit {int(most)}) found""",
            values,
        )
        return int(cursor.fetchone()[0])


def find_suspect(actor: Actor, suspect_id: int) -> SuspectLine | None:
    """One suspicion; None when absent, or one of the two is out of reach."""
    reach, values = _both_in_reach(actor)
    return next(iter(_lines(f"{_SUSPECT} where s.id = %s and {reach}", [suspect_id, *values])), None)


@dataclass(frozen=True, slots=True)
class SearchLine:
    """A search of the whole base: how far it is."""

    id: int
    asked_at: datetime
    asked_by: str
    started_at: datetime | None
    finished_at: datetime | None
    people: int
    done: int
    found: int
    problem: str

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.people) if self.people else 0


def last_search() -> SearchLine | None:
    """The latest search of the whole base, under way or done."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select id, asked_at, asked_by, started_at, finished_at, people, done, found, problem
               from clients_doublesearch order by id desc limit 1"""
        )
        row = cursor.fetchone()
    return SearchLine(*row) if row else None


def is_search_due(now: datetime) -> bool:
    """Whether the whole base is to be searched by itself: when it never was, and in the small hours, a day after the last time."""
    last = last_search()
    if last is None:
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from clients_person where merged_into_id is null)")
            return bool(cursor.fetchone()[0])
    return now.hour in _SMALL_HOURS and now - last.asked_at > timedelta(hours=20)


_SMALL_HOURS = range(1, 4)  # by UTC: night from Kyiv to Novosibirsk is not to be had, so the earliest of the mornings
