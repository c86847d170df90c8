"""All screens of the rights matrix in one browser, for whatever must hold on each of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from marshrut.agency.models import Employee
from marshrut.ops import browser as browsers
from marshrut.ops import postgres
from tests.browser.house import PATIENCE, serving
from tests.cast import Cast
from tests.rights_world import make_world
from tests.test_rights_matrix import PAGES, PUBLIC

DESK = {"width": 1440, "height": 900}
DRAWN = ("text/html",)
OPEN = """async (address) => {
    const answer = await fetch(address, {headers: {"HX-Request": "true"}});
    const dialog = document.getElementById("dialog");
    dialog.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
}"""


@dataclass(frozen=True)
class Screen:
    """An address with somebody's thing in it; a fragment is drawn in the dialog of a page with few things on it."""

    route: str
    address: str
    is_whole: bool


@contextmanager
def all_screens(database: str, cast: Cast, server: postgres.Server) -> Iterator[tuple[list[Screen], Page]]:
    """Every screen that the owner of the agency is shown, and a page of a browser in which she has logged in."""
    world, client = make_world(cast), Client(raise_request_exception=False)
    client.force_login(Employee.objects.get(pk=cast.owner.id))
    listed = list(_screens(client, world.address))
    with serving(server.dsn(postgres.APP, database)) as house, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(browsers.find()), args=["--no-sandbox"])
        context = chromium.new_context(locale="ru-RU", viewport=DESK, base_url=house.url, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE * 1000)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": house.url}])
        yield listed, context.new_page()
        chromium.close()
    assert len(listed) > 20


def _screens(client: Client, world_address: Callable[[str], str]) -> Iterator[Screen]:
    for route, kind in PAGES.items():
        if kind == PUBLIC and route not in ("/login", "/f/<slug:key>"):
            continue
        address = world_address(route)
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith(DRAWN):
            yield Screen(route, address, b"<!doctype html>" in b"".join(answer)[:200].lower())
