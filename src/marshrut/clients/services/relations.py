"""Who belongs together, and what a client is called: written down by people."""

from dataclasses import replace
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.clients.models import Relation, RelationKind, Suspect
from marshrut.clients.permissions import people_in_reach
from marshrut.clients.queries.people import people_within
from marshrut.clients.queries.relations import TURNED
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.names import PersonName, clean_text, search_name

OLDEST = date(1900, 1, 1)


@transaction.atomic
def relate_people(*, person_id: int, other_id: int, kind: str, by: Actor, now: datetime) -> int:
    """Note that `other` is the person's spouse, child …; the id. Whoever belongs to somebody is not that
    somebody: a suspicion about the two is settled by it, and none arises later.

    Invalid when it is nobody else, or no such kind; NotFound out of reach.
    """
    sign(by.label)
    if kind not in RelationKind.values:
        raise Invalid("kind", _("Choose who they are to each other."), field="kind")
    if person_id == other_id:
        raise Invalid("same_person", _("This is the same client. Choose somebody else."), field="other")
    _require(by, person_id, other_id)
    if person_id > other_id:
        person_id, other_id, kind = other_id, person_id, TURNED.get(kind, kind)
    relation, _made = Relation.objects.get_or_create(
        person_id=person_id, other_id=other_id, kind=kind, defaults={"noted_at": now, "noted_by": by.label}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_suspect(person_id, other_id, kind, reason, state, settled_at, settled_by)
               values (%s, %s, 'household', '{"code": "linked"}', 'linked', %s, %s)
               on conflict (person_id, other_id) do update
               set state = excluded.state, settled_at = excluded.settled_at, settled_by = excluded.settled_by
               where clients_suspect.state = 'open'""",
            [person_id, other_id, now, by.label],
        )
    return int(relation.pk)


def _require(by: Actor, *ids: int) -> None:
    if people_within(by, ids) != set(ids):
        raise NotFound("no_such_person", _("There is no such client within your reach."))


@transaction.atomic
def part_people(*, relation_id: int, by: Actor, now: datetime) -> None:
    """Take a relation away; when it was the last of the two, they may be suspected again. NotFound when one is out of reach."""
    sign(by.label)
    relation = Relation.objects.filter(pk=relation_id).first()
    if relation is None:
        raise NotFound("no_such_relation", _("There is no such relation."))
    _require(by, relation.person_id, relation.other_id)
    relation.delete()
    if not Relation.objects.filter(person_id=relation.person_id, other_id=relation.other_id).exists():
        Suspect.objects.filter(person_id=relation.person_id, other_id=relation.other_id, reason__code="linked").delete()


@transaction.atomic
def change_person(*, person_id: int, name: PersonName, born_on: date | None, by: Actor, now: datetime) -> None:
    """Another name, another date of birth. Invalid for an empty name or a date nobody living was born on."""
    sign(by.label)
    parts = [clean_text(part, 100) for part in (name.surname, name.given_name, name.patronymic)]
    if not any(parts):
        raise Invalid("name_missing", _("Write at least one part of the name."), field="given_name")
    if born_on and not OLDEST <= born_on <= now.date():
        raise Invalid("born_on", _("Nobody living was born on that day."), field="born_on")
    named = replace(name, surname=parts[0], given_name=parts[1], patronymic=parts[2], display=" ".join(filter(None, parts)))
    reach, values = people_in_reach(by, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with known as (update clients_likeness set is_stale = true where person_id = %s)
                update clients_person p set surname = %s, given_name = %s, patronymic = %s, display_name = %s, search_name = %s,
                    born_on = %s where p.id = %s and p.erased_at is null and {reach}""",
            [person_id, named.surname, named.given_name, named.patronymic, named.display, search_name(named.display), born_on, person_id,
             *values],
        )  # fmt: skip
        if not cursor.rowcount:
            raise NotFound("no_such_person", _("There is no such client within your reach."))


@transaction.atomic
def mark_shared(*, contact_id: int, is_shared: bool, by: Actor, now: datetime) -> int:
    """A number or address is the office's, a spouse's: from now on it identifies nobody; or it is theirs alone again. Whose."""
    sign(by.label)
    reach, values = people_in_reach(by, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update clients_contactpoint c set is_shared = %s from clients_person p
                where c.id = %s and p.id = c.person_id and {reach} returning c.person_id""",
            [is_shared, contact_id, *values],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound("no_such_contact", _("There is no such contact within your reach."))
        cursor.execute("update clients_likeness set is_stale = true where person_id = %s", [row[0]])
    return int(row[0])
