"""What words say of a message: learned from what people said, judged on later messages, told with the words that decided."""

import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.intake.rules import Classifying, InquiryFacts, RulesetError, WordRules, compile_category_criteria, compile_criteria
from marshrut.intake.rules.stems import stem, terms_of
from marshrut.intake.rules.word_judging import Judged, at_confidence, confusion, gap, learn_and_judge
from marshrut.intake.rules.word_learning import Example, TooFewExamples, learn_words
from marshrut.intake.rules.word_model import SUREST, WordModel, read_word_model
from marshrut.intake.rules.word_process import learn_words_apart
from marshrut.intake.tests.said import said_by_people
from marshrut.intake.tests.test_rules_classification import TODAY


@pytest.fixture(scope="module")
def learned() -> tuple[WordModel, dict[str, Any], list[Judged]]:
    kept, figures, judged = learn_and_judge(said_by_people())
    return read_word_model(kept), figures, judged


@pytest.mark.parametrize(
    "forms",
    [
        "вакансия вакансии вакансию вакансий вакансиями", "вакансія вакансії вакансію вакансіями", "резюме",
        "менеджер менеджера менеджером менеджеры менеджеров менеджеру", "страховка страховки страховку страховкой страховкам",
        "договор договора договору договором договоры", "сотрудничество сотрудничества сотрудничеству сотрудничеством",
        "турецкий турецкого турецкая турецкую турецкие турецких", "отель отеля отелем отели отелей отелями",
        "готель готелю готелем готелі готелів готелями", "співпраця співпраці співпрацю співпрацею", "путёвка путёвки путёвку путёвкой",
    ],
)  # fmt: skip
def test_forms_of_one_word_are_one_word(forms: str) -> None:
    assert len({stem(word) for word in forms.replace("ё", "е").split()}) == 1


def test_words_of_other_things_stay_apart() -> None:
    assert len({stem(word) for word in ("виза", "отель", "вакансия", "круиз", "билет", "море", "договор")}) == 7


@given(st.text(max_size=300))
def test_any_text_has_terms_and_no_numbers_among_them(text: str) -> None:
    assert not any(part[0].isdigit() for term in terms_of(text) for part in term.split())


def test_P01_later_messages_are_judged_better_than_by_the_usual_class(learned: Any) -> None:
    _model, figures, judged = learned
    assert figures["earlier"] + figures["later"] == figures["examples"] == len(said_by_people())
    assert min(one.id for one in judged) > figures["earlier"], "only later messages judge"
    right = figures["right"] / figures["later"]
    assert right > 0.5 > 2 * figures["usual"], f"{right:.2f} of later messages"


def test_the_surer_the_fewer_and_the_righter(learned: Any) -> None:
    judged = learned[2]
    rough, fine = at_confidence(judged, 0.5), at_confidence(judged, 0.7)
    assert rough.decided > fine.decided > 0
    assert (fine.rightness or 0) > 0.75 > sum(one.is_right for one in judged) / len(judged)
    assert learned[1]["gap"] < 0.25, "how sure it is can be believed"


def test_the_words_that_decided_are_told_as_they_were_written(learned: Any) -> None:
    guess = learned[0].guess("Добрый день! Есть ли у вас вакансия? Отправляю своё резюме, опыт в туризме")
    assert guess is not None
    assert guess.label == "job"
    assert {"вакансия", "резюме"} <= {word for words in guess.words for word in words.split()}
    assert 0.5 < guess.sure <= SUREST


def test_chances_of_any_message_are_chances(learned: Any) -> None:
    for one in said_by_people():
        guess = learned[0].guess(one.message)
        assert guess is None or 0 < guess.sure <= SUREST
    assert learned[0].guess("") is None
    assert learned[0].guess("12345 !!!") is None


def test_a_model_survives_being_stored(learned: Any) -> None:
    model = learned[0]
    again = read_word_model(model.as_json())
    assert all(again.guess(one.message) == model.guess(one.message) for one in said_by_people()[:30])
    for broken in ({}, {"labels": ["a"], "usual": [0], "terms": {}}, {"labels": ["a", "b"], "usual": [0, 0], "terms": {"x": [1, 2]}}):
        with pytest.raises(RulesetError):
            read_word_model(broken)


def test_too_few_examples_are_said_and_nothing_is_learned() -> None:
    few = said_by_people()[:20]
    with pytest.raises(TooFewExamples) as said:
        learn_words(few)
    assert said.value.examples == 20
    with pytest.raises(TooFewExamples):
        learn_words([Example(one.message, "job", one.id) for one in said_by_people()])
    with pytest.raises(TooFewExamples):
        learn_words([Example("", one.label, one.id) for one in said_by_people()])


def test_learning_apart_is_learning_the_same(learned: Any) -> None:
    said: list[float] = []
    kept, figures, judged = learn_words_apart(said_by_people(), said.append)
    assert figures == learned[1]
    assert [(one.id, one.guess) for one in judged] == [(one.id, one.guess) for one in learned[2]]
    assert read_word_model(kept).labels == learned[0].labels
    assert said == sorted(said)
    with pytest.raises(TooFewExamples):
        learn_words_apart(said_by_people()[:10])


def test_a_word_of_one_message_alone_is_not_learned(learned: Any) -> None:
    assert not any(stem("стоматология") == term for term in learned[0].weights)


def test_a_usual_message_costs_a_fifth_of_a_millisecond_at_most(learned: Any) -> None:
    messages = [one.message for one in said_by_people()]
    for message in messages:
        learned[0].guess(message)
    spent = min(_spent(learned[0], messages) for _turn in range(3))
    assert spent / len(messages) < 200e-6


def _spent(model: WordModel, messages: list[str]) -> float:
    before = time.process_time()
    for message in messages:
        model.guess(message)
    return time.process_time() - before


# --- where no criterion matches --------------------------------------------------------------------------------------

LETTER = "Отправляю резюме, есть ли вакансия? Опыт в туризме"


def classifying(model: WordModel, least: float | None, criteria: list[dict[str, Any]] | None = None) -> Classifying:
    words = WordRules({"class": model}, {"class": least})
    return Classifying(compile_criteria(criteria or []), compile_category_criteria([]), words)


def facts(message: str, **about: Any) -> InquiryFacts:
    return InquiryFacts(channel="email", today=TODAY, message=message, **about)


def test_P01_where_no_criterion_matches_the_words_decide_from_the_confidence_on(learned: Any) -> None:
    found = classifying(learned[0], 0.5).class_of(facts(LETTER))
    assert (found.inquiry_class, found.reason["code"]) == ("job", "model")
    assert found.reason["sure"] >= 0.5
    assert found.reason["words"]


def test_below_the_confidence_and_without_one_the_words_only_propose(learned: Any) -> None:
    for least in (None, 0.999):
        found = classifying(learned[0], least).class_of(facts(LETTER))
        assert (found.inquiry_class, found.reason["code"]) == ("other", "no_criterion")
        assert found.reason["proposed"]["label"] == "job"


def test_a_criterion_is_asked_before_the_words(learned: Any) -> None:
    rows = [{"name": "Письма", "inquiry_class": "partner", "conditions": {"channel": ["email"]}}]
    assert classifying(learned[0], 0.5, rows).class_of(facts(LETTER)).inquiry_class == "partner"


def test_the_certainty_and_the_confusion_of_a_few_judged() -> None:
    judged = [Judged(1, "job", "job", 0.9), Judged(2, "job", "spam", 0.6), Judged(3, "spam", "spam", 0.8), Judged(4, "spam", "", 0.0)]
    assert {cell: [one.id for one in rows] for cell, rows in confusion(judged).items()} == {
        ("job", "job"): [1], ("job", "spam"): [2], ("spam", "spam"): [3], ("spam", ""): [4]
    }  # fmt: skip
    assert (at_confidence(judged, 0.7).decided, at_confidence(judged, 0.7).right) == (2, 2)
    assert at_confidence(judged, 0.95).rightness is None
    assert math.isclose(gap(judged, spans=1), abs(0.9 + 0.6 + 0.8 - 2) / 3)
