"""Finding the words and phrases of all criteria in one pass over a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .facts import words_of
from .word_forms import forms_of_word

MOST_REMEMBERED = 20_000
ANY_FORM, ANY_ENDING = "~", "*"

Wanted = str | frozenset[str]
"""One word of an entry: a text is a beginning that is enough, a set the forms of which it has to be one."""


def wanted_by(entry: str) -> tuple[Wanted, ...]:
    """The words of an entry, in order, as they are to be found."""
    is_bent = entry.rstrip().endswith(ANY_FORM)
    parts = [(words_of(part), part.endswith(ANY_ENDING)) for part in entry.split()]
    return tuple(
        word if is_open and word is words[-1] else forms_of_word(word) if is_bent else frozenset((word,))
        for words, is_open in parts
        for word in words
    )


class Lexicon:
    """Entries are words or phrases; a word ending in * stands for all that begin so ("горящ* тур*"), an entry ending in ~ for all
    forms of its words ("туры в Турцию~"). Letters are compared in lower case with ё as е, only whole words (or their beginnings)
    count."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Wanted, ...], int] = {}
        self._whole: dict[str, list[tuple[int, tuple[Wanted, ...]]]] = {}
        self._beginnings: dict[str, list[tuple[int, tuple[Wanted, ...]]]] = {}
        self._lengths: tuple[int, ...] = ()
        self._remembered: dict[str, tuple[tuple[int, tuple[Wanted, ...]], ...]] = {}

    def add(self, entry: str) -> int:
        """The number of an entry, new or known. Raises ValueError when it holds no word."""
        phrase = wanted_by(entry)
        if not phrase:
            raise ValueError("has no word in it")
        number = self._entries.setdefault(phrase, len(self._entries))
        head, tail = phrase[0], phrase[1:]
        for first in (head,) if isinstance(head, str) else head:
            shelf = (self._beginnings if isinstance(head, str) else self._whole).setdefault(first, [])
            if (number, tail) not in shelf:
                shelf.append((number, tail))
        self._lengths = tuple(sorted({len(beginning) for beginning in self._beginnings}))
        self._remembered.clear()
        return number

    def find(self, words: Sequence[str]) -> Mapping[int, str]:
        """Which entries the words contain: entry number → the words that matched, as they stand."""
        found: dict[int, str] = {}
        for place, word in enumerate(words):
            for number, tail in self._starting(word):
                if number not in found and (not tail or _continues(words, place + 1, tail)):
                    found[number] = " ".join(words[place : place + 1 + len(tail)])
        return found

    def _starting(self, word: str) -> tuple[tuple[int, tuple[Wanted, ...]], ...]:
        """Entries whose first word this is; remembered, as a language has few words that matter."""
        remembered = self._remembered  # several threads share it: each works with the one it saw
        if word in remembered:
            return remembered[word]
        starting = list(self._whole.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            starting += self._beginnings.get(word[:length], ())
        if len(remembered) >= MOST_REMEMBERED:
            self._remembered = {}
        remembered[word] = tuple(starting)
        return remembered[word]


def _continues(words: Sequence[str], place: int, tail: tuple[Wanted, ...]) -> bool:
    if place + len(tail) > len(words):
        return False
    return all(
        words[place + step].startswith(wanted) if isinstance(wanted, str) else words[place + step] in wanted
        for step, wanted in enumerate(tail)
    )
