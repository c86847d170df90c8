"""Made-up people with names that agree in gender, telephone numbers and addresses, in Russian and in Ukrainian."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

_RUSSIAN_CODES = ("903", "905", "911", "915", "916", "921", "926", "962", "981", "999")
_UKRAINIAN_CODES = ("50", "63", "66", "67", "68", "73", "93", "95", "96", "97", "98", "99")
_LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i",
    "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ы": "y", "э": "e", "ю": "yu", "я": "ya",
    "ъ": "", "ь": "", "'": "", "-": "",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Somebody:
    """A made-up person. `phone` is E.164, `written` the same number as its owner writes it."""

    surname: str
    given_name: str
    patronymic: str
    language: str
    is_woman: bool
    phone: str
    written: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.surname} {self.given_name} {self.patronymic}".strip()


@dataclass(frozen=True)
class _Names:
    male: list[str]
    female: list[str]
    surnames: list[str]
    fathers: list[tuple[str, str]]


@cache
def _names(language: str) -> _Names:
    data = _data()[language]
    fathers = [(one[0], one[1]) for pair in data["fathers"].split() if (one := pair.split("/"))]
    return _Names(data["male"].split(), data["female"].split(), data["surnames"].split(), fathers)


@cache
def _data() -> dict[str, dict[str, str]]:
    return json.loads(Path(__file__).with_name("data").joinpath("names.json").read_text("utf-8"))  # type: ignore[no-any-return]


def make_somebody(chance: random.Random, language: str) -> Somebody:
    """A person who speaks "ru" or "uk"; the same state of `chance` makes the same person."""
    names = _names(language)
    is_woman = chance.random() < 0.62
    surname = chance.choice(names.surnames)
    given = chance.choice(names.female if is_woman else names.male)
    patronymic = chance.choice(names.fathers)[is_woman] if chance.random() < 0.45 else ""
    phone = make_phone(chance, language)
    surname = feminine(surname) if is_woman else surname
    return Somebody(surname, given, patronymic, language, is_woman, phone, spell_phone(phone, chance.randrange(6)),
                    make_email(chance, given, surname))


def make_twin(chance: random.Random, who: Somebody) -> Somebody:
    """The same person as a second record has them: other ways to reach them, the name with a slip, in Latin letters or without its
    patronymic."""
    surname, given, patronymic = who.surname, who.given_name, who.patronymic
    way = chance.randrange(4)
    if way == 0 and len(surname) > 4:
        at = chance.randrange(1, len(surname) - 2)
        surname = surname[:at] + surname[at + 1] + surname[at] + surname[at + 2 :]
    elif way == 1:
        surname, given, patronymic = latin(surname).capitalize(), latin(given).capitalize(), ""
    elif way == 2:
        at = chance.randrange(1, len(surname) - 1)
        surname = surname[:at] + surname[at + 1 :]
    else:
        patronymic = ""
    phone = make_phone(chance, who.language)
    return replace(who, surname=surname, given_name=given, patronymic=patronymic, phone=phone,
                   written=spell_phone(phone, chance.randrange(6)), email=make_email(chance, given, surname))


def make_phone(chance: random.Random, language: str) -> str:
    """A number in E.164 of the form mobile numbers have; it may be somebody's, so nothing is ever sent to it."""
    if language == "uk":
        return f"+380{chance.choice(_UKRAINIAN_CODES)}{chance.randrange(10**7):07}"
    return f"+7{chance.choice(_RUSSIAN_CODES)}{chance.randrange(10**7):07}"


def spell_phone(phone: str, way: int) -> str:
    """One of six ways people write a number: with spaces, brackets, dashes, with and without the country code."""
    country = 2 if phone.startswith("+7") else 3
    code, rest = (phone[2:5], phone[5:]) if country == 2 else ("0" + phone[4:6], phone[6:])
    first, second, third = rest[:3], rest[3:5], rest[5:]
    inland = f"8{code}" if country == 2 else code
    return (
        phone,
        f"{phone[:country]} ({code}) {first}-{second}-{third}",
        f"{'8 ' if country == 2 else ''}{code} {first} {second} {third}",
        f"{inland}{rest}",
        f"{'8 ' if country == 2 else ''}({code}) {first}-{second}{third}",
        f"{phone[1:]}",
    )[way]


def make_email(chance: random.Random, given: str, surname: str) -> str:
    """An address at a domain that can never exist."""
    host = chance.choice(str(_data()["mail"]).split())
    return f"{latin(given)}.{latin(surname)}{chance.randrange(100):02}@{host}"


def latin(text: str) -> str:
    return text.lower().translate(_LATIN)


def feminine(surname: str) -> str:
    """The form of a surname that a woman bears: Белов – Белова, Вяземский – Вяземская, Вербицький – Вербицька."""
    if surname.endswith(("ов", "ев", "ёв", "ин", "ын")) and surname not in ("Литвин", "Волошин"):
        return surname + "а"
    for male, female in (("ський", "ська"), ("цький", "цька"), ("ский", "ская"), ("цкий", "цкая"), ("ний", "на"), ("кий", "ка")):
        if surname.endswith(male):
            return surname[: -len(male)] + female
    return surname
