"""Conditions as a form: what is typed and what is stored say the same, and what is said of criteria beforehand is true."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshrut.intake.rules import CATEGORIES, CHANNELS, InquiryFacts, PersonFacts, default_criteria, default_relevance
from marshrut.intake.rules.condition_logic import always_holds, contradiction, shadows
from marshrut.intake.rules.condition_trees import (
    EMPTY,
    ConditionFormError,
    Group,
    Line,
    Node,
    act_on,
    from_conditions,
    read_form,
    to_conditions,
    walk,
)
from marshrut.intake.rules.conditions import FEATURES, MEASURES, ConditionCompiler, Reading

WORDS = ("тур", "тур*", "туры", "тур~", "горящ* тур*", "горящий тур~", "виза", "виз*", "визу~", "отель", "не", "сайт")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(tuple)
lines = st.one_of(
    st.builds(Line, st.sampled_from(("words_any", "words_all", "words_none")), texts),
    st.builds(Line, st.just("channel"), st.lists(st.sampled_from(CHANNELS[:4]), min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(Line, st.just("source"), st.lists(st.sampled_from(("vk_*", "vk_one", "site", "s*")), min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(Line, st.just("category"), st.lists(st.sampled_from(CATEGORIES[:3]), min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(Line, st.just("direction"), st.lists(st.sampled_from(("turkey", "egypt")), min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(Line, st.just("person"), st.sampled_from(("known", "unknown", "vip")).map(lambda name: (name,))),
    st.builds(Line, st.sampled_from(("has", "lacks")), st.lists(st.sampled_from(sorted(FEATURES)), min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(Line, st.just("measure"), st.just(()), st.sampled_from(sorted(MEASURES)), st.sampled_from(("above", "below", "at_least", "at_most")),
              st.sampled_from(("-1", "0", "1", "2", "3", "2,5"))),
)  # fmt: skip
nodes: st.SearchStrategy[Node] = st.recursive(
    lines, lambda inner: st.builds(Group, st.sampled_from(("all", "any", "not")), st.lists(inner, min_size=1, max_size=3).map(tuple)), max_leaves=5
)
trees = st.lists(nodes, max_size=3).map(lambda children: Group("all", tuple(children))).filter(lambda tree: depth(tree) <= 4)
facts = st.builds(
    InquiryFacts,
    channel=st.sampled_from(CHANNELS[:4]), today=st.just(date(2026, 11, 22)), source_slug=st.sampled_from(("vk_one", "vk_two", "site")),
    message=st.lists(st.sampled_from(("тур", "туры", "горящий", "виза", "визы", "отель", "не", "сайт", "https://x")), max_size=5).map(" ".join),
    category=st.none() | st.sampled_from(CATEGORIES[:3]), directions=st.lists(st.sampled_from(("turkey", "egypt")), max_size=2, unique=True).map(tuple),
    adults=st.none() | st.integers(0, 4), rooms=st.none() | st.integers(1, 2), nights_from=st.none() | st.integers(1, 4),
    date_from=st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 26)), has_name=st.booleans(), has_phone=st.booleans(),
    person=st.booleans().flatmap(lambda known: st.builds(
        PersonFacts, is_known=st.just(known), past_deals=st.integers(0, 5) if known else st.just(0))),
)  # fmt: skip
THOROUGH = settings(max_examples=300, deadline=None)


def depth(node: Node) -> int:
    return 1 + max((depth(child) for child in node.children), default=0) if isinstance(node, Group) else 0


def holds(tree: Group, inquiry: InquiryFacts) -> bool:
    compiler = ConditionCompiler()
    condition = compiler.compile(to_conditions(tree), "c")
    return condition(Reading(inquiry, compiler.lexicon.find(inquiry.words))) is not None


def as_posted(node: Node, place: str = "c") -> dict[str, list[str]]:
    """What a browser would send of the form that shows this tree."""
    posted: dict[str, list[str]] = {}
    for here, one in walk(node, place):
        if here == place:
            continue
        posted[f"{here}.kind"] = [one.kind]
        if isinstance(one, Line):
            posted |= {f"{here}.measure": [one.measure], f"{here}.comparison": [one.comparison], f"{here}.number": [one.number],
                       f"{here}.text": ["\n".join(one.texts)], f"{here}.pick": list(one.texts)}  # fmt: skip
    return posted


@THOROUGH
@given(trees, st.lists(facts, max_size=5))
def test_stored_and_shown_again_conditions_mean_the_same(tree: Group, inquiries: list[InquiryFacts]) -> None:
    again = from_conditions(to_conditions(tree))
    assert [holds(tree, one) for one in inquiries] == [holds(again, one) for one in inquiries]


@THOROUGH
@given(trees)
def test_a_form_says_what_it_shows(tree: Group) -> None:
    assert read_form(as_posted(tree)) == tree


@pytest.mark.parametrize("row", [*default_criteria(), *default_relevance()["criteria"]], ids=lambda row: row.get("name") or row["code"])
def test_every_delivered_criterion_goes_through_the_form_and_means_the_same(row: dict[str, Any]) -> None:
    seasons, measures = ("new_year",), ("budget_ratio",)
    tree = from_conditions(row["conditions"])
    assert read_form(as_posted(tree)) == tree
    stored = to_conditions(tree, seasons=seasons, measures=measures)
    assert to_conditions(from_conditions(stored), seasons=seasons, measures=measures) == stored
    assert contradiction(tree) is None


@THOROUGH
@given(trees, st.lists(facts, min_size=1, max_size=8))
def test_what_is_called_contradictory_never_holds_and_what_is_called_certain_always_does(tree: Group, inquiries: list[InquiryFacts]) -> None:
    if contradiction(tree):
        assert not any(holds(tree, one) for one in inquiries)
    if always_holds(tree):
        assert all(holds(tree, one) for one in inquiries)


@THOROUGH
@given(trees, trees, st.lists(facts, min_size=1, max_size=8))
def test_what_is_called_shadowed_is_never_reached(earlier: Group, later: Group, inquiries: list[InquiryFacts]) -> None:
    if shadows(earlier, later):
        assert all(holds(earlier, one) for one in inquiries if holds(later, one))


def words(*entries: str, kind: str = "words_any") -> Line:
    return Line(kind, entries)


def test_contradictions_a_person_would_see_are_seen() -> None:
    def clashes(*children: Node) -> bool:
        return contradiction(Group("all", children)) is not None

    assert clashes(Line("person", ("known",)), Line("person", ("unknown",)))
    assert clashes(Line("channel", ("phone",)), Line("channel", ("email", "api")))
    assert clashes(Line("has", ("budget",)), Line("lacks", ("budget", "dates")))
    assert clashes(Line("measure", (), "adults", "above", "3"), Line("measure", (), "adults", "below", "4"))
    assert clashes(Line("measure", (), "links", "below", "0"))
    assert clashes(words("туры"), words("тур*", kind="words_none"))
    assert clashes(Line("person", ("known",)), Group("not", (Line("person", ("known",)),)))
    assert clashes(Line("person", ("known",)), Group("any", (Line("person", ("unknown",)), Group("all", (Line("person", ("unknown",)), words("да"))))))
    assert not clashes(Line("source", ("vk_*",)), Line("source", ("vk_one",)))
    assert not clashes(Line("measure", (), "adults_per_room", "above", "3"), Line("measure", (), "adults_per_room", "below", "4"))


def test_a_wider_criterion_shadows_a_narrower_one_and_not_the_other_way_round() -> None:
    wide, narrow = Group("all", (words("виз*"),)), Group("all", (words("виза", "визы"), Line("channel", ("phone",))))
    assert shadows(wide, narrow)
    assert not shadows(narrow, wide)
    assert shadows(EMPTY, narrow)
    assert always_holds(EMPTY)


@pytest.mark.parametrize(("child", "code"), [
    (Line("words_any"), "empty"), (words("***"), "no_word"), (words("а" * 81), "too_long"), (Line("channel", ("pigeon",)), "unknown_name"),
    (Line("measure", (), "adults", "above", "много"), "not_a_number"), (Line("measure", (), "adults", "above", "1e400"), "not_a_number"),
    (Line("measure", (), "adults", "above", "nan"), "not_a_number"), (Line("measure", (), "age", "above", "1"), "unknown_name"),
    (Group("any"), "empty_group"), (Group("not"), "empty_group"), (Line("season", ("winter",)), "unknown_season"), (Line("source", ("*",)), "no_word"),
])  # fmt: skip
def test_what_cannot_be_used_is_named(child: Node, code: str) -> None:
    with pytest.raises(ConditionFormError) as refused:
        to_conditions(Group("all", (Line("person", ("known",)), child)), seasons=("may",))
    assert (refused.value.place.startswith("c.1"), refused.value.code) == (True, code)


def test_buttons_add_and_drop() -> None:
    tree = act_on(act_on(EMPTY, "add:c"), "any:c")
    assert [child.kind for child in tree.children] == ["words_any", "any"]
    assert act_on(tree, "add:c.1").children[1] == Group("any", (Line("words_any"), Line("words_any")))
    assert act_on(tree, "drop:c.0").children == tree.children[1:]
    assert act_on(tree, "drop:c") == act_on(tree, "fly:c.0") == act_on(tree, "drop:c.9.9.9") == tree


@given(st.dictionaries(st.from_regex(r"c(\.\d{1,4}){0,7}\.(kind|pick|text|number|measure)", fullmatch=True),
                       st.lists(st.sampled_from(("any", "all", "not", "measure", "words_any", "channel", "x", "")), max_size=2), max_size=30))
def test_any_form_is_read_and_then_either_used_or_refused_by_name(posted: dict[str, list[str]]) -> None:  # fmt: skip
    try:
        conditions = to_conditions(read_form(posted))
    except ConditionFormError:
        return
    ConditionCompiler().compile(conditions, "c")
