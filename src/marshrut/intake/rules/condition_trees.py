"""Conditions as a form shows them: a tree of lines and groups, which becomes the JSON of `conditions` and back.

A line is one sentence ("the channel is one of…"); a group says whether all, any, or not all of its lines hold. What was
typed stays as it was typed, also when it cannot be used: only `to_conditions` is strict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .conditions import FEATURES, MEASURES, PERSONS
from .facts import BOARDS, CATEGORIES, CHANNELS, words_of
from .lexicon import ANY_ENDING, ANY_FORM

SLUG_KINDS = ("channel", "source", "category", "direction", "board")
WORD_KINDS = ("words_any", "words_all", "words_none")
FEATURE_KINDS = ("has", "lacks")
LINE_KINDS = (*WORD_KINDS, *SLUG_KINDS, "person", *FEATURE_KINDS, "measure", "season")
GROUP_KINDS = ("all", "any", "not")
COMPARISONS = ("above", "at_least", "below", "at_most")
MOST_NODES, DEEPEST, MOST_TEXTS, LONGEST_TEXT = 150, 4, 600, 80
LARGEST_NUMBER = 1e9

_MEASURE = re.compile(rf"(\w+?)_({'|'.join(COMPARISONS)})")


class ConditionFormError(ValueError):
    """A line that cannot be used: its place ("c.0.2", "c" is the root) and a code that is worded for the reader: empty, empty_group,
    no_word, too_long, too_many, not_a_number, unknown_name, unknown_season, too_deep."""

    def __init__(self, place: str, code: str, value: str = "") -> None:
        super().__init__(f"{place}: {code}")
        self.place, self.code, self.value = place, code, value


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: `texts` are slugs, words or names; a measure has its name, a comparison and a number as typed."""

    kind: str
    texts: tuple[str, ...] = ()
    measure: str = ""
    comparison: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines and groups of which all, any, or not all hold."""

    kind: str
    children: tuple[Node, ...] = ()


Node = Line | Group
EMPTY = Group("all")


def from_conditions(data: Mapping[str, Any]) -> Group:
    """The tree of stored conditions; they are sound, for nothing else is stored."""
    children: list[Node] = []
    for key, value in data.items():
        if key == "any":
            children.append(Group("any", tuple(_unwrapped(from_conditions(one)) for one in value)))
        elif key == "all":
            children += [child for one in value for child in from_conditions(one).children]
        elif key == "not":
            children.append(Group("not", from_conditions(value).children))
        elif key in SLUG_KINDS + WORD_KINDS + FEATURE_KINDS + ("person", "season"):
            children.append(Line(key, (value,) if isinstance(value, str) else tuple(value)))
        elif found := _MEASURE.fullmatch(key):
            children.append(Line("measure", (), found[1], found[2], f"{value:g}"))
    return Group("all", tuple(children))


def _unwrapped(group: Group) -> Node:
    return group.children[0] if len(group.children) == 1 else group


def to_conditions(root: Group, *, seasons: Sequence[str] | None = None, measures: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON of a tree. `seasons` and `measures` are what the ruleset knows besides. Raises ConditionFormError."""
    if sum(1 for _ in walk(root)) > MOST_NODES:
        raise ConditionFormError("c", "too_many")
    return _object(root.children, "c", _Known(frozenset(seasons or ()), frozenset(MEASURES) | frozenset(measures)))


@dataclass(frozen=True, slots=True)
class _Known:
    seasons: frozenset[str]
    measures: frozenset[str]


def _object(children: Sequence[Node], place: str, known: _Known) -> dict[str, Any]:
    """All of the children as one object; what would repeat a key goes into "all"."""
    made: dict[str, Any] = {}
    more: list[dict[str, Any]] = []
    for number, child in enumerate(children):
        here = f"{place}.{number}"
        if isinstance(child, Group) and child.kind == "all":
            pairs = list(_object(_full(child, here), here, known).items())
        else:
            pairs = [_pair(child, here, known)]
        for key, value in pairs:
            if key == "all":
                more += value
            elif key in made:
                more.append({key: value})
            else:
                made[key] = value
    return made | ({"all": more} if more else {})


def _full(group: Group, place: str) -> tuple[Node, ...]:
    if not group.children:
        raise ConditionFormError(place, "empty_group")
    if place.count(".") >= DEEPEST:
        raise ConditionFormError(place, "too_deep")
    return group.children


def _pair(node: Node, place: str, known: _Known) -> tuple[str, Any]:
    if isinstance(node, Group):
        children = _full(node, place)
        if node.kind == "not":
            return "not", _object(children, place, known)
        if node.kind == "any":
            return "any", [_alone(child, f"{place}.{number}", known) for number, child in enumerate(children)]
        raise ConditionFormError(place, "unknown_name", node.kind)
    if node.kind == "measure":
        return _measure(node, place, known)
    return node.kind, _texts(node, place, known)


def _alone(node: Node, place: str, known: _Known) -> dict[str, Any]:
    """One alternative as an object of its own."""
    if isinstance(node, Group) and node.kind == "all":
        return _object(_full(node, place), place, known)
    key, value = _pair(node, place, known)
    return {key: value}


def _measure(line: Line, place: str, known: _Known) -> tuple[str, float]:
    if line.measure not in known.measures or line.comparison not in COMPARISONS:
        raise ConditionFormError(place, "unknown_name", line.measure)
    number = read_number(line.number)
    if number is None:
        raise ConditionFormError(place, "not_a_number", line.number)
    return f"{line.measure}_{line.comparison}", number


def read_number(text: str) -> int | float | None:
    """A finite number as people type it ("1 000", "0,6"); None when it is none."""
    try:
        number = float(text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        return None
    return int(number) if number.is_integer() else number


def _texts(line: Line, place: str, known: _Known) -> Any:
    names = {
        "channel": frozenset(CHANNELS), "category": frozenset(CATEGORIES), "board": frozenset(BOARDS),
        "has": frozenset(FEATURES), "lacks": frozenset(FEATURES), "person": frozenset(PERSONS), "season": known.seasons,
    }  # fmt: skip
    texts = tuple(dict.fromkeys(text.strip() for text in line.texts if text.strip()))
    if line.kind not in LINE_KINDS:
        raise ConditionFormError(place, "unknown_name", line.kind)
    if not texts:
        raise ConditionFormError(place, "empty")
    if len(texts) > MOST_TEXTS:
        raise ConditionFormError(place, "too_many")
    if unknown := [text for text in texts if line.kind in names and text not in names[line.kind]]:
        raise ConditionFormError(place, "unknown_season" if line.kind == "season" else "unknown_name", unknown[0])
    if long := [text for text in texts if len(text) > LONGEST_TEXT]:
        raise ConditionFormError(place, "too_long", long[0][:40])
    if line.kind in WORD_KINDS and (wordless := [text for text in texts if not words_of(text)]):
        raise ConditionFormError(place, "no_word", wordless[0])
    if line.kind in ("source", "direction") and (bare := [text for text in texts if text.strip("*") == ""]):
        raise ConditionFormError(place, "no_word", bare[0])
    return texts[0] if line.kind == "person" else list(texts)


def walk(node: Node, place: str = "c") -> Iterator[tuple[str, Node]]:
    """Every node with its place."""
    yield place, node
    if isinstance(node, Group):
        for number, child in enumerate(node.children):
            yield from walk(child, f"{place}.{number}")


# --- the form ---------------------------------------------------------------------------------------------------------


def read_form(posted: Mapping[str, Sequence[str]], root: str = "c") -> Group:
    """The tree typed into a form: fields "<place>.kind", ".pick" (several), ".text", ".forms", ".measure", ".comparison", ".number".

    Never raises: what means nothing is left out, what is too deep or too much is cut off.
    """
    places: dict[str, set[int]] = {}
    for name in posted:
        if found := re.fullmatch(rf"({root}(?:\.\d{{1,3}})*)\.(\d{{1,3}})\.kind", name, re.ASCII):
            places.setdefault(found[1], set()).add(int(found[2]))
    left = [MOST_NODES + 1]
    return Group("all", _children(posted, places, root, 1, left))


def _children(
    posted: Mapping[str, Sequence[str]], places: Mapping[str, set[int]], place: str, depth: int, left: list[int]
) -> tuple[Node, ...]:
    found: list[Node] = []
    for number in sorted(places.get(place, ())):
        here = f"{place}.{number}"
        kind = _one(posted, f"{here}.kind")
        left[0] -= 1
        if left[0] < 0:
            break
        if kind in GROUP_KINDS and depth <= DEEPEST:
            found.append(Group(kind, _children(posted, places, here, depth + 1, left)))
        elif kind in LINE_KINDS:
            found.append(_line(posted, here, kind))
    return tuple(found)


def _line(posted: Mapping[str, Sequence[str]], place: str, kind: str) -> Line:
    if kind == "measure":
        return Line(kind, (), *(_one(posted, f"{place}.{name}")[:40] for name in ("measure", "comparison", "number")))
    if kind in WORD_KINDS or kind in ("source", "direction"):
        texts = split_texts(_one(posted, f"{place}.text"))
        return Line(kind, in_all_forms(texts) if kind in WORD_KINDS and _one(posted, f"{place}.forms") else texts)
    return Line(kind, tuple(text[:LONGEST_TEXT] for text in posted.get(f"{place}.pick", ())[:60]))


def split_texts(text: str) -> tuple[str, ...]:
    """Words and phrases, one a line or parted by commas or semicolons."""
    parts = (part.strip() for part in re.split(r"[,;\n\r]+", text[:60_000]))
    return tuple(dict.fromkeys(part for part in parts if part))[: MOST_TEXTS + 1]


def in_all_forms(texts: Sequence[str]) -> tuple[str, ...]:
    """Words and phrases to be found in all their forms; what ends in a star stands for any ending already."""
    return tuple(text if text.endswith((ANY_ENDING, ANY_FORM)) else text + ANY_FORM for text in texts)


def is_in_all_forms(texts: Sequence[str]) -> bool:
    """Whether that is said of all of them; of none it is, for so a new line begins."""
    return not texts or (any(text.endswith(ANY_FORM) for text in texts) and in_all_forms(texts) == tuple(texts))


def _one(posted: Mapping[str, Sequence[str]], name: str) -> str:
    values = posted.get(name, ())
    return str(values[0]) if values else ""


def act_on(root: Group, act: str) -> Group:
    """The tree after a button: "add:c.1" a line, "any:c" or "not:c" a group within, "drop:c.0". Another is left as it is."""
    verb, _, place = act.partition(":")
    steps = tuple(int(step) for step in place.split(".")[1:] if step.isdecimal() and step.isascii() and len(step) < 4)
    if not place.startswith("c") or len(steps) > DEEPEST + 1:
        return root
    added: dict[str, Node] = {
        "add": Line("words_any"),
        "any": Group("any", (Line("words_any"),)),
        "not": Group("not", (Line("words_any"),)),
        "all": Group("all", (Line("words_any"), Line("words_none"))),
    }
    changed = _changed(root, steps, added[verb]) if verb in added else _changed(root, steps, None) if verb == "drop" and steps else root
    return changed if isinstance(changed, Group) else root


def _changed(node: Node, steps: Sequence[int], added: Node | None) -> Node | None:
    """The node with something added within the group that the steps lead to, or (None) with that node left out."""
    if not steps:
        return None if added is None else replace(node, children=(*node.children, added)) if isinstance(node, Group) else node
    if not isinstance(node, Group):
        return node
    children = [_changed(child, steps[1:], added) if number == steps[0] else child for number, child in enumerate(node.children)]
    return replace(node, children=tuple(child for child in children if child is not None))
