"""Two records of one person become one, whole, and are parted again as they were."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.permissions import system
from marshrut.agency.services import issue_token
from marshrut.clients.models import Consent, ContactPoint, Person, Relation, Suspect
from marshrut.clients.queries import find_by_contacts, person_card, suspects_of
from marshrut.core.clock import utc_now
from marshrut.core.errors import NotFound, Refused
from marshrut.intake.models import Inquiry
from marshrut.intake.services import close_inquiry
from marshrut.journal.models import Dossier, Task
from marshrut.privacy.merge_map import MOVES, OTHERWISE, PAIRS
from marshrut.privacy.merge_reads import kept_instead_of, merges_of, read_halves, what_goes_over
from marshrut.privacy.services import erase_person, merge_people, settle_late_arrivals, undo_merge

pytestmark = pytest.mark.django_db
TABLES = ("clients_person", "clients_contactpoint", "clients_suspect", "clients_relation", "clients_consent", "journal_dossier",
          "intake_inquiry", "clients_holding")  # fmt: skip


def keys_to_a_person() -> set[str]:
    """Every foreign key to a person, and every number that is named as if it were one."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_key = field.is_relation and field.related_model is Person
            is_named_so = "person" in field.column and isinstance(field, models.IntegerField)
            if is_key or is_named_so:
                found.add(f"{model._meta.db_table}.{field.column}")
    return found


def test_everything_that_points_at_a_person_is_in_the_map() -> None:
    pairs = {f"{table}.{column}" for table in PAIRS for column in ("person_id", "other_id")}
    mapped = {f"{move.table}.{move.column}" for move in MOVES} | pairs | set(OTHERWISE)
    assert keys_to_a_person() == mapped


def send(**contact: Any) -> dict[str, Any]:
    token = issue_token(name="door", by=system("test"), now=utc_now())
    body = {"channel": "site_form", "source": "site", "contact": contact, "message": "Мальдивы в мае"}
    answer = Client().post("/api/v1/inquiries", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]


@pytest.fixture
def two(cast: Any) -> tuple[int, int]:
    """Марина twice, both Anna's: with an inquiry each, a mail address both have, a child, a consent, a suspicion and a merged record."""
    kept = send(name="Марина Вовкулака", phone="+79161112233", email="m@example.com")["person"]["id"]
    gone = send(name="Марина Вовкулака-Белова", phone="+380671234567")["person"]["id"]
    ContactPoint.objects.create(person_id=gone, kind="email", written="M@example.com", normal="m@example.com")
    Person.objects.filter(id__in=(kept, gone)).update(owner_id=cast.anna.id, office_id=cast.anna.office_id)
    Person.objects.filter(id=gone).update(born_on=date(1985, 3, 7), past_deals=2, custom={"size": "M"}, owner_id=cast.boris.id)
    Dossier.objects.filter(person_id__in=(kept, gone)).update(owner_id=cast.anna.id)
    child, third = (Person.objects.create(display_name=name, search_name="", owner_id=cast.anna.id).pk for name in ("Даня", "Мария"))
    Relation.objects.create(person_id=gone, other_id=child, kind="child", noted_at=utc_now(), noted_by="test")
    Consent.objects.create(person_id=gone, text="Да", version="1", channel="phone", given_at=utc_now())
    Suspect.objects.create(person_id=kept, other_id=third, reason={"code": "alike"}, score=0.7)
    Suspect.objects.create(person_id=gone, other_id=third, reason={"code": "alike"}, score=0.9)
    Suspect.objects.create(person_id=kept, other_id=gone, reason={"code": "alike"}, score=0.95)
    return kept, gone


def contents() -> dict[str, list[Any]]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"select to_jsonb(t) - 'id' - 'found_at' from {table} t")
            found[table] = sorted(str(row[0]) for row in cursor.fetchall())
        return found


def close(person_id: int, *, but: int, by: Any) -> None:
    for inquiry in Inquiry.objects.filter(person_id=person_id).exclude(dossier_id=but):
        close_inquiry(inquiry_id=inquiry.pk, outcome="lost", reason="Передумала", by=by, now=utc_now())


def merge(cast: Any, two: tuple[int, int], **choose: str) -> Any:
    return merge_people(keep_id=two[0], gone_id=two[1], choose=choose, by=cast.supervisor, now=utc_now())


def test_everything_goes_over_and_the_old_number_leads_to_the_kept_one(cast: Any, two: tuple[int, int]) -> None:
    kept, gone = two
    merge(cast, two, surname="gone")
    card = person_card(cast.anna, kept)
    assert card is not None
    assert (card.surname, card.given_name, card.past_deals, card.custom) == ("Вовкулака-Белова", "Марина", 2, {"size": "M"})
    assert {contact.normal for contact in card.contacts} == {"+79161112233", "+380671234567", "m@example.com"}
    assert card.owner_id == cast.anna.id
    assert Person.objects.get(pk=kept).born_on == date(1985, 3, 7)
    assert Dossier.objects.filter(person_id=kept).count() == Inquiry.objects.filter(person_id=kept).count() == 2
    assert Relation.objects.get().person_id == kept
    assert [line.besides(kept)[1] for line in suspects_of(cast.anna, kept)] == ["Мария"]
    assert person_card(cast.owner, gone) is None
    assert kept_instead_of(cast.anna, gone) == kept
    assert {match.person_id for match in find_by_contacts(["+380671234567", "m@example.com"])} == {kept}
    assert what_goes_over(gone) == []
    assert send(name="Марина", phone="+380671234567")["person"]["id"] == kept
    token = issue_token(name="reader", by=system("test"), now=utc_now())
    told = Client().get(f"/api/v1/persons/{gone}", headers={"Authorization": f"Bearer {token}"}).json()
    assert (told["id"], told["merged_from"]) == (kept, gone)


def test_taken_back_both_are_as_they_were(cast: Any, two: tuple[int, int]) -> None:
    before = contents()
    made = merge(cast, two, surname="gone", given_name="gone", owner_id="gone")
    assert contents() != before
    undo_merge(merge_id=made.pk, by=cast.supervisor, now=utc_now())
    assert contents() == before
    with pytest.raises(Refused):
        undo_merge(merge_id=made.pk, by=cast.supervisor, now=utc_now())
    merge(cast, two)  # and may be merged anew


def test_what_came_since_stays_but_for_what_came_to_a_matter_that_goes_back(cast: Any, two: tuple[int, int]) -> None:
    kept, gone = two
    theirs = Dossier.objects.get(person_id=gone)
    made = merge(cast, two)
    close(kept, but=theirs.pk, by=cast.owner)
    joined = send(name="Марина", phone="+380671234567")
    ContactPoint.objects.create(person_id=kept, kind="phone", written="+79990001122", normal="+79990001122", tail="9990001122")
    Person.objects.filter(id=kept).update(language="uk")
    undo_merge(merge_id=made.pk, by=cast.supervisor, now=utc_now())
    assert joined["state"] == "joined"
    assert Inquiry.objects.get(pk=joined["id"]).person_id == gone
    assert ContactPoint.objects.get(normal="+79990001122").person_id == kept
    assert Person.objects.get(pk=kept).language == "uk"


def test_whoever_does_not_reach_both_merges_nothing(cast: Any, two: tuple[int, int]) -> None:
    Person.objects.filter(id=two[1]).update(owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    Dossier.objects.filter(person_id=two[1]).update(owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    before = contents()
    for actor in (cast.anna, cast.supervisor, cast.stranger):
        assert len(read_halves(actor, two)) < 2
        with pytest.raises(NotFound):
            merge_people(keep_id=two[0], gone_id=two[1], choose={}, by=actor, now=utc_now())
    with pytest.raises(Refused):
        merge_people(keep_id=two[0], gone_id=two[0], choose={}, by=cast.owner, now=utc_now())
    assert contents() == before
    made = merge_people(keep_id=two[0], gone_id=two[1], choose={}, by=cast.owner, now=utc_now())
    with pytest.raises(NotFound):
        undo_merge(merge_id=made.pk, by=cast.boris, now=utc_now())
    assert merges_of(cast.boris) == []


def test_merges_that_stand_on_one_another_are_taken_back_in_turn(cast: Any, two: tuple[int, int]) -> None:
    kept, gone = two
    before = contents()
    first = merge(cast, two)
    third = Person.objects.get(display_name="Мария").pk
    second = merge_people(keep_id=third, gone_id=kept, choose={}, by=cast.owner, now=utc_now())
    assert kept_instead_of(cast.owner, gone) == kept_instead_of(cast.owner, kept) == third
    with pytest.raises((Refused, NotFound)):
        undo_merge(merge_id=first.pk, by=cast.owner, now=utc_now())
    undo_merge(merge_id=second.pk, by=cast.owner, now=utc_now())
    undo_merge(merge_id=first.pk, by=cast.owner, now=utc_now())
    assert contents() == before


def test_what_was_of_a_manager_who_has_left_since_goes_back_to_whoever_keeps_the_client_now(cast: Any, two: tuple[int, int]) -> None:
    made = merge(cast, two)
    Task.objects.update(assignee_id=cast.anna.id)
    with connection.cursor() as cursor:
        cursor.execute("update agency_employee set is_active = false where id = %s", [cast.boris.id])
    undo_merge(merge_id=made.pk, by=cast.supervisor, now=utc_now())
    assert set(Person.objects.filter(id__in=two).values_list("owner_id", flat=True)) == {cast.anna.id}


def test_a_merge_waits_for_numbers_before_it_locks_anybody(cast: Any, two: tuple[int, int]) -> None:
    with CaptureQueriesContext(connection) as seen:
        merge(cast, two)
    said = [query["sql"] for query in seen.captured_queries]
    waits = next(number for number, sql in enumerate(said) if "pg_advisory_xact_lock" in sql)
    locks = next(number for number, sql in enumerate(said) if "for update" in sql)
    assert waits < locks  # as the door does: the other way round the two would wait for one another


def test_what_came_at_that_very_moment_is_brought_over_and_goes_back(cast: Any, two: tuple[int, int]) -> None:
    kept, gone = two
    made = merge(cast, two)
    late = Consent.objects.create(person_id=gone, text="Да", version="1", channel="phone", given_at=utc_now())
    assert settle_late_arrivals(now=utc_now()) == 1
    assert settle_late_arrivals(now=utc_now()) == 0
    late.refresh_from_db()
    assert late.person_id == kept
    undo_merge(merge_id=made.pk, by=cast.supervisor, now=utc_now())
    late.refresh_from_db()
    assert late.person_id == gone
    assert settle_late_arrivals(now=utc_now() + timedelta(days=2)) == 0


def test_who_is_erased_takes_the_merged_record_along(cast: Any, two: tuple[int, int]) -> None:
    made = merge(cast, two)
    close(two[0], but=0, by=cast.owner)
    erase_person(person_id=two[0], ground="просьба", by=cast.owner, now=utc_now())
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(to_jsonb(p)::text, '') from clients_person p where id = any(%s)", [list(two)])
        said = cursor.fetchone()[0]
        cursor.execute("select to_jsonb(m)::text from privacy_merge m")
        said += cursor.fetchone()[0]
    assert not [word for word in ("Вовкулака", "Марина", "79161112233", "380671234567") if word in said]
    with pytest.raises(Refused):
        undo_merge(merge_id=made.pk, by=cast.owner, now=utc_now())
