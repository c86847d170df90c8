"""Conditions as the editor shows them: each line with its place, its fields and their options, worded as a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.rule_pages import Choice, channel_choices
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import default_relevance
from marshrut.intake.rules.condition_trees import (
    COMPARISONS,
    DEEPEST,
    WORD_KINDS,
    Group,
    Line,
    Node,
    from_conditions,
    is_in_all_forms,
    read_number,
)
from marshrut.intake.rules.conditions import FEATURES, MEASURES, PERSONS
from marshrut.intake.rules.lexicon import ANY_FORM
from marshrut.intake.wording import BOARDS, SEASONS, board_label
from marshrut.ui.wording import figure, typed_figure

KINDS = {
    "words_any": lazy("the message has one of the words"),
    "words_all": lazy("the message has all of the words"),
    "words_none": lazy("the message has none of the words"),
    "channel": lazy("the channel is one of"),
    "source": lazy("the source is one of"),
    "category": lazy("the category is one of"),
    "direction": lazy("the direction is one of"),
    "board": lazy("the board is one of"),
    "person": lazy("the person is"),
    "has": lazy("there is"),
    "lacks": lazy("there is no"),
    "measure": lazy("a number"),
    "season": lazy("the season is one of"),
}
GROUP_WORDS = {
    "all": lazy("All of these hold"),
    "any": lazy("At least one of these holds"),
    "not": lazy("It is not so that all of these hold"),
}
PERSON_WORDS = {"known": lazy("known to us"), "unknown": lazy("not known to us"), "vip": lazy("a VIP client")}
FEATURE_WORDS = {
    "name": lazy("a name"),
    "phone": lazy("a phone"),
    "email": lazy("an e-mail"),
    "messenger": lazy("a messenger"),
    "message": lazy("a message"),
    "request": lazy("any request at all"),
    "category": lazy("a category"),
    "directions": lazy("a direction"),
    "dates": lazy("dates"),
    "nights": lazy("a number of nights"),
    "adults": lazy("a number of adults"),
    "rooms": lazy("a number of rooms"),
    "stars": lazy("stars of the hotel"),
    "board": lazy("a board"),
    "departure": lazy("a city of departure"),
    "budget": lazy("a budget"),
    "open_matter": lazy("an open matter"),
    "booking": lazy("a booking"),
    "trip": lazy("a trip going on"),
    "owner": lazy("a manager of their own"),
}
MEASURE_WORDS = {
    "adults": lazy("adults"),
    "children": lazy("children"),
    "party": lazy("people in all"),
    "rooms": lazy("rooms"),
    "nights": lazy("nights"),
    "stars": lazy("stars of the hotel"),
    "adults_per_room": lazy("adults in a room"),
    "lead_days": lazy("days until departure"),
    "past_deals": lazy("former purchases"),
    "links": lazy("links in the message"),
    "words": lazy("words in the message"),
    "budget_ratio": lazy("budget ÷ what such a trip costs at least"),
    "budget_per_person_night": lazy("budget per person and night"),
}
COMPARISON_WORDS = {
    "above": lazy("more than"),
    "at_least": lazy("at least"),
    "below": lazy("less than"),
    "at_most": lazy("at most"),
}


@dataclass(frozen=True)
class Shape:
    """A line or a group as the template draws it. `error` is a sentence; `summary` the line said in words."""

    place: str
    kind: str
    is_group: bool
    summary: str
    text: str = ""
    is_in_all_forms: bool = False
    picked: tuple[str, ...] = ()
    options: list[Choice] = field(default_factory=list)
    measure: str = ""
    comparison: str = ""
    number: str = ""
    error: str = ""
    may_nest: bool = False
    children: list["Shape"] = field(default_factory=list)


@dataclass(frozen=True)
class Editor:
    """Everything the editor of conditions needs besides the lines: the kinds and the options of selects."""

    root: Shape
    kinds: list[Choice]
    measures: list[Choice]
    comparisons: list[Choice]
    sources: list[Choice]
    directions: list[Choice]


def shape_editor(
    root: Group, reference: Reference, errors: Mapping[str, str], *, seasons: Sequence[str] = (), more: Sequence[str] = ()
) -> Editor:
    """The editor of a tree. `seasons` and `more` measures are those of relevance; without seasons there is no such line."""
    options = _options(reference, seasons)
    kinds = [Choice(kind, str(words)) for kind, words in KINDS.items() if kind != "season" or seasons]
    return Editor(
        _shape(root, "c", options, errors, 0),
        kinds,
        [Choice(name, str(MEASURE_WORDS.get(name, name))) for name in (*MEASURES, *more)],
        [Choice(name, str(COMPARISON_WORDS[name])) for name in COMPARISONS],
        [Choice(slug, one.name) for slug, one in reference.sources.items()],
        [Choice(slug, name) for slug, name in reference.catalogue.directions.items()],
    )


def _options(reference: Reference, seasons: Sequence[str]) -> dict[str, list[Choice]]:
    features = [Choice(name, str(FEATURE_WORDS.get(name, name))) for name in FEATURES]
    return {
        "channel": channel_choices(),
        "category": [Choice(slug, name) for slug, name in reference.catalogue.categories.items()],
        "person": [Choice(name, str(PERSON_WORDS.get(name, name))) for name in PERSONS],
        "board": [Choice(code, board_label(code)) for code in BOARDS],
        "has": features,
        "lacks": features,
        "season": [Choice(slug, season_label(slug)) for slug in seasons],
    }


def season_label(slug: str) -> str:
    """A season's name."""
    return _(SEASONS[slug]) if slug in SEASONS else slug


def _shape(node: Node, place: str, options: Mapping[str, list[Choice]], errors: Mapping[str, str], depth: int) -> Shape:
    error = errors.get(place, "")
    if isinstance(node, Group):
        children = [_shape(child, f"{place}.{number}", options, errors, depth + 1) for number, child in enumerate(node.children)]
        return Shape(
            place, node.kind, True, str(GROUP_WORDS[node.kind]), error=error, may_nest=depth < DEEPEST - 1, children=children
        )
    is_bent = node.kind in WORD_KINDS and is_in_all_forms(node.texts)
    texts = [text.removesuffix(ANY_FORM) if is_bent else text for text in node.texts]
    return Shape(
        place,
        node.kind,
        False,
        say_line(node, options),
        text=", ".join(texts) if node.kind in (*WORD_KINDS, "source", "direction") else "",
        is_in_all_forms=is_bent,
        picked=node.texts,
        options=options.get(node.kind, []),
        measure=node.measure,
        comparison=node.comparison,
        number=_shown(node.number, typed_figure),
        error=error,
    )


def say_line(line: Line, options: Mapping[str, list[Choice]]) -> str:
    """One condition as a sentence, short."""
    if line.kind == "measure":
        parts = (MEASURE_WORDS.get(line.measure, line.measure), COMPARISON_WORDS.get(line.comparison, ""), _shown(line.number, figure))
        return " ".join(str(part) for part in parts if part)
    names: dict[Any, str] = {choice.value: choice.label for choice in options.get(line.kind, [])}
    is_bent = line.kind in WORD_KINDS and bool(line.texts) and is_in_all_forms(line.texts)
    said = [names.get(text, text.removesuffix(ANY_FORM) if is_bent else text) for text in line.texts]
    shown = ", ".join(said[:4]) + (_(" and %(number)s more") % {"number": len(said) - 4} if len(said) > 4 else "")
    shown += f" ({_('in any form')})" if is_bent else ""
    return f"{KINDS.get(line.kind, line.kind)}: {shown}"


def _shown(text: str, worded: Callable[[float], str]) -> str:
    """The number as the reader writes it; what is no number stays as it was typed."""
    number = read_number(text)
    return text if number is None else worded(number)


def say_tree(node: Node, reference: Reference, seasons: Sequence[str] = ()) -> str:
    """Conditions as one sentence for a list."""
    return _said(node, _options(reference, seasons))


def _said(node: Node, options: Mapping[str, list[Choice]], depth: int = 0) -> str:
    if isinstance(node, Line):
        return say_line(node, options)
    if depth > 1:
        return "…"
    parts = [_said(child, options, depth + 1) for child in node.children[:3]]
    more = _(" and %(number)s more") % {"number": len(node.children) - 3} if len(node.children) > 3 else ""
    joined = (f" {_('or')} " if node.kind == "any" else f" {_('and')} ").join(parts) + more
    return f"{_('not')} ({joined})" if node.kind == "not" else joined if depth == 0 or len(parts) < 2 else f"({joined})"


def say_conditions(value: Any, reader: Reader) -> str:
    """Stored conditions in words, for history."""
    seasons = [str(row["slug"]) for row in default_relevance()["settings"]["seasons"]]
    return say_tree(from_conditions(value), read_reference(reader.revision), seasons) if isinstance(value, dict) else str(value)
