"""The basic pages of the settings: what they keep, what they refuse with a sentence, what they show before it is saved."""

import html
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.models import CustomField, Employee, Holiday, Office, Queue, Shift
from marshrut.agency.queries import read_revision, read_staff
from marshrut.backoffice.tests.test_settings_frame import ABOUT, HX, artem, olga, save
from marshrut.catalog.models import Category, Direction, Skill
from marshrut.channels.models import Form, MessageTemplate
from marshrut.clients.models import Person
from marshrut.deals.models import LossReason
from marshrut.marketing.models import Source

__all__ = ["artem", "olga"]
pytestmark = pytest.mark.django_db
HOSTILE = ["", "\x00", "<script>alert(1)</script>", "' or 1=1 --", "{{7*7}}", "я" * 20_000, "-1", "1e999", "NaN", "٣", "9" * 30]


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_agency_is_kept_in_one_form(olga: Client) -> None:
    values = {
        **ABOUT,
        "address": "crm.example.com/",
        "email": " Info@Example.COM ",
        "phone": "8 (812) 555-01-42",
        "needs_second_factor": "",
    }
    assert save(olga, "/settings/agency", **values).status_code == 204
    card = read_staff(read_revision()).agency
    assert (card.address, card.email, card.phone) == ("https://crm.example.com", "info@example.com", "+78125550142")


@pytest.mark.parametrize(("field", "value"), [("name", "  "), ("language", "xx"), ("currency", "XXQ"), ("address", "javascript:alert(1)"),
                                              ("address", "https://a.example/b"), ("address", "https://[x"), ("email", "нет"), ("phone", "12")])  # fmt: skip
def test_a_value_that_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(olga: Client, field: str, value: str) -> None:
    answer = save(olga, "/settings/agency", **ABOUT | {"name": "Ветер", field: value})
    assert answer.status_code == 422
    assert f'id="f-{field}-note"' in said(answer)
    assert 'aria-invalid="true"' in said(answer)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_get_a_sentence_or_are_kept_harmlessly(olga: Client, value: str) -> None:
    places = [
        ("/settings/agency", ABOUT | dict.fromkeys(ABOUT, value)),
        ("/settings/offices/new", {"name": value, "country": value, "time_zone": value, "queue": value}),
        (f"/settings/calendars/{Office.objects.order_by('id')[0].pk}", {f"day{day}": value for day in range(7)}),
        (f"/settings/calendars/{Office.objects.order_by('id')[0].pk}/days/new", {"day": value, "hours": value, "name": value}),
        (f"/settings/workload/{Employee.objects.order_by('id')[0].pk}",
         {"capacity": value, "share_weight": value, "is_on_duty": value, **{f"day{day}": value for day in range(7)}}),
        ("/settings/sources/new", {"name": value, "chance": value}),
        ("/settings/categories/new", {"name": value, "position": value}),
        ("/settings/directions/new", {"name": value, "aliases": value, "floor_price": value, "currency": value}),
        ("/settings/reasons/new", {"name": value, "position": value, "is_active": value}),
        ("/settings/forms/new", {"name": value, "source": value, "office": value, "consent_text": value, "key": value}),
        ("/settings/templates/new", {"name": value, "subject": value, "text": value, "language": value, "position": value}),
        ("/settings/fields/new", {"subject": value, "name": value, "kind": value, "choices": value, "position": value}),
    ]  # fmt: skip
    for address, values in places:
        tried = olga.post(f"{address}?preview=1", values, **HX)
        assert tried.status_code in (200, 204, 409, 422), address
        answer = olga.post(address, values | {"since": "9" * 18}, **HX)
        assert answer.status_code in (204, 409, 422), (address, answer.status_code)
        for one in (tried, answer):
            assert "<script>alert" not in one.content.decode(), address


def test_numbers_that_nothing_has_are_not_found(olga: Client) -> None:
    for page in (
        "offices",
        "sources",
        "forms",
        "categories",
        "directions",
        "reasons",
        "templates",
        "fields",
        "workload",
        "skills",
        "calendars",
    ):
        for number in (0, 999_999_999, 10**17):
            assert olga.get(f"/settings/{page}/{number}").status_code == 404, page


def test_an_office_begins_with_a_week_a_queue_and_its_zone(olga: Client) -> None:
    assert (
        save(
            olga, "/settings/offices/new", name="Алматы", country="KZ", time_zone="Asia/Almaty", queue="Очередь Алматы"
        ).status_code
        == 204
    )
    office = Office.objects.get(name="Алматы")
    assert (office.slug, office.windows.count(), Queue.objects.get(office=office).name) == ("almaty", 5, "Очередь Алматы")
    assert save(olga, "/settings/offices/new", name="алматы", country="KZ", time_zone="Asia/Almaty", queue="").status_code == 422


def test_an_office_with_people_is_not_closed_and_an_empty_one_is(olga: Client, cast: Any) -> None:
    busy = Office.objects.get(slug="podil")
    refused = olga.post(f"/settings/offices/{busy.pk}/switch", {"since": "9" * 18}, **HX)
    assert refused.status_code == 409
    assert "1 человек" in said(refused) or "1 person" in said(refused)
    save(olga, "/settings/offices/new", name="Пустой", country="RU", time_zone="Europe/Moscow", queue="")
    empty = Office.objects.get(name="Пустой")
    assert olga.post(f"/settings/offices/{empty.pk}/switch", {"since": "9" * 18}, **HX).status_code == 204
    assert not Office.objects.get(pk=empty.pk).is_active
    assert olga.post(f"/settings/offices/{empty.pk}/switch", {"since": "9" * 18}, **HX).status_code == 204
    assert Office.objects.get(pk=empty.pk).is_active


def test_a_week_without_working_time_is_refused_and_so_are_windows_that_overlap(olga: Client) -> None:
    address = f"/settings/calendars/{Office.objects.order_by('id')[0].pk}"
    assert save(olga, address).status_code == 422
    overlap = save(olga, address, day0="09:00–14:00, 13:00–18:00")
    assert overlap.status_code == 422
    assert 'id="f-day0-note"' in said(overlap)
    assert save(olga, address, day0="18–9").status_code == 422
    assert save(olga, address, day0="9-13 и 14-24:00").status_code == 204


def test_the_preview_of_hours_says_by_when_and_writes_nothing(olga: Client) -> None:
    office = Office.objects.order_by("id")[0]
    before = list(office.windows.values_list("id", flat=True).order_by("id"))
    answer = olga.post(f"/settings/calendars/{office.pk}?preview=1", {f"day{day}": "09:00–19:00" for day in range(5)}, **HX)
    assert "09:10" in said(answer), "of an inquiry at 18:55 on Friday ten minutes are left for Monday"
    assert list(office.windows.values_list("id", flat=True).order_by("id")) == before
    assert olga.post(f"/settings/calendars/{office.pk}?preview=1", {}, **HX).status_code == 200


@pytest.mark.parametrize(("country", "year", "day"), [("RU", 2027, date(2027, 6, 12)), ("UA", 2027, date(2027, 8, 24)), ("UA", 2026, date(2026, 4, 12)),
                                                      ("KZ", 2027, date(2027, 12, 16)), ("BY", 2027, date(2027, 7, 3))])  # fmt: skip
def test_public_holidays_come_in_once_and_stay_as_they_were_changed(olga: Client, country: str, year: int, day: date) -> None:
    office = Office.objects.order_by("id")[0]
    Office.objects.filter(pk=office.pk).update(country=country)
    address = f"/settings/calendars/{office.pk}"
    assert olga.post(f"{address}/public", {"since": "9" * 18, "year": str(year)}, **HX).status_code == 204
    count = Holiday.objects.filter(office=office, day__year=year).count()
    assert Holiday.objects.filter(office=office, day=day).exists()
    assert olga.post(f"{address}/days/{day}", {"since": "9" * 18, "name": "Работаем", "hours": "10–16"}, **HX).status_code == 204
    assert olga.post(f"{address}/public", {"since": "9" * 18, "year": str(year)}, **HX).status_code == 204
    assert Holiday.objects.filter(office=office, day__year=year).count() == count
    assert Holiday.objects.get(office=office, day=day).opens == time(10)


def test_a_short_day_is_working_time_in_its_own_hours(olga: Client) -> None:
    office = Office.objects.order_by("id")[0]
    save(olga, f"/settings/calendars/{office.pk}", day0="10–19", day1="10–19", day2="10–19", day3="10–19", day4="10–19")
    answer = olga.post(
        f"/settings/calendars/{office.pk}/days/new", {"since": "9" * 18, "day": "2026-12-31", "hours": "10:00–16:00"}, **HX
    )
    assert answer.status_code == 204
    calendar = read_staff(read_revision()).offices[office.pk].calendar
    start = calendar.next_opening(calendar.local_day_bounds(_noon(date(2026, 12, 31), calendar))[0])
    assert calendar.working_minutes_between(*calendar.local_day_bounds(start)) == 6 * 60


def _noon(day: date, calendar: Any) -> Any:
    from datetime import datetime

    return datetime.combine(day, time(12), calendar.zone)


def test_shifts_capacity_and_share_of_one_person_are_saved_at_once(olga: Client, cast: Any) -> None:
    values = {"capacity": "7", "share_weight": "0,5", "is_on_duty": "", "day0": "09:00–14:00", "day3": "12–20"}
    assert save(olga, f"/settings/workload/{cast.anna.id}", **values).status_code == 204
    anna = read_staff(read_revision()).colleagues[cast.anna.id]
    assert (anna.capacity, anna.weight, anna.is_on_duty) == (7, 50, False)
    assert Shift.objects.filter(employee_id=cast.anna.id).count() == 2
    assert save(olga, f"/settings/workload/{cast.anna.id}", **values | {"share_weight": "0"}).status_code == 422


def test_skills_are_ticked_and_untouched_ones_stay(olga: Client, cast: Any) -> None:
    cruise, hotel = Category.objects.get(slug="cruise"), Category.objects.get(slug="hotel")
    turkey = Direction.objects.order_by("id")[0]
    kept = Skill.objects.create(employee_id=cast.anna.id, category=hotel, direction=turkey)
    values = {"category": [cruise.pk], "direction": [turkey.pk], "joint": [hotel.pk * 10**9 + turkey.pk], "since": "9" * 18}
    assert olga.post(f"/settings/skills/{cast.anna.id}", values, **HX).status_code == 204
    assert set(Skill.objects.filter(employee_id=cast.anna.id).values_list("category_id", "direction_id")) == {
        (cruise.pk, None), (None, turkey.pk), (hotel.pk, turkey.pk)}  # fmt: skip
    assert Skill.objects.filter(pk=kept.pk).exists()
    assert olga.post(f"/settings/skills/{cast.anna.id}", {"category": [10**12], "since": "9" * 18}, **HX).status_code == 404
    assert turkey.name in said(olga.get("/settings/skills"))


def test_a_source_that_came_by_itself_gets_a_name_and_leaves_the_form_when_not_in_use(olga: Client) -> None:
    source = Source.objects.create(slug="utm-x", name="utm-x", is_named=False)
    assert save(olga, f"/settings/sources/{source.pk}", name="Реклама", chance="7,5 %", is_active="").status_code == 204
    source.refresh_from_db()
    assert (source.name, source.is_named, float(source.chance), source.is_active) == ("Реклама", True, 0.075, False)
    assert "Реклама" not in said(olga.get("/inquiries/new"))


def test_a_spelling_means_one_direction_alone_and_the_preview_counts_who_names_it(olga: Client) -> None:
    sochi = Direction.objects.get(slug="sochi")
    values = {"name": "Сочи 2", "aliases": "адлер", "currency": "RUB", "is_active": "yes"}
    refused = save(olga, "/settings/directions/new", **values)
    assert refused.status_code == 422
    assert sochi.name in said(refused)
    tried = olga.post("/settings/directions/new?preview=1", {**values, "aliases": "шерегеш"}, **HX)
    assert tried.status_code == 200
    assert (
        save(
            olga, "/settings/directions/new", **values | {"name": "Шерегеш", "aliases": "Sheregesh", "floor_price": "1 500,50"}
        ).status_code
        == 204
    )
    assert Direction.objects.get(slug="sheregesh").aliases == ["sheregesh"]


def test_a_reason_no_longer_used_is_not_offered_and_the_last_one_stays(olga: Client) -> None:
    from marshrut.deals.queries import loss_reasons

    first = LossReason.objects.order_by("id")[0]
    assert save(olga, f"/settings/reasons/{first.pk}", name=first.name, position="1", is_active="").status_code == 204
    assert first.slug not in dict(loss_reasons())
    LossReason.objects.exclude(pk=first.pk).delete()
    LossReason.objects.filter(pk=first.pk).update(is_active=True)
    assert save(olga, f"/settings/reasons/{first.pk}", name=first.name, position="1", is_active="").status_code == 409


def test_another_text_of_consent_is_another_version_and_the_form_stays_where_it_is(olga: Client, client: Client) -> None:
    form = Form.objects.order_by("id")[0]
    values = {
        "name": form.name,
        "source": form.source_slug,
        "office": "",
        "consent_text": form.consent_text,
        "is_active": "yes",
        "key": "stolen",
    }
    assert save(olga, f"/settings/forms/{form.pk}", **values).status_code == 204
    assert Form.objects.get(pk=form.pk).consent_version == form.consent_version
    assert save(olga, f"/settings/forms/{form.pk}", **values | {"consent_text": "Согласен на всё новое"}).status_code == 204
    after = Form.objects.get(pk=form.pk)
    assert (after.key, after.consent_version != form.consent_version) == (form.key, True)
    assert "Согласен на всё новое" in said(client.get(f"/f/{form.key}"))
    assert save(olga, f"/settings/forms/{form.pk}", **values | {"is_active": ""}).status_code == 204
    assert client.get(f"/f/{form.key}").status_code == 404


def test_a_template_with_a_place_nobody_knows_is_refused_with_those_that_are(olga: Client) -> None:
    values = {
        "name": "Привет",
        "subject": "",
        "text": "Здравствуйте, {имя}!",
        "language": "ru",
        "position": "1",
        "is_active": "yes",
    }
    refused = save(olga, "/settings/templates/new", **values)
    assert refused.status_code == 422
    assert "{имя}" in said(refused)
    assert "{name}" in said(refused)
    assert save(olga, "/settings/templates/new", **values | {"text": "Здравствуйте, {name}!"}).status_code == 204
    assert MessageTemplate.objects.get(name="Привет").text == "Здравствуйте, {name}!"
    assert "{name}" not in said(olga.post("/settings/templates/new?preview=1", values | {"text": "Здравствуйте, {name}!"}, **HX))


def test_a_field_keeps_its_kind_and_its_used_choices(olga: Client) -> None:
    values = {
        "subject": "person",
        "name": "Любимая сеть",
        "kind": "choice",
        "choices": "Rixos\nHilton",
        "position": "1",
        "is_active": "yes",
    }
    assert save(olga, "/settings/fields/new", **values).status_code == 204
    field = CustomField.objects.get(name="Любимая сеть")
    assert (field.slug, field.choices) == ("lyubimaya_set", ["Rixos", "Hilton"])
    Person.objects.create(display_name="Ия", search_name="ия", custom={field.slug: "Rixos"})
    address = f"/settings/fields/{field.pk}"
    assert "1" in said(save(olga, address, **values | {"kind": "text"}))
    assert save(olga, address, **values | {"kind": "text"}).status_code == 422
    assert save(olga, address, **values | {"choices": "Hilton"}).status_code == 422
    assert save(olga, address, **values | {"choices": "Rixos", "name": "Сеть"}).status_code == 204
    assert CustomField.objects.get(pk=field.pk).slug == "lyubimaya_set"
