"""The owner asks for consent at a stage; a client refuses, the rule decides; the supervisor looks at what was stopped."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PATIENCE, House
from tests.cast import ANNA, OLGA, PASSWORD, VERA

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@contextmanager
def seated(chromium: Browser, house: House, who: str) -> Iterator[Page]:
    """A page of somebody who has logged in."""
    context = chromium.new_context(locale="ru-RU", base_url=house.url)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Почта").fill(who)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url, wait_until="commit")
    yield page
    context.close()


def test_a_refusal_at_a_gate_ends_by_the_agencys_rule_and_is_opened_again_by_the_supervisor(house: House, chromium: Browser) -> None:
    number = house.send_form(name="Тарас Григоренко-Верхнебережный", phone="+7 921 555-07-07")
    with seated(chromium, house, OLGA) as page:
        page.goto("/settings/gates")
        page.get_by_role("button", name="Добавить условие").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("На что соглашается клиент").fill("Согласен встретиться в офисе")
        dialog.get_by_label("Спрашивать перед этапом").select_option(label="Тур в офисе: Встреча состоялась")
        expect(dialog.get_by_text("Открытых сделок до него")).to_be_visible()
        with page.expect_navigation():
            dialog.get_by_role("button", name="Сохранить").click()
        expect(page.get_by_text("Согласен встретиться в офисе").first).to_be_visible()
        page.goto("/settings/refusals")
        page.get_by_role("button", name="Добавить правило").first.click()
        dialog.get_by_label("Что дальше").select_option(label="Закрывается: не реализовано")
        dialog.get_by_label("Причина отказа").select_option(label="Дорого")
        with page.expect_navigation():
            dialog.get_by_role("button", name="Сохранить").click()
        expect(page.get_by_text("Любой отказ").first).to_be_visible()
    with seated(chromium, house, ANNA) as page:
        page.goto(f"/inquiries/{number}")
        page.get_by_role("button", name="Контакт состоялся").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Открыть сделку").click()
        page.wait_for_url("**/deals/*")
        page.get_by_role("button", name="Встреча состоялась").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("День встречи").fill("2026-12-01")
        dialog.get_by_label("Нет, отказывается").check()
        dialog.get_by_label("Словами клиента").fill("Живёт в другом городе")
        dialog.get_by_role("button", name="Перенести").click()
        expect(page.get_by_text("Закрыто: Дорого").first).to_be_visible()
    reason = "select close_reason from deals_deal where inquiry_id = %s and state = 'lost'"
    assert house.ask(reason, number) == "Дорого: Живёт в другом городе"
    assert house.ask("select agreed from deals_gateanswer") is False
    with seated(chromium, house, VERA) as page:
        page.goto("/dropped")
        expect(page.get_by_text("Живёт в другом городе")).to_be_visible()
        page.get_by_role("button", name="Проверить").first.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Открыть снова").check()
        dialog.get_by_label("Слово тому, кто остановил").fill("Предложите встречу онлайн")
        dialog.get_by_role("button", name="Сохранить").click()
        expect(page.get_by_text("Проверять нечего")).to_be_visible()
    assert house.ask("select state from deals_deal where inquiry_id = %s", number) == "open"
    assert house.ask("select verdict from deals_stopreview") == "reopened"
