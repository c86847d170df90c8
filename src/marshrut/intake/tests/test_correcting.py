"""A person says what an inquiry is: it is so from then on, what follows is decided anew, and it may be taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.intake.models import ContactPolicy, Correction, Inquiry
from marshrut.intake.queries.words import corrections_of, read_examples
from marshrut.intake.reference import read_reference
from marshrut.intake.services import correct_inquiry, mark_spam, reopen_inquiry, undo_correction
from marshrut.intake.tests.conftest import Agency, moscow

pytestmark = pytest.mark.django_db
NOW = moscow(23, 10)
Come = Callable[..., Any]


def correct(inquiry: Inquiry, by: Any, **said: Any) -> Any:
    return correct_inquiry(inquiry_id=inquiry.pk, way="dialog", reference=read_reference(), by=by, now=NOW + timedelta(minutes=1), **said)


def again(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_related("dossier").get(pk=inquiry.pk)


def test_P01_a_class_set_by_hand_stands_with_who_set_it_and_is_an_example(agency: Agency, come: Come) -> None:
    came = come(NOW, channel="email", message="Добрый день, пришлите условия для новых менеджеров")
    correct(came, agency.owner, inquiry_class="job")
    now = again(came)
    assert (now.inquiry_class, now.class_reason) == ("job", {"code": "by_hand", "by": agency.owner.name})
    line = corrections_of(came.pk)[0]
    assert (line.before, line.after, line.way, line.by) == (came.inquiry_class, "job", "dialog", agency.owner.name)
    assert [(one.label, one.id) for one in read_examples("class")] == [("job", came.pk)]


def test_what_follows_from_the_class_is_decided_anew(agency: Agency, come: Come) -> None:
    ContactPolicy.objects.create(channel="", inquiry_class="partner", required=["name", "email"])
    came = come(NOW, message="Пришлите каталог")
    before = came.priority
    correct(came, agency.owner, inquiry_class="partner")
    now = again(came)
    assert now.contact_missing == ["email"]
    assert now.priority != before
    assert now.priority_reasons != came.priority_reasons
    assert now.arrival == came.arrival, "what was known on arrival stays as it was"


def test_a_wrong_correction_is_taken_back_with_all_that_followed(agency: Agency, come: Come) -> None:
    came = come(NOW, message="Хотим в Турцию вдвоём")
    done = correct(came, agency.owner, inquiry_class="trip_trouble")
    assert again(came).priority != came.priority
    undo_correction(correction_id=done.corrections[0], reference=read_reference(), by=agency.owner, now=NOW + timedelta(minutes=2))
    now = again(came)
    assert (now.inquiry_class, now.class_reason, now.contact_missing) == (came.inquiry_class, came.class_reason, came.contact_missing)
    assert abs(now.priority - came.priority) <= 1
    assert read_examples("class") == []
    assert corrections_of(came.pk)[0].is_undone
    with pytest.raises(NotFound):
        undo_correction(correction_id=done.corrections[0], reference=read_reference(), by=agency.owner, now=NOW)


def test_only_the_last_word_can_be_taken_back(agency: Agency, come: Come) -> None:
    came = come(NOW, message="Хотим в Турцию вдвоём")
    first = correct(came, agency.owner, inquiry_class="spam").corrections[0]
    second = correct(came, agency.owner, inquiry_class="partner").corrections[0]
    with pytest.raises(Refused):
        undo_correction(correction_id=first, reference=read_reference(), by=agency.owner, now=NOW)
    undo_correction(correction_id=second, reference=read_reference(), by=agency.owner, now=NOW)
    assert again(came).inquiry_class == "spam"
    assert [one.label for one in read_examples("class")] == ["spam"]


def test_saying_the_same_confirms_and_saying_it_twice_counts_once(agency: Agency, come: Come) -> None:
    came = come(NOW, message="Хотим в Турцию вдвоём")
    correct(came, agency.owner, inquiry_class=came.inquiry_class)
    correct(came, agency.owner, inquiry_class=came.inquiry_class)
    assert again(came).class_reason == came.class_reason, "a confirmed class keeps its reason"
    assert [one.way for one in corrections_of(came.pk)] == ["confirmed"]


def test_a_category_by_hand_goes_to_whoever_is_skilled_in_it_while_nobody_has_answered(agency: Agency, come: Come) -> None:
    from marshrut.catalog.models import Category, Skill

    holder_of = {agency.anna.id: agency.boris, agency.boris.id: agency.anna, agency.denis.id: agency.anna}
    came = come(NOW, message="Здравствуйте, перезвоните мне")
    skilled = holder_of[came.dossier.owner_id]
    Skill.objects.filter(employee_id__in=agency.managers).delete()
    Skill.objects.create(employee_id=skilled.id, category=Category.objects.get(slug="visa"))
    done = correct(came, agency.owner, category="visa")
    now = again(came)
    assert (now.dossier.owner_id, done.given_to) == (skilled.id, skilled.name)
    assert now.request["category"] == "visa"
    assert now.owner_reason[0]["code"] == "corrected"
    assert now.clock_state == "running"
    assert now.clock_started_at == came.clock_started_at


def test_an_answered_inquiry_stays_with_whoever_answered(agency: Agency, come: Come) -> None:
    from marshrut.agency.queries import actor_of_employee
    from marshrut.catalog.models import Category, Skill
    from marshrut.intake.services import answer_client

    came = come(NOW, message="Здравствуйте, перезвоните мне")
    owner = came.dossier.owner_id
    Skill.objects.filter(employee_id__in=agency.managers).delete()
    Skill.objects.create(employee_id=next(iter(agency.managers - {owner})), category=Category.objects.get(slug="visa"))
    answer_client(dossier_id=came.dossier_id, kind="call_out", body="", by=actor_of_employee(owner), now=NOW)
    assert correct(came, agency.owner, category="visa").given_to == ""
    assert again(came).dossier.owner_id == owner


def test_a_closed_inquiry_is_corrected_for_the_reports_and_nothing_else_of_it(agency: Agency, come: Come) -> None:
    from marshrut.intake.services import close_inquiry

    came = come(NOW, message="Хотим в Турцию вдвоём")
    close_inquiry(inquiry_id=came.pk, outcome="wrong_address", reason="", by=agency.owner, now=NOW)
    correct(came, agency.owner, inquiry_class="other")
    now = again(came)
    assert (now.inquiry_class, now.priority, now.state) == ("other", came.priority, "closed")


def test_spam_in_one_click_is_an_example_and_opening_it_again_takes_both_back(agency: Agency, come: Come) -> None:
    came = come(NOW, message="Хотим в Турцию вдвоём")
    mark_spam(inquiry_id=came.pk, by=agency.owner, now=NOW)
    assert [one.label for one in read_examples("class")] == ["spam"]
    reopen_inquiry(inquiry_id=came.pk, reference=read_reference(), by=agency.owner, now=NOW)
    assert again(came).inquiry_class == came.inquiry_class
    assert read_examples("class") == []


def test_what_nobody_knows_is_refused_by_name(agency: Agency, come: Come) -> None:
    came = come(NOW)
    for said, field in (({"inquiry_class": "vip"}, "inquiry_class"), ({"category": "космос"}, "category"), ({}, "inquiry_class")):
        with pytest.raises(Invalid) as refused:
            correct(came, agency.owner, **said)
        assert refused.value.field == field
    assert not Correction.objects.exists()


def test_a_stranger_corrects_nothing(agency: Agency, come: Come) -> None:
    came = come(NOW)
    with pytest.raises(NotFound):
        correct(came, agency.oleh, inquiry_class="spam")
    done = correct(came, agency.owner, inquiry_class="partner")
    with pytest.raises(NotFound):
        undo_correction(correction_id=done.corrections[0], reference=read_reference(), by=agency.oleh, now=NOW)
