"""Every screen and every dialog, by light, in the dark and on a phone: no rule of accessibility broken, nothing beside the edge.

The screens are those of the rights matrix: a new address is looked at here without being named.
"""

import json
import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from marshrut.ops import postgres
from tests.browser.screens import DESK, OPEN, Screen, all_screens
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.own_database, pytest.mark.timeout(900)]
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
SEEN_ON_A_PHONE = {  # what a narrow screen can break: things that lose their words, places that cannot be reached
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["button-name", "color-contrast", "label", "link-in-text-block", "link-name",
                                           "scrollable-region-focusable", "select-name", "target-size"]},
}  # fmt: skip
PHONE = {"width": 390, "height": 844}


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
    wide = page.evaluate("Math.max(document.scrollingElement.scrollWidth, document.getElementById('content')?.scrollWidth ?? 0)")
    if wide > PHONE["width"]:
        wrong["phone"].append(f"{wide} px wide")
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    return {how: said for how, said in wrong.items() if said}


def test_no_screen_breaks_a_rule_of_accessibility(own_database: str, cast: Cast, postgres_server: postgres.Server) -> None:
    chosen = os.environ.get("MARSHRUT_SCREENS", "")
    wrong = {}
    with all_screens(own_database, cast, postgres_server) as (listed, page):
        for screen in listed:
            if chosen in screen.route and (said := look_at(page, screen)):
                wrong[screen.route] = said
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)
