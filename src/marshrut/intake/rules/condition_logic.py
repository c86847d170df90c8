"""What can be said of criteria before any inquiry comes: can they hold at all, do they always hold, does an earlier one
already take everything.

The answers are sound, not complete: "contradictory", "always" and "shadowed" are said only when they are certain
(`tests/test_condition_forms.py` holds them against random inquiries); the preview finds what reasoning does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from .condition_trees import Group, Line, Node, read_number
from .lexicon import Wanted, wanted_by

WHOLE_MEASURES = frozenset({"adults", "children", "party", "rooms", "nights", "lead_days", "stars", "past_deals", "links", "words"})
COUNTED = frozenset({"children", "past_deals", "links", "words"})  # always known, never below nought
NEVER_NEGATIVE = COUNTED | {"adults", "party", "rooms", "nights", "stars", "adults_per_room", "budget_ratio", "budget_per_person_night"}
_Clash = tuple[Node, Node]


def contradiction(root: Group) -> _Clash | None:
    """Two parts that cannot hold together (or one part twice, which cannot hold by itself); None when none is certain."""
    return _clash(_flat(root.children))


def always_holds(root: Group) -> bool:
    """Certain to match every inquiry: there are no conditions, or none of them asks for anything."""
    return all(_always(node) for node in root.children)


def shadows(earlier: Group, later: Group) -> bool:
    """Certain that the earlier one holds wherever the later one does, so that the later is never reached."""
    return all(_implied(_flat(later.children), node) for node in earlier.children)


def _flat(children: Sequence[Node]) -> tuple[Node, ...]:
    """Parts that must all hold, groups of "all" opened."""
    found: list[Node] = []
    for child in children:
        found += _flat(child.children) if isinstance(child, Group) and child.kind == "all" else (child,)
    return tuple(found)


def _clash(parts: Sequence[Node], depth: int = 0) -> _Clash | None:
    for part in parts:
        if isinstance(part, Line) and _impossible(part):
            return part, part
    for one, other in combinations(parts, 2):
        if isinstance(one, Line) and isinstance(other, Line) and (_exclude(one, other) or _exclude(other, one)):
            return one, other
    if depth > 4:
        return None
    for part in parts:
        rest = tuple(other for other in parts if other is not part)
        is_choice = isinstance(part, Group) and part.kind == "any" and bool(part.children)
        if isinstance(part, Group) and is_choice and all(_clash((*rest, *_flat((one,))), depth + 1) for one in part.children):
            return part, rest[0] if rest else part
        if isinstance(part, Group) and part.kind == "not" and all(_implied(rest, child, depth + 1) for child in part.children):
            return part, rest[0] if rest else part
    return None


def _implied(parts: Sequence[Node], node: Node, depth: int = 0) -> bool:
    """Does the node certainly hold where all the parts do?"""
    if node in parts or _always(node):
        return True
    if depth > 4:
        return False
    if isinstance(node, Line):
        held = any(isinstance(part, Line) and _line_implies(part, node) for part in parts)
    elif node.kind == "all":
        held = all(_implied(parts, child, depth + 1) for child in node.children)
    elif node.kind == "any":
        held = any(_implied(parts, child, depth + 1) for child in node.children)
    else:
        held = _clash((*parts, *_flat(node.children)), depth + 1) is not None
    return held or any(
        isinstance(part, Group) and part.kind == "any" and part.children
        and all(_implied(_flat((child,)), node, depth + 1) for child in part.children)
        for part in parts
    )  # fmt: skip


def _always(node: Node) -> bool:
    if isinstance(node, Group):
        if node.kind == "any":
            return any(_always(child) for child in node.children)
        if node.kind == "not":
            return bool(node.children) and _clash(_flat(node.children)) is not None
        return all(_always(child) for child in node.children)
    if node.kind == "measure" and node.measure in COUNTED:
        least, most = _bounds(node)
        return least <= 0 and most == math.inf
    return False


def _bounds(line: Line) -> tuple[float, float]:
    """The least and the most value the line lets pass; whole measures by whole numbers, others a hair apart."""
    number = read_number(line.number)
    if number is None:
        return -math.inf, math.inf
    hair = 1e-9 if line.measure not in WHOLE_MEASURES else 0.0
    if line.comparison in ("above", "at_least"):
        if line.measure in WHOLE_MEASURES:
            return (math.floor(number) + 1 if line.comparison == "above" else math.ceil(number)), math.inf
        return number + (hair if line.comparison == "above" else 0.0), math.inf
    if line.measure in WHOLE_MEASURES:
        return -math.inf, (math.ceil(number) - 1 if line.comparison == "below" else math.floor(number))
    return -math.inf, number - (hair if line.comparison == "below" else 0.0)


def _impossible(line: Line) -> bool:
    return line.kind == "measure" and line.measure in NEVER_NEGATIVE and _bounds(line)[1] < 0


def _exclude(one: Line, other: Line) -> bool:
    """Can the two certainly not hold together?"""
    kinds = (one.kind, other.kind)
    if kinds == ("measure", "measure") and one.measure == other.measure:
        (a, b), (c, d) = _bounds(one), _bounds(other)
        return max(a, c) > min(b, d)
    if one.kind == other.kind and one.kind in ("channel", "source", "category", "board", "season"):
        return not any(_covers(a, b) or _covers(b, a) for a in one.texts for b in other.texts)
    if kinds == ("person", "person"):
        return {one.texts[:1], other.texts[:1]} in ({("known",), ("unknown",)}, {("vip",), ("unknown",)})
    if kinds == ("has", "lacks"):
        return bool(set(one.texts) & set(other.texts))
    if kinds in (("category", "lacks"), ("direction", "lacks"), ("board", "lacks")):
        return {"category": "category", "direction": "directions", "board": "board"}[one.kind] in other.texts
    if one.kind in ("words_any", "words_all") and other.kind == "lacks":
        return "message" in other.texts
    if kinds == ("words_any", "words_none"):
        return bool(one.texts) and all(any(_word_covers(no, yes) for no in other.texts) for yes in one.texts)
    if kinds == ("words_all", "words_none"):
        return any(_word_covers(no, yes) for no in other.texts for yes in one.texts)
    return False


def _line_implies(one: Line, other: Line) -> bool:
    """Does the other certainly hold where this one does?"""
    kinds = (one.kind, other.kind)
    if kinds == ("measure", "measure") and one.measure == other.measure:
        (a, b), (c, d) = _bounds(one), _bounds(other)
        return c <= a and b <= d
    if one.kind == other.kind and one.kind in ("channel", "source", "category", "direction", "board", "season"):
        return bool(one.texts) and all(any(_covers(wide, narrow) for wide in other.texts) for narrow in one.texts)
    if one.kind == other.kind and one.kind in ("has", "lacks"):
        return set(other.texts) <= set(one.texts)
    if kinds == ("words_any", "words_any"):
        return bool(one.texts) and all(any(_word_covers(wide, narrow) for wide in other.texts) for narrow in one.texts)
    if kinds == ("words_all", "words_any"):
        return any(_word_covers(wide, narrow) for wide in other.texts for narrow in one.texts)
    if kinds == ("words_all", "words_all"):
        return all(any(_word_covers(wide, narrow) for narrow in one.texts) for wide in other.texts)
    if kinds == ("words_none", "words_none"):
        return all(any(_word_covers(wide, narrow) for wide in one.texts) for narrow in other.texts)
    if kinds == ("category", "has"):
        return set(other.texts) <= {"category", "request"}
    if kinds == ("direction", "has"):
        return set(other.texts) <= {"directions"}  # one read out of the message alone is no request yet
    return kinds == ("person", "person") and one.texts[:1] == other.texts[:1]


def _covers(wide: str, narrow: str) -> bool:
    """Does every slug that the narrow entry names belong to the wide one?"""
    if wide.endswith("*"):
        return narrow.startswith(wide[:-1])
    return wide == narrow


def _word_covers(wide: str, narrow: str) -> bool:
    """Is every phrase of the narrow entry one of the wide entry's?"""
    a, b = wanted_by(wide), wanted_by(narrow)
    return len(a) == len(b) and bool(a) and all(_takes(one, other) for one, other in zip(a, b, strict=True))


def _takes(wide: Wanted, narrow: Wanted) -> bool:
    """Does every word that the narrow one stands for stand under the wide one too?"""
    if isinstance(wide, str):
        return narrow.startswith(wide) if isinstance(narrow, str) else all(form.startswith(wide) for form in narrow)
    return not isinstance(narrow, str) and narrow <= wide
