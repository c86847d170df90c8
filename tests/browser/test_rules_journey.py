"""An owner edits the rules: a criterion is tried before it is kept, and a funnel takes results only."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PATIENCE, House
from tests.cast import OLGA, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.fixture
def page(chromium: Browser, house: House) -> Iterator[Page]:
    context = chromium.new_context(locale="ru-RU", viewport={"width": 1440, "height": 1000}, base_url=house.url)
    context.set_default_timeout(PATIENCE * 1000)
    opened = context.new_page()
    opened.goto("/login")
    opened.get_by_label("Почта").fill(OLGA)
    opened.get_by_label("Пароль").fill(PASSWORD)
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("heading", name="Сегодня", exact=True)).to_be_visible()
    yield opened
    context.close()


def test_P01_a_criterion_is_tried_then_kept_then_moved_by_keyboard(page: Page, house: House) -> None:
    house.send_form(name="Ольга Ветрова", phone="+7 916 000-11-22", message="Хотим на сафари")
    page.goto("/settings/criteria/new")
    page.get_by_label("Название", exact=True).or_(page.locator("#f-name")).first.fill("Сафари")
    page.locator("#f-inquiry_class").select_option("partner")
    page.locator("textarea[name='c.0.text']").fill("сафари*")
    expect(page.locator(".preview-body")).to_contain_text("Ольга Ветрова")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("link", name="Сафари")).to_be_visible()
    up = page.get_by_role("button", name="Выше: Сафари")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/settings/criteria")):
        page.get_by_role("button", name="Сохранить порядок").click()
    last = int(house.ask("select max(position) from intake_criterion"))
    assert house.ask("select position from intake_criterion where name = 'Сафари'") == last - 1


def test_F04_a_funnel_refuses_a_process_and_takes_the_better_name(page: Page, house: House) -> None:
    page.goto("/settings/funnels")
    page.get_by_role("button", name="Новая воронка").click()
    page.locator("#f-template").select_option("buyer")
    expect(page.locator("#dialog .preview-body")).to_contain_text("Просмотр объектов состоялся")
    page.get_by_role("button", name="Создать").click()
    expect(page.get_by_role("heading", name="Покупатель недвижимости")).to_be_visible()
    page.get_by_role("button", name="Новый этап").click()
    page.locator("#dialog #f-name").fill("Телефонные переговоры")
    page.locator("#dialog #f-task_title").fill("Позвонить")
    page.locator("#dialog").get_by_role("button", name="Сохранить").click()
    expect(page.locator("#dialog")).to_contain_text("процесс")
    page.get_by_role("button", name="Потребность записана").click()
    page.locator("#dialog").get_by_role("button", name="Сохранить").click()
    expect(page.locator(".order-list").get_by_role("button", name="Потребность записана", exact=True)).to_be_visible()
    assert re.fullmatch(r"stage_\d", house.ask("select slug from deals_stage where name = 'Потребность записана' and starts_with(slug, 'stage_')"))
