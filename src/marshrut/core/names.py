"""Names and other short texts: cleaned, taken apart, and folded so that spellings of one name find each other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .keyboard import in_cyrillic, in_latin, in_other_layouts

_LINES = re.compile(r"[^\S\n]*\n[^\S\n]*")


def clean_text(value: object, limit: int, *, keep_lines: bool = False) -> str:
    """`value` as text that is safe to store and show: no NUL or other control characters, no marks that turn the
    direction of writing or have no width, no lone surrogates; composed (NFC), spaces collapsed, at most `limit`
    characters. None becomes an empty text. Markup stays as it is: showing it harmlessly is the page's task."""
    if value is None:
        return ""
    text = (value if isinstance(value, str) else str(value))[: 4 * limit + 1000]
    if not text.isprintable():
        text = "".join(_visible(char, keep_lines) for char in text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if keep_lines and "\n" in text:
        text = "\n".join(" ".join(line.split()) for line in _LINES.split(text.strip()))
        text = re.sub(r"\n{3,}", "\n\n", text)
    else:
        text = " ".join(text.split())
    return text[:limit].rstrip()


def _visible(char: str, keep_lines: bool) -> str:
    if char.isprintable():
        return char
    if char in "\n\u2028\u2029":
        return "\n" if keep_lines else " "
    return " " if char.isspace() else ""


# --- taking a name apart --------------------------------------------------------------------------------------------

_PATRONYMIC = re.compile(r".+(?:[оеєй]вич|ьич|[ую]кич|омич|[иі]тич|зьмич|аввич|[оеєії]вна|инична|[иі]чна)")
_SURNAME_IN_VICH = re.compile(r"(?:абрам|бабк|гурв|лукаш|малк|мицк|рабин|хайм|шушк|якуб|янук).*вич")
_TURKIC_PATRONYMIC = frozenset({"оглы", "оглу", "кызы", "гызы", "угли", "кизи", "огли"})
_SURNAME = re.compile(
    r".{2,}(?:[оеёє]в|[оеёє]ва|[иії]н|[иії]на|[сц]ь?кий|[сц]ь?ка|[сц]кая|ко|чук|[ую]к|[иы]х|[ая]н|дзе|швили|швілі|ич|ів|їв|ець|ак|як|ый|ая|ий)"
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart. Where the parts are unsure, `given_name` holds all of it; `display` is always as written."""

    surname: str
    given_name: str
    patronymic: str
    display: str


def split_name(text: str) -> PersonName:
    """Take apart a Russian or Ukrainian name in either order: "Фамилия Имя Отчество", "Имя Отчество Фамилия",
    "Имя Фамилия", "Фамилия Имя". A patronymic shows its place by its ending, a given name is known from a list,
    a surname by its ending; Latin names are read given name first."""
    display = _capitalised(clean_text(text, 200))
    words = display.split()
    patronymic = ""
    if len(words) > 2 and words[-1].lower() in _TURKIC_PATRONYMIC:
        words, patronymic = words[:-2], " ".join(words[-2:])
    elif len(words) in (2, 3):
        place = _patronymic_place(words)
        if place:
            patronymic = words.pop(place)
    surname, given = _surname_and_given(words, surname_first=bool(patronymic) and display.endswith(patronymic))
    if not given and not surname:
        return PersonName("", display, "", display)
    return PersonName(surname, given, patronymic, display)


def _patronymic_place(words: list[str]) -> int:
    """Where the patronymic stands; 0 when there is none. Some surnames end alike (Рабинович, Петрович)."""
    places = [place for place in range(1, len(words)) if _PATRONYMIC.fullmatch(words[place].lower())]
    if not places:
        return 0
    if len(words) == 2:
        return 1 if _is_given(words[0]) and not _is_surname_after(words[0].lower(), words[1].lower()) else 0
    if places == [1, 2]:
        return 1 if _is_given(words[0]) else 2
    return places[0]


def _is_surname_after(given: str, ending_alike: str) -> bool:
    """Анна Абрамович: a woman's patronymic never ends in -ич."""
    of_a_man = given.startswith(("иль", "ілл", "никит", "микит", "сав", "лук", "фом"))  # though they end in -а, -я
    of_a_woman = given.endswith(("а", "я")) and not of_a_man
    return ending_alike.endswith("ич") and (of_a_woman or bool(_SURNAME_IN_VICH.fullmatch(ending_alike)))


def _surname_and_given(words: list[str], *, surname_first: bool) -> tuple[str, str]:
    """Two words or one → (surname, given name); two empty texts when unsure."""
    if len(words) == 1:
        word = words[0]
        looks_surname = not _is_given(word) and _SURNAME.fullmatch(word.lower())
        return (word, "") if looks_surname else ("", word)
    if len(words) != 2:
        return "", ""
    first, second = words
    if surname_first:
        return first, second
    if _is_given(first) != _is_given(second):
        return (second, first) if _is_given(first) else (first, second)
    if _is_given(first) or (first + second).isascii():
        return second, first
    ends = [bool(_SURNAME.fullmatch(word.lower())) for word in words]
    if ends[0] != ends[1]:
        return (first, second) if ends[0] else (second, first)
    return "", ""


def _capitalised(text: str) -> str:
    """ "ИВАНОВ иван" → "Иванов Иван"; a text of mixed case is somebody's own choice and stays."""
    if text.islower() or text.isupper():
        return re.sub(r"[^\s-]+", lambda word: word.group()[0].upper() + word.group()[1:].lower(), text)
    return text


# --- folding for search ---------------------------------------------------------------------------------------------

_FOLDED = str.maketrans(
    {"ё": "е", "є": "е", "э": "е", "і": "и", "ї": "и", "й": "и", "ы": "и", "ґ": "г", "y": "i"}
    | dict.fromkeys("ьъ'’ʼ`´\u0301", "")
)
_PLAIN = re.compile(r"[a-zа-я0-9 ]*")
_NOT_WORD = re.compile(r"[\W_]+")


def search_name(text: str) -> str:
    """The form in which names are stored for search and queries are compared: lower case; ё and є as е; і, ї, й, ы
    as и; ґ as г; Latin y as i; no soft or hard signs, apostrophes or accents; words parted by one space. So Семён
    finds Семен, Наталія finds Наталия, Мар'яна finds Марьяна; whoever types й without its breve is understood too."""
    folded = text.lower().translate(_FOLDED)
    if not _PLAIN.fullmatch(folded):
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_FOLDED)
        folded = _NOT_WORD.sub(" ", folded)
    return " ".join(folded.split())


def search_terms(query: str) -> list[list[str]]:
    """Ways to understand a query, likeliest first: as typed, typed in another keyboard layout (Russian, Ukrainian,
    English), in Latin letters for a Cyrillic name and the other way round. Each is a list of folded words, all of
    which have to be found, in any order."""
    text = clean_text(query, 200).lower()
    readings = [text, *in_other_layouts(text), *in_cyrillic(text), *in_latin(search_name(text))]
    folded = dict.fromkeys(search_name(reading) for reading in readings)
    return [reading.split() for reading in folded if reading]


# --- are these two names of one person? -----------------------------------------------------------------------------


def name_distance(a: str, b: str) -> float:
    """How far apart two names are, 0 (the same, in any order, spelling or short form) to 1 (nothing alike).
    The shorter name's words are each held against the nearest word of the longer one."""
    left, right = _comparable(a), _comparable(b)
    if not left or not right:
        return 0.0
    if len(left) > len(right):
        left, right = right, left
    return sum(min(_word_distance(word, other) for other in right) for word in left) / len(left)


def is_quite_different(a: str, b: str) -> bool:
    """Do two names under one telephone number look like two people? A changed surname alone does not; another given
    name does (a spouse, an office), and so does a wholly other name."""
    one, two = split_name(a), split_name(b)
    if not search_name(a) or not search_name(b):
        return False
    if one.surname and two.surname and one.given_name and two.given_name:
        return name_distance(one.given_name, two.given_name) > 0.4
    return name_distance(a, b) > 0.5


def _comparable(text: str) -> list[str]:
    folded = search_name(text)
    if folded.isascii():
        folded = search_name(next(iter(in_cyrillic(folded)), folded))
    words = [word for word in folded.split() if not _PATRONYMIC_FOLDED.fullmatch(word)]
    return words or folded.split()


_PATRONYMIC_FOLDED = re.compile(r".{3,}(?:[оеи]вич|[оеи]вна|ична)")


def _word_distance(a: str, b: str) -> float:
    if a == b or (given_name_lines(a) & given_name_lines(b)):
        return 0.0
    if len(a) == 1 or len(b) == 1:  # an initial
        return 0.2 if a[0] == b[0] else 1.0
    return _edits(a, b) / max(len(a), len(b))


def _edits(a: str, b: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row = row, [i]
        for j, right in enumerate(b, 1):
            row.append(min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (left != right)))
    return row[-1]


def _is_given(word: str) -> bool:
    return search_name(word).replace(" ", "") in _given_names()


def given_name_lines(folded_word: str) -> frozenset[int]:
    """The lines of the list on which the name stands: one name, one line; a short form may stand on two."""
    return _given_names().get(folded_word, frozenset())


def forms_of_given_name(word: str) -> tuple[str, ...]:
    """Other spellings and short forms of a given name, in both languages: Александр → Саша, Олександр, Сашко …"""
    lines = given_name_lines(search_name(word))
    return tuple(form.capitalize() for number in sorted(lines) for form in _listed()[number] if form != word.lower())


@cache
def _listed() -> tuple[tuple[str, ...], ...]:
    """The list of given names: one name a line, a comment is an empty line."""
    lines = Path(__file__).with_name("given_names.txt").read_text(encoding="utf-8").splitlines()
    return tuple(() if line.startswith("#") else tuple(line.split()) for line in lines)


@cache
def _given_names() -> dict[str, frozenset[int]]:
    places: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_listed()):
        for word in line:
            folded = search_name(word)
            places[folded] = places.get(folded, frozenset()) | {number}
    return places
