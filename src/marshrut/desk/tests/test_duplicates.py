"""The page of duplicates: pairs side by side, what is decided, merging with its preview, families."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from marshrut.clients.models import ContactPoint, DoubleSearch, Person, Relation, Suspect
from marshrut.desk.double_words import KINDS
from marshrut.intake.models import Inquiry
from marshrut.privacy.facts import PLACES
from marshrut.privacy.merge_map import MOVES

pytestmark = pytest.mark.django_db


def client(holder: Any, name: str, phone: str) -> int:
    surname, given = name.split()
    person = Person.objects.create(display_name=name, surname=surname, given_name=given, search_name=name.lower(), owner_id=holder.id,
                                   office_id=holder.office_id, born_on=date(1985, 3, 7))  # fmt: skip
    ContactPoint.objects.create(person=person, kind="phone", written=phone, normal=phone, tail=phone[-10:])
    return person.pk


@pytest.fixture
def pair(cast: Any) -> tuple[int, int, int]:
    one, two = client(cast.anna, "Вовкулака Мирослава", "+380671234567"), client(cast.anna, "Вовкулака Мира", "+380501112233")
    reason = {"code": "alike", "fields": {"surname": 1, "given": 2, "born": 1, "phones": 4}}
    return one, two, Suspect.objects.create(person_id=one, other_id=two, reason=reason, score=0.93).pk


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_pair_stands_side_by_side_with_what_speaks_for_it(look: Any, cast: Any, pair: Any) -> None:
    shown = page(look(cast.supervisor), "/duplicates")
    for word in ("Вовкулака Мирослава", "Вовкулака Мира", "93", "фамилия: совпадает", "телефон: разное", "111"):
        assert word in shown, word
    assert "/merge?other=" in shown
    assert "/merge?other=" not in page(look(cast.anna), "/duplicates")  # of her own clients she may say that they are two
    assert "Вовкулака" not in page(look(cast.stranger), "/duplicates")


def test_not_the_same_takes_it_off_the_list_for_good(look: Any, cast: Any, pair: Any) -> None:
    anna = look(cast.anna)
    assert anna.post(f"/duplicates/{pair[2]}/different").status_code == 204
    assert "Вовкулака" not in page(anna, "/duplicates")
    assert "Вовкулака" in page(anna, "/duplicates?state=different")
    assert anna.post(f"/duplicates/{pair[2]}/different").status_code == 409


def test_merging_shows_first_what_will_happen(look: Any, cast: Any, pair: Any) -> None:
    one, two, _suspect = pair
    vera = look(cast.supervisor)
    asked = page(vera, f"/clients/{one}/merge?other={two}")
    for word in ("Мирослава", "Мира", "choose_given_name", "111"):
        assert word in asked
    assert Person.objects.get(pk=two).merged_into_id is None
    answer = vera.post(f"/clients/{one}/merge", {"other": two, "sure": "1", "choose_given_name": "gone"})
    assert answer.status_code == 204
    assert Person.objects.get(pk=one).given_name == "Мира"
    moved = vera.get(f"/clients/{two}")
    assert (moved.status_code, moved["Location"]) == (301, f"/clients/{one}")
    assert look(cast.stranger).get(f"/clients/{two}").status_code == 404
    merge = Person.objects.get(pk=two).merged_into_id and answer["HX-Trigger"].split("/merges/")[1].split("/")[0]
    assert "Мира" in page(vera, f"/merges/{merge}/undo")
    assert vera.post(f"/merges/{merge}/undo").status_code == 204
    assert Person.objects.get(pk=one).given_name == "Мирослава"


def test_whatever_may_go_over_has_a_name() -> None:
    moving = {move.table for move in MOVES} | {place.table for place in PLACES if place.of == "dossier"}
    assert moving - set(KINDS) == set()


def test_whom_to_merge_with_is_found_by_name_and_nonsense_is_nobody(look: Any, cast: Any, pair: Any) -> None:
    one, two, _suspect = pair
    vera = look(cast.supervisor)
    assert f"other={two}" in page(vera, f"/clients/{one}/merge?q=Мира")
    for other in ("0", "x", "9" * 30, "-1", str(one)):
        assert vera.get(f"/clients/{one}/merge?other={other}").status_code == 404, other
    assert look(cast.anna).get(f"/clients/{one}/merge?other={two}").status_code == 403


def test_a_family_is_seen_from_both_sides_and_taken_away_again(look: Any, cast: Any, pair: Any) -> None:
    one, two, suspect = pair
    Suspect.objects.filter(pk=suspect).update(kind="household")
    anna = look(cast.anna)
    assert anna.post(f"/clients/{two}/relate", {"other": one, "kind": "child"}).status_code == 204
    relation = Relation.objects.get()
    assert (relation.person_id, relation.other_id, relation.kind) == (one, two, "parent")
    assert Suspect.objects.get(pk=suspect).state == "linked"
    for person in (one, two):
        assert f"/relations/{relation.pk}/part" in page(anna, f"/clients/{person}")
    for body in ({"kind": "child"}, {"other": two, "kind": "child"}, {"other": one, "kind": "owner"}):
        assert anna.post(f"/clients/{two}/relate", body).status_code == 422, body
    assert anna.post(f"/relations/{relation.pk}/part").status_code == 204
    assert not Relation.objects.exists()


def test_a_name_and_a_date_of_birth_are_mended(look: Any, cast: Any, pair: Any) -> None:
    anna = look(cast.anna)
    assert anna.post(f"/clients/{pair[0]}/edit", {"surname": "Белова", "given_name": "Мира", "born_on": "1986-01-02"}).status_code == 204
    person = Person.objects.get(pk=pair[0])
    assert (person.display_name, person.born_on) == ("Белова Мира", date(1986, 1, 2))
    for body in ({}, {"given_name": "М", "born_on": "x"}, {"given_name": "М", "born_on": "2990-01-01"}):
        assert anna.post(f"/clients/{pair[0]}/edit", body).status_code == 422, body


def test_a_shared_number_identifies_nobody_until_it_is_theirs_alone_again(look: Any, cast: Any, pair: Any) -> None:
    contact = ContactPoint.objects.get(person_id=pair[0])
    for value in (True, False):
        assert look(cast.anna).post(f"/contacts/{contact.pk}/shared?shared={int(value)}").status_code == 204
        contact.refresh_from_db()
        assert contact.is_shared is value


def test_the_search_of_all_is_asked_for_once(look: Any, cast: Any) -> None:
    vera = look(cast.supervisor)
    for _ in range(2):
        assert vera.post("/duplicates/search").status_code == 204
    assert DoubleSearch.objects.count() == 1
    assert 'hx-trigger="every' in page(vera, "/duplicates")


def test_one_pair_and_three_cost_the_same(look: Any, cast: Any, pair: Any, django_assert_max_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(look(cast.supervisor), "/duplicates")
        return len(seen)

    asked()
    one = asked()
    for n in range(2):
        three = client(cast.anna, f"Вовкулака Мира{n}", f"+38067123450{n}")
        Suspect.objects.create(person_id=pair[0], other_id=three, reason={"code": "alike", "fields": {}}, score=0.8)
    assert asked() == one


def test_a_further_way_to_reach_a_client_is_written_down_and_struck_off_what_is_to_be_asked(look: Any, cast: Any, pair: Any) -> None:
    one, _two, _suspect = pair
    anna = look(cast.anna)
    assert "tel" in page(anna, f"/clients/{one}/contacts/new")
    assert anna.post("/inquiries/new", {"phone": "+380671234567", "channel": "phone", "message": "Турция"}).status_code == 204
    Inquiry.objects.update(contact_missing=["email"])
    card = f"/inquiries/{Inquiry.objects.get().pk}"
    assert "спросить: почта" in page(anna, card)
    assert anna.post(f"/clients/{one}/contacts/new", {"email": "M@Example.com", "messenger": "@mira", "messenger_kind": "telegram"}).status_code == 204
    assert set(ContactPoint.objects.filter(person_id=one).values_list("normal", flat=True)) == {"+380671234567", "m@example.com", "telegram:mira"}
    assert "спросить" not in page(anna, card)


def test_a_way_somebody_else_has_makes_a_pair_and_what_is_none_is_refused(look: Any, cast: Any, pair: Any) -> None:
    one, two, suspect = pair
    Suspect.objects.filter(pk=suspect).delete()
    anna = look(cast.anna)
    for body in ({}, {"phone": "12"}, {"phone": "0000000000"}, {"email": "x"}, {"messenger": "\x00", "messenger_kind": "x" * 500}):
        assert anna.post(f"/clients/{one}/contacts/new", body).status_code == 422, body
    assert look(cast.stranger).post(f"/clients/{one}/contacts/new", {"phone": "+380501112233"}).status_code == 404
    assert "дубли" in anna.post(f"/clients/{one}/contacts/new", {"phone": "050 111-22-33"})["HX-Trigger"].encode().decode("unicode_escape")
    assert (Suspect.objects.get().person_id, Suspect.objects.get().other_id) == (one, two)
