"""Everything about a person is erased: what they said and sent, their names and numbers, history and raw messages too."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.clients.queries import tombstone_of
from marshrut.core.errors import Invalid, Refused
from marshrut.core.files import forget_file
from marshrut.core.history import forget_values, sign
from marshrut.core.names import clean_text
from marshrut.privacy.facts import PLACES, Place
from marshrut.privacy.models import Act
from marshrut.privacy.queries import find_person, ids_about, require_all_read
from marshrut.privacy.services.searched import forget_searches, traces_of


@transaction.atomic
def erase_person(*, person_id: int, ground: str, by: Actor, now: datetime) -> dict[str, int]:
    """Erase everything about a person, by the map; rows by table.

    What is not theirs stays: that there was an inquiry from this source on this day, where it ended, what it was worth.
    Their ways of being reached leave a keyed digest, and so do their letters, so that an old file of leads or the
    same letter read again does not bring them back.

    Raises:
        Refused: a matter of theirs is open (it is closed first, with a reason), they were erased already, or old letters
            are still being looked through for whom they name.
    """
    sign(by.label)
    ground = clean_text(ground, 500)
    if not ground:
        raise Invalid("ground_missing", _("Say on whose word it is done."), field="ground")
    with connection.cursor() as cursor:  # whoever adds a matter or a message of theirs waits for us, or we for them
        cursor.execute("select id from clients_person where id = %s for update", [person_id])
    person = find_person(by, person_id)
    if person.erased_at:
        raise Refused("erased_already", _("Everything about this client was erased already."))
    if person.open_matters:
        raise Refused("matters_open", _("A matter of this client is open. Close it with its reason first; then erase."))
    require_all_read()
    counts = erase(person_id=person_id, now=now)
    Act.objects.create(kind="erasure", person_id=person_id, at=now, by=by.label, ground=ground, counts=counts)
    return counts


def erase(*, person_id: int, now: datetime) -> dict[str, int]:
    """The erasing itself; the caller has signed, checked and locked."""
    ids, counts = ids_about(person_id), dict[str, int]()
    forget_searches(found=traces_of(person_id))
    _leave_tombstones(person_id, ids["letter"], now)
    _forget_import_problems(ids["raw"])
    touched: dict[str, list[int]] = {}
    for place in PLACES:
        rows = _empty(place, ids[place.of])
        counts[place.table] = counts.get(place.table, 0) + len(rows)
        touched.setdefault(place.table, []).extend(rows)
    for file_id in ids["file"]:
        forget_file(file_id)
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set erased_at = %s where id = any(%s)", [now, ids["person"]])
    forget_values({**touched, "core_storedfile": ids["file"]})
    return {table: number for table, number in counts.items() if number}


def _empty(place: Place, ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    columns = ", ".join(f'"{column}" = {value}' for column, value in place.blank.items())
    verb = f"delete from {place.table}" if place.deleted else f"update {place.table} set {columns}"
    with connection.cursor() as cursor:
        cursor.execute(f"{verb} where {place.column} = any(%s) returning {place.pk}", [list(ids)])
        return [int(row[0]) for row in cursor.fetchall()]


def _leave_tombstones(person_id: int, letters: Sequence[int], now: datetime) -> None:
    """Of their ways to be reached, and of each letter: a folder of mail may bring the very same one again."""
    with connection.cursor() as cursor:
        cursor.execute("select normal from clients_contactpoint where person_id = %s and not is_shared", [person_id])
        plains = [normal.encode() for (normal,) in cursor.fetchall()]
        cursor.execute("select digest from channels_letter where id = any(%s)", [list(letters)])
        plains += [bytes(digest) for (digest,) in cursor.fetchall()]
        cursor.execute(
            """insert into clients_tombstone(digest, erased_at) select d, %s from unnest(%s::bytea[]) d
               on conflict (digest) do update set erased_at = excluded.erased_at""",
            [now, [tombstone_of(plain) for plain in plains]],
        )


def _forget_import_problems(raws: Sequence[int]) -> None:
    """What a row of an imported file said that could not be taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update intake_importproblem p set value = '' from intake_importedrow r
               where r.raw_id = any(%s) and p.run_id = r.run_id and p.number = r.number""",
            [list(raws)],
        )
