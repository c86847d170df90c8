"""Finding the words and phrases of all criteria in one pass over a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .facts import words_of

MOST_REMEMBERED = 20_000

_Tail = tuple[tuple[str, bool], ...]  # the further words of a phrase, each with "a prefix is enough"


class Lexicon:
    """Entries are words or phrases; a word ending in * stands for all that begin so ("горящ* тур*"). Letters are
    compared in lower case with ё as е, only whole words (or their beginnings) count."""

    def __init__(self) -> None:
        self._entries: dict[str, int] = {}
        self._whole: dict[str, list[tuple[int, _Tail]]] = {}
        self._beginnings: dict[str, list[tuple[int, _Tail]]] = {}
        self._lengths: tuple[int, ...] = ()
        self._remembered: dict[str, tuple[tuple[int, _Tail], ...]] = {}

    def add(self, entry: str) -> int:
        """The number of an entry, new or known. Raises ValueError when it holds no word."""
        parts = [(words_of(part), part.endswith("*")) for part in entry.split()]
        phrase = [(word, is_prefix and word is words[-1]) for words, is_prefix in parts for word in words]
        if not phrase:
            raise ValueError("has no word in it")
        written = " ".join(word + "*" * is_prefix for word, is_prefix in phrase)
        number = self._entries.setdefault(written, len(self._entries))
        (head, is_prefix), tail = phrase[0], tuple(phrase[1:])
        shelf = (self._beginnings if is_prefix else self._whole).setdefault(head, [])
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

    def _starting(self, word: str) -> tuple[tuple[int, _Tail], ...]:
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


def _continues(words: Sequence[str], place: int, tail: _Tail) -> bool:
    if place + len(tail) > len(words):
        return False
    return all(
        words[place + step].startswith(word) if is_prefix else words[place + step] == word
        for step, (word, is_prefix) in enumerate(tail)
    )
