"""What every journey begins with: a running house of the module's own, and the machine's Chromium.

Both end with the module: while the driver of the browser runs, Django refuses to work in the same thread.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from marshrut.ops import browser as browsers
from tests.browser.house import PATIENCE, House, open_house
from tests.cast import ANNA, PASSWORD

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="module")
def house(postgres_server: Any) -> Iterator[House]:
    with open_house(postgres_server) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = browsers.find()
    if found is None:
        pytest.fail(browsers.MISSING)
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def desk(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """A browser in which Anna has logged in; whatever its console complains of fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A refusal of ours (409, 422) is answered in the page; the browser notes it in the console all the same.
        if message.type == "error" and not re.search(r"status of (409|422)", message.text):
            complaints.append(message.text)

    context = chromium.new_context(locale="ru-RU", viewport={"width": 1600, "height": 1000}, base_url=house.url)
    context.set_default_timeout(PATIENCE * 1000)
    context.on("console", listen)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Почта").fill(ANNA)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Сегодня", exact=True)).to_be_visible()
    page.close()
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def tab(desk: BrowserContext) -> Callable[[str], Page]:
    """Open a page in a tab of its own and wait until it listens."""

    def opened(address: str) -> Page:
        page = desk.new_page()
        page.goto(address)
        page.wait_for_function("document.readyState === 'complete'")
        return page

    return opened
