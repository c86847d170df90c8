"""Whoever reads the terminal sets the agency up, once; nobody else gets in that way."""

import pytest
from django.test import Client
from tests.cast import Cast
from tests.nobody import dismiss_everybody

from marshrut.agency.models import Agency, Employee, Office
from marshrut.agency.services.first_run import issue_setup_code
from marshrut.catalog.models import Direction
from marshrut.channels.models import Form
from marshrut.deals.models import Stage
from marshrut.intake.models import Criterion
from marshrut.ops import postgres

FILLED = {
    "language": "uk", "agency": "Подорожник", "office": "Офіс на Подолі", "country": "UA", "time_zone": "Europe/Kyiv",
    "name": "Оксана Шевченко", "email": "oksana@podorozhnyk.example", "password": "дорога дальняя 7",
}  # fmt: skip


@pytest.fixture
def nobody(own_database: str, postgres_server: postgres.Server) -> None:
    """A home in which nobody works yet."""
    dismiss_everybody(postgres_server, own_database)


@pytest.mark.own_database
@pytest.mark.usefixtures("nobody")
def test_the_code_from_the_terminal_opens_the_door_once(client: Client) -> None:
    code = issue_setup_code()
    assert f'value="{code}"' in client.get(f"/start?code={code}").content.decode()
    answer = client.post("/start", {**FILLED, "code": code.lower().replace("-", " ")})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/start/steps")
    agency, office, owner = Agency.objects.get(), Office.objects.order_by("id")[0], Employee.objects.get()
    assert (agency.name, agency.language, agency.currency, agency.setup_digest) == ("Подорожник", "uk", "UAH", None)
    assert (office.name, office.country, office.time_zone) == ("Офіс на Подолі", "UA", "Europe/Kyiv")
    assert (owner.role, owner.name) == ("owner", "Оксана Шевченко")
    assert Direction.objects.get(slug="turkey").name == "Туреччина"
    assert Form.objects.get().consent_text.startswith("Погоджуюся")
    assert not {"ы", "э", "ё"} & set("".join(Stage.objects.values_list("name", flat=True)))
    assert not {"ы", "э", "ё"} & set("".join(Criterion.objects.values_list("name", flat=True)))
    assert "Перші кроки" in client.get("/start/steps").content.decode()
    assert Client().get("/start").status_code == 404
    assert Client().post("/start", {**FILLED, "code": code}).status_code == 404
    assert issue_setup_code() == ""


@pytest.mark.own_database
@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC", "А" * 500])
def test_a_wrong_code_is_refused_at_its_field_and_no_number_of_them_shuts_the_owner_out(client: Client, code: str) -> None:
    right = issue_setup_code()
    for _try in range(10):
        answer = client.post("/start", {**FILLED, "code": code})
        assert answer.status_code == 422
        assert "Оксана Шевченко" in answer.content.decode()  # what was typed is kept
    assert client.post("/start", {**FILLED, "code": code}).status_code == 429
    assert Employee.objects.count() == 0
    assert client.post("/start", {**FILLED, "code": right}).status_code == 302


@pytest.mark.own_database
@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(("asks_for", "heading", "office", "city"), [
    ("ru-RU", "Новое агентство", "Главный офис", "Москва"), ("uk", "Нова агенція", "Головний офіс", "Київ"),
    ("en", "A new agency", "Main office", "Moscow"),
])  # fmt: skip
def test_the_first_page_speaks_the_browsers_language(client: Client, asks_for: str, heading: str, office: str, city: str) -> None:
    page = client.get("/start", headers={"Accept-Language": asks_for}).content.decode()
    assert heading in page
    assert f'value="{office}"' in page
    assert page.count(f">{city}<") == 1
    assert "Europe/Kiev" not in page


@pytest.mark.own_database
@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("field", "value"),
    [("agency", ""), ("office", " "), ("name", ""), ("email", "оксана"), ("password", "123"), ("country", "US"), ("time_zone", "Mars"),
     ("language", "de")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_half_done(client: Client, field: str, value: str) -> None:
    answer = client.post("/start", {**FILLED, "code": issue_setup_code(), field: value})
    assert answer.status_code == 422
    assert field == "language" or f'id="f-{field}-note"' in answer.content.decode()
    assert (Employee.objects.count(), Agency.objects.get().set_up_at) == (0, None)


@pytest.mark.own_database
@pytest.mark.usefixtures("nobody")
def test_a_new_start_prints_a_new_code_and_the_former_one_is_void(client: Client) -> None:
    former, present = issue_setup_code(), issue_setup_code()
    assert client.post("/start", {**FILLED, "code": former}).status_code == 422
    assert client.post("/start", {**FILLED, "code": present}).status_code == 302


@pytest.mark.django_db
def test_where_people_work_there_is_nothing_to_set_up(cast: Cast, client: Client) -> None:
    assert client.get("/start").status_code == 404
    assert issue_setup_code() == ""


@pytest.mark.django_db
def test_an_owner_sends_an_inquiry_to_themselves_and_sees_it_go_the_way_of_a_real_one(cast: Cast, client: Client) -> None:
    client.force_login(Employee.objects.get(pk=cast.owner.id))
    for wrong in ("", "абв", "12"):
        refused = client.post("/start/inquiry", {"phone": wrong})
        assert (refused.status_code, "Это не номер телефона." in refused.content.decode()) == (422, True)
    answer = client.post("/start/inquiry", {"phone": "8 921 555-01-42"})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Ольга Дмитриевская" in page


@pytest.mark.django_db
def test_a_manager_has_no_first_steps(cast: Cast, client: Client) -> None:
    client.force_login(Employee.objects.get(pk=cast.anna.id))
    assert client.get("/start/steps").status_code == 403
    assert client.post("/start/inquiry", {"phone": "8 921 555-01-42"}).status_code == 403
