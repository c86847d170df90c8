"""An owner changes the hours by keyboard: sees what they will do, saves, reads who changed what, takes it back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PATIENCE, House
from tests.cast import OLGA, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.fixture
def page(chromium: Browser, house: House) -> Iterator[Page]:
    context = chromium.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900}, base_url=house.url)
    context.set_default_timeout(PATIENCE * 1000)
    opened = context.new_page()
    opened.goto("/login")
    opened.get_by_label("Почта").fill(OLGA)
    opened.get_by_label("Пароль").fill(PASSWORD)
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("link", name="Настройки")).to_be_visible()
    yield opened
    context.close()


def hours_of(house: House, day: int) -> Any:
    return house.ask("select min(opens)::text from agency_workingwindow where office_id = 1 and weekday = %s", day)


def test_hours_are_tried_saved_told_and_taken_back_by_keyboard(page: Page, house: House) -> None:
    before = hours_of(house, 0)
    page.goto("/settings/calendars")
    monday = page.get_by_label("Понедельник", exact=True)
    preview = page.get_by_role("region", name="Что это даст")
    expect(preview).to_contain_text("до:")
    monday.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("07:00–12:00, 13:00–21:00")
    expect(preview).to_contain_text("Рабочих часов в неделю")
    page.keyboard.press("Tab")  # to the button that copies the day
    page.keyboard.press("Enter")
    expect(page.get_by_label("Пятница", exact=True)).to_have_value("07:00–12:00, 13:00–21:00")
    expect(preview).to_contain_text("19:10")
    monday.focus()
    page.keyboard.press("Enter")
    story = page.get_by_role("region", name="Кто что менял")
    expect(story).to_contain_text("Ольга Дмитриевская")
    expect(story).to_contain_text("пн–пт: 10:00–14:00, 15:00–19:00 → 07:00–12:00, 13:00–21:00")
    assert hours_of(house, 0) == "07:00:00"
    story.get_by_role("button", name=re.compile("Отменить|Вернуть")).first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Отменить это изменение?")
    dialog.locator("button[type=submit]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Отменено")).to_be_visible()
    expect(page.get_by_label("Понедельник", exact=True)).not_to_have_value("07:00–12:00, 13:00–21:00")
    assert hours_of(house, 0) == before
