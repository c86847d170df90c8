"""What somebody may not do is not offered to them: no link, button or form of any page answers 403 or 404 to its reader.

Every page of the rights matrix is opened as every role, and whatever it offers is asked for. Posts are
sent without a body and undone: whoever may do the thing is told what is missing, whoever may not is refused.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape

import pytest
from django.urls import resolve

from marshrut.agency.models import Role
from marshrut.agency.permissions import SCOPES_OF_ROLE
from tests.cast import Cast
from tests.rights_world import World, ask, make_world
from tests.test_rights_matrix import PAGES

pytestmark = pytest.mark.django_db
ROLES = ("owner of the matter", "supervisor", "marketer", "owner", "administrator")
EACH = 1
"""So many addresses of one kind are asked for as one role: the rest of a table is like them."""
ELSEWHERE = ("/static/", "/events", "/logout", "/api/", "/components")
TAG = re.compile(r"<(?:a|button|form|li|tr|td|div|span|section|input|select|ul|article)\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(href|hx-get|hx-post|hx-delete|action|formaction|data-preview|data-live-src|method)="([^"]*)"')


def offers(page: str) -> Iterator[tuple[str, str]]:
    """(method, address) of everything on a page that leads somewhere in the house."""
    for found in TAG.finditer(page):
        said = dict(ATTRIBUTE.findall(found.group()))
        sent = "POST" if said.get("method", "").lower() == "post" else "GET"
        for name, text in said.items():
            address = unescape(text).partition("#")[0]
            if name != "method" and address.startswith("/") and not address.startswith(ELSEWHERE):
                yield {"hx-post": "POST", "hx-delete": "DELETE", "action": sent, "formaction": "POST"}.get(name, "GET"), address


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def test_nobody_is_offered_what_they_may_not_do(world: World) -> None:
    assert [found for role in ROLES for found in refused(world, role)] == []


def refused(world: World, role: str) -> Iterator[tuple[str, str, str, str, int]]:
    """What this role is offered and then refused: role, page, method, address, status."""
    browser, asked = world.everybody[role], Counter[tuple[str, str]]()
    held = SCOPES_OF_ROLE[Role(world.roles[role])]
    skipped = ("public", "manage") if role == "administrator" else ("public",)  # the owner has looked at the same settings
    pages = [
        world.address(route) for route, kind in PAGES.items() if kind.name not in skipped and (not kind.scope or kind.scope in held)
    ]
    for page in pages:
        answer = ask(browser, "GET", page)
        asked["GET", resolve(page.partition("?")[0]).route] += 1
        if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        for method, address in offers(answer.content.decode()):
            route = resolve(address.partition("?")[0]).route
            asked[method, route] += 1
            if asked[method, route] <= EACH and (status := ask(browser, method, address).status_code) in (403, 404):
                yield role, page, method, address, status
