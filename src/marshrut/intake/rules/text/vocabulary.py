"""What a single word says: its sign, its value, and what else it is known for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .signs import SIGNS
from .spelling import folded, read_data

MARKS = frozenset({
    "paid", "shore", "stay", "papers", "born", "order", "measure", "per_head", "single", "via", "back", "trip", "further", "room",
})  # fmt: skip
"""Kinds of words that stand beside the sign: one word may be several of them."""
_HEARD = str.maketrans("оыэея", "аииии")
_HEARD_FROM = 7


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word's sign and value (a number, a code), and its further marks."""

    sign: str
    value: Any = None
    marks: frozenset[str] = frozenset()


@cache
def vocabulary() -> Mapping[str, Meaning]:
    """Every known form of every known word, folded."""
    made: dict[str, Meaning] = {}
    marks: dict[str, set[str]] = {}
    for kind, values in _data().items():
        for value, forms in values.items() if kind != "phrases" else ():
            for form in forms.split():
                if kind in MARKS:
                    marks.setdefault(folded(form), set()).add(kind)
                else:
                    made.setdefault(folded(form), Meaning(SIGNS[kind], _value(value)))
    for form, known in marks.items():
        plain = made.get(form)
        made[form] = Meaning(plain.sign if plain else SIGNS["word"], plain.value if plain else None, frozenset(known))
    return made


def as_heard(word: str) -> str:
    """A longer word with its vowels as they are heard when they bear no stress: «сентебря» and «сентября» are the same. Empty for
    a short one, which would be heard as too many others."""
    return word.translate(_HEARD) if len(word) >= _HEARD_FROM else ""


@cache
def heard() -> Mapping[str, Meaning]:
    """Months, weeks, adults, children and holidays as they are heard, each of which is nothing else."""
    kinds = frozenset(SIGNS[kind] for kind in ("month", "week", "adult", "child", "season"))
    made: dict[str, Meaning] = {}
    for form, meaning in vocabulary().items():
        if meaning.sign in kinds and len(form) >= _HEARD_FROM:
            made.setdefault(as_heard(form), meaning)
    return made


@cache
def phrases() -> Mapping[str, tuple[tuple[tuple[str, ...], Meaning], ...]]:
    """Phrases that mean one thing, by their first word: the words that follow, longest first, and the meaning."""
    made: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
    for kind, values in _data()["phrases"].items():
        for value, listed in values.items():
            for phrase in listed.split("|"):
                first, *rest = (folded(word) for word in phrase.split())
                made.setdefault(first, []).append((tuple(rest), Meaning(SIGNS[kind], _value(value))))
    return {first: tuple(sorted(some, key=lambda one: -len(one[0]))) for first, some in made.items()}


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_data("words.json")
    return data


def _value(written: str) -> Any:
    try:
        return float(written) if "." in written else int(written)
    except ValueError:
        return written
