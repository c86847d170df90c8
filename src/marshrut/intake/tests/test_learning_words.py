"""Words learned from the agency's own corrections, from a button or by night, and used at the door."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast

from marshrut.core.errors import Invalid
from marshrut.intake.models import Correction, Inquiry, Learning, LearningRun, RuleSetting
from marshrut.intake.queries.words import count_examples, newest_word_figures, read_examples
from marshrut.intake.reference import read_reference
from marshrut.intake.services import correct_inquiry
from marshrut.intake.services.learning_runs import WORDS, ask_for_run, work_on_runs
from marshrut.intake.services.learning_words import learn_from_corrections, save_confidence
from marshrut.intake.tests.conftest import Agency, moscow
from marshrut.intake.tests.said import said_by_people
from marshrut.intake.wording import say

pytestmark = pytest.mark.django_db
SAID = said_by_people()[:105]
NOW = moscow(23, 10)
UNKNOWN = "Ищу место администратора, опыт работы в туризме, график любой"


@pytest.fixture
def corrected(agency: Agency, come: Callable[..., Any]) -> Agency:
    """People have said of a hundred older inquiries what they are."""
    model = come(NOW - timedelta(days=30), channel="email", message="хм")
    _copy(model)
    return agency


def _copy(model: Inquiry) -> None:
    """The same inquiry as often as there are messages, an hour apart, each with what a person said of it."""
    examples = SAID
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_name = 'channels_rawmessage' and column_name not in ('id', 'external_id')"
        )
        raw = ", ".join(row[0] if row[0] != "by" else '"by"' for row in cursor.fetchall())
        names = [field.column for field in Inquiry._meta.concrete_fields]
        own = {
            "raw_id": "r.id",
            "message": "e.message",
            "received_at": "i.received_at + e.n * interval '1 hour'",
            "state": "'joined'",
            "joined_to_id": str(model.pk),
            "clock_state": "'none'",
            "external_id": "null",
        }
        cursor.execute(
            f"""with e as (select * from unnest(%s::text[], %s::text[]) with ordinality e(message, label, n)),
                r as (insert into channels_rawmessage({raw}) select {raw} from channels_rawmessage, e where id = %s returning id),
                n as (select id, row_number() over (order by id) n from r),
                i as (insert into intake_inquiry({', '.join(names)})
                      select {', '.join(own.get(name, f'i.{name}') for name in names)} from n r join e on e.n = r.n, intake_inquiry i
                      where i.raw_id = %s returning raw_id)
                insert into intake_correction(inquiry_id, axis, before, after, reason_before, way, at, by, by_name)
                select r.id, 'class', 'other', e.label, '{{}}', 'dialog', now(), 'employee:1', 'Анна' from n r join e on e.n = r.n""",
            [[one.message for one in examples], [one.label for one in examples], model.pk, model.pk],
        )  # fmt: skip


def test_P01_what_people_corrected_is_learned_and_decides_where_no_criterion_matches(
    corrected: Agency, come: Callable[..., Any]
) -> None:
    assert count_examples() == {"class": len(SAID)}
    assert [one.message for one in read_examples("class")][:3] == [one.message for one in SAID][:3], (
        "in the order of arrival"
    )
    first = come(NOW, channel="email", message=UNKNOWN)
    told = learn_from_corrections(now=NOW)
    assert told["class"]["examples"] == len(SAID)
    assert told["category"] == {"few": 0, "labels": 0}
    proposed = come(NOW, channel="email", message=UNKNOWN)
    assert first.class_reason == {"code": "no_criterion"}
    assert (proposed.inquiry_class, proposed.class_reason["proposed"]["label"]) == ("other", "job")
    save_confidence(typed={"class": "50"}, by=corrected.owner, now=NOW)
    decided = come(NOW, channel="email", message=UNKNOWN)
    assert (decided.inquiry_class, decided.class_reason["code"]) == ("job", "model")
    assert "опыт" in say(decided.class_reason)


def test_a_proposal_accepted_is_counted_and_learned_from(corrected: Agency, come: Callable[..., Any]) -> None:
    learn_from_corrections(now=NOW)
    came = come(NOW, channel="email", message=UNKNOWN)
    correct_inquiry(
        inquiry_id=came.pk, inquiry_class="job", way="proposal", reference=read_reference(), by=corrected.owner, now=NOW
    )
    assert Correction.objects.get(inquiry_id=came.pk).way == "proposal"
    assert Inquiry.objects.get(pk=came.pk).class_reason["code"] == "by_hand"


def test_what_the_words_decided_is_counted_once_whatever_people_say_of_it(corrected: Agency, come: Callable[..., Any]) -> None:
    from marshrut.intake.queries.words import Kept, count_kept

    came = [come(NOW, channel="email", message=UNKNOWN) for _one in range(3)]
    for one in came:
        Inquiry.objects.filter(pk=one.pk).update(inquiry_class="job", class_reason={"code": "model", "sure": 0.9, "words": ["опыт"]})
    for one, said in zip(came, ("job", "partner"), strict=False):
        correct_inquiry(inquiry_id=one.pk, inquiry_class=said, way="dialog", reference=read_reference(), by=corrected.owner, now=NOW)
    assert count_kept(NOW - timedelta(days=1))["class"] == Kept(decided=3, changed=1, accepted=0)


def test_the_job_learns_once_and_keeps_the_same_only_once(corrected: Agency) -> None:
    ask_for_run(kind=WORDS, asked={}, by=corrected.owner, now=NOW)
    assert work_on_runs(lambda: NOW) == 1
    run = LearningRun.objects.get(kind=WORDS)
    assert (run.problem, run.progress) == ("", 1)
    assert run.result["class"]["later"] == newest_word_figures()["class"].figures["later"]
    assert work_on_runs(lambda: NOW) == 0
    learn_from_corrections(now=NOW + timedelta(hours=1))
    assert Learning.objects.filter(kind="class").count() == 1


def test_examples_taken_back_take_what_was_learned_with_them(corrected: Agency) -> None:
    learn_from_corrections(now=NOW)
    assert newest_word_figures()
    Correction.objects.update(undone_at=NOW)
    assert learn_from_corrections(now=NOW)["class"] == {"few": 0, "labels": 0}
    assert not newest_word_figures()
    assert not read_reference().rules.classifying.words.models


def test_by_night_it_learns_by_itself(cast: Cast) -> None:
    night = datetime(2026, 11, 23, 0, 10, tzinfo=UTC)  # three in the morning in Moscow
    work_on_runs(lambda: night)
    work_on_runs(lambda: night + timedelta(minutes=5))
    assert LearningRun.objects.filter(kind=WORDS).count() == 1


@pytest.mark.parametrize("text", ["49", "100", "много", "-5", "nan", "1e9"])
def test_a_confidence_that_cannot_be_is_refused_with_its_field(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_confidence(typed={"class": text}, by=cast.owner, now=NOW)
    assert refused.value.field == "class"
    assert not RuleSetting.objects.exists()


def test_an_empty_confidence_only_proposes(cast: Cast) -> None:
    save_confidence(typed={"class": "80", "category": "90"}, by=cast.owner, now=NOW)
    assert read_reference().rules.classifying.words.decides_from == {"class": 0.8, "category": 0.9}
    save_confidence(typed={"class": ""}, by=cast.owner, now=NOW)
    assert read_reference().rules.classifying.words.decides_from == {"class": None, "category": 0.9}


def test_nobody_is_learned_from_whose_message_was_erased(corrected: Agency) -> None:
    Inquiry.objects.filter(joined_to__isnull=False).update(message="")
    assert read_examples("class") == []
