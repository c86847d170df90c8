"""A supervisor's way through a list in a real browser: filter, keep the view, act on many rows, take them out as a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PATIENCE, House
from tests.cast import PASSWORD, VERA

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.fixture
def page(chromium: Browser, house: House) -> Iterator[Page]:
    context = chromium.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900}, base_url=house.url)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Почта").fill(VERA)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Сегодня", exact=True)).to_be_visible()
    yield page
    context.close()


def test_filter_keep_act_and_take_out(page: Page, house: House) -> None:
    for name, phone in (("Анна Перова", "+79215550101"), ("Вера Второва", "+79215550102"), ("Зоя Третья", "+79215550103")):
        house.send_form(name=name, phone=phone)
    page.goto("/lists/inquiries")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(3)
    page.get_by_role("searchbox", name="Поиск").fill("Третья")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Сохранить вид…").click()
    page.get_by_label("Название вида").fill("Третья и другие")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.get_by_role("link", name="Третья и другие")).to_have_attribute("aria-current", "page")

    page.goto("/lists/inquiries?view=none")
    page.get_by_text("Ещё фильтры").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Канал").click()
    page.get_by_role("group", name="Канал").get_by_label("Телефон").check()
    page.get_by_role("group", name="Канал").get_by_role("button", name="Показать").click()
    expect(page.get_by_role("heading", name="Ничего не нашлось")).to_be_visible()
    expect(page.get_by_role("button", name="Канал: Телефон")).to_be_visible()

    page.goto("/lists/inquiries?view=none")
    boxes = page.locator("[data-tick]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.get_by_text("Отмечено: 3")).to_be_visible()
    page.get_by_role("button", name="Запланировать…").click()
    page.get_by_label("Что сделать").fill("Напомнить о себе")
    page.get_by_role("button", name="Выполнить").click()
    expect(page.get_by_text("Сделано: 3")).to_be_visible()
    assert house.ask("select count(*) from journal_task where title = 'Напомнить о себе' and state = 'pending'") == 3
    page.get_by_role("button", name="Отменить сделанное").click()
    expect(page.get_by_role("heading", name="Отменено")).to_be_visible()
    assert house.ask("select count(*) from journal_task where title = 'Напомнить о себе' and state = 'pending'") == 0
    page.get_by_role("button", name="Хорошо").click()

    page.get_by_role("button", name="Выгрузить").click()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").click()
    told = begun.value.path().read_text("utf-8-sig")
    assert len(told.splitlines()) == 4
    assert house.ask("select rows from agency_exportlog") == 3
