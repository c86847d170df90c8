"""The calendar by the keyboard alone and by the mouse; a matter put aside and brought back; the bell."""

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from marshrut.core.clock import utc_now
from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.own_database]
Tab = Callable[[str], Page]
TOMORROW = (utc_now().astimezone(ZoneInfo("Europe/Moscow")) + timedelta(days=1)).date()


def answered(house: House, name: str, phone: str) -> tuple[int, int]:
    """An inquiry whose client has been answered: its number and its dossier."""
    number = house.send_form(name=name, phone=phone)
    house.ask("update intake_inquiry set clock_state = 'met', answered_at = now(), warn_at = null where raw_id = %s", number)
    return number, house.ask("select dossier_id from intake_inquiry where raw_id = %s", number)


def test_a_meeting_is_planned_and_moved_by_the_keyboard_alone(house: House, tab: Tab) -> None:
    _number, dossier = answered(house, "Ирина Календарная", "+7 921 555-77-01")
    page = tab(f"/calendar?view=week&day={TOMORROW}")
    slot = page.locator(".cal-slot[tabindex='0']").first
    slot.focus()
    column = TOMORROW.weekday()
    for _step in range(column):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.cal-day').dataset.day") == str(TOMORROW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    with page.expect_response(lambda answer: "/calendar/matters" in answer.url):
        page.keyboard.type("Календарная")
    choice = page.get_by_role("radio", name=re.compile("Ирина Календарная"))
    expect(choice).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(choice).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    event = page.locator(".cal-event", has_text="Встреча")
    expect(event).to_be_visible()
    event.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Перенести").press("Enter")
    page.locator("#f-due").fill(f"{TOMORROW}T16:00")
    page.locator("#f-ends").fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".cal-event", has_text="16:00–17:00")).to_be_visible()
    assert house.ask("select count(*) from journal_touch where dossier_id = %s and kind = 'postponed'", dossier) == 1


def test_an_action_is_dragged_to_another_hour_and_taken_back(house: House, tab: Tab) -> None:
    _number, dossier = answered(house, "Пётр Перетащимый", "+7 921 555-77-02")
    at = f"{TOMORROW} 13:00+03"
    house.ask("update journal_task set due_at = %s, title = 'Позвонить Петру' where dossier_id = %s and state = 'pending'", at, dossier)
    page = tab(f"/calendar?day={TOMORROW}")
    event = page.locator(".cal-event", has_text="Позвонить Петру")
    expect(event).to_contain_text("13:00")
    event.drag_to(page.locator(".cal-slot[aria-label='15:00']"))
    expect(event).to_contain_text("15:00")
    page.get_by_role("button", name="Вернуть").click()
    expect(event).to_contain_text("13:00")


def test_a_matter_is_put_aside_and_comes_back_with_the_bell(house: House, tab: Tab) -> None:
    number, dossier = answered(house, "Ольга Отложенная", "+7 921 555-77-03")
    page = tab(f"/inquiries/{number}")
    page.get_by_role("button", name="Отложить до…").press("Enter")
    page.get_by_role("button", name="ждёт горящий тур").press("Enter")
    page.get_by_role("button", name="через месяц").press("Enter")
    page.get_by_role("button", name="Отложить", exact=True).press("Enter")
    expect(page.get_by_text("ждёт горящий тур").first).to_be_visible()
    today, waiting = tab("/"), tab("/waiting")
    expect(waiting.get_by_text("Ольга Отложенная")).to_be_visible()
    expect(today.locator(f"#work-inquiry-{number}")).to_be_hidden()
    house.ask(
        """with back as (update journal_dossier set waits_until = null, waits_for = '' where id = %s returning owner_id)
           insert into journal_notice(employee_id, code, data, dossier_id, at)
           select owner_id, 'matter_returned', '{"why": "ждёт горящий тур", "how": "time"}', %s, now() from back""",
        dossier,
        dossier,
    )
    bell = today.locator("#bell")
    expect(bell).to_have_attribute("data-unseen", re.compile("[1-9]"))
    bell.click()
    expect(today.locator("#bell-list").get_by_text("Дело вернулось из ожидания").first).to_be_visible()
    expect(bell).to_have_attribute("data-unseen", "0")
    expect(waiting.get_by_text("Ольга Отложенная")).to_be_hidden()


def test_a_lost_client_starts_again_with_the_story_in_sight(house: House, tab: Tab) -> None:
    number, _dossier = answered(house, "Вера Вернувшаяся", "+7 921 555-77-04")
    page = tab(f"/inquiries/{number}")
    page.get_by_role("button", name="Закрыть…").click()
    page.locator("#f-reason").select_option(label="Дорого")
    page.locator("#f-note").fill("дорого")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.get_by_role("button", name="Начать заново").click()
    page.get_by_label("Поездка или услуга").fill("Турция осенью")
    page.get_by_role("button", name="Открыть сделку").click()
    expect(page).to_have_url(re.compile("/deals/"))
    expect(page.get_by_text("Вернулся клиент").first).to_be_visible()
    expect(page.get_by_text("дорого").first).to_be_visible()
