"""The dossier itself: opened, locked, told about, moved."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import NotFound
from marshrut.core.names import clean_text
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class NextAction:
    """What is to be done next, and by when; a meeting has an end and a place (a room, or a link), too."""

    title: str
    due_at: datetime
    kind: str = "call"
    ends_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter stands and what it is worth; kept true by the room in charge."""

    phase: str = "inquiry"
    name: str = "inquiry"
    worth: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a matter is: a manager's, or a named queue's."""

    owner_id: int | None
    queue_id: int | None
    office_id: int | None


@dataclass(frozen=True, slots=True)
class Matter:
    """A dossier locked for a change."""

    id: int
    person_id: int | None
    owner_id: int | None
    queue_id: int | None
    office_id: int | None
    phase: str
    place: str
    is_open: bool
    waits_until: datetime | None = None


_OPEN = """
    with dossier as (
        insert into journal_dossier(person_id, owner_id, queue_id, office_id, phase, place, worth, currency, opened_at,
            previous_id, is_open)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true) returning id),
    touch as (
        insert into journal_touch(dossier_id, kind, direction, at, by, body, data, is_answer)
        select id, %s, %s, %s, %s, %s, %s, false from dossier),
    task as (
        insert into journal_task(dossier_id, kind, title, due_at, ends_at, place, state, assignee_id, queue_id, created_at,
            created_by)
        select id, %s, %s, %s, %s, %s, 'pending', %s, %s, %s, %s from dossier returning id)
    select dossier.id, task.id from dossier, task"""


def open_dossier(
    *,
    person_id: int | None,
    holder: Holder,
    place: Place,
    action: NextAction,
    said: str,
    heard: dict[str, Any],
    by: Actor,
    now: datetime,
    previous_id: int | None = None,
    kind: str = "inquiry",
) -> tuple[int, int]:
    """Open a matter with its first touch and its next action; the ids of dossier and task.

    `previous_id` is the closed matter this client came back from. The first touch is an inquiry that came in, or what
    `kind` says: a deal that began without one.
    """
    dossier: list[Any] = [person_id, holder.owner_id, holder.queue_id, holder.office_id]
    stands: list[Any] = [place.phase, place.name, place.worth, place.currency, now, previous_id]
    direction = "in" if kind == "inquiry" else "none"
    touch: list[Any] = [kind, direction, now, by.label, said, orjson.dumps(heard).decode()]
    task: list[Any] = [action.kind, action.title, action.due_at, action.ends_at, action.place, holder.owner_id, holder.queue_id]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [*dossier, *stands, *touch, *task, now, by.label])
        return cursor.fetchone()  # type: ignore[no-any-return]


def lock_matter(*, dossier_id: int, by: Actor) -> Matter:
    """The dossier, locked until the end of the transaction; NotFound when absent or out of reach."""
    reach, values = matters_in_reach(by, "d")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.id, d.person_id, d.owner_id, d.queue_id, d.office_id, d.phase, d.place, d.is_open, d.waits_until
                from journal_dossier d where d.id = %s and {reach} for no key update""",
            [dossier_id, *values],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no_such_matter", _("There is no such matter within your reach."))
    return Matter(*row)


def add_touch(
    *,
    dossier_id: int,
    kind: str,
    direction: str,
    body: str,
    by: Actor,
    now: datetime,
    is_answer: bool = False,
    data: dict[str, Any] | None = None,
) -> int:
    """Keep one thing said, done or noted; its id. Text from outside is cleaned, never refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into journal_touch(dossier_id, kind, direction, at, by, body, data, is_answer)
               values (%s, %s, %s, %s, %s, %s, %s, %s) returning id""",
            [
                dossier_id,
                kind,
                direction,
                now,
                by.label,
                clean_text(body, 20_000, keep_lines=True),
                orjson.dumps(data).decode() if data else None,
                is_answer,
            ],
        )
        return int(cursor.fetchone()[0])


def move_dossier(*, dossier_id: int, place: Place) -> None:
    """Write down where the matter stands now and what it is worth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_dossier set phase = %s, place = %s, worth = %s, currency = %s where id = %s",
            [place.phase, place.name, place.worth, place.currency, dossier_id],
        )


def stop_waiting(*, dossier_id: int) -> None:
    """The matter does not wait for later any more; it stands among the others again."""
    with connection.cursor() as cursor:
        cursor.execute("update journal_dossier set waits_until = null, waits_for = '' where id = %s", [dossier_id])


def fold_tallies() -> int:
    """Add up the running sums of open dossiers; how many rows became one each. Runs any number of times."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with gone as (delete from journal_tally returning *)
               insert into journal_tally(place, owner_id, office_id, currency, number, amount)
               select place, owner_id, office_id, currency, sum(number), sum(amount) from gone
               group by place, owner_id, office_id, currency having sum(number) <> 0 or sum(amount) <> 0"""
        )
        return int(cursor.rowcount)
