"""Suspicions: noted at the door, by the look at whoever is new, and by the search of the whole base; settled by people.

Nobody is merged here. What a person said of a pair stands: it is not asked again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.clients.models import DoubleSearch, Suspect, SuspectState
from marshrut.clients.queries.doubles import find_suspect
from marshrut.clients.queries.likeness import (
    agreement_of,
    count_people,
    every_record,
    find_alike,
    hashed_keys,
    read_weights,
    records_of,
)
from marshrut.clients.rules import Found, Record, Search, find_pairs
from marshrut.core.errors import NotFound, Refused
from marshrut.core.history import sign

LABEL = system("doubles").label
MOST_AT_ONCE = 300  # new people looked over in one go
MANY = 5000  # more new people than this are a matter for the search of the whole base


def suspect(*, person_id: int, other_id: int | None, reason: dict[str, object]) -> None:
    """Note that two records may be one person, or that one number came under two names. A person decides; what somebody said
    of the pair, or of the name, is not asked again."""
    if other_id is not None:
        add_suspects([Suspicion(person_id, other_id, "double", None, reason)])
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_suspect(person_id, kind, reason) select %s, 'name', %s::jsonb where not exists (
                   select from clients_suspect where person_id = %s and other_id is null and reason ->> 'name' = %s)""",
            [person_id, orjson.dumps(reason).decode(), person_id, str(reason.get("name", ""))],
        )


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A pair to be asked about; `kind` is double or household, `score` how likely it is so."""

    person_id: int
    other_id: int
    kind: str
    score: float | None
    reason: dict[str, object]


def add_suspects(suspicions: Iterable[Suspicion]) -> int:
    """Note pairs; those that stand already stay as they are, but for the score of what is still open. How many were new."""
    rows = {(min(s.person_id, s.other_id), max(s.person_id, s.other_id)): s for s in suspicions if s.person_id != s.other_id}
    if not rows:
        return 0
    ordered = sorted(rows.items())
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_suspect(person_id, other_id, kind, score, reason)
               select * from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::float8[], %s::jsonb[])
               on conflict (person_id, other_id) do update
               set score = excluded.score, kind = excluded.kind, reason = excluded.reason
               where clients_suspect.state = 'open' and clients_suspect.score is not null and excluded.score is not null
                   and abs(clients_suspect.score - excluded.score) > 0.01
               returning xmax = 0""",
            [
                [pair[0] for pair, _s in ordered],
                [pair[1] for pair, _s in ordered],
                [s.kind for _pair, s in ordered],
                [s.score for _pair, s in ordered],
                [orjson.dumps(s.reason).decode() for _pair, s in ordered],
            ],
        )
        return sum(is_new for (is_new,) in cursor.fetchall())


@transaction.atomic
def settle_as_different(*, suspect_id: int, by: Actor, now: datetime) -> None:
    """Somebody has looked: these are two people, or it is one person under two names. It is not asked again."""
    sign(by.label)
    line = find_suspect(by, suspect_id)
    if line is None:
        raise NotFound("no_such_suspect", _("There is no such pair within your reach."))
    state = SuspectState.DIFFERENT if line.other_id else SuspectState.SETTLED
    changed = Suspect.objects.filter(id=suspect_id, state="open").update(state=state, settled_at=now, settled_by=by.label)
    if not changed:
        raise Refused("settled_already", _("Somebody has decided about this pair already."))


def look_over_new_people(*, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Whoever is new, or was changed, is held against everybody else; how many were looked over. Asked every few seconds.

    Where there are too many of them (after an upgrade, or an import) the whole base is searched instead.
    """
    ids = _unseen(MANY + 1)
    if len(ids) > MANY:
        ask_for_search(by=LABEL, now=now)
        return 0
    ids = ids[:limit]
    if not ids:
        return 0
    weights = read_weights()
    records = records_of(ids)
    for person_id in ids:
        with transaction.atomic():
            sign(LABEL)
            _look_over(person_id, records.get(person_id), weights)
    return len(ids)


def _look_over(person_id: int, record: Record | None, weights: object) -> None:
    _keep_keys([(person_id, hashed_keys(record) if record else [])])
    if record is None:
        return
    found = find_alike(record, weights)  # type: ignore[arg-type]
    add_suspects(
        Suspicion(person_id, one.person_id, "double" if one.same >= one.household else "household", max(one.same, one.household),
                  {"code": "alike", "fields": one.agreement})
        for one in found
    )


def _unseen(limit: int) -> list[int]:
    """People without keys, from a little before the newest who has some on, and those whose keys are stale."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""(select person_id from clients_likeness where is_stale order by 1 limit {int(limit)})
                union all (select p.id from clients_person p
                    where p.id > (select coalesce(max(person_id), 0) - 10000 from clients_likeness)
                    and not exists (select from clients_likeness l where l.person_id = p.id) order by p.id limit {int(limit)})"""
        )
        return [row[0] for row in cursor.fetchall()]


def _keep_keys(rows: Sequence[tuple[int, list[int]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_likeness(person_id, keys, is_stale)
               select (r ->> 0)::bigint, array(select jsonb_array_elements_text(r -> 1)::bigint), false
               from jsonb_array_elements(%s::jsonb) r join clients_person p on p.id = (r ->> 0)::bigint
               on conflict (person_id) do update set keys = excluded.keys, is_stale = false""",
            [orjson.dumps(rows).decode()],
        )


def ask_for_search(*, by: str, now: datetime) -> int:
    """Have the whole base searched; the id of the search. One that waits or is under way is the one."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext('clients double search'))")
        waiting = DoubleSearch.objects.filter(finished_at__isnull=True).order_by("id").first()
        return (waiting or DoubleSearch.objects.create(asked_at=now, asked_by=by)).pk


def search_base(*, clock: Callable[[], datetime]) -> DoubleSearch | None:
    """Do the search that waits, if there is one: everybody's keys made anew, all pairs weighed, what is new put on the list.

    One that was cut short is begun again: nothing it did is done twice.
    """
    search = DoubleSearch.objects.filter(finished_at__isnull=True).order_by("id").first()
    if search is None:
        return None
    DoubleSearch.objects.filter(pk=search.pk).update(started_at=clock(), people=count_people(), done=0)
    records = list(every_record())
    for start in range(0, len(records), 2000):
        _keep_keys([(record.id, hashed_keys(record)) for record in records[start : start + 2000]])
    found = find_pairs(records, lambda done, of: _tell(search.pk, done, of))
    with transaction.atomic():
        sign(LABEL)
        new = add_suspects(_suspicions(found, records))
        # A base too small teaches nothing: what is delivered knows better.
        learned = found.weights.as_json() if len(records) >= 1000 else None
        DoubleSearch.objects.filter(pk=search.pk).update(
            finished_at=clock(), done=len(records), people=len(records), found=new, weights=learned
        )
    search.refresh_from_db()
    return search


def _tell(search_id: int, done: int, of: int) -> None:
    if done % 5000 == 0 or done == of:
        DoubleSearch.objects.filter(pk=search_id).update(done=done, people=of)


def _suspicions(found: Search, records: Sequence[Record]) -> Iterable[Suspicion]:
    for pairs, kind in ((found.doubles, "double"), (found.households, "household")):
        for pair in pairs:
            yield _suspicion(pair, kind, records)


def _suspicion(pair: Found, kind: str, records: Sequence[Record]) -> Suspicion:
    score = pair.same if kind == "double" else pair.household
    return Suspicion(records[pair.one].id, records[pair.two].id, kind, round(score, 4),
                     {"code": "alike", "fields": agreement_of(pair.pattern)})  # fmt: skip
