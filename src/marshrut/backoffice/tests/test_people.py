"""People and their rights in the browser: invitations, escalation, teams, tokens, absences."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import PASSWORD

from marshrut.agency.models import AccessLink, ApiToken, Employee, Office, Team
from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import actor_of_employee, actor_of_token
from marshrut.agency.services import Employment, change_employee, invite_again, invite_employee, issue_token, revoke_invitation
from marshrut.channels.models import MailServer, Sending
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, Refused

pytestmark = pytest.mark.django_db
NEW = "новая дорога домой"


def browser_of(who: Actor) -> Client:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who.id))
    return browser


def form(**more: Any) -> dict[str, Any]:
    office = Office.objects.order_by("id")[0]
    return {"email": "nina@agency.example", "name": "Нина", "role": "manager", "office": office.id, "share_weight": "1", **more}


def link_in(answer: Any) -> str:
    found = re.search(r"/(?:welcome|password)/([\w-]{20,})", answer.content.decode())
    assert found
    return found.group(0)


def test_without_a_mail_server_the_link_is_shown_once_and_lets_one_person_in(cast: Any) -> None:
    address = link_in(browser_of(cast.owner).post("/staff/invite", form(role="senior")))
    newcomer = Client()
    assert newcomer.post("/login", {"email": "nina@agency.example", "password": ""}).status_code == 422
    assert "nina@agency.example" in newcomer.get(address).content.decode()
    assert newcomer.post(address, {"name": "Нина Павлова", "password": "1"}).status_code == 422
    assert newcomer.post(address, {"name": "Нина Павлова", "password": NEW})["Location"] == "/"
    assert "Нина Павлова" in newcomer.get("/me/security").content.decode()
    stolen = Client().get(address)
    assert (stolen.status_code, "использ" in stolen.content.decode()) == (410, True)
    assert Client().post(address, {"name": "Вор", "password": NEW}).status_code == 410
    assert Employee.objects.get(email="nina@agency.example").role == "senior"


def test_with_a_mail_server_the_link_goes_into_a_letter_and_nowhere_else(cast: Any) -> None:
    MailServer.objects.create(id=1, host="localhost", sender="agency@example.com")
    answer = browser_of(cast.owner).post("/staff/invite", form())
    assert (answer.status_code, answer.content) == (204, b"")
    assert Sending.objects.get().to == "nina@agency.example"


def test_an_old_a_revoked_and_a_replaced_link_let_nobody_in_and_say_what_to_do(cast: Any) -> None:
    now = utc_now()
    rights = Employment(name="Нина", role="manager", office_id=cast.anna.office_id)
    first = invite_employee(email="nina@agency.example", employment=rights, by=cast.owner, now=now)
    second = invite_again(employee_id=first.employee_id, by=cast.owner, now=now)
    assert Client().get(f"/welcome/{first.secret}").status_code == 410
    assert Client().get(f"/welcome/{second.secret}").status_code == 200
    AccessLink.objects.filter(used_at=None, revoked_at=None).update(expires_at=now - timedelta(seconds=1))
    assert Client().post(f"/welcome/{second.secret}", {"name": "Н", "password": NEW}).status_code == 410
    third = invite_again(employee_id=first.employee_id, by=cast.owner, now=now)
    revoke_invitation(employee_id=first.employee_id, by=cast.owner, now=now)
    assert Client().get(f"/welcome/{third.secret}").status_code == 410
    assert Client().get("/welcome/guessed-or-torn-off").status_code == 404
    assert not Employee.objects.get(pk=first.employee_id).is_active


def test_an_invitation_is_no_way_to_a_new_password_and_the_other_way_round(cast: Any) -> None:
    rights = Employment(name="Нина", role="manager", office_id=cast.anna.office_id)
    invited = invite_employee(email="nina@agency.example", employment=rights, by=cast.owner, now=utc_now())
    assert Client().get(f"/password/{invited.secret}").status_code == 404
    reset = link_in(browser_of(cast.administrator).post(f"/staff/{cast.anna.id}/password"))
    assert Client().get(reset.replace("/password/", "/welcome/")).status_code == 404
    session = browser_of(cast.anna)
    assert Client().post(reset, {"password": NEW})["Location"] == "/"
    assert session.get("/").status_code == 302
    assert Client().post(reset, {"password": NEW}).status_code == 410
    assert Client().post("/login", {"email": "anna@nevsky.example", "password": NEW})["Location"] == "/"


def test_who_forgot_the_password_is_told_the_same_as_a_stranger(cast: Any) -> None:
    MailServer.objects.create(id=1, host="localhost", sender="agency@example.com")

    def told(email: str) -> str:
        return Client().post("/password/forgotten", {"email": email}).content.decode().replace(email, "…")

    shown = [re.sub(r'name="csrf[^>]*>|content="[^"]*">', "", told(email)) for email in ("anna@nevsky.example", "nobody@nowhere.example")]
    assert shown[0] == shown[1]
    assert Sending.objects.filter(purpose="reset").count() == 1
    for _try in range(9):
        told("anna@nevsky.example")
    assert Sending.objects.filter(purpose="reset").count() == 3


@pytest.mark.parametrize("role", ["owner", "administrator", "manager"])
def test_whoever_does_not_manage_staff_invites_nobody(cast: Any, role: str) -> None:
    for who in (cast.anna, cast.supervisor, cast.stranger):
        assert browser_of(who).post("/staff/invite", form(role=role)).status_code == 403
    assert not Employee.objects.filter(email="nina@agency.example").exists()


def test_an_administrator_makes_no_owner_and_gives_no_wider_view_than_the_role_has(cast: Any) -> None:
    artem = browser_of(cast.administrator)
    assert artem.post("/staff/invite", form(role="owner")).status_code == 422
    assert artem.post("/staff/invite", form(reach="all")).status_code == 422
    assert artem.post("/staff/invite", form(own_fields="yes", unmasked=["margin"])).status_code == 422
    assert artem.post("/staff/invite", form(own_fields="yes", unmasked=["phone"])).status_code == 200
    assert artem.post(f"/staff/{cast.anna.id}/change", form(name="Анна", role="owner")).status_code == 422
    assert artem.post(f"/staff/{cast.owner.id}/change", form(name="Ольга", role="manager")).status_code == 409
    assert artem.post(f"/staff/{cast.owner.id}/password").status_code == 409
    assert artem.post(f"/staff/{cast.owner.id}/leave", {"rule": "queue", "sure": "yes"}).status_code == 404
    assert artem.post(f"/staff/{cast.administrator.id}/change", form(name="Артём", role="manager")).status_code == 409
    assert Employee.objects.get(pk=cast.owner.id).role == "owner"


@pytest.mark.parametrize(
    "odd",
    [{"role": "god"}, {"office": "999999999999999999"}, {"office": "x"}, {"team": "77"}, {"reach": "galaxy"}, {"capacity": "-1"}, {"name": ""},
     {"capacity": "1e9"}, {"share_weight": "NaN"}, {"share_weight": "0"}, {"share_weight": "1e99"}, {"own_fields": "yes", "unmasked": ["soul"]},
     {"email": "nobody"}, {"email": "anna@nevsky.example"}, {"name": "\x00"}],
)  # fmt: skip
def test_an_odd_form_is_refused_with_a_sentence_and_keeps_what_was_typed(cast: Any, odd: dict[str, Any]) -> None:
    answer = browser_of(cast.owner).post("/staff/invite", form(**odd))
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode() or "notice-bad" in answer.content.decode()
    assert not Employee.objects.filter(email="nina@agency.example").exists()


def test_a_person_s_own_reach_and_fields_stand_above_the_role(cast: Any) -> None:
    rights = Employment(name="Борис", role="manager", office_id=cast.boris.office_id, reach="office", unmasked=frozenset({"passport"}))
    change_employee(employee_id=cast.boris.id, employment=rights, by=cast.owner, now=utc_now())
    boris = actor_of_employee(cast.boris.id)
    assert boris
    assert (boris.reach, boris.shows("phone"), boris.shows("passport")) == ("office", False, True)
    with pytest.raises(Invalid):  # what somebody has may stay, but an administrator widens nothing
        change_employee(employee_id=cast.anna.id, employment=rights, by=cast.administrator, now=utc_now())
    change_employee(employee_id=cast.boris.id, employment=rights, by=cast.administrator, now=utc_now())


def test_the_last_owner_stays_and_so_does_whoever_can_let_people_in(cast: Any) -> None:
    rights = Employment(name="Ольга", role="manager", office_id=cast.owner.office_id)
    with pytest.raises(Refused):
        change_employee(employee_id=cast.owner.id, employment=rights, by=system("test"), now=utc_now())
    with pytest.raises(Refused):
        change_employee(employee_id=cast.owner.id, employment=rights, by=cast.owner, now=utc_now())


def test_the_list_of_people_costs_the_same_for_few_and_many(cast: Any) -> None:
    olga = browser_of(cast.owner)
    olga.get("/staff")
    with CaptureQueriesContext(connection) as few:
        page = olga.get("/staff").content.decode()
    for number in range(3):
        browser_of(cast.owner).post("/staff/invite", form(email=f"new{number}@agency.example"))
    olga.get("/staff")
    with CaptureQueriesContext(connection) as many:
        olga.get("/staff")
    assert len(few) == len(many)
    for name in ("Анна Крылова", "Олег Коваленко", "Артём Панченко"):
        assert name in page


def test_a_team_is_made_renamed_and_removed_only_when_empty(cast: Any) -> None:
    olga = browser_of(cast.owner)
    office = cast.anna.office_id
    assert olga.post("/staff/teams/new", {"name": "Море", "office": office}).status_code == 204
    assert olga.post("/staff/teams/new", {"name": "Море", "office": office}).status_code == 422
    team = Team.objects.get()
    Employee.objects.filter(pk=cast.anna.id).update(team=team)
    assert olga.post(f"/staff/teams/{team.id}/remove").status_code == 409
    Employee.objects.filter(pk=cast.anna.id).update(team=None)
    assert olga.post(f"/staff/teams/{team.id}", {"name": "Горы", "office": office}).status_code == 204
    assert olga.post(f"/staff/teams/{team.id}/remove").status_code == 204
    assert olga.get("/staff/teams/999").status_code == 404


def test_a_token_is_shown_once_used_noted_and_revoked(cast: Any) -> None:
    olga = browser_of(cast.owner)
    page = olga.post("/tokens/new", {"name": "Сайт", "scopes": ["inquiries:write"], "office": ""}).content.decode()
    secret = re.search(r"mrt_[\w-]+", page)
    assert secret
    assert "mrt_" not in olga.get("/tokens").content.decode()
    program = Client(headers={"Authorization": f"Bearer {secret.group(0)}"})
    assert program.get("/api/v1/ping").status_code == 204
    token = ApiToken.objects.get(name="Сайт")
    assert token.used_at
    assert token.created_by == f"employee:{cast.owner.id}"
    with CaptureQueriesContext(connection) as asked:
        program.get("/api/v1/ping")
    assert len(asked) == 1
    assert olga.post(f"/tokens/{token.id}/revoke").status_code == 204
    assert program.get("/api/v1/ping").status_code == 401


def test_nobody_issues_a_token_that_may_more_than_they(cast: Any) -> None:
    artem = browser_of(cast.administrator)
    assert artem.post("/tokens/new", {"name": "Шпион", "scopes": ["persons:read"], "office": ""}).status_code == 422
    assert artem.post("/tokens/new", {"name": "Сайт", "scopes": ["inquiries:write"], "office": ""}).status_code == 200
    assert artem.post("/tokens/new", {"name": "Пусто", "office": ""}).status_code == 422
    assert browser_of(cast.owner).post("/tokens/new", {"name": "Бог", "scopes": ["everything"], "office": ""}).status_code == 422
    with pytest.raises(Invalid):
        issue_token(name="x", scopes=frozenset({"deals:read"}), by=cast.supervisor, now=utc_now())
    assert actor_of_token("mrt_guessed") is None


def test_the_page_of_one_person_shows_what_they_are_and_may(cast: Any) -> None:
    olga = browser_of(cast.owner)
    page = olga.get(f"/staff/{cast.anna.id}").content.decode()
    assert "anna@nevsky.example" in page
    assert olga.get("/staff/999999").status_code == 404
    assert PASSWORD not in page
