"""Who sees what: every address × method × role, generated from the addresses themselves.

An address that is not described here fails. What is foreign is 404 and nothing of the person stands in the answer.

How to describe a new address: one line in PAGES (or in DOOR, for the JSON door), of one of these kinds.

    PUBLIC            anybody, logged in or not
    OWN               the reader's own things: everybody who works here, 200; nothing of any client
    MINE              does something with the reader's own things by POST: for everybody who works here, never a client's word
    LIST              shows what is within reach: 200 for everybody, empty for those who see nothing
    RECORD            shows one thing of Anna's: 200 for who sees it, 404 for everybody else
    ACTION            does something with it (or shows the dialog): 404 for everybody else
    WATCH             for whoever answers for an office
    MANAGE("scope")   the agency's own business, no client's: 403 without the scope, never 403 with it
    KIND("scope")     any kind, for holders of the scope only: 403 for everybody else (404 if the thing is foreign, too)

A number in the address (`<id:pk>`) is that of Anna's thing, found by the first word of the address (or the first two) in
`_ids` of tests/rights_world.py: add a thing of a new kind there. Of MANAGE pages about things the world does not have, 404 is
taken for an answer. An address that only POSTs is an ACTION or MANAGE like any other: 405 to GET is fine.
Regions (`?part=`) are found in the view's source and asked too.
"""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from marshrut.agency.permissions import ALL_SCOPES, EVERYTHING, SCOPES_OF_ROLE
from marshrut.agency.web.actors import actor_of_session_key
from marshrut.channels.models import RawMessage
from marshrut.desk.web.pages import ACTING
from tests.cast import Cast
from tests.rights_world import NAMES, WAYS, Kind, World, addresses, ask, betrayed, make_world, parts_of, program

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "DELETE")
PUBLIC, OWN, MINE, LIST, RECORD, ACTION, WATCH, MANAGE = map(
    Kind, ("public", "own", "mine", "list", "record", "action", "watch", "manage")
)
# What waits in quarantine has no owner yet: it is for whoever answers for the office of its door.
PAGES: dict[str, Kind] = {
    "/login": PUBLIC, "/logout": PUBLIC, "/f/<slug:key>": PUBLIC, "/healthz": PUBLIC, "/readyz": PUBLIC, "/metrics": PUBLIC,
    "/login/second": PUBLIC, "/login/setup": PUBLIC, "/login/key": PUBLIC, "/login/key/ask": PUBLIC,
    "/welcome/<str:token>": PUBLIC, "/password/forgotten": PUBLIC, "/password/<str:token>": PUBLIC,
    "/me/language": OWN, "/me/security": OWN, "/me/security/password": OWN, "/me/security/app": OWN, "/me/security/app/disconnect": MINE, "/me/security/codes": MINE,
    "/me/security/keys": MINE, "/me/security/keys/offer": MINE, "/me/security/keys/<id:pk>/disconnect": MINE,
    "/me/security/sessions/others": MINE, "/me/security/sessions/<id:pk>/end": MINE,
    "/staff": MANAGE("staff:write"), "/staff/invite": MANAGE("staff:write"), "/staff/<id:pk>": MANAGE("staff:write"),
    "/staff/<id:pk>/change": MANAGE("staff:write"), "/staff/<id:pk>/invite": MANAGE("staff:write"), "/staff/<id:pk>/revoke": MANAGE("staff:write"),
    "/staff/<id:pk>/password": MANAGE("staff:write"), "/staff/<id:pk>/factor": MANAGE("staff:write"), "/staff/<id:pk>/leave": MANAGE("staff:write"),
    "/staff/<id:pk>/sessions": MANAGE("staff:write"), "/staff/<id:pk>/back": MANAGE("staff:write"),
    "/staff/teams/new": MANAGE("staff:write"), "/staff/teams/<id:pk>": MANAGE("staff:write"), "/staff/teams/<id:pk>/remove": MANAGE("staff:write"),
    "/staff/absences": MANAGE("absences:write"), "/staff/absences/new": MANAGE("absences:write"), "/staff/absences/<id:pk>": MANAGE("absences:write"),
    "/staff/absences/<id:pk>/remove": MANAGE("absences:write"), "/staff/absences/<id:pk>/tasks": MANAGE("absences:write"),
    "/staff/shifts/<id:pk>": MANAGE("absences:write"),
    "/tokens": MANAGE("staff:write"), "/tokens/new": MANAGE("staff:write"), "/tokens/<id:pk>/revoke": MANAGE("staff:write"),
    "/api/v1/": PUBLIC, "/api/v1/openapi.json": PUBLIC,
    "/clocks": LIST, "/burning": WATCH, "/passed-over": WATCH, "/inquiries/<id:pk>/priority": RECORD, "/dossiers/<id:pk>/hand-over": ACTION,
    "/inquiries/next": MANAGE("tasks:write"), "/dossiers/<id:pk>/quiet/<slug:how>": ACTION("messages:write"),
    "/reports": LIST("reports:read"), "/reports/sources": LIST("reports:read"), "/reports/answers": LIST("reports:read"),
    "/reports/funnel": LIST("reports:read"), "/reports/work": LIST("reports:read"), "/reports/matters": LIST("reports:read"),
    "/reports/measures": LIST("reports:read"), "/reports/<slug:report>/<slug:table>.<slug:form>": MANAGE("exports:read"),
    "/": LIST, "/nav": LIST, "/inbox": LIST, "/board": LIST, "/clients": LIST, "/clients/known": LIST, "/search": LIST, "/inquiries/new": LIST("inquiries:write"),
    "/inbox/<id:pk>": RECORD, "/board/deals/<id:pk>": RECORD, "/clients/<id:pk>": RECORD, "/inquiries/<id:pk>": RECORD, "/deals/<id:pk>": RECORD,
    "/inquiries/<id:pk>/deal": ACTION, "/inquiries/<id:pk>/take": ACTION, "/inquiries/<id:pk>/spam": ACTION, "/inquiries/<id:pk>/close": ACTION,
    "/inquiries/<id:pk>/class": ACTION, "/inquiries/<id:pk>/request": ACTION, "/inquiries/<id:pk>/request/confirm": ACTION, **{f"/inquiries/<id:pk>/request/confirm/{group}": ACTION for group in (
        "directions", "excluded", "departure", "dates", "nights", "adults", "children", "rooms", "stars", "board", "budget", "other_trips")}, "/corrections/<id:pk>/undo": ACTION,
    **{f"/inquiries/<id:pk>/{axis}/{verb}": ACTION for axis in ("class", "category") for verb in ("accept", "confirm")},
    "/inquiries/<id:pk>/reopen": ACTION, "/deals/<id:pk>/stage": ACTION, "/deals/<id:pk>/funnel": ACTION, "/deals/<id:pk>/close": ACTION, "/deals/<id:pk>/reopen": ACTION,
    "/tasks/<id:pk>/complete": ACTION, "/tasks/<id:pk>/postpone": ACTION, "/dossiers/<id:pk>/touch": ACTION, "/dossiers/<id:pk>/task": ACTION,
    "/quarantine/<id:pk>/release": WATCH, "/quarantine/<id:pk>": WATCH, "/quarantine/<id:pk>/discard": WATCH,
    "/quarantine/discard": WATCH, "/quarantine/let-in": WATCH, "/quarantine/back": WATCH,
    "/outbox": LIST, "/settings/mail": MANAGE("settings:write"), "/settings/mail/new": MANAGE("settings:write"),
    "/settings/mail/<id:pk>": MANAGE("settings:write"), "/settings/mail-server": MANAGE("settings:write"),
    "/settings/mail-server/test": MANAGE("settings:write"), "/settings/mail-server/check": MANAGE("settings:write"),
    "/dossiers/<id:pk>/write": ACTION("messages:write"), "/files/<id:pk>": RECORD,
    "/sendings/repeat": MANAGE, "/sendings/cancel": MANAGE, "/sendings/<id:pk>/repeat": ACTION, "/sendings/<id:pk>/cancel": ACTION,
    "/imports": LIST("imports:write"), "/imports/<id:pk>": RECORD("imports:write"), "/imports/<id:pk>/problems.csv": RECORD("imports:write"),
    "/imports/<id:pk>/check": ACTION("imports:write"), "/imports/<id:pk>/start": ACTION("imports:write"),
    "/imports/<id:pk>/stop": ACTION("imports:write"), "/imports/<id:pk>/continue": ACTION("imports:write"),
    "/imports/<id:pk>/undo": ACTION("imports:write"), "/imports/<id:pk>/discard": ACTION("imports:write"),
    "/start": PUBLIC, "/start/steps": MANAGE("settings:write"), "/start/inquiry": MANAGE("settings:write"),
    "/privacy": MANAGE("privacy:write"), "/privacy/rules/<slug:subject>": MANAGE("privacy:write"), "/privacy/consents": LIST("persons:read"),
    "/privacy/people/<id:pk>": RECORD("persons:read"), "/privacy/people/<id:pk>/consent": ACTION("persons:write"),
    "/privacy/people/<id:pk>/everything": ACTION("privacy:write"), "/privacy/people/<id:pk>/erase": ACTION("privacy:write"),
    "/privacy/consents/<id:pk>/withdraw": ACTION("persons:write"),
    "/calendar": LIST, "/calendar/plan": LIST("tasks:write"), "/calendar/matters": LIST, "/calendar/hours": LIST, "/tasks/<id:pk>": RECORD, "/tasks/<id:pk>/move": ACTION,
    "/waiting": LIST, "/dossiers/<id:pk>/aside": ACTION, "/dossiers/<id:pk>/back": ACTION, "/dossiers/<id:pk>/again": ACTION,
    "/dossiers/<id:pk>": ACTION, "/deals/new": LIST("deals:write"),
    "/notices": OWN, "/notices/bell": OWN, "/notices/latest": OWN, "/notices/seen": OWN, "/me/notices": OWN, "/components": OWN, "/help": OWN, "/help/<slug:name>": OWN,
    "/exports": MANAGE("staff:write"),
    "/lists/inquiries": LIST, "/lists/deals": LIST, "/lists/inquiries/count": LIST, "/lists/deals/count": LIST, "/lists/clients/count": LIST,
    **{f"/lists/{page}/export.{form}": LIST("exports:read") for page in ("inquiries", "deals", "clients") for form in ("csv", "xlsx")},
    "/lists/inquiries/view": OWN, "/lists/deals/view": OWN, "/lists/clients/view": OWN, "/lists/views/<id:pk>": MANAGE, "/lists/views/<id:pk>/delete": MANAGE,
    "/lists/runs/<id:pk>": MANAGE, "/lists/runs/<id:pk>/undo": MANAGE,
    **{f"/lists/inquiries/bulk/{action}": MANAGE("inquiries:write") for action in ("hand_over", "plan", "set", "correct", "close", "spam")},
    **{f"/lists/deals/bulk/{action}": MANAGE("deals:write") for action in ("hand_over", "plan", "set", "close")},
    **{f"/lists/clients/bulk/{action}": MANAGE("persons:write") for action in ("hand_over", "set")},
    "/dropped": WATCH, "/dossiers/<id:pk>/review": WATCH, "/refusals/<id:pk>/decide": WATCH, "/deals/<id:pk>/margin": ACTION,
    "/duplicates": LIST, "/duplicates/search": MANAGE("persons:merge"), "/duplicates/<id:pk>/different": ACTION,
    "/clients/<id:pk>/merge": ACTION("persons:merge"), "/merges/<id:pk>/undo": ACTION("persons:merge"),
    "/clients/<id:pk>/edit": ACTION("persons:write"), "/clients/<id:pk>/contacts/new": ACTION("persons:write"), "/clients/<id:pk>/relate": ACTION("persons:write"),
    "/relations/<id:pk>/part": ACTION("persons:write"), "/contacts/<id:pk>/shared": ACTION("persons:write"),
    "/dossiers/<id:pk>/fields": ACTION, "/clients/<id:pk>/fields": ACTION, "/clients/<id:pk>/language": ACTION("persons:write"),
    **{f"/settings{rest}": MANAGE("settings:write") for rest in (
        "", "/words", "/category-criteria", "/category-criteria/new", "/category-criteria/<id:pk>", "/history/<slug:slug>", "/history/<slug:slug>/<id:pk>/undo", "/agency", "/offices/<id:pk>/switch", "/sources/<id:pk>/merge", "/calendars", "/calendars/<id:pk>",
        "/calendars/<id:pk>/days/new", "/calendars/<id:pk>/days/<str:day>", "/calendars/<id:pk>/public", "/workload", "/workload/<id:pk>",
        "/skills", "/skills/<id:pk>", "/relevance/numbers", "/priority", "/priority/replays/<id:pk>", "/learned", "/exceptions", "/contact", "/contact/row", "/contact/<id:pk>/remove", "/distribution", "/distribution/trials/<id:pk>",
        "/clocks", "/clocks/row", "/clocks/<id:pk>/remove", "/quiet-replies/ready", "/quiet-replies/<id:pk>/remove",
        "/funnels/<id:pk>/stages/new", "/stages/<id:pk>", "/stages/<id:pk>/retire", "/stages/<id:pk>/restore")},
    **{f"/settings/costs{rest}": MANAGE("marketing:write") for rest in ("", "/new", "/<id:pk>", "/many")},
    **{f"/settings/{page}{rest}": MANAGE("settings:write") for rest in ("", "/new", "/<id:pk>")
       for page in ("criteria", "relevance", "funnels", "offices", "sources", "forms", "categories", "directions", "reasons", "templates", "quiet-replies", "fields", "gates", "refusals", "floors")},
}  # fmt: skip
DOOR: dict[tuple[str, str], Kind] = {  # (address, method) → kind and the scope it needs
    ("/ping", "GET"): LIST, ("/search", "GET"): LIST,
    ("/inquiries", "GET"): LIST("inquiries:read"), ("/inquiries", "POST"): LIST("inquiries:write"), ("/inquiries/read", "POST"): LIST("inquiries:write"),
    ("/deals", "GET"): LIST("deals:read"), ("/persons", "GET"): LIST("persons:read"),
    ("/deals", "POST"): LIST("deals:write"), ("/board", "GET"): LIST("deals:read"), ("/tasks", "GET"): LIST("tasks:read"), ("/reports/source-conversion", "GET"): LIST("reports:read"),
    ("/reports/measures", "GET"): LIST("reports:read"), ("/reports/<report>", "GET"): LIST("reports:read"),
    ("/inquiries/<id>", "GET"): RECORD("inquiries:read"), ("/deals/<id>", "GET"): RECORD("deals:read"), ("/persons/<id>", "GET"): RECORD("persons:read"),
    ("/inquiries/<id>/deal", "POST"): ACTION("deals:write"), ("/inquiries/<id>/close", "POST"): ACTION("inquiries:write"),
    ("/inquiries/<id>/class", "POST"): ACTION("inquiries:write"),
    ("/deals/<id>/stage", "POST"): ACTION("deals:write"), ("/deals/<id>/close", "POST"): ACTION("deals:write"),
    ("/tasks/<id>/complete", "POST"): ACTION("tasks:write"),
    ("/inquiries/<id>", "PATCH"): ACTION("inquiries:write"), ("/deals/<id>", "PATCH"): ACTION("deals:write"), ("/persons/<id>", "PATCH"): ACTION("persons:write"),
}  # fmt: skip
BODIES = {
    "/inquiries/<id>": {"custom": {}}, "/deals/<id>": {"custom": {}}, "/persons/<id>": {"custom": {}},
    "/inquiries/read": {"text": "Турция, 2 взрослых"}, "/inquiries": {"channel": "phone", "contact": {"phone": "+79990001122"}}, "/inquiries/<id>/deal": {"funnel": "office"},
    "/deals": {"contact": {"name": "Пётр", "phone": "+79990003344"}, "funnel": "office", "title": "Вьетнам",
               "next": {"title": "Позвонить", "due_at": "2027-01-01T10:00:00Z"}},
    "/inquiries/<id>/class": {"inquiry_class": "new_sale"},
    "/inquiries/<id>/close": {"outcome": "won"}, "/deals/<id>/stage": {"stage": "need_recorded", "facts": {"need": "море"}},
    "/deals/<id>/close": {"outcome": "won"}, "/tasks/<id>/complete": {"result": "да", "next": {"title": "Позвонить", "due_at": "2027-01-01T10:00:00Z"}},
}  # fmt: skip


def test_every_address_is_described_here_and_no_other() -> None:
    described = {*PAGES, *(f"/api/v1{address}" for address, _ in DOOR)}
    assert described == {route for route, _view in addresses()}


def test_every_operation_of_the_door_is_described_here(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    operations = {
        (re.sub(r"{(\w+)}", r"<\1>", path.removeprefix("/api/v1")), method.upper())
        for path, ways in paths.items()
        for method in ways
    }
    assert operations == set(DOOR)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def holds(world: World, who: str, kind: Kind) -> bool:
    """Whether this role has the scope an address asks for."""
    return not kind.scope or kind.scope in SCOPES_OF_ROLE[world.roles[who]]  # type: ignore[index]


def test_nobody_who_is_not_logged_in_gets_beyond_the_door(world: World) -> None:
    stranger, wrong = Client(raise_request_exception=False), []
    for route, kind in PAGES.items():
        for method in METHODS[:2]:
            for fragment in ({}, {"headers": {"HX-Request": "true"}}):
                answer = ask(stranger, method, world.address(route), **fragment)
                where = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
                is_turned_away = answer.status_code == 405 or (answer.status_code in (302, 403) and where.startswith("/login"))
                if betrayed(answer) or not (kind == PUBLIC or is_turned_away):
                    wrong.append((method, route, fragment, answer.status_code))
    assert wrong == []


def test_whoever_a_client_is_foreign_to_learns_nothing_of_them(world: World) -> None:
    wrong = []
    for role, browser in world.blind.items():
        for route, kind in PAGES.items():
            # Whoever only reads changes nothing at the desk, whosever it is: 403 says nothing of the thing.
            refusals = (404, 405) if holds(world, role, kind) and ACTING in SCOPES_OF_ROLE[world.roles[role]] else (403, 404, 405)
            for method in METHODS if kind != PUBLIC else ("GET",):  # a way out that is taken would end the session
                answer = ask(browser, method, world.address(route))
                is_thing = kind.name in ("record", "action") or (kind.name == "watch" and "<" in route)
                if betrayed(answer) or (is_thing and answer.status_code not in refusals):
                    wrong.append((role, method, route, answer.status_code, betrayed(answer)))
    assert wrong == []


def test_what_waits_in_quarantine_is_for_whoever_answers_for_the_office_of_its_door(world: World) -> None:
    for role, browser in world.everybody.items():
        viewer = actor_of_session_key(browser.session.session_key or "")
        answers = viewer is not None and viewer.reach in ("office", "all") and role in world.seeing
        page = ask(browser, "GET", "/inbox?tab=quarantine&part=list")
        assert ("raw-" in page.content.decode()) == answers, role
        if role in world.masked:
            assert betrayed(page, secrets=WAYS) == [], role
        many = {"ids": str(world.ids["quarantine"]), "reason": "спам", "step": "do"}
        if not answers:
            for address in ("/quarantine/let-in", "/quarantine/discard"):
                browser.post(address, many)
    assert RawMessage.objects.get(pk=world.ids["quarantine"]).state == "quarantined"


def test_whoever_may_see_is_never_told_that_there_is_nothing(world: World) -> None:
    wrong = []
    for role, browser in world.seeing.items():
        for route in ("/inquiries/<id:pk>", "/clients", "/search", "/inbox?tab=all"):
            assert betrayed(ask(browser, "GET", world.address(route))), (role, route)
    for role, browser in world.seeing.items():
        acts = "tasks:write" in SCOPES_OF_ROLE[world.roles[role]]  # type: ignore[index]
        for route, kind in PAGES.items():
            if kind.name not in ("own", "list", "record", "action") or not holds(world, role, kind):
                continue
            answers = {method: ask(browser, method, world.address(route)).status_code for method in METHODS}
            does = kind.name in ("own", "action") and set(answers.values()) - {405}
            shows = answers["GET"] == 200 or (does and answers["GET"] == 405) or (kind.name == "action" and does)
            refusals = {404} if not acts else {403, 404}
            if refusals & set(answers.values()) or not shows:
                wrong.append((role, route, answers))
    assert wrong == []


def test_what_asks_for_a_scope_is_for_its_holders_only(world: World) -> None:
    wrong = []
    for role, browser in world.everybody.items():
        for route, kind in PAGES.items():
            if not kind.scope:
                continue
            for method in METHODS[:2]:
                status = ask(browser, method, world.address(route)).status_code
                if status != 405 and (status == 403) == holds(world, role, kind):
                    wrong.append((role, method, route, status))
    assert wrong == []


def test_whoever_only_reads_changes_nothing(world: World) -> None:
    """A marketer and an accountant see every matter, and act on none."""
    for role in ("marketer", "accountant"):
        for route, kind in PAGES.items():
            if kind.name == "action" and (status := ask(world.seeing[role], "POST", world.address(route)).status_code) not in (403, 405):
                pytest.fail(f"{role} {route}: {status}")


def test_ways_to_reach_a_client_are_hidden_from_whoever_may_not_see_them(world: World) -> None:
    wrong = []
    for role in world.masked:
        browser = world.seeing[role]
        shown = [world.address(route) for route, kind in PAGES.items() if kind.name in ("list", "record", "action", "manage")]
        read = [world.address(f"/api/v1{route}") for route, method in DOOR if method == "GET"]
        nameless = replace(world, ids=world.nameless)
        shown += [nameless.address(route) for route, kind in PAGES.items() if kind.name == "record"]
        read += [nameless.address(f"/api/v1{route}") for route, method in DOOR if method == "GET" and "<id>" in route]
        for address in [*shown, *read, "/search?q=Тайнова", "/clients?q=1110000", "/api/v1/search?q=Тайнова"]:
            if found := betrayed(ask(browser, "GET", address), secrets=WAYS, asked=address.rpartition("q=")[2]):
                wrong.append((role, address, found))
        assert betrayed(ask(browser, "GET", world.address("/inquiries/<id:pk>")), secrets=NAMES), role
    assert wrong == []


def test_a_region_asked_for_alone_tells_no_more_than_its_page(world: World) -> None:
    parts = [(route, part) for route, view in addresses() for part in parts_of(view) if PAGES.get(route, PUBLIC) != PUBLIC]
    assert parts
    wrong = []
    for route, part in parts:
        address = world.address(route)
        address += f"{'&' if '?' in address else '?'}part={part}"
        for role, browser in world.everybody.items():
            secrets = WAYS if role in world.masked else () if role in world.seeing else (*NAMES, *WAYS)
            if found := betrayed(ask(browser, "GET", address), secrets=secrets):
                wrong.append((role, address, found))
    assert wrong == []


def test_the_event_stream_tells_of_a_matter_only_whom_it_may(world: World, cast: Cast) -> None:
    for role, browser in world.everybody.items():
        viewer = actor_of_session_key(browser.session.session_key or "")
        assert viewer, role
        assert viewer.sees(cast.anna.id, cast.anna.office_id) == (role in world.seeing), role
    assert actor_of_session_key("guessed") is None
    assert actor_of_session_key("") is None


@pytest.mark.parametrize(
    "query", ["Тайнова", "tainova0@mail.ru", "+79161110000", "8 916 111-00-00", "1110000", "{inquiries}", "№{deals}"]
)
def test_a_search_finds_nothing_foreign_and_what_is_ones_own(world: World, query: str) -> None:
    q = query.format(**world.ids)
    for role, browser in world.blind.items():
        for address in ("/search", "/clients", "/api/v1/search"):
            assert betrayed(ask(browser, "GET", f"{address}?q={quote(q)}"), q) == [], (role, address)
    for role, browser in world.seeing.items():
        is_guessing = q == "1110000" and role in world.masked  # a part of a number would say more than its dots do
        assert bool(ask(browser, "GET", f"/api/v1/search?q={quote(q)}").json()["items"]) != is_guessing, role


def test_a_number_typed_in_the_quick_form_says_only_whose_client_it_is(world: World) -> None:
    for role, browser in world.blind.items():
        answer = ask(browser, "GET", "/clients/known?phone=%2B79161110000")
        assert betrayed(answer, "+79161110000") == [], role


def knock(client: Client, route: str, method: str, world: World) -> Any:
    return ask(client, method, world.address(f"/api/v1{route}"), BODIES.get(route) if method in ("POST", "PATCH") else None)


def test_the_door_asks_for_a_token_its_scope_and_its_reach(world: World) -> None:
    nobody = [
        Client(headers=h, raise_request_exception=False)
        for h in ({}, {"Authorization": "Bearer mrt_no"}, {"Authorization": "Basic YTpi"})
    ]
    full, foreign = program(scopes=ALL_SCOPES), program(scopes=ALL_SCOPES, reach="office", office="podil")
    for (route, method), kind in DOOR.items():
        for client in nobody:
            answer = knock(client, route, method, world)
            assert (answer.status_code, betrayed(answer)) == (401, []), route
        if kind.scope:
            answer = knock(program(scopes=EVERYTHING - {kind.scope}), route, method, world)
            assert (answer.status_code, answer.json()["missing"], betrayed(answer)) == (403, [kind.scope], []), route
        answer = knock(foreign, route, method, world)
        assert betrayed(answer) == [], route
        assert answer.status_code in ((404,) if kind.name in ("record", "action") else (200, 201, 204)), route
        assert knock(full, route, method, world).status_code in (200, 201, 204), route


def test_a_logged_in_person_may_read_at_the_door_within_reach_and_write_nothing(world: World) -> None:
    for (route, method), kind in DOOR.items():
        for role, browser in world.everybody.items():
            answer = knock(browser, route, method, world)
            allowed = {403} if not holds(world, role, kind) else {404} if kind.name == "record" and role in world.blind else {200, 204}
            assert answer.status_code in (allowed if method == "GET" else {401}), (role, route)
            assert role in world.seeing or betrayed(answer) == [], (role, route)


def test_a_program_that_may_not_read_people_learns_no_name_and_no_number(world: World) -> None:
    blind = program(scopes=EVERYTHING - {"persons:read"})
    for route, method in DOOR:
        if method == "GET":
            said = set(betrayed(knock(blind, route, "GET", world))) - {"Тайные"}  # the message is the inquiry's own
            assert said == set(), route


def test_every_answer_says_what_a_browser_may_do_with_it_and_holds_no_secret(world: World) -> None:
    for route in [
        *(f"/api/v1{r}" for r, method in DOOR if method == "GET"),
        *(r for r, kind in PAGES.items() if kind.name != "action"),
        "/nothing",
        "/api/v1/no",
    ]:
        answer = ask(world.seeing["owner"], "GET", world.address(route))
        assert answer.headers["X-Content-Type-Options"] == "nosniff", route
        assert answer.headers["X-Frame-Options"] == "DENY", route
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, route
        assert "unsafe" not in policy or "sandbox" in policy, route
        said = (getattr(answer, "kept", None) or b"".join(answer)).decode(errors="replace")
        assert not re.search(r"mrt_[\w-]{20}|argon2|Traceback|of the tests, and", said), route
