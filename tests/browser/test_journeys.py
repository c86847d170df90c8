"""A manager's day in a real browser: what she sees without reloading, what she does with mouse and keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_an_inquiry_appears_in_every_tab_without_reload_and_marks_the_title(house: House, tab: Callable[[str], Page]) -> None:
    today, inbox = tab("/"), tab("/inbox")
    for page in (today, inbox):
        page.evaluate("window.notReloaded = true")
    today.wait_for_timeout(600)  # the stream opens after the page has been painted
    number = house.send_form(name="Ольга Ветрова", phone="+7 921 555-01-42")
    expect(today.locator(f"#work-inquiry-{number}")).to_be_visible()
    expect(today.locator(f"#work-inquiry-{number}")).to_contain_text("Ольга Ветрова")
    expect(today.locator(f"#work-inquiry-{number} .clock")).to_be_visible()
    expect(inbox.locator(f"#inbox-{number}")).to_be_visible()
    expect(today).to_have_title(re.compile(r"^\(1\)"))
    assert today.evaluate("window.notReloaded")
    assert inbox.evaluate("window.notReloaded")


def test_a_drop_asks_for_what_is_missing_and_cancel_puts_the_card_back(house: House, tab: Callable[[str], Page]) -> None:
    number = house.send_form(name="Виктор Зайцев", phone="+7 921 555-02-01")
    board = tab("/board")
    card = board.locator(f"#card-inquiry-{number}")
    target = board.locator("#column-need_recorded .column-cards")
    card.drag_to(target)
    dialog = board.get_by_role("dialog")
    expect(dialog.get_by_label("Что нужно")).to_be_focused()
    dialog.get_by_role("button", name="Отмена").click()
    expect(dialog).to_be_hidden()
    expect(board.locator(f"#column-inquiry #card-inquiry-{number}")).to_be_visible()
    assert house.ask("select count(*) from deals_deal where inquiry_id = %s", number) == 0

    card.drag_to(target)
    dialog.get_by_label("Что нужно").fill("Куба, две недели, пляж")
    dialog.get_by_role("button", name="Перенести").click()
    expect(board.locator("#column-need_recorded")).to_contain_text("Виктор Зайцев")
    stage = "select s.slug from deals_deal d join deals_stage s on s.id = d.stage_id where d.inquiry_id = %s"
    assert house.ask(stage, number) == "need_recorded"


def test_a_card_goes_to_the_next_column_by_the_keyboard(house: House, tab: Callable[[str], Page]) -> None:
    number = house.send_form(name="Лариса Ким", phone="+7 921 555-02-02")
    board = tab("/board")
    board.locator(f"#card-inquiry-{number} a[data-open]").focus()
    board.keyboard.press("]")
    expect(board.locator("#column-contact_made")).to_contain_text("Лариса Ким")
    assert house.ask("select state from deals_deal where inquiry_id = %s", number) == "open"


def test_an_action_is_completed_with_its_next_one_by_the_keyboard_alone(house: House, tab: Callable[[str], Page]) -> None:
    number = house.send_form(name="Дмитрий Орлов", phone="+7 921 555-03-01")
    task = "select t.title from journal_task t join intake_inquiry i using (dossier_id) where i.raw_id = %s and t.state = 'pending'"
    before = house.ask(task, number)
    today = tab("/")
    for _press in range(60):
        today.keyboard.press("j")
        if today.evaluate("document.activeElement.closest('[data-row]')?.id") == f"work-inquiry-{number}":
            break
    today.keyboard.press("d")
    dialog = today.get_by_role("dialog")
    expect(dialog.get_by_label("Что получилось")).to_be_focused()
    today.keyboard.type("Едут вдвоём")
    today.keyboard.press("Tab")
    today.keyboard.press("Control+A")
    today.keyboard.type("Отправить подборку")
    today.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(today.get_by_role("status").filter(has_text="Отправить подборку")).to_be_visible()
    assert before != house.ask(task, number) == "Отправить подборку"


def test_a_client_is_found_by_a_phone_in_an_odd_spelling(house: House, tab: Callable[[str], Page]) -> None:
    house.send_form(name="Семён Гринёв", phone="+7 921 555-04-01")
    page = tab("/inbox")
    page.keyboard.press("Control+k")
    page.keyboard.type("8(921)555 04 01")
    expect(page.get_by_role("option").filter(has_text="Семён Гринёв").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/clients/\d+$"))
    expect(page.get_by_role("heading", name="Семён Гринёв").first).to_be_visible()


def test_who_calls_is_told_while_the_number_is_typed_and_what_is_wrong_is_asked_again(house: House, tab: Callable[[str], Page]) -> None:
    first = house.send_form(name="Наталья Белая", phone="+7 921 555-05-01")
    page = tab("/")
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Телефон").first).to_be_focused()
    page.keyboard.type("8 921 555-05-01")
    expect(dialog.get_by_text("Наталья Белая")).to_be_visible()
    dialog.get_by_label("Телефон").first.fill("12")
    dialog.get_by_label("Чего хотят").fill("Перезвонить насчёт Турции")
    dialog.get_by_role("button", name="Сохранить и начать").click()
    expect(dialog.locator('[aria-invalid="true"]')).to_be_visible()
    expect(dialog.get_by_label("Чего хотят")).to_have_value("Перезвонить насчёт Турции")
    dialog.get_by_label("Телефон").first.fill("8 921 555-05-01")
    dialog.get_by_role("button", name="Сохранить и начать").click()
    page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    assert house.ask("select joined_to_id from intake_inquiry order by raw_id desc limit 1") == first


def test_spam_is_one_click_and_the_toast_takes_it_back(house: House, tab: Callable[[str], Page]) -> None:
    number = house.send_form(name="Купите базу", phone="+7 921 555-06-01")
    page = tab(f"/inquiries/{number}")
    page.get_by_role("button", name="Спам").click()
    page.get_by_role("button", name="Вернуть").click()
    expect(page.get_by_role("button", name="Спам")).to_be_visible()
    assert house.ask("select state from intake_inquiry where raw_id = %s", number) == "open"


@pytest.mark.parametrize("address", ["/", "/inbox", "/board", "/clients"])
def test_no_page_is_wider_than_a_phone(house: House, tab: Callable[[str], Page], address: str) -> None:
    page = tab(address)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
