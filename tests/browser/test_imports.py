"""A supervisor brings a file of leads in, by keyboard and mouse, and takes it out again; what others see does not stir."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import PATIENCE, House
from tests.cast import PASSWORD, VERA

pytestmark = [pytest.mark.browser, pytest.mark.own_database]
LEADS = "ФИО;Телефон;Источник;Статус\nИванова Мария;+7 921 555-00-11;Выставка;да\nКоваленко Олег;067 123-45-67;;отказ\n;нет;;\n"


def work(house: House) -> None:
    """The worker's turn."""
    script = "import django; django.setup()\nfrom marshrut.intake.tasks import go_on_with_imports\ngo_on_with_imports(timestamp=0)"
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "MARSHRUT_DATABASE_URL": house.dsn}, check=True)


def test_a_file_goes_in_and_out_again(house: House, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(locale="ru-RU", base_url=house.url)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Почта").fill(VERA)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url, wait_until="commit")
    page.goto("/imports")
    file = tmp_path / "клиенты.csv"
    file.write_text(LEADS, encoding="cp1251")
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_text("клиенты.csv")).to_be_visible()
    page.get_by_role("button", name="Дальше: столбцы").press("Enter")
    expect(page.get_by_label("Телефон", exact=True)).to_have_value("phone")
    page.get_by_role("button", name="Проверить все строки").press("Enter")
    work(house)
    page.get_by_role("button", name="Загрузить 2 строки").click()
    work(house)
    expect(page.get_by_role("button", name="Убрать обратно")).to_be_visible()
    assert house.ask("select count(*) from intake_inquiry") == 2
    page.get_by_role("button", name="Убрать обратно").click()
    page.get_by_role("dialog").get_by_role("button", name="Убрать", exact=True).click()
    work(house)
    expect(page.get_by_text("Убрано").first).to_be_visible()
    assert house.ask("select count(*) from intake_inquiry") == 0
    context.close()
