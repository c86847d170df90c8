"""Words without their endings, Russian and Ukrainian alike: «вакансии», «вакансію» and «вакансиями» are one word to whoever counts.

No dictionary: the longest known ending is cut off, and of what is left the beginning counts. That joins now and then what does
not belong together, which a model that weighs many words bears; words shown to people are always those that were written.
"""

from __future__ import annotations

from collections.abc import Sequence

from .facts import words_of

LONGEST_STEM = 5
MOST_REMEMBERED = 50_000
_SHORTEST_STEM = 3
_WRITTEN = """
    а я о е э ы и у ю ь й і ї є ами ями иями ого его ому ему ыми ими ой ей ый ий ая яя ое ее ые ие ую юю ым им ом ем ых их
    ах ях ов ев ам ям ою ею ать ять еть уть ить ает яет ит ят ют ут ешь ишь ете ите ала ила али или ал ил ться тся ось ась
    лся лась лись ейте йте сь ся ость ости остью ние ния нию нием ії ія ію єю їв ів ові еві ій ім іми ої ити іти ати ають
    яють ить їть ємо імо єте іть ав ив нням ання ення ння ість
"""
_ENDINGS = frozenset(_WRITTEN.split())
_LONGEST_ENDING = max(map(len, _ENDINGS))
_remembered: dict[str, str] = {}


def stem(word: str) -> str:
    """What is left of a word, as `words_of` gives it, without its ending: at least three letters, at most five."""
    known = _remembered.get(word)
    if known is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        known = _remembered[word] = _cut(word)[:LONGEST_STEM]
    return known


def _cut(word: str) -> str:
    for length in range(min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM), 0, -1):
        if word[-length:] in _ENDINGS:
            return word[:-length]
    return word


def terms_of(message: str) -> dict[str, str]:
    """The stems of a message and its pairs of neighbours, each with the words as they were written; numbers are left out."""
    return terms_in([word for word in words_of(message) if not word[0].isdigit() and "_" not in word])


def terms_in(words: Sequence[str]) -> dict[str, str]:
    """The same of words that were taken apart already (`words_of`)."""
    terms: dict[str, str] = {}
    before = written_before = ""
    for word in words:
        here = stem(word)
        terms.setdefault(here, word)
        if before:
            terms.setdefault(f"{before} {here}", f"{written_before} {word}")
        before, written_before = here, word
    return terms
