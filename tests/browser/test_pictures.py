"""The pictures of the papers, taken of the demo agency. `MARSHRUT_PICTURES=1 ./marshrut test tests/browser/test_pictures.py`
writes them anew; without it the walk is made all the same, and every picture a paper shows must be one of these."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from marshrut.ops import browser as browsers
from marshrut.ops import postgres
from tests.browser.house import serving
from tests.cast import PASSWORD
from tests.nobody import empty_home

pytestmark = [pytest.mark.browser, pytest.mark.own_database]
ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "docs" / "pictures"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SUPERVISOR, MANAGER, OWNER = "vera@nevsky.example", "anna@nevsky.example", "olga@agency.example"
PICTURES: dict[str, tuple[str, str, str]] = {  # name → who looks, at what, how
    "today": (MANAGER, "/", "light"),
    "inbox": (MANAGER, "/inbox", "light"),
    "board": (MANAGER, "/board", "light"),
    "board-dark": (MANAGER, "/board", "dark"),
    "phone": (MANAGER, "/", "phone"),
    "calendar": (MANAGER, "/calendar?view=week", "light"),
    "burning": (SUPERVISOR, "/burning", "light"),
    "list": (SUPERVISOR, "/lists/deals", "light"),
    "reports": (OWNER, "/reports", "light"),
    "answers": (OWNER, "/reports/answers", "light"),
    "sources": (OWNER, "/reports/sources", "light"),
    "dropped": (SUPERVISOR, "/dropped", "light"),
    "duplicates": (SUPERVISOR, "/duplicates", "light"),
    "learned": (OWNER, "/settings/learned", "light"),
    "clocks": (SUPERVISOR, "/clocks", "light"),
    "settings": (OWNER, "/settings", "light"),
    "criteria": (OWNER, "/settings/criteria", "light"),
    "funnels": (OWNER, "/settings/funnels", "light"),
    "staff": (OWNER, "/staff", "light"),
    "privacy": (OWNER, "/privacy", "light"),
}


def shown_in_papers() -> set[str]:
    papers = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    return {name for paper in papers for name in re.findall(r"pictures/([\w-]+)\.png", paper.read_text("utf-8"))}


def test_every_picture_of_the_papers_is_one_that_is_taken_here() -> None:
    assert shown_in_papers() <= set(PICTURES)
    assert {path.stem for path in PLACE.glob("*.png")} == set(PICTURES)


@pytest.fixture
def pages(own_database: str, postgres_server: postgres.Server) -> Iterator[dict[str, Page]]:
    """The demo agency, looked at by each of its people."""
    from marshrut.ops.demo.fill import fill

    empty_home(postgres_server, own_database)
    assert fill(PASSWORD)
    with serving(postgres_server.dsn(postgres.APP, own_database)) as house, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(browsers.find()), args=["--no-sandbox"])
        opened = {}
        for who in {who for who, _where, _how in PICTURES.values()}:
            context = chromium.new_context(locale="ru-RU", viewport=DESK, base_url=house.url, reduced_motion="reduce")
            opened[who] = context.new_page()
            opened[who].goto("/login")
            opened[who].get_by_label("Почта").fill(who)
            opened[who].get_by_label("Пароль").fill(PASSWORD)
            opened[who].keyboard.press("Enter")
            opened[who].get_by_role("navigation").first.wait_for()
        yield opened
        chromium.close()


def test_the_pictures_are_taken(pages: dict[str, Page], tmp_path: Path) -> None:
    place = PLACE if os.environ.get("MARSHRUT_PICTURES") else tmp_path
    for name, (who, where, how) in PICTURES.items():
        page = pages[who]
        page.set_viewport_size(PHONE if how == "phone" else DESK)
        page.emulate_media(color_scheme="dark" if how == "dark" else "light")
        answer = page.goto(where, wait_until="load")
        assert answer, where
        assert answer.status == 200, where
        page.wait_for_timeout(300)  # news that arrive at once
        page.screenshot(path=place / f"{name}.png")
    assert len(list(place.glob("*.png"))) >= len(PICTURES)
