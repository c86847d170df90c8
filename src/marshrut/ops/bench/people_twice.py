"""People of a travel agency, some of them known twice: made by chance, with the mistakes that people and programs make.

In the spirit of FEBRL, with Russian and Ukrainian names: slips of the hand, other alphabets, parts of a name exchanged,
short forms, the name in the other language, days and months exchanged, a new number. Families share what families share.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from marshrut.clients.rules import Record, make_record
from marshrut.core.names import forms_of_given_name
from marshrut.ops.demo.people import feminine, latin, make_phone, make_somebody

People: TypeAlias = "list[tuple[int, Record]]"
"""Who each record is of, and the record."""

_PLACES = ("Київ", "Львів", "Одеса", "Дніпро", "Харків", "Вінниця", "Полтава", "Москва", "Санкт-Петербург", "Казань", "Екатеринбург",
           "Самара", "Новосибирск", "Краснодар", "Минск", "Алматы", "Гомель", "Тверь", "Черкаси", "Суми")  # fmt: skip
_STREETS = ("Садовая", "Центральна", "Лесная", "Шевченка", "Мира", "Набережная", "Франка", "Школьная", "Соборна", "Победы", "Зелёная",
            "Грушевського", "Молодёжная", "Вишнева", "Речная", "Сонячна", "Полевая", "Гагарина", "Київська", "Парковая")  # fmt: skip
_ENDINGS = ("ов", "енко", "чук", "ский", "ин", "ець", "юк", "ко", "ук", "евич")
_OTHER_LETTERS = {"о": "а", "а": "о", "е": "и", "и": "е", "і": "и", "ы": "и", "в": "ф", "д": "т", "б": "п", "з": "с", "г": "х"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What somebody told of themselves."""

    given: str
    surname: str
    patronymic: str
    born: str
    phone: str
    email: str
    house: str
    street: str
    place: str

    def record(self, place: int) -> Record:
        return make_record(place, given=self.given, surname=self.surname, patronymic=self.patronymic, born=self.born,
                           phones=[self.phone], emails=[self.email],
                           address=[self.house, self.street, "", self.place, "", ""])  # fmt: skip


def make_people(number: int, seed: int) -> People:
    """So many records, three of ten of them somebody's second, third or fourth; the same for the same seed."""
    chance = random.Random(seed)
    firsts = [_somebody(chance) for _ in range(max(number * 7 // 10, 1))]
    for place in range(1, len(firsts)):
        if chance.random() < 0.12:
            firsts[place] = _relative(firsts[place - 1], firsts[place], chance)
    told = list(enumerate(firsts))
    while len(told) < number:
        who = chance.randrange(len(firsts))
        for _ in range(min(chance.choice((1, 1, 1, 2, 3)), number - len(told))):
            told.append((who, _told_again(firsts[who], chance)))
    chance.shuffle(told)
    return [(who, one.record(place)) for place, (who, one) in enumerate(told)]


def _somebody(chance: random.Random) -> _Told:
    one = make_somebody(chance, chance.choice(("ru", "uk")))
    surname = one.surname if chance.random() < 0.4 else _surname(chance, one.is_woman)
    born = f"{int(chance.triangular(1940, 2006, 1985))}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    return _Told(one.given_name, surname, one.patronymic, _known(born, 0.9, chance), one.phone, _known(one.email, 0.7, chance),
                 str(chance.randint(1, 120)), chance.choice(_STREETS), chance.choice(_PLACES))  # fmt: skip


def _surname(chance: random.Random, is_woman: bool) -> str:
    """Surnames are many, and few of them frequent: of a syllable or two, and an ending."""
    syllables = "".join(chance.choice("бвгдклмнпрстхш") + chance.choice("аоуеи") for _ in range(chance.choice((1, 1, 2))))
    made = (syllables + chance.choice("бвгдлмнрст") + chance.choice(_ENDINGS)).capitalize()
    return feminine(made) if is_woman else made


def _known(value: str, share: float, chance: random.Random) -> str:
    return value if chance.random() < share else ""


def _relative(one: _Told, other: _Told, chance: random.Random) -> _Told:
    """Of the same household: surname and address in common, the number often."""
    surname = one.surname if chance.random() < 0.7 else feminine(one.surname)
    return replace(other, surname=surname, house=one.house, street=one.street, place=one.place,
                   phone=one.phone if chance.random() < 0.3 else other.phone)  # fmt: skip


def _told_again(one: _Told, chance: random.Random) -> _Told:
    """The same person, with one to four things told otherwise."""
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        one = chance.choice(_MISTAKES)(one, chance)
    return one


def _slip(text: str, chance: random.Random) -> str:
    """One letter or digit wrong: left out, doubled, another, or changed places with the next."""
    if not text:
        return text
    at = chance.randrange(len(text))
    letter, before, after = text[at], text[:at], text[at + 1 :]
    other = str(chance.randrange(10)) if letter.isdigit() else _OTHER_LETTERS.get(letter, "о")
    return chance.choice((before + after, before + letter * 2 + after, before + other + after, before + after[:1] + letter + after[1:]))


def _name_slips(one: _Told, chance: random.Random) -> _Told:
    which = chance.choice(("given", "surname", "surname"))
    return replace(one, **{which: _slip(getattr(one, which), chance)})


def _in_latin(one: _Told, chance: random.Random) -> _Told:
    return replace(one, given=latin(one.given), surname=latin(one.surname), patronymic="")


def _exchanged(one: _Told, chance: random.Random) -> _Told:
    return replace(one, given=one.surname, surname=one.given)


def _other_form(one: _Told, chance: random.Random) -> _Told:
    """The short form, or the name in the other language."""
    forms = forms_of_given_name(one.given)
    return replace(one, given=chance.choice(forms)) if forms else one


def _birth_slips(one: _Told, chance: random.Random) -> _Told:
    if not one.born or chance.random() < 0.3:
        return replace(one, born="")
    exchanged = one.born[:4] + one.born[6:] + one.born[4:6]
    return replace(one, born=exchanged if chance.random() < 0.4 else _slip(one.born, chance))


def _new_phone(one: _Told, chance: random.Random) -> _Told:
    return replace(one, phone=chance.choice(("", _slip(one.phone, chance), make_phone(chance, "uk"), make_phone(chance, "ru"))))


def _new_email(one: _Told, chance: random.Random) -> _Told:
    return replace(one, email=chance.choice(("", _slip(one.email, chance))))


def _shorter(one: _Told, chance: random.Random) -> _Told:
    return replace(one, patronymic=chance.choice(("", one.patronymic[:1])))


def _moved(one: _Told, chance: random.Random) -> _Told:
    if chance.random() < 0.5:
        return replace(one, house="", street="", place=chance.choice(("", one.place)))
    return replace(one, house=str(chance.randint(1, 120)), street=chance.choice(_STREETS))


_MISTAKES: tuple[Callable[[_Told, random.Random], _Told], ...] = (
    _name_slips, _name_slips, _name_slips, _in_latin, _exchanged, _other_form, _birth_slips, _new_phone, _new_phone, _new_email,
    _shorter, _moved,
)  # fmt: skip
