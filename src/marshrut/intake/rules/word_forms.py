"""The forms of a word, Russian and Ukrainian, so that «виза» in a criterion also finds «визу» and «визами».

No dictionary: a word is taken for a member of every family of endings that its own ending belongs to, and all members are made.
That makes forms nobody writes and now and then one of another word, but it never cuts a word off as a star does («виз*» finds
«визит»). Verbs keep their form: a criterion names them with a star.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_SHORTEST = 3
_BARE = "-"
_NOUNS = tuple(
    tuple("" if ending == _BARE else ending for ending in family.split())
    for family in (
        "- а ы и і у е о ой ою ом ем ів ов ам ами ах",  # виза, тур, место, готелі
        "ь я ю е и і ї ем ей ею єю ью ям ями ях ів їв ев єв й",  # отель, неделя, море, готель
        "ия ии ию ие ием ией ий иям иями иях",  # экскурсия, страхование
        "ія ії ію ією ій іям іями іях",  # екскурсія
    )
)
_ADJECTIVES = tuple(
    tuple(family.split())
    for family in (
        "ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ую юю ой ей ых их ыми ими",
        "ий ій а я е є і ого ього ому ьому им ім ої ьої ій у ю ою ьою их іх ими іми",
    )
)
_OF_ADJECTIVES = ("ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", "ому", "ему", "ую", "юю",
                  "ых", "их", "ыми", "ими", "ій", "ої")  # fmt: skip
_VOWELS = frozenset("аеиоуыэюяіїє")
_SAME = {form: frozenset(group) for group in (("в", "во", "у"), ("с", "со", "з", "із", "зі"), ("к", "ко")) for form in group}


@lru_cache(maxsize=20_000)
def forms_of_word(word: str) -> frozenset[str]:
    """Every form of a word as `words_of` gives it, itself among them. What is not Cyrillic, and most short words, have but one;
    prepositions stand for one another as they do before vowels."""
    if len(word) < _SHORTEST or not all("а" <= letter <= "я" or letter in "іїєґ" for letter in word):
        return _SAME.get(word, frozenset((word,)))
    families = (*_NOUNS, *(_ADJECTIVES if word.endswith(_OF_ADJECTIVES) else ()))
    made = {word, *(form for family in families for stem in _stems(word, family) for form in _bent(stem, family))}
    return frozenset(form for form in made if len(form) >= _SHORTEST)


def _stems(word: str, family: Iterable[str]) -> set[str]:
    """What the word may be a form of, within a family: the part before its ending, which ends in a consonant."""
    stems = {word.removesuffix(ending) for ending in family if word.endswith(ending)}
    stems = {stem for stem in stems if len(stem) >= _SHORTEST - 1 and stem[-1] not in _VOWELS and stem[-1] not in "ьй"}
    if word[-1] in "кц" and word[-2] in "ое":  # ребёнок, ребёнка; квиток, квитка
        stems.add(word[:-2] + word[-1])
    return stems


def _bent(stem: str, family: Iterable[str]) -> Iterable[str]:
    yield from (stem + ending for ending in family)
    if stem[-1] in "кц" and len(stem) > _SHORTEST and stem[-2] not in _VOWELS and "" in family:  # путёвка, путёвок; чашка, чашек
        yield from (f"{stem[:-1]}{vowel}{stem[-1]}" for vowel in "ое")
    if stem[-1] in "гкх" and "і" in family:  # відпустка, у відпустці
        yield stem[:-1] + {"г": "з", "к": "ц", "х": "с"}[stem[-1]] + "і"
