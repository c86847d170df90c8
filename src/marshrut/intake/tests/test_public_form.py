"""The public form: a tourist is answered, a robot is kept apart, nothing is lost."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.test import Client

from marshrut.channels.models import Form, RawMessage
from marshrut.clients.models import Consent
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(cast: Any) -> str:
    return f"/f/{Form.objects.get().key}"


def stamp(address: str, seconds: float = 30) -> str:
    """The stamp of a form that was opened so long ago."""
    with time_machine.travel(utc_now() - timedelta(seconds=seconds), tick=False):
        return TimestampSigner(salt="public-form").sign(address.removeprefix("/f/"))


def filled(address: str, **more: str) -> dict[str, str]:
    return {"name": "Ольга Ветрова", "phone": "8 (921) 555-01-42", "directions": "Вьетнам, Таиланд", "nights": "14", "adults": "2",
            "children": "5, 9", "budget": "500 000", "message": "Первая линия", "consent": "1", "website": "", "started": stamp(address), **more}


def test_what_a_tourist_sends_becomes_somebodys_next_action(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert 'name="started"' in page
    assert Form.objects.get().consent_text in page
    answer = client.post(f"{address}?utm_source=vk&utm_campaign=winter", filled(address))
    inquiry = Inquiry.objects.get()
    assert answer.status_code == 200
    assert str(inquiry.pk) in answer.content.decode()
    assert inquiry.channel == "site_form"
    assert inquiry.source.slug == Form.objects.get().source_slug
    assert inquiry.request["directions"] == ["vietnam", "thailand"]
    assert inquiry.request["children_ages"] == [5, 9]
    assert inquiry.budget == 500_000
    assert inquiry.utm == {"source": "vk", "campaign": "winter"}
    assert inquiry.dossier.owner_id
    assert Task.objects.get(dossier=inquiry.dossier).state == "pending"


def test_a_form_of_a_ukrainian_agency_counts_in_hryvnias_and_may_name_hotel_and_city(client: Client, address: str) -> None:
    from marshrut.agency.models import Agency

    Agency.objects.update(currency="UAH")
    page = client.get(address).content.decode()
    assert all(f'name="{name}"' in page for name in ("departure", "stars", "board"))
    client.post(address, filled(address, departure="Киев", stars="4", board="AI"))
    request = Inquiry.objects.get().request
    assert request["budget"] == {"amount": "500000", "currency": "UAH"}
    assert (request["departure"], request["stars"], request["board"]) == ("Киев", {"from": 4}, "AI")


def test_the_consent_is_kept_word_for_word_with_its_version_and_time(client: Client, address: str) -> None:
    client.post(address, filled(address))
    kept, form = Consent.objects.get(), Form.objects.get()
    assert (kept.text, kept.version, kept.channel) == (form.consent_text, form.consent_version, "site_form")
    assert kept.given_at <= utc_now()
    assert kept.person_id == Inquiry.objects.get().person_id


@pytest.mark.parametrize(("wrong", "field"), [({"phone": "", "email": ""}, "phone"), ({"phone": "12"}, "phone"), ({"consent": ""}, "consent")])
def test_a_form_that_cannot_be_answered_comes_back_with_what_was_typed(client: Client, address: str, wrong: dict[str, str], field: str) -> None:
    answer = client.post(address, filled(address, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ольга Ветрова" in page
    assert "Первая линия" in page
    assert 'aria-invalid="true"' in page
    assert f"f-{field}" in page
    assert not Inquiry.objects.exists()


def test_flaws_in_other_fields_refuse_nobody(client: Client, address: str) -> None:
    odd = {"nights": "много", "adults": "-3", "children": "пять", "budget": "NaN", "date_from": "2026-02-31", "name": "\x00‮​"}
    assert client.post(address, filled(address, **odd)).status_code == 200
    assert {flaw["field"] for flaw in Inquiry.objects.get().flaws} >= {"request.nights.from", "request.adults", "request.budget"}


@pytest.mark.parametrize("robot", [{"website": "http://spam.example"}, {"started": ""}, {"started": "forged:stamp"}, {"started": "fresh"}])
def test_a_robot_is_thanked_like_everybody_and_waits_in_quarantine(client: Client, address: str, robot: dict[str, str]) -> None:
    if robot.get("started") == "fresh":
        robot = {"started": stamp(address, 0)}
    answer = client.post(address, filled(address, **robot))
    assert answer.status_code == 200
    assert "Спасибо" in answer.content.decode()
    kept = RawMessage.objects.get()
    assert kept.state == "quarantined"
    assert kept.reason
    assert "921" in bytes(kept.body).decode()
    assert not Inquiry.objects.exists()


def test_a_flood_from_one_address_is_kept_in_quarantine_and_others_are_not_held_up(client: Client, address: str, monkeypatch: Any) -> None:
    from marshrut.intake.web import forms

    monkeypatch.setattr(forms, "MOST_A_MINUTE", 3)
    for n in range(5):
        assert client.post(address, filled(address, phone=f"+7921555010{n}")).status_code == 200
    assert RawMessage.objects.filter(state="quarantined").count() == 2
    client.post(address, filled(address, phone="+79215550199"), REMOTE_ADDR="203.0.113.9")
    assert Inquiry.objects.count() == 4


def test_the_sites_own_script_may_send_json(client: Client, address: str) -> None:
    opened = client.get(address, headers={"Accept": "application/json"}).json()
    assert opened["consent"]["text"] == Form.objects.get().consent_text
    body = {"name": "Ольга", "email": "olga@mail.example", "consent": True, "started": stamp(address), "request": {"adults": 2}}
    answer = client.post(address, json.dumps(body), content_type="application/json")
    assert answer.status_code == 201
    assert answer.json() == {"id": Inquiry.objects.get().pk, "number": Inquiry.objects.get().pk, "state": "open"}
    trapped = client.post(address, json.dumps({**body, "started": opened["started"]}), content_type="application/json")
    assert trapped.status_code == 202
    assert trapped.json()["state"] == "quarantined"


@pytest.mark.parametrize(("body", "status"), [(b"\xff\xfe", 400), (b"[1]", 400), (b"{", 400), (b'{"consent": true}', 422),
                                              (b"[" * 100_000, 400)])
def test_json_that_cannot_be_answered_is_refused_with_a_reason(client: Client, address: str, body: bytes, status: int) -> None:
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("body", [b"phone=%ff%fe%00&consent=1", b"\xff\x00\xfe", b"phone=" + b"9" * 40 + b"&consent=1", b"a=1&" * 500, b"%"])
def test_broken_bytes_in_a_form_are_no_failure_of_ours(client: Client, address: str, body: bytes) -> None:
    answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500


def test_a_body_of_over_ten_megabytes_is_refused(client: Client, address: str) -> None:
    answer = client.post(address, b'{"message":"' + b"x" * (10 * 1024 * 1024) + b'"}', content_type="application/json")
    assert answer.status_code in (400, 413)


def test_markup_and_formulas_are_kept_as_words_and_shown_as_words(client: Client, address: str) -> None:
    answer = client.post(address, filled(address, phone="", name="<script>alert(1)</script>", message="=cmd|' /C calc'!A0"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_no_login_and_no_page_token_is_needed_and_an_unknown_form_is_not_found(address: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(address, filled(address)).status_code == 200
    assert browser.get("/f/nothing-like-that").status_code == 404
    Form.objects.update(is_active=False)
    assert browser.get(address).status_code == 404


def test_visitors_are_told_apart_by_address_and_not_by_what_they_say_of_it(client: Client, address: str) -> None:
    for visitor in ("198.51.100.7", "198.51.100.8"):
        client.post(address, filled(address), headers={"X-Forwarded-For": visitor})
    assert RawMessage.objects.values("by").distinct().count() == 1
    client.post(address, filled(address), REMOTE_ADDR="198.51.100.9")  # what the server has read from a proxy it knows
    assert RawMessage.objects.values("by").distinct().count() == 2


def test_a_script_of_the_site_needs_no_stamp_but_its_inquiry_waits_without_a_consent(client: Client, address: str) -> None:
    given = {"name": "Ольга Ветрова", "phone": "+7 916 123-45-67"}
    taken = client.post(address, {**given, "consent": True}, content_type="application/json")
    assert taken.status_code == 201
    waiting = client.post(address, given, content_type="application/json")
    assert waiting.status_code == 202
    assert waiting.json()["state"] == "quarantined"


@pytest.mark.parametrize(
    ("query", "browser", "language"), [("?language=uk", "ru", "uk"), ("?language=uk-UA", "en", "uk"), ("?language=xx", "en", "en"), ("", "uk,ru", "uk")]
)
def test_the_form_speaks_the_language_of_its_page_and_sends_it_along(
    client: Client, address: str, query: str, browser: str, language: str
) -> None:
    page = client.get(f"{address}{query}", headers={"Accept-Language": browser}).content.decode()
    assert f'name="language" value="{language}"' in page
    assert f'<html lang="{language}"' in page
    client.post(address, filled(address, message="", language=language))
    inquiry = Inquiry.objects.get()
    assert (inquiry.request["language"], inquiry.request["language_seen_in"]) == (language, "page")
    assert inquiry.person.language == language


@pytest.mark.parametrize("sent", ["xx", "ru'; drop", "я", "u" * 5000, "\x00"])
def test_a_language_that_is_none_of_ours_is_no_obstacle_and_is_not_kept(client: Client, address: str, sent: str) -> None:
    assert client.post(address, filled(address, message="", language=sent)).status_code == 200
    assert Inquiry.objects.get().person.language == ""
