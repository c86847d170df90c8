"""A person leaves: everything they held is somebody's afterwards, in one step. And what happens while they are away."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Absence, Employee, LoginSession, Team
from marshrut.agency.services import save_absence
from marshrut.catalog.models import Direction, Skill
from marshrut.clients.models import Person
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.intake.queries.leaving import held_by
from marshrut.intake.reference import read_reference
from marshrut.intake.services.leaving import gather_what_was_left, hand_over_absence, hand_over_tasks, let_go, preview_leaving
from marshrut.intake.tests.conftest import moscow
from marshrut.journal.models import Dossier, Notice, Task, Touch

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]
NOON = moscow(23, 11)


def only(agency: Any, who: Any) -> None:
    """Everybody else of the first office is full, so that everything comes to this one."""
    Employee.objects.filter(pk__in=agency.managers).exclude(pk=who.id).update(capacity=0)


@pytest.fixture
def held(agency: Any, come: Come) -> list[Any]:
    """Five clients of Anna's, each with an open inquiry."""
    only(agency, agency.anna)
    came = [come(NOON) for _n in range(5)]
    assert {one.dossier.owner_id for one in came} == {agency.anna.id}
    Employee.objects.update(capacity=None)
    return came


def go(agency: Any, rule: str, to: int | None = None, by: Any = None) -> Counter[int | None]:
    return let_go(employee_id=agency.anna.id, rule=rule, to=to, reference=read_reference(), by=by or agency.owner, now=NOON)


def test_nothing_is_left_with_somebody_who_left(agency: Any, held: list[Any]) -> None:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=agency.anna.id))
    assert held_by(agency.anna.id).matters == 5
    given = go(agency, "team")
    assert given == Counter({agency.boris.id: 3, agency.denis.id: 2}) or given == Counter({agency.boris.id: 2, agency.denis.id: 3})
    assert not Dossier.objects.filter(owner_id=agency.anna.id, is_open=True).exists()
    assert not Task.objects.filter(assignee_id=agency.anna.id, state="pending").exists()
    assert not Person.objects.filter(owner_id=agency.anna.id).exists()
    for one in Dossier.objects.filter(is_open=True):
        assert one.owner_id == Person.objects.get(pk=one.person_id).owner_id == Task.objects.get(dossier=one, state="pending").assignee_id
        assert Touch.objects.filter(dossier=one, kind="owner", data__reason__code="colleague_left").count() == 1
    assert Notice.objects.filter(code="handed_over").count() == 2
    assert browser.get("/").status_code == 302
    assert LoginSession.objects.get(employee_id=agency.anna.id).ended_at


def test_the_preview_tells_what_will_be_and_changes_nothing(agency: Any, held: list[Any]) -> None:
    before = list(Dossier.objects.order_by("id").values_list("owner_id", flat=True))
    shares = preview_leaving(employee_id=agency.anna.id, rule="team", to=None, reference=read_reference(), now=NOON)
    assert before == list(Dossier.objects.order_by("id").values_list("owner_id", flat=True))
    given = go(agency, "team")
    assert {share.employee_id: share.matters for share in shares} == dict(given)
    assert sum(share.clients for share in shares) == 5


@pytest.mark.parametrize("rule", ["team", "skill", "queue"])
def test_whatever_somebody_held_it_takes_as_many_statements(agency: Any, come: Come, rule: str) -> None:
    """What grows with the matters is the work of each statement, not their number: thousands go in seconds."""
    counted = []
    for number in (1, 6):
        only(agency, agency.anna)
        for _n in range(number):
            come(NOON)
        Employee.objects.update(capacity=None, is_active=True, left_at=None)
        with CaptureQueriesContext(connection) as asked:
            go(agency, rule)
        Employee.objects.filter(pk=agency.anna.id).update(is_active=True, left_at=None)
        counted.append(len([query for query in asked if "journal_notice" not in query["sql"]]))  # a word to each who got something
    assert counted[0] == counted[1]


def test_one_colleague_gets_all_and_the_team_comes_before_the_office(agency: Any, held: list[Any]) -> None:
    team = Team.objects.create(name="Море", office_id=agency.offices["nevsky"])
    Employee.objects.filter(pk__in=[agency.anna.id, agency.denis.id]).update(team=team)
    shares = preview_leaving(employee_id=agency.anna.id, rule="team", to=None, reference=read_reference(), now=NOON)
    assert [share.employee_id for share in shares] == [agency.denis.id]
    assert go(agency, "colleague", agency.boris.id) == Counter({agency.boris.id: 5})


@pytest.mark.parametrize("rule", ["team", "skill"])
def test_whoever_is_away_gets_no_open_matter_but_clients_who_ask_for_nothing(agency: Any, held: list[Any], rule: str) -> None:
    for _n in range(4):
        Person.objects.create(display_name="Тихий", search_name="тихий", owner_id=agency.anna.id, office_id=agency.anna.office_id)
    Absence.objects.create(employee_id=agency.denis.id, starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=6))
    shares = preview_leaving(employee_id=agency.anna.id, rule=rule, to=None, reference=read_reference(), now=NOON)
    assert {share.employee_id: share.matters for share in shares} == {agency.boris.id: 5, agency.denis.id: 0}
    assert go(agency, rule) == Counter({agency.boris.id: 5})
    assert Person.objects.filter(owner_id=agency.denis.id).count() == 4


def test_the_queue_holds_what_nobody_gets(agency: Any, held: list[Any]) -> None:
    assert go(agency, "queue") == Counter({None: 5})
    assert {(d.owner_id, d.queue_id is not None) for d in Dossier.objects.filter(is_open=True)} == {(None, True)}
    assert set(Person.objects.values_list("owner_id", flat=True)) == {None}


def test_a_client_of_a_direction_goes_to_whoever_is_skilled_in_it(agency: Any, come: Come) -> None:
    only(agency, agency.anna)
    turkey, vietnam = Direction.objects.get(slug="turkey"), Direction.objects.exclude(slug="turkey")[0]
    came = come(NOON, request={"directions": ["turkey"]})
    Employee.objects.update(capacity=None)
    Skill.objects.create(employee_id=agency.denis.id, direction=turkey)
    Skill.objects.create(employee_id=agency.boris.id, direction=vietnam)
    assert go(agency, "skill") == Counter({agency.denis.id: 1})
    came.dossier.refresh_from_db()
    assert came.dossier.owner_id == agency.denis.id


def test_a_client_with_several_matters_goes_as_a_whole(agency: Any, held: list[Any]) -> None:
    first, second = held[0].dossier, held[1].dossier
    Dossier.objects.filter(pk=second.pk).update(person_id=first.person_id)
    go(agency, "team")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.owner_id == second.owner_id


def test_actions_on_matters_of_others_return_to_who_holds_them(agency: Any, held: list[Any]) -> None:
    Dossier.objects.filter(pk=held[0].dossier_id).update(owner_id=agency.boris.id)
    go(agency, "colleague", agency.denis.id)
    assert Task.objects.get(dossier_id=held[0].dossier_id, state="pending").assignee_id == agency.boris.id


@pytest.mark.parametrize(("rule", "to"), [("colleague", None), ("colleague", 999_999), ("whim", None)])
def test_a_rule_that_names_nobody_is_refused_and_nothing_changes(agency: Any, held: list[Any], rule: str, to: int | None) -> None:
    with pytest.raises(Invalid), transaction.atomic():
        go(agency, rule, to)
    assert Employee.objects.get(pk=agency.anna.id).is_active
    assert held_by(agency.anna.id).matters == 5


def test_nobody_lets_themselves_go_nor_the_last_owner(agency: Any) -> None:
    with pytest.raises(Refused), transaction.atomic():
        let_go(employee_id=agency.owner.id, rule="queue", reference=read_reference(), by=agency.owner, now=NOON)


def test_the_database_refuses_an_account_closed_with_matters_in_hand(agency: Any, held: list[Any]) -> None:
    with pytest.raises(Exception, match="journal_left_matters"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update agency_employee set is_active = false where id = %s", [agency.anna.id])
        cursor.execute("set constraints all immediate")


def test_what_comes_in_the_very_moment_of_leaving_waits_in_the_queue(agency: Any, held: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
    Employee.objects.filter(pk=agency.anna.id).update(is_active=False)
    assert gather_what_was_left(reference=read_reference(), by=agency.owner, now=NOON) == 5
    assert gather_what_was_left(reference=read_reference(), by=agency.owner, now=NOON) == 0
    assert {d.queue_id is not None for d in Dossier.objects.filter(is_open=True)} == {True}


def test_a_thousand_matters_cost_as_many_statements_as_five(agency: Any, held: list[Any], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(54):  # a score and more of them read staff, catalogue and rules anew
        go(agency, "team")


def away(agency: Any, who: Any, substitute: Any) -> int:
    return save_absence(employee_id=who.id, starts_at=NOON - timedelta(hours=1), ends_at=NOON + timedelta(days=7), reason="отпуск",
                        substitute_id=substitute.id if substitute else None, by=agency.supervisor, now=NOON)  # fmt: skip


def test_a_known_client_s_inquiry_goes_to_the_substitute_and_the_client_stays(agency: Any, come: Come, held: list[Any]) -> None:
    person = held[0].dossier.person
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
    phone = person.contacts.get(kind="phone").normal
    Task.objects.filter(dossier=held[0].dossier).update(state="done", done_at=NOON, done_by="test")
    from marshrut.intake.services import close_inquiry

    close_inquiry(inquiry_id=held[0].pk, outcome="lost", reason="передумали", by=agency.owner, now=NOON)
    away(agency, agency.anna, agency.denis)
    again = come(NOON, contact={"name": "Ольга Ветрова", "phone": phone})
    assert again.dossier.person_id == person.id
    assert again.dossier.owner_id == agency.denis.id
    assert [reason["code"] for reason in again.owner_reason] == ["clients_manager_away", "substitute"]
    person.refresh_from_db()
    assert person.owner_id == agency.anna.id


def test_a_sudden_absence_hands_over_what_nobody_has_answered_and_its_clock_runs_on(agency: Any, held: list[Any]) -> None:
    due = {one.pk: one.respond_by for one in held}
    moved = hand_over_absence(employee_id=agency.anna.id, to=agency.denis.id, reference=read_reference(), by=agency.supervisor, now=NOON)
    assert moved == 5
    for one in held:
        one.refresh_from_db()
        assert (one.dossier.owner_id, one.respond_by, one.clock_state) == (agency.denis.id, due[one.pk], "running")
    assert set(Person.objects.values_list("owner_id", flat=True)) == {agency.anna.id}


def test_what_was_planned_for_an_absence_is_done_by_another(agency: Any, held: list[Any]) -> None:
    tasks = list(Task.objects.filter(assignee_id=agency.anna.id, state="pending").values_list("id", flat=True))
    moved = hand_over_tasks(employee_id=agency.anna.id, task_ids=tasks[:2], to=agency.boris.id, reference=read_reference(),
                            by=agency.supervisor, now=NOON)  # fmt: skip
    assert moved == 2
    assert Task.objects.filter(assignee_id=agency.boris.id, state="pending").count() == 2
    assert Dossier.objects.filter(owner_id=agency.anna.id, is_open=True).count() == 5


def test_a_foreign_office_s_absences_are_nobody_s_to_write(agency: Any, held: list[Any]) -> None:
    for call in (lambda: away(agency, agency.oleh, None), lambda: hand_over_absence(
            employee_id=agency.oleh.id, to=agency.denis.id, reference=read_reference(), by=agency.supervisor, now=NOON)):  # fmt: skip
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("span", [timedelta(0), timedelta(days=-1), timedelta(days=2000)])
def test_an_absence_that_cannot_be_is_refused(agency: Any, span: timedelta) -> None:
    with pytest.raises(Invalid):
        save_absence(employee_id=agency.anna.id, starts_at=NOON, ends_at=NOON + span, by=agency.supervisor, now=NOON)
    away(agency, agency.anna, None)
    with pytest.raises(Invalid):
        away(agency, agency.anna, None)
    with pytest.raises(Invalid):
        away(agency, agency.boris, agency.anna)
    assert Absence.objects.count() == 1


def test_a_supervisor_hands_nothing_over_to_another_office(agency: Any, held: list[Any]) -> None:
    tasks = list(Task.objects.filter(assignee_id=agency.anna.id, state="pending").values_list("pk", flat=True))
    given = {"employee_id": agency.anna.id, "to": agency.oleh.id, "reference": read_reference(), "now": NOON}
    for call in (lambda: hand_over_absence(**given, by=agency.supervisor), lambda: hand_over_tasks(**given, task_ids=tasks, by=agency.supervisor)):
        with pytest.raises(Invalid):
            call()
    assert not Task.objects.filter(assignee_id=agency.oleh.id).exists()
    assert hand_over_absence(**given, by=agency.owner) == len(held)
