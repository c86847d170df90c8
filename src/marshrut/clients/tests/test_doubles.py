"""Suspicions: found for whoever is new, found in the whole base, decided by people, never asked twice."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from marshrut.clients.models import ContactPoint, DoubleSearch, Likeness, Person, Suspect
from marshrut.clients.queries import find_suspect, list_suspects, suspects_of
from marshrut.clients.services import (
    ask_for_search,
    look_over_new_people,
    part_people,
    relate_people,
    search_base,
    settle_as_different,
    suspect,
)
from marshrut.core.errors import NotFound, Refused

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def client(cast: Any, given: str, surname: str, *, phone: str = "", born: date | None = None, owner: Any = None) -> int:
    holder = owner or cast.anna
    person = Person.objects.create(given_name=given, surname=surname, display_name=f"{surname} {given}".strip() or "+7", search_name="", born_on=born,
                                   owner_id=holder.id, office_id=holder.office_id)  # fmt: skip
    if phone:
        ContactPoint.objects.create(person=person, kind="phone", written=phone, normal=phone, tail=phone[-10:])
    return person.pk


def pairs() -> list[tuple[int, int | None, str]]:
    return list(Suspect.objects.order_by("id").values_list("person_id", "other_id", "kind"))


def test_somebody_new_who_is_like_somebody_known_is_put_on_the_list(cast: Any) -> None:
    known = client(cast, "Мирослава", "Вовкулака", phone="+380671234567", born=date(1985, 3, 7))
    look_over_new_people(now=NOW)
    new = client(cast, "Myroslava", "Vovkulaka", phone="+380501112233", born=date(1985, 7, 3))
    assert look_over_new_people(now=NOW) == 1
    assert pairs() == [(known, new, "double")]
    (line,) = suspects_of(cast.anna, new)
    assert line.besides(new) == (known, "Вовкулака Мирослава")
    assert line.reason["fields"] == {"given": 1, "surname": 1, "born": 2, "phones": 4}
    assert line.score is not None
    assert line.score > 0.9


def test_whoever_was_looked_over_is_not_looked_over_again_until_something_changes(cast: Any) -> None:
    from marshrut.clients.services import Reached, add_contacts

    one = client(cast, "Иван", "Заболотный", phone="+79161112233", born=date(1980, 1, 1))
    two = client(cast, "Пётр", "Сковорода")
    assert look_over_new_people(now=NOW) == 2
    assert look_over_new_people(now=NOW) == 0
    assert pairs() == []
    add_contacts(person_id=two, contacts=[Reached("phone", "8916", "+79161112233", "9161112233")])
    assert look_over_new_people(now=NOW) == 1
    assert set(Likeness.objects.filter(is_stale=False).values_list("person_id", flat=True)) == {one, two}


def test_a_family_is_suggested_as_a_household_and_not_as_one_person(cast: Any) -> None:
    anna = client(cast, "Анна", "Белова", phone="+79161112233", born=date(1985, 3, 7))
    petr = client(cast, "Пётр", "Белов", phone="+79161112233", born=date(1983, 1, 12))
    look_over_new_people(now=NOW)
    assert pairs() == [(anna, petr, "household")]


def test_what_somebody_said_of_a_pair_stands(cast: Any) -> None:
    one = client(cast, "Мирослава", "Вовкулака", born=date(1985, 3, 7))
    client(cast, "Мирослава", "Вовкулака", born=date(1985, 3, 7))
    look_over_new_people(now=NOW)
    (line,) = list_suspects(cast.anna)
    settle_as_different(suspect_id=line.id, by=cast.anna, now=NOW)
    Likeness.objects.update(is_stale=True)
    look_over_new_people(now=NOW)
    ask_for_search(by="test", now=NOW)
    search_base(clock=timezone.now)
    assert list_suspects(cast.anna) == []
    assert suspects_of(cast.anna, one) == []
    (told,) = list_suspects(cast.anna, state="different")
    assert told.settled_by == cast.anna.label
    with pytest.raises(Refused):
        settle_as_different(suspect_id=line.id, by=cast.anna, now=NOW)


def test_a_stranger_neither_sees_nor_settles_a_pair_of_which_one_is_not_theirs(cast: Any) -> None:
    ours = client(cast, "Мирослава", "Вовкулака", born=date(1985, 3, 7))
    client(cast, "Мирослава", "Вовкулака", born=date(1985, 3, 7), owner=cast.stranger)
    look_over_new_people(now=NOW)
    (line,) = list_suspects(cast.owner)
    for actor in (cast.anna, cast.stranger):
        assert list_suspects(actor) == []
        assert suspects_of(actor, ours) == []
        assert find_suspect(actor, line.id) is None
        with pytest.raises(NotFound):
            settle_as_different(suspect_id=line.id, by=actor, now=NOW)


def test_the_whole_base_is_searched_once_however_often_it_is_asked_for(cast: Any) -> None:
    for number in range(6):
        client(cast, "Мирослава", "Вовкулака" if number < 2 else f"Зима{number}", born=date(1985, 3, 7) + timedelta(days=number // 2 * 40))
    assert ask_for_search(by="test", now=NOW) == ask_for_search(by="test", now=NOW)
    search = search_base(clock=timezone.now)
    assert search is not None
    assert (search.people, search.done, search.found) == (6, 6, 1)
    assert search_base(clock=timezone.now) is None
    ask_for_search(by="test", now=NOW)
    again = search_base(clock=timezone.now)
    assert again is not None
    assert again.found == 0
    assert DoubleSearch.objects.count() == 2


def test_the_base_is_not_searched_twice_at_once_nor_beside_an_import(cast: Any) -> None:
    from marshrut.clients.tasks import search_whole_base
    from marshrut.core.alone import HEAVY

    ask_for_search(by="test", now=NOW)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None, "context": None}) as other:
        other.execute("select pg_advisory_lock(%s)", [HEAVY])
        search_whole_base(timestamp=0)
        assert DoubleSearch.objects.filter(started_at=None).exists()
    search_whole_base(timestamp=0)
    assert DoubleSearch.objects.filter(finished_at=None).count() == 0


def test_a_number_under_two_names_is_asked_about_once_for_each_name(cast: Any) -> None:
    one = client(cast, "Анна", "Белова", phone="+79161112233")
    for name in ("Сергей", "Сергей", "Зинаида"):
        suspect(person_id=one, other_id=None, reason={"code": "other_name", "name": name, "by": "phone"})
    assert [line.reason["name"] for line in suspects_of(cast.anna, one)] == ["Сергей", "Зинаида"]


def test_the_erased_and_the_nameless_are_like_nobody(cast: Any) -> None:
    gone = client(cast, "Мирослава", "Вовкулака", born=date(1985, 3, 7))
    Person.objects.filter(id=gone).update(erased_at=NOW)
    client(cast, "Мирослава", "Вовкулака", born=date(1985, 3, 7))
    client(cast, "", "")
    client(cast, "", "")
    look_over_new_people(now=NOW)
    assert pairs() == []


def test_whoever_belongs_together_is_not_suspected_until_they_are_parted(cast: Any) -> None:
    anna = client(cast, "Анна", "Белова", phone="+79161112233", born=date(1985, 3, 7))
    petr = client(cast, "Пётр", "Белов", phone="+79161112233", born=date(1983, 1, 12))
    relation = relate_people(person_id=anna, other_id=petr, kind="spouse", by=cast.anna, now=NOW)
    look_over_new_people(now=NOW)
    suspect(person_id=petr, other_id=anna, reason={"code": "same_way"})
    assert suspects_of(cast.anna, anna) == []
    part_people(relation_id=relation, by=cast.anna, now=NOW)
    Likeness.objects.update(is_stale=True)
    look_over_new_people(now=NOW)
    assert [line.kind for line in suspects_of(cast.anna, anna)] == ["household"]
