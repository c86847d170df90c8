"""A letter is written from the card by the keyboard alone, with a file; a messenger opens by a link."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.own_database]
Tab = Callable[[str], Page]


def test_a_letter_goes_into_the_outbox_by_the_keyboard_alone_and_is_stopped_there(house: House, tab: Tab, tmp_path: Path) -> None:
    number = house.send_form(name="Ирина Письменная", phone="+7 921 555-88-01", email="irina@example.com")
    papers = tmp_path / "Подборка.txt"
    papers.write_text("три отеля")
    page = tab(f"/inquiries/{number}")
    page.keyboard.press("w")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("Текст")).to_be_focused()
    page.keyboard.type("Добрый день, Ирина! Подобрали три отеля.")
    page.get_by_label("Файлы").set_input_files(papers)
    page.get_by_label("Текст").press("Control+Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    letter = page.locator(".entry", has_text="Подобрали три отеля")
    expect(letter).to_contain_text("ждёт отправки")
    expect(page.locator(".file", has_text="Подборка.txt")).to_be_visible()
    letter.get_by_role("button", name="Не отправлять").press("Enter")
    expect(letter).to_contain_text("отменено")
    assert house.ask("select state from channels_sending") == "cancelled"


def test_a_messenger_opens_by_a_link_with_the_text_ready(house: House, tab: Tab) -> None:
    number = house.send_form(name="Олег Мессенджеров", phone="+7 921 555-88-02")
    page = tab(f"/inquiries/{number}")
    page.keyboard.press("w")
    expect(page.get_by_role("radio", name="WhatsApp")).to_be_checked()  # no address is known: the first messenger
    expect(page.get_by_label("Тема")).to_be_hidden()
    page.get_by_label("Текст").fill("Добрый день!")
    page.get_by_role("button", name="Отправить").click()
    link = page.get_by_role("link", name="Открыть WhatsApp")
    expect(link).to_have_attribute("href", "https://wa.me/79215558802?text=%D0%94%D0%BE%D0%B1%D1%80%D1%8B%D0%B9%20%D0%B4%D0%B5%D0%BD%D1%8C%21")
    expect(page.locator(".entry", has_text="Добрый день!")).to_be_visible()
