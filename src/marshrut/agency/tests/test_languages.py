"""Each person reads Marshrut in their own language, else in the agency's; a stranger in that of their browser."""

import pytest
from django.test import Client
from tests.cast import Cast

from marshrut.agency.models import Agency, Employee
from marshrut.agency.permissions import system
from marshrut.agency.services import issue_token
from marshrut.core.clock import utc_now

pytestmark = pytest.mark.django_db


def language_of(client: Client, address: str = "/login", **headers: str) -> str:
    return str(client.get(address, headers=headers).headers["Content-Language"])


def test_a_stranger_is_spoken_to_as_their_browser_asks(client: Client) -> None:
    assert language_of(client, **{"Accept-Language": "uk-UA,uk;q=0.9,ru;q=0.5"}) == "uk"
    assert language_of(client, **{"Accept-Language": "de,en;q=0.4"}) == "en"


def test_whose_browser_asks_for_nothing_of_ours_gets_the_agencys_language(client: Client) -> None:
    Agency.objects.update(language="uk")
    assert language_of(client, **{"Accept-Language": "de"}) == "uk"
    assert language_of(client) == "uk"


@pytest.mark.parametrize("header", ["", ";;;", "q=1", "ru" * 400, "*", "\x7f,ru"])
def test_no_header_breaks_a_page(client: Client, header: str) -> None:
    assert client.get("/login", headers={"Accept-Language": header}).status_code == 200


def test_somebodys_own_language_wins_over_the_browsers_and_the_agencys(cast: Cast, client: Client) -> None:
    anna = Employee.objects.get(pk=cast.anna.id)
    client.force_login(anna)
    assert language_of(client, "/", **{"Accept-Language": "uk"}) == "ru"
    anna.language = "en"
    anna.save()
    page = client.get("/", headers={"Accept-Language": "uk"})
    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en"' in page.content.decode()
    assert "Today" in page.content.decode()


def test_a_program_hears_the_agencys_language_unless_it_names_one(cast: Cast, client: Client) -> None:
    token = issue_token(name="x", scopes=frozenset({"tasks:read"}), by=system("test"), now=utc_now())
    header = {"Authorization": f"Bearer {token}"}
    refusal = client.get("/api/v1/inquiries", headers=header).json()["detail"]
    named = client.get("/api/v1/inquiries", headers={**header, "Accept-Language": "en"}).json()["detail"]
    assert "scope" not in refusal
    assert named == "This needs the scope inquiries:read."


def test_everybody_chooses_their_own_language_and_nobody_elses(cast: Cast, client: Client) -> None:
    client.force_login(Employee.objects.get(pk=cast.anna.id))
    dialog = client.get("/me/language").content.decode()
    assert "как в агентстве: Русский" in dialog
    assert client.post("/me/language", {"language": "uk"}).headers["HX-Refresh"] == "true"
    assert language_of(client, "/") == "uk"
    assert '<option value="uk" selected>' in client.get("/me/language").content.decode()
    assert list(Employee.objects.exclude(language="")) == [Employee.objects.get(pk=cast.anna.id)]
    for wrong in ("de", "be", "ru-RU", "x" * 300):
        assert client.post("/me/language", {"language": wrong}).status_code == 422
    client.post("/me/language", {"language": ""})
    assert language_of(client, "/") == "ru"


def test_the_choice_of_a_language_stands_in_everybodys_menu(cast: Cast, client: Client) -> None:
    client.force_login(Employee.objects.get(pk=cast.administrator.id))
    assert 'hx-get="/me/language"' in client.get("/me/security").content.decode()
