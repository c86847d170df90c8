"""The card says what an inquiry is and why; a person corrects, confirms, accepts what words propose, and takes a word back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from marshrut.deals.models import BulkRun
from marshrut.intake.models import Correction, Inquiry

pytestmark = pytest.mark.django_db
PROPOSED = {"code": "no_criterion", "proposed": {"label": "job", "sure": 0.614, "words": ["опыт", "график любой"]}}
Look = Callable[[Any], Client]
Ask = Callable[..., Inquiry]


def owner_of(came: Inquiry, cast: Cast) -> Any:
    return cast.anna if came.dossier.owner_id == cast.anna.id else cast.boris


def test_a_manager_corrects_class_and_category_and_takes_them_back(cast: Cast, look: Look, ask: Ask) -> None:
    came = ask(message="Нужна виза в Италию", request={})
    browser = look(owner_of(came, cast))
    shown = browser.get(f"/inquiries/{came.pk}/class").content.decode()
    assert 'value="new_sale" selected' in shown
    answer = browser.post(f"/inquiries/{came.pk}/class", {"inquiry_class": "partner", "category": "insurance"})
    assert answer.status_code == 204
    now = Inquiry.objects.get(pk=came.pk)
    assert (now.inquiry_class, now.request["category"]) == ("partner", "insurance")
    card = browser.get(f"/inquiries/{came.pk}").content.decode()
    assert "Партнёр" in card
    assert "Указано вручную" in card
    again = browser.get(f"/inquiries/{came.pk}/class").content.decode()
    undo = Correction.objects.get(axis="class")
    assert f"/corrections/{undo.pk}/undo" in again
    assert browser.post(f"/corrections/{undo.pk}/undo").status_code == 204
    assert Inquiry.objects.get(pk=came.pk).inquiry_class == came.inquiry_class
    told = json.loads(answer.headers["HX-Trigger"])["done"]
    assert told["undo"] == f"/corrections/{Correction.objects.get(axis='category').pk}/undo"


def test_whoever_corrects_the_category_alone_has_said_nothing_of_the_class(cast: Cast, look: Look, ask: Ask) -> None:
    came = ask(message="Нужна виза в Италию", request={})
    browser = look(owner_of(came, cast))
    assert browser.post(f"/inquiries/{came.pk}/class", {"inquiry_class": came.inquiry_class, "category": "insurance"}).status_code == 204
    assert list(Correction.objects.values_list("axis", flat=True)) == ["category"]
    assert browser.post(f"/inquiries/{came.pk}/class", {"inquiry_class": came.inquiry_class, "category": "insurance"}).status_code == 204
    assert set(Correction.objects.values_list("axis", "way")) == {("category", "dialog"), ("class", "confirmed")}


def test_what_words_propose_is_accepted_with_one_click(cast: Cast, look: Look, ask: Ask) -> None:
    came = ask(message="Ищу подработку", channel="email", request={})
    Inquiry.objects.filter(pk=came.pk).update(inquiry_class="other", class_reason=PROPOSED)
    browser = look(owner_of(came, cast))
    card = browser.get(f"/inquiries/{came.pk}").content.decode()
    assert "0,61" in card
    assert "«опыт»" in card
    assert "Ищет работу" in card
    assert browser.post(f"/inquiries/{came.pk}/class/accept").status_code == 204
    assert Inquiry.objects.get(pk=came.pk).inquiry_class == "job"
    assert Correction.objects.get().way == "proposal"
    assert browser.post(f"/inquiries/{came.pk}/class/accept").status_code == 409, "nothing is proposed any more"


def test_what_the_model_decided_is_confirmed_with_one_click(cast: Cast, look: Look, ask: Ask) -> None:
    came = ask(request={})
    Inquiry.objects.filter(pk=came.pk).update(class_reason={"code": "model", "sure": 0.931, "words": ["море"]})
    browser = look(owner_of(came, cast))
    assert f"/inquiries/{came.pk}/class/confirm" in browser.get(f"/inquiries/{came.pk}").content.decode()
    assert browser.post(f"/inquiries/{came.pk}/class/confirm").status_code == 204
    assert Correction.objects.get().way == "confirmed"


def test_a_class_that_is_none_is_refused_in_the_dialog(cast: Cast, look: Look, ask: Ask) -> None:
    came = ask()
    browser = look(owner_of(came, cast))
    for said in ({"inquiry_class": "vip"}, {"inquiry_class": ""}, {"inquiry_class": "job", "category": "космос"}):
        answer = browser.post(f"/inquiries/{came.pk}/class", {"category": "", **said})
        assert answer.status_code == 422
        assert "Выберите" in answer.content.decode()


def test_a_stranger_corrects_nothing_and_is_not_told_it_exists(cast: Cast, look: Look, ask: Ask) -> None:
    came = ask()
    browser = look(cast.stranger)
    for address in ("class", "class/accept", "class/confirm", "category/confirm"):
        assert browser.post(f"/inquiries/{came.pk}/{address}", {"inquiry_class": "spam"}).status_code == 404
    assert not Correction.objects.exists()


def test_many_are_corrected_at_once_and_taken_back(cast: Cast, look: Look, ask: Ask) -> None:
    came = [ask(request={}, message="Нужна виза") for _one in range(3)]
    browser = look(cast.supervisor)
    ids = ",".join(str(one.pk) for one in came)
    asked = browser.post("/lists/inquiries/bulk/correct", {"ids": ids}).content.decode()
    assert "оставить как есть" in asked
    assert browser.post("/lists/inquiries/bulk/correct", {"ids": ids, "step": "do"}).status_code == 422, "nothing was said"
    answer = browser.post("/lists/inquiries/bulk/correct", {"ids": ids, "step": "do", "inquiry_class": "partner", "category": "-"})
    assert answer.status_code == 200
    assert {(one.inquiry_class, one.request.get("category")) for one in Inquiry.objects.all()} == {("partner", None)}
    assert set(Correction.objects.values_list("way", flat=True)) == {"bulk"}
    run = BulkRun.objects.get()
    assert browser.post(f"/lists/runs/{run.pk}/undo", headers={"HX-Request": "true"}).status_code == 200
    assert {(one.inquiry_class, one.request.get("category")) for one in Inquiry.objects.all()} == {("new_sale", "visa")}
    assert not Correction.objects.filter(undone_at__isnull=True).exists()
