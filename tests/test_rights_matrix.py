"""Who sees what: every address × method × role, generated from the addresses themselves.

An address that is not described here fails. What is foreign is 404 and nothing of the person stands in the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from marshrut.agency.models import Employee
from marshrut.agency.permissions import EVERYTHING, system
from marshrut.agency.services import issue_token
from marshrut.channels.models import Form
from marshrut.core.clock import utc_now
from tests.cast import Cast

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "DELETE")

# An address is open to everybody, shows what is within reach, shows one record, or does something with one.
# What waits in quarantine has no owner yet: it is for whoever answers for an office (desk/tests/test_actions.py).
PUBLIC, LIST, RECORD, ACTION, WATCH = "public", "list", "record", "action", "watch"
PAGES = {
    "/login": PUBLIC, "/logout": PUBLIC, "/f/<slug:key>": PUBLIC, "/healthz": PUBLIC, "/readyz": PUBLIC, "/metrics": PUBLIC,
    "/api/v1/": PUBLIC, "/api/v1/openapi.json": PUBLIC,
    "/": LIST, "/nav": LIST, "/inbox": LIST, "/board": LIST, "/clients": LIST, "/clients/known": LIST, "/search": LIST, "/inquiries/new": LIST,
    "/inbox/<id:pk>": RECORD, "/board/deals/<id:pk>": RECORD, "/clients/<id:pk>": RECORD, "/inquiries/<id:pk>": RECORD, "/deals/<id:pk>": RECORD,
    "/inquiries/<id:pk>/deal": ACTION, "/inquiries/<id:pk>/take": ACTION, "/inquiries/<id:pk>/spam": ACTION, "/inquiries/<id:pk>/close": ACTION,
    "/inquiries/<id:pk>/reopen": ACTION, "/deals/<id:pk>/stage": ACTION, "/deals/<id:pk>/close": ACTION, "/deals/<id:pk>/reopen": ACTION,
    "/tasks/<id:pk>/complete": ACTION, "/tasks/<id:pk>/postpone": ACTION, "/dossiers/<id:pk>/touch": ACTION, "/dossiers/<id:pk>/task": ACTION,
    "/quarantine/<id:pk>/release": WATCH,
}  # fmt: skip
DOOR: dict[tuple[str, str], tuple[str, str]] = {  # (address, method) → kind, scope it needs
    ("/ping", "GET"): (LIST, ""), ("/search", "GET"): (LIST, ""),
    ("/inquiries", "GET"): (LIST, "inquiries:read"), ("/inquiries", "POST"): (LIST, "inquiries:write"),
    ("/board", "GET"): (LIST, "deals:read"), ("/tasks", "GET"): (LIST, "tasks:read"), ("/reports/source-conversion", "GET"): (LIST, "reports:read"),
    ("/inquiries/<id>", "GET"): (RECORD, "inquiries:read"), ("/deals/<id>", "GET"): (RECORD, "deals:read"), ("/persons/<id>", "GET"): (RECORD, "persons:read"),
    ("/inquiries/<id>/deal", "POST"): (ACTION, "deals:write"), ("/inquiries/<id>/close", "POST"): (ACTION, "inquiries:write"),
    ("/deals/<id>/stage", "POST"): (ACTION, "deals:write"), ("/deals/<id>/close", "POST"): (ACTION, "deals:write"),
    ("/tasks/<id>/complete", "POST"): (ACTION, "tasks:write"),
}  # fmt: skip
BODIES = {
    "/inquiries": {"channel": "phone", "contact": {"phone": "+79990001122"}}, "/inquiries/<id>/deal": {"funnel": "office"},
    "/inquiries/<id>/close": {"outcome": "won"}, "/deals/<id>/stage": {"stage": "need_recorded", "facts": {"need": "море"}},
    "/deals/<id>/close": {"outcome": "won"}, "/tasks/<id>/complete": {"result": "да", "next": {"title": "Позвонить", "due_at": "2027-01-01T10:00:00Z"}},
}  # fmt: skip


def addresses(patterns: Any = None, prefix: str = "/") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route


def test_every_address_is_described_here_and_no_other() -> None:
    described = {*PAGES, *(f"/api/v1{address}" for address, _ in DOOR)}
    assert described == set(addresses())


def test_every_operation_of_the_door_is_described_here(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    operations = {
        (re.sub(r"{(\w+)}", r"<\1>", path.removeprefix("/api/v1")), method.upper())
        for path, ways in paths.items()
        for method in ways
    }
    assert operations == set(DOOR)


@dataclass
class World:
    """Two matters of Anna's, the words that would betray their client, and who looks."""

    secrets: tuple[str, ...]
    ids: dict[str, int]
    seeing: dict[str, Client]
    blind: dict[str, Client]

    def address(self, route: str) -> str:
        """The address with the number of Anna's thing that it names, or with a query it needs."""
        if "<" not in route:
            return route + "?q=Ксения" * route.endswith("/search")
        named = route.removeprefix("/api/v1").removeprefix("/board").split("/")[1]
        return re.sub(r"<[^>]*>", str(self.ids["forms" if named == "f" else named]), route)


@pytest.fixture
def world(cast: Cast) -> World:
    make = Employee.objects.create
    office = Employee.objects.get(pk=cast.stranger.id).office
    foreign_lead = make(email="lead@podil.example", name="Чужой Руководитель", role="supervisor", office=office, password="!")
    Employee.objects.filter(pk=cast.boris.id).update(capacity=0)  # so that everything comes to Anna
    program = Client(headers={"Authorization": f"Bearer {_token()}"})
    came = [_send(program, n) for n in range(2)]
    assert {c["owner"]["id"] for c in came} == {cast.anna.id}
    deal = program.post(f"/api/v1/inquiries/{came[1]['id']}/deal", {"funnel": "office"}, content_type="application/json").json()
    from marshrut.intake.models import Inquiry

    ids = {
        "quarantine": 1, "inquiries": came[0]["id"], "inbox": came[0]["id"], "deals": deal["id"], "tasks": came[0]["next_action"]["id"],
        "persons": came[0]["person"]["id"], "clients": came[0]["person"]["id"], "forms": Form.objects.values_list("key", flat=True)[0],
        "dossiers": Inquiry.objects.get(pk=came[0]["id"]).dossier_id,
    }  # fmt: skip
    seeing = {"owner of the matter": cast.anna.id, "supervisor": cast.supervisor.id, "owner": cast.owner.id}
    blind = {
        "colleague": cast.boris.id,
        "stranger": cast.stranger.id,
        "foreign supervisor": foreign_lead.id,
        "administrator": cast.administrator.id,
    }
    return World(("Тайнова", "Тайные", "1110000", "111-00-00", "tainova"), ids, _browsers(seeing), _browsers(blind))


def _token(**given: Any) -> str:
    return issue_token(name="matrix", by=system("test"), now=utc_now(), **given)


def _send(program: Client, n: int) -> dict[str, Any]:
    contact = {"name": f"Ксения Тайнова{'вы'[n]}", "phone": f"+791611100{n}0", "email": f"tainova{n}@mail.ru"}
    body = {"channel": "site_form", "source": "site", "contact": contact, "message": "Тайные слова"}
    answer = program.post("/api/v1/inquiries", body, content_type="application/json")
    assert answer.status_code == 201
    return answer.json()


def _browsers(people: dict[str, int]) -> dict[str, Client]:
    browsers = {}
    for role, number in people.items():
        browsers[role] = Client(raise_request_exception=False)
        browsers[role].force_login(Employee.objects.get(pk=number))
    return browsers


def ask(client: Client, method: str, address: str, body: Any = None, **extra: Any) -> Any:
    """One request whose writes are undone, so that the next one finds the same world."""
    with transaction.atomic():
        kind = {"content_type": "application/json"} if body is not None else {}
        answer = client.generic(method, address, _bytes(body), **kind, **extra)
        transaction.set_rollback(True)
    assert answer.status_code < 500 or address == "/readyz", f"{method} {address}: {answer.status_code}"
    return answer


def _bytes(body: Any) -> bytes:
    import json

    return json.dumps(body).encode() if body is not None else b""


def betrayed(world: World, answer: Any, asked: str = "") -> list[str]:
    """Words of the client that stand in an answer, not counting the reader's own question."""
    text = unquote(b"".join(answer).decode(errors="replace"))
    text = text.replace(asked, "") if asked else text
    return [word for word in world.secrets if word in text]


def test_nobody_who_is_not_logged_in_gets_beyond_the_door(world: World) -> None:
    stranger, wrong = Client(raise_request_exception=False), []
    for route, kind in PAGES.items():
        for method in METHODS[:2]:
            for fragment in ({}, {"headers": {"HX-Request": "true"}}):
                answer = ask(stranger, method, world.address(route), **fragment)
                where = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
                is_turned_away = answer.status_code == 405 or (answer.status_code in (302, 403) and where.startswith("/login"))
                if betrayed(world, answer) or not (kind == PUBLIC or is_turned_away):
                    wrong.append((method, route, fragment, answer.status_code))
    assert wrong == []


def test_a_colleague_a_stranger_and_an_administrator_learn_nothing_of_a_foreign_client(world: World) -> None:
    wrong = []
    for role, browser in world.blind.items():
        for route, kind in PAGES.items():
            for method in METHODS if kind != PUBLIC else ("GET",):  # a way out that is taken would end the session
                answer = ask(browser, method, world.address(route))
                if betrayed(world, answer) or (kind in (RECORD, ACTION) and answer.status_code not in (404, 405)):
                    wrong.append((role, method, route, answer.status_code, betrayed(world, answer)))
    assert wrong == []


def test_whoever_may_see_is_never_told_that_there_is_nothing(world: World) -> None:
    wrong = []
    for role, browser in world.seeing.items():
        for route in ("/inquiries/<id:pk>", "/clients", "/search", "/inbox"):
            assert betrayed(world, ask(browser, "GET", world.address(route))), (role, route)
    for role, browser in world.seeing.items():
        for route, kind in PAGES.items():
            if kind in (PUBLIC, WATCH):
                continue
            answers = {method: ask(browser, method, world.address(route)).status_code for method in METHODS}
            shows = answers["GET"] == 200 or (kind == ACTION and set(answers.values()) - {405})
            if {403, 404} & set(answers.values()) or not shows:
                wrong.append((role, route, answers))
    assert wrong == []


@pytest.mark.parametrize(
    "query", ["Тайнова", "tainova0@mail.ru", "+79161110000", "8 916 111-00-00", "1110000", "{inquiries}", "№{deals}"]
)
def test_a_search_finds_nothing_foreign_and_what_is_ones_own(world: World, query: str) -> None:
    q = query.format(**world.ids)
    for role, browser in world.blind.items():
        for address in ("/search", "/clients", "/api/v1/search"):
            assert betrayed(world, ask(browser, "GET", f"{address}?q={quote(q)}"), q) == [], (role, address)
    for role, browser in world.seeing.items():
        assert ask(browser, "GET", f"/api/v1/search?q={quote(q)}").json()["items"], role


def test_a_number_typed_in_the_quick_form_says_only_whose_client_it_is(world: World) -> None:
    for role, browser in world.blind.items():
        answer = ask(browser, "GET", "/clients/known?phone=%2B79161110000")
        assert betrayed(world, answer, "+79161110000") == [], role


def knock(client: Client, route: str, method: str, world: World) -> Any:
    return ask(client, method, world.address(f"/api/v1{route}"), BODIES.get(route) if method == "POST" else None)


def program(**given: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {_token(**given)}"}, raise_request_exception=False)


def test_the_door_asks_for_a_token_its_scope_and_its_reach(world: World) -> None:
    nobody = [
        Client(headers=h, raise_request_exception=False)
        for h in ({}, {"Authorization": "Bearer mrt_no"}, {"Authorization": "Basic YTpi"})
    ]
    full, foreign = program(), program(reach="office", office="podil")
    for (route, method), (kind, scope) in DOOR.items():
        for client in nobody:
            answer = knock(client, route, method, world)
            assert (answer.status_code, betrayed(world, answer)) == (401, []), route
        if scope:
            answer = knock(program(scopes=EVERYTHING - {scope}), route, method, world)
            assert (answer.status_code, answer.json()["missing"], betrayed(world, answer)) == (403, [scope], []), route
        answer = knock(foreign, route, method, world)
        assert betrayed(world, answer) == [], route
        assert answer.status_code in ((404,) if kind in (RECORD, ACTION) else (200, 201, 204)), route
        assert knock(full, route, method, world).status_code in (200, 201, 204), route


def test_a_logged_in_person_may_read_at_the_door_within_reach_and_write_nothing(world: World) -> None:
    for (route, method), (kind, _scope) in DOOR.items():
        for role, browser in {**world.blind, **world.seeing}.items():
            answer = knock(browser, route, method, world)
            allowed = {200, 204} if role in world.seeing else {404} if kind == RECORD else {200, 204}
            allowed |= {403} if role == "administrator" else set()
            assert answer.status_code in (allowed if method == "GET" else {401}), (role, route)
            assert role in world.seeing or betrayed(world, answer) == [], (role, route)


def test_a_program_that_may_not_read_people_learns_no_name_and_no_number(world: World) -> None:
    blind = program(scopes=EVERYTHING - {"persons:read"})
    for route, method in DOOR:
        if method == "GET":
            said = set(betrayed(world, knock(blind, route, "GET", world))) - {"Тайные"}  # the message is the inquiry's own
            assert said == set(), route


def test_every_answer_says_what_a_browser_may_do_with_it_and_holds_no_secret(world: World) -> None:
    for route in [
        *(f"/api/v1{r}" for r, method in DOOR if method == "GET"),
        *(r for r, kind in PAGES.items() if kind != ACTION),
        "/nothing",
        "/api/v1/no",
    ]:
        answer = ask(world.seeing["owner"], "GET", world.address(route))
        assert answer.headers["X-Content-Type-Options"] == "nosniff", route
        assert answer.headers["X-Frame-Options"] == "DENY", route
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, route
        assert "unsafe" not in policy, route
        assert not re.search(r"mrt_[\w-]{20}|argon2|Traceback|of the tests, and", b"".join(answer).decode()), route
