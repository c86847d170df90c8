"""The second factor in a real browser: an app, a key of the device (a virtual one), recovery codes; under the strict policy."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PATIENCE, House
from tests.cast import ANNA, PASSWORD, VERA

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.fixture
def page(chromium: Browser, house: House) -> Iterator[Page]:
    """Somebody's browser at a host that keys can be bound to; whatever its console complains of fails the test."""
    context = chromium.new_context(locale="ru-RU", base_url=house.url.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" and "status of 4" not in said.text else None)
    yield opened
    context.close()
    assert complaints == []


def log_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("Почта").fill(email)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()


def log_out(page: Page) -> None:
    page.context.clear_cookies(name="marshrut_session")


def test_an_app_is_connected_and_asked_for(page: Page) -> None:
    log_in(page, VERA)
    page.goto("/me/security")
    page.get_by_role("listitem").filter(has_text="Приложение с кодами").get_by_role("button", name="Подключить").click()
    app = pyotp.TOTP(page.locator("#app-secret").inner_text())
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.get_by_label("Шесть цифр").fill(app.now())
    page.get_by_role("button", name="Подключить", exact=True).last.click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    code = page.locator("#recovery-codes li").first.inner_text()
    page.get_by_role("button", name="Я их сохранил").click()
    expect(page.get_by_role("button", name="Отключить")).to_be_visible()
    log_out(page)
    log_in(page, VERA)
    expect(page).to_have_url(re.compile("/login/second$"))
    page.get_by_label("Код").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("#sidebar")).to_be_visible()


def test_a_key_of_the_device_opens_the_door_alone_and_as_the_second_step(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }})  # fmt: skip
    log_in(page, ANNA)
    page.goto("/me/security")
    page.get_by_role("listitem").filter(has_text="Палец, лицо или PIN").get_by_role("button", name="Подключить").click()
    page.get_by_label("Ваш пароль").fill("не тот")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="не ваш нынешний пароль")).to_be_visible()
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.get_by_role("button", name="Я их сохранил").click()
    log_out(page)
    page.goto("/login")
    page.get_by_role("button", name="Войти по ключу доступа").click()
    expect(page.locator("#sidebar")).to_be_visible()
    log_out(page)
    log_in(page, ANNA)
    expect(page).to_have_url(re.compile("/login/second$"))
    page.get_by_role("button", name="Войти по ключу доступа").click()
    expect(page.locator("#sidebar")).to_be_visible()
