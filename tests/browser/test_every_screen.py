"""Every screen and every dialog, by light, in the dark and on a phone: no rule of accessibility broken, nothing beside the edge.

The screens are those of the rights matrix: a new address is looked at here without being named.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from marshrut.agency.models import Employee
from marshrut.ops import browser as browsers
from marshrut.ops import postgres
from tests.browser.house import serving
from tests.cast import Cast
from tests.rights_world import make_world
from tests.test_rights_matrix import PAGES, PUBLIC

pytestmark = [pytest.mark.browser, pytest.mark.own_database, pytest.mark.timeout(900)]
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
SEEN_ON_A_PHONE = {  # what a narrow screen can break: things that lose their words, places that cannot be reached
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["button-name", "color-contrast", "label", "link-in-text-block", "link-name",
                                           "scrollable-region-focusable", "select-name", "target-size"]},
}  # fmt: skip
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
DRAWN = ("text/html",)
OPEN = """async (address) => {
    const answer = await fetch(address, {headers: {"HX-Request": "true"}});
    const dialog = document.getElementById("dialog");
    dialog.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
}"""


@dataclass(frozen=True)
class Screen:
    """An address with somebody's thing in it; a fragment is drawn in the dialog of a page with few things on it."""

    route: str
    address: str
    is_whole: bool


def screens(client: Client, world_address: object) -> Iterator[Screen]:
    for route, kind in PAGES.items():
        if kind == PUBLIC and route not in ("/login", "/f/<slug:key>"):
            continue
        address = world_address(route)  # type: ignore[operator]
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith(DRAWN):
            yield Screen(route, address, b"<!doctype html>" in b"".join(answer)[:200].lower())


def broken(page: Page, options: dict[str, object]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]]


def look_at(page: Page, screen: Screen) -> dict[str, list[str]]:
    """What is wrong with one screen, by how it is looked at."""
    if screen.is_whole:
        page.goto(screen.address, wait_until="load")
    else:
        page.goto("/notices", wait_until="load")
        page.evaluate(OPEN, screen.address)
    wrong = {"light": broken(page, RULES)}
    page.emulate_media(color_scheme="dark")
    wrong["dark"] = broken(page, COLOURS)
    page.set_viewport_size(PHONE)
    wrong["phone"] = broken(page, SEEN_ON_A_PHONE)
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    if wide > PHONE["width"]:
        wrong["phone"].append(f"{wide} px wide")
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    return {how: said for how, said in wrong.items() if said}


def test_no_screen_breaks_a_rule_of_accessibility(own_database: str, cast: Cast, postgres_server: postgres.Server) -> None:
    world = make_world(cast)
    client = Client(raise_request_exception=False)
    client.force_login(Employee.objects.get(pk=cast.owner.id))
    listed = list(screens(client, world.address))
    chosen = os.environ.get("MARSHRUT_SCREENS", "")
    wrong = {}
    with serving(postgres_server.dsn(postgres.APP, own_database)) as house, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(browsers.find()), args=["--no-sandbox"])
        context = chromium.new_context(locale="ru-RU", viewport=DESK, base_url=house.url, reduced_motion="reduce")
        context.set_default_timeout(10_000)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": house.url}])
        page = context.new_page()
        for screen in listed:
            if chosen in screen.route and (said := look_at(page, screen)):
                wrong[screen.route] = said
        chromium.close()
    assert len(listed) > 20
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)
