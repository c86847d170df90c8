"""Two records of one person become one, and are parted again. People decide; nothing here is ever done by itself."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.channels.services import queue_up
from marshrut.core.errors import NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import search_name
from marshrut.privacy.merge_map import MOVES, PAIRS, Move
from marshrut.privacy.merge_reads import FIELDS, Half, chosen_values, find_merge, read_halves
from marshrut.privacy.models import Merge

_COLUMNS = (*FIELDS, "custom", "past_deals", "display_name", "search_name")
_LATE = timedelta(days=1)  # so long after a merge what came at that very moment is looked for


@transaction.atomic
def merge_people(*, keep_id: int, gone_id: int, choose: Mapping[str, str], by: Actor, now: datetime) -> Merge:
    """Make two records one: `gone` turns out to be `keep`. Everything goes over by the map, in this transaction or not at all.

    `choose` says "gone" for fields whose value is taken from the record that goes (merge_reads.FIELDS, custom.<slug>); what the
    kept record has not is taken from it anyway. NotFound when one of them is out of reach, erased or merged already.
    """
    sign(by.label)
    # Before a row is locked: the door waits for numbers first and then for people, and so does this.
    queue_up(identities=sorted({normal for half in _both(keep_id, gone_id, by) for _kind, normal, _shared in half.contacts}))
    _lock([keep_id, gone_id])
    kept, gone = _both(keep_id, gone_id, by)  # whoever came in meanwhile has added to them
    chosen = chosen_values([kept, gone], choose)
    chosen["search_name"] = search_name(chosen["display_name"])
    before = _values([kept.id, gone.id])
    pairs = _move_pairs(kept.id, gone.id, by, now)
    dropped = _drop_known_ways(kept.id, gone.id)
    moved = {f"{move.table}.{move.column}": _move(move, gone.id, kept.id) for move in MOVES}
    _write(gone.id, {"owner_id": None, "office_id": None, "search_name": "", "past_deals": 0})
    _write(kept.id, chosen)
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set merged_into_id = %s where id = %s", [kept.id, gone.id])
    _look_anew([kept.id], [gone.id])
    return Merge.objects.create(
        kept_id=kept.id, gone_id=gone.id, at=now, by=by.label, moved=moved, pairs=pairs, dropped=dropped,
        before={"kept": before[kept.id], "gone": before[gone.id]}, after=_values([kept.id])[kept.id],
    )  # fmt: skip


def _both(keep_id: int, gone_id: int, by: Actor) -> tuple[Half, Half]:
    if keep_id == gone_id:
        raise Refused("same_record", _("This is one record already."))
    halves = read_halves(by, (keep_id, gone_id))
    if len(halves) != 2:
        raise NotFound("no_such_person", _("There is no such client within your reach."))
    return halves[0], halves[1]


def _lock(ids: Iterable[int]) -> None:
    """In the order of their numbers, so that two merges of the same people wait for one another."""
    with connection.cursor() as cursor:
        cursor.execute("select id from clients_person where id = any(%s) order by id for update", [list(ids)])


def _values(ids: list[int]) -> dict[int, dict[str, Any]]:
    """The persons' own values as JSON."""
    with connection.cursor() as cursor:
        cursor.execute("select id, to_jsonb(p) from clients_person p where id = any(%s)", [ids])
        return {id: {name: _read(row)[name] for name in _COLUMNS} for id, row in cursor.fetchall()}


def _read(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(value) if isinstance(value, str) else value
    return found


def _write(person_id: int, values: Mapping[str, Any]) -> None:
    names = list(values)
    given = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update clients_person p set {", ".join(f"{name} = r.{name}" for name in names)}
                from jsonb_populate_record(null::clients_person, %s::jsonb) r where p.id = %s""",
            [orjson.dumps(given).decode(), person_id],
        )


def _move(move: Move, from_id: int, to_id: int, only: list[int] | None = None) -> list[int]:
    """The ids of the rows that went over; of `only` these when they are named."""
    narrowed = "" if only is None else f" and {move.pk} = any(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {move.table} set {move.column} = %s where {move.column} = %s{narrowed} returning {move.pk}",
            [to_id, from_id, *([] if only is None else [only])],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _drop_known_ways(kept_id: int, gone_id: int) -> list[dict[str, Any]]:
    """Ways to reach them that both had, whole, to come back with the record that goes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """delete from clients_contactpoint g using clients_contactpoint k
               where g.person_id = %s and k.person_id = %s and (g.kind, g.normal) = (k.kind, k.normal) returning to_jsonb(g)""",
            [gone_id, kept_id],
        )
        return [_read(row[0]) for row in cursor.fetchall()]


def _move_pairs(kept_id: int, gone_id: int, by: Actor, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Pairs with the one who goes, as they stood; they become pairs with the one who is kept, unless there is one already."""
    found: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        for table in PAIRS:
            cursor.execute(f"select to_jsonb(t) from {table} t where %s in (person_id, other_id) order by id", [gone_id])
            found[table] = [_read(row[0]) for row in cursor.fetchall()]
            cursor.execute(f"delete from {table} where %s in (person_id, other_id)", [gone_id])
            for row in found[table]:
                _add_pair(cursor, table, _paired_anew(row, gone_id, kept_id))
        cursor.execute(
            """insert into clients_suspect(person_id, other_id, kind, reason, state, settled_at, settled_by)
               values (least(%s, %s), greatest(%s, %s), 'double', '{"code": "merged"}', 'merged', %s, %s)""",
            [kept_id, gone_id, kept_id, gone_id, now, by.label],
        )
    return found


def _paired_anew(row: dict[str, Any], gone_id: int, kept_id: int) -> dict[str, Any] | None:
    """The pair with the one who is kept; None for the pair of the two themselves."""
    one, two = (kept_id if id == gone_id else id for id in (row["person_id"], row["other_id"]))
    if one == two:
        return None
    if two is None or one < two:
        return {**row, "person_id": one, "other_id": two}
    turned = {"parent": "child", "child": "parent", "payer": "paid_for", "paid_for": "payer"}
    kind = turned.get(row["kind"], row["kind"])
    return {**row, "person_id": two, "other_id": one, "kind": kind}


def _add_pair(cursor: Any, table: str, row: dict[str, Any] | None) -> None:
    if row:
        cursor.execute(
            f"insert into {table} select * from jsonb_populate_record(null::{table}, %s::jsonb) on conflict do nothing",
            [orjson.dumps(row).decode()],
        )


def _look_anew(people: list[int], gone: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from clients_likeness where person_id = any(%s)", [gone])
        cursor.execute("update clients_likeness set is_stale = true where person_id = any(%s)", [people])


@transaction.atomic
def undo_merge(*, merge_id: int, by: Actor, now: datetime) -> Merge:
    """Part two records again: each gets back what was theirs. What came since stays with the one who was kept, but for what came
    to a matter that goes back; a field somebody changed since stays as it is now.

    NotFound out of reach; Refused when it was taken back already, when a later merge stands on it, or one of them was erased.
    """
    sign(by.label)
    line = find_merge(by, merge_id)
    if line is None:
        raise NotFound("no_such_merge", _("There is no such merge within your reach."))
    _lock([line.kept_id, line.gone_id])
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    if merge.undone_at:
        raise Refused("undone_already", _("This merge was taken back already."))
    with connection.cursor() as cursor:
        cursor.execute(
            "select merged_into_id, erased_at from clients_person where id = any(%s) order by id = %s",
            [[merge.kept_id, merge.gone_id], merge.gone_id],
        )
        (kept_into, kept_erased), (gone_into, gone_erased) = cursor.fetchall()
    if kept_erased or gone_erased:
        raise Refused("erased_already", _("Everything about this client was erased already."))
    if kept_into or gone_into != merge.kept_id:
        raise Refused("merged_since", _("This client was merged again since. Take the later merge back first."))
    _part(merge, by, now)
    return merge


def _part(merge: Merge, by: Actor, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set merged_into_id = null where id = %s", [merge.gone_id])
    for move in MOVES:
        _move(move, merge.kept_id, merge.gone_id, only=merge.moved[f"{move.table}.{move.column}"])
    won = _follow_matters(merge)
    _bring_back_ways(merge)
    _bring_back_pairs(merge)
    present = _values([merge.kept_id])[merge.kept_id]
    before = {side: _kept_by_whom(values, present) for side, values in merge.before.items()}
    former = {name: value for name, value in before["kept"].items() if present[name] == merge.after[name] and name != "past_deals"}
    if "display_name" not in former:  # somebody called them otherwise since: the whole name is theirs
        former = {name: value for name, value in former.items() if name not in ("surname", "given_name", "patronymic", "search_name")}
    _write(merge.kept_id, {**former, "past_deals": max(0, present["past_deals"] - before["gone"]["past_deals"] - won)})
    _write(merge.gone_id, {**before["gone"], "past_deals": before["gone"]["past_deals"] + won})
    _look_anew([merge.kept_id], [merge.gone_id])
    Merge.objects.filter(pk=merge.pk).update(undone_at=now, undone_by=by.label)


def _kept_by_whom(values: dict[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it was; where its manager has left since, it is kept by whoever keeps the merged one by now."""
    if values["owner_id"] is None or values["owner_id"] in read_staff(read_revision()).colleagues:
        return values
    return {**values, "owner_id": present["owner_id"], "office_id": present["office_id"]}


def _follow_matters(merge: Merge) -> int:
    """Inquiries that joined a matter since go back with it; how many of the matters were realised since."""
    dossiers = merge.moved["journal_dossier.person_id"]
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake_inquiry set person_id = %s where person_id = %s and dossier_id = any(%s)",
            [merge.gone_id, merge.kept_id, dossiers],
        )
        cursor.execute(
            """select count(*) filter (where l.state = 'won' and d.closed_at > %s) from journal_dossier d
               join deals_deal l on l.dossier_id = d.id where d.id = any(%s)""",
            [merge.at, dossiers],
        )
        return int(cursor.fetchone()[0])


def _bring_back_ways(merge: Merge) -> None:
    with connection.cursor() as cursor:
        for row in merge.dropped:
            cursor.execute(
                """insert into clients_contactpoint select * from jsonb_populate_record(null::clients_contactpoint, %s::jsonb)
                   on conflict do nothing""",
                [orjson.dumps(row).decode()],
            )


def _bring_back_pairs(merge: Merge) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from clients_suspect where (person_id, other_id) = (least(%s, %s), greatest(%s, %s))",
            [merge.kept_id, merge.gone_id, merge.kept_id, merge.gone_id],
        )
        for table in PAIRS:
            ids = [row["id"] for row in merge.pairs[table]]
            cursor.execute(f"delete from {table} where id = any(%s) and %s in (person_id, other_id)", [ids, merge.kept_id])
            for row in merge.pairs[table]:
                _add_pair(cursor, table, row)


def settle_late_arrivals(*, now: datetime) -> int:
    """What came to a record at the very moment it was merged goes over too; how many rows. Harmless when there is nothing."""
    moved = 0
    for merge in Merge.objects.filter(undone_at__isnull=True, at__gt=now - _LATE).order_by("id"):
        moved += _bring_over(merge)
    return moved


@transaction.atomic
def _bring_over(merge: Merge) -> int:
    sign(merge.by)
    late = {f"{move.table}.{move.column}": _late(move, merge) for move in MOVES}
    if not any(late.values()):
        return 0
    _lock([merge.kept_id, merge.gone_id])
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    merge.dropped = [*merge.dropped, *_drop_known_ways(merge.kept_id, merge.gone_id)]
    moved = 0
    for move in MOVES:
        ids = _move(move, merge.gone_id, merge.kept_id)
        key = f"{move.table}.{move.column}"
        merge.moved[key] = sorted({*merge.moved[key], *ids})
        moved += len(ids)
    merge.save(update_fields=["moved", "dropped"])
    return moved


def _late(move: Move, merge: Merge) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select exists (select from {move.table} where {move.column} = %s)", [merge.gone_id])
        return bool(cursor.fetchone()[0])
