"""In which language somebody writes, read by letters alone: only what cannot be anything else counts.

Ukrainian and Russian share most of their letters; і ї є ґ are never Russian, ы э ъ ё never Ukrainian. Whoever writes no
such letter has said nothing about it, and what is known of them otherwise counts: the client's own language, then that
of the page the form stood on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from marshrut.core.languages import LANGUAGES

_KAZAKH, _UKRAINIAN, _RUSSIAN = "әғқңөұүһ", "іїєґ", "ыэъё"
_READ = 2000  # characters of a message that are looked at
_ENOUGH_KAZAKH, _ENOUGH_LATIN = 2, 12  # letters: fewer are a place, a name of a hotel


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language and where it was seen: message, client or page."""

    language: str
    seen_in: str


def language_of(text: str) -> str | None:
    """The language of a text; None when its letters leave it open. Addresses of mail and of pages say nothing."""
    words = (word for word in text[:_READ].lower().split() if "@" not in word and "/" not in word)
    count = Counter("".join(words))
    if not any("а" <= letter <= "ӿ" for letter in count):
        return "en" if sum(number for letter, number in count.items() if "a" <= letter <= "z") >= _ENOUGH_LATIN else None
    if sum(count[letter] for letter in _KAZAKH) >= _ENOUGH_KAZAKH:
        return "kk"
    if count["ў"]:
        return "be"
    ukrainian, russian = sum(count[letter] for letter in _UKRAINIAN), sum(count[letter] for letter in _RUSSIAN)
    if ukrainian == russian:
        return None
    return "uk" if ukrainian > russian else "ru"


def spoken(message: str, of_client: str, of_page: str) -> Spoken | None:
    """The language an inquiry is to be answered in; None when nothing says it. Empty stands for unknown."""
    read = language_of(message)
    if read:
        return Spoken(read, "message")
    for language, seen_in in ((of_client, "client"), (of_page, "page")):
        if language in LANGUAGES:
            return Spoken(language, seen_in)
    return None
