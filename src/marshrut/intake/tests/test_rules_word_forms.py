"""Words of a criterion in all their forms, Russian and Ukrainian."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marshrut.intake.rules import InquiryFacts, compile_criteria
from marshrut.intake.rules.condition_logic import contradiction, shadows
from marshrut.intake.rules.condition_trees import Group, Line, in_all_forms, is_in_all_forms
from marshrut.intake.rules.facts import words_of
from marshrut.intake.rules.lexicon import Lexicon
from marshrut.intake.rules.word_forms import forms_of_word


def matches(entry: str, message: str) -> bool:
    criteria = compile_criteria([{"name": "слова", "inquiry_class": "partner", "conditions": {"words_any": [entry]}}])
    return criteria.classify(InquiryFacts(channel="email", today=date(2026, 11, 22), message=message)).inquiry_class == "partner"


@pytest.mark.parametrize(("entry", "messages"), [
    ("виза~", ["нужна виза", "сделать визу", "цена визы", "документы по визе", "с визами", "без виз"]),
    ("віза~", ["потрібна віза", "зробити візу", "без візи", "у візі", "з візами"]),
    ("туры в Турцию~", ["туры в Турцию", "тур в турцию", "тура в Турции", "о турах в Турцию"]),
    ("відпочинок у Туреччині~", ["відпочинку в Туреччині", "відпочинок у Туреччину"]),
    ("горящий тур~", ["горящие туры", "горящего тура", "о горящих турах"]),
    ("путёвка~", ["путевку", "путёвок нет", "по путевкам"]),
    ("відпустка~", ["у відпустці", "відпусток", "відпустку"]),
    ("квиток~", ["квитка", "квитки", "квитків"]),
    ("море~", ["на море", "у моря", "морем", "к морю"]),
    ("экскурсия~", ["экскурсии", "экскурсию", "экскурсиями"]),
    ("страхование~", ["страхования", "страхованием"]),
    ("отель~", ["отеля", "в отеле", "отелями", "отелей"]),
    ("готель~", ["готелю", "у готелі", "готелів"]),
    ("цены~", ["цена", "ценой", "цен"]),
])  # fmt: skip
def test_a_word_in_any_form_finds_the_others(entry: str, messages: list[str]) -> None:
    assert [message for message in messages if not matches(entry, message)] == []


@pytest.mark.parametrize(("entry", "message"), [
    ("виза~", "завтра визит директора"), ("виза~", "визуально похоже"), ("тур~", "турбаза"), ("море~", "моржи"), ("виза", "нужна визу"),
    ("цена~", "ценить"), ("tour~", "tours"), ("на~", "наш отель"),
])  # fmt: skip
def test_another_word_is_not_found_nor_another_form_where_nobody_asked(entry: str, message: str) -> None:
    assert not matches(entry, message)


@given(some.text(alphabet="абвгдеийклмнопрстуьыяіїє", min_size=1, max_size=12))
def test_every_word_is_one_of_its_own_forms(word: str) -> None:
    folded = words_of(word)[0]
    forms = forms_of_word(folded)
    assert folded in forms
    assert len(forms) < 150


def test_what_is_said_of_criteria_before_knows_the_forms() -> None:
    def line(kind: str, *texts: str) -> Group:
        return Group("all", (Line(kind, texts),))

    assert shadows(line("words_any", "виза~"), line("words_any", "визу"))
    assert shadows(line("words_any", "виз*"), line("words_any", "виза~"))
    assert not shadows(line("words_any", "визу"), line("words_any", "виза~"))
    assert not shadows(line("words_any", "виза~"), line("words_any", "виз*"))
    assert contradiction(Group("all", (Line("words_any", ("визу",)), Line("words_none", ("виза~",)))))


@given(some.lists(some.sampled_from(["виза", "визу", "виза~", "виз*", "тур", "туры~", "горящ* тур~"]), min_size=2, max_size=2))
def test_what_one_entry_covers_it_also_finds(entries: list[str]) -> None:
    wide, narrow = entries
    if not shadows(Group("all", (Line("words_any", (wide,)),)), Group("all", (Line("words_any", (narrow,)),))):
        return
    for words in (*product(["виза", "визу", "визами", "визит", "тур", "туры"]), ("горящие", "туры"), ("горящий", "тур")):
        lexicon = Lexicon()
        numbers = [lexicon.add(wide), lexicon.add(narrow)]
        found = lexicon.find(words)
        assert numbers[1] not in found or numbers[0] in found


def test_a_line_says_of_all_its_words_whether_they_bend() -> None:
    assert in_all_forms(("виза", "виз*", "тур~")) == ("виза~", "виз*", "тур~")
    assert is_in_all_forms(("виза~", "виз*"))
    assert is_in_all_forms(()), "so a new line begins"
    assert not is_in_all_forms(("виза~", "тур"))
    assert not is_in_all_forms(("виз*",))
