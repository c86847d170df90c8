"""A message as tokens: words, numbers, dates and marks, each with its place in the text and its sign."""

from __future__ import annotations

import re
from typing import Any

from .signs import SIGNS
from .spelling import folded, in_cyrillic_letters
from .vocabulary import Meaning, as_heard, heard, vocabulary

MOST_CHARACTERS, MOST_TOKENS = 8000, 1200  # a request says what it wants in the first pages
MOST_REMEMBERED = 20_000

_TOKEN = re.compile(
    r"""
    (?P<noise> https?://\S{1,500} | www\.\S{1,500} | [\w.+-]{1,64}@[\w.-]{2,80} | (?<!\w)@\w{3,64} )
  | (?P<phone> (?<![\d.,/*-]) (?: \+\d{1,3} | 380 | 375 | [78] | 0 ) [ \u00a0()-]{0,2} \d{2,3} [ \u00a0()-]{0,2}
        \d{2,3} [ \u00a0-]? \d{2} [ \u00a0-]? \d{2} (?!\d) )
  | (?P<iso> (?<!\d) (?:19|20)\d\d-\d\d-\d\d (?!\d) )
  | (?P<full> (?<!\d) \d{1,2} (?: \.\d{1,2}\. | /\d{1,2}/ | -\d{1,2}- ) (?: (?:19|20)\d\d | \d\d ) (?![\d]|[.,/]\d) )
  | (?P<short> (?<![\d.]) \d{1,2} [./] \d{2} (?!\d|[.,/]\d) )
  | (?P<time> (?<!\d) \d{1,2} : \d{2} (?!\d) )
  | (?P<grouped> \d{1,3} (?: (?:[ \u00a0\u202f'’]\d{3})+ | (?:[.,]\d{3})+ ) (?!\d) )
  | (?P<number> \d{1,12} (?: [.,]\d{1,2} )? (?!\d{12}) )
  | (?P<digits> \d+ )
  | (?P<shorthand> \b(?: у\.\s?[ео]\b\.? | т\.\s?р(?:уб)?\b\.? | тыс\.?\s?р(?:уб)?\b\.? ) )
  | (?P<word> [^\W\d_]+ (?: ['’ʼ`] [^\W\d_]+ ){0,3} )
  | (?P<row> \*{3,7} | [★⭐✯🌟]\ufe0f?(?:[★⭐✯🌟]\ufe0f?){0,6} )
  | (?P<lines> \n+ )
  | (?P<mark> [^\s\w] | _ )
    """,
    re.X | re.I,
)
_SUFFIX = re.compile(r"\s?[-–—]?(?:(го|ое|ого|му|й|ый|ый|ая|я|е|ї|го|те)|(х|их|ти|ть|ми|ох|ма|рьох|вох|ьох|и))(?!\w)", re.I)
_MARK_SIGNS = {
    "-": "dash", "–": "dash", "—": "dash", "−": "dash", "‑": "dash", "‒": "dash", "/": "slash", "\\": "slash", "+": "plus", ".": "dot",
    "…": "dot", ",": "comma", "(": "open", ")": "close", ":": "colon", ";": "semicolon", "!": "end_mark", "?": "end_mark", "*": "star",
    "&": "or", "~": "about", "≈": "about", "$": "currency", "€": "currency", "₴": "currency", "₽": "currency", "₸": "currency",
}  # fmt: skip
_UNIT_VALUES = {"$": "USD", "€": "EUR", "₴": "UAH", "₽": "RUB", "₸": "KZT"}
_WORD = SIGNS["word"]
_NUMERALS = frozenset(
    {SIGNS["number"], SIGNS["ordinal"], SIGNS["collective"], SIGNS["together"], SIGNS["aged_word"], SIGNS["pair"]}
)
_UNKNOWN = Meaning(_WORD)
_MEN = ("чоловіка", "чоловік", "чоловіки")
_remembered: dict[str, tuple[str, Meaning]] = {}


class Token:
    """One word, number or mark. `number` is what it counts, when it does; `value` what its kind of word means."""

    __slots__ = ("end", "marks", "number", "sign", "start", "text", "value", "word")

    def __init__(self, start: int, end: int, text: str, word: str, sign: str, value: Any = None, number: float | None = None,
                 marks: frozenset[str] = frozenset()) -> None:  # fmt: skip
        self.start, self.end, self.text, self.word = start, end, text, word
        self.sign, self.value, self.number, self.marks = sign, value, number, marks


def tokenize(text: str) -> list[Token]:
    """The tokens of the beginning of a text; numerals of several words are one number."""
    tokens: list[Token] = []
    skip_to = 0
    for found in _TOKEN.finditer(text[:MOST_CHARACTERS]):
        if found.start() < skip_to:
            continue
        token = _token(found, text)
        skip_to = token.end
        tokens.append(_joined(tokens, token))
        if len(tokens) >= MOST_TOKENS:
            break
    return tokens


def _token(found: re.Match[str], text: str) -> Token:
    kind, start, end, written = found.lastgroup, found.start(), found.end(), found.group()
    if kind == "word":
        word, meaning = _meaning(written)
        number = meaning.value if meaning.sign in _NUMERALS else None
        return Token(start, end, written, word, meaning.sign, meaning.value, number, meaning.marks)
    if kind == "mark":
        name = _MARK_SIGNS.get(written, "other")
        meaning_of_mark = vocabulary().get(written)
        return Token(start, end, written, written, SIGNS[name], _UNIT_VALUES.get(written),
                     marks=meaning_of_mark.marks if meaning_of_mark else frozenset())  # fmt: skip
    return _MAKERS[str(kind)](start, end, written, text)


def _meaning(written: str) -> tuple[str, Meaning]:
    """The folded word and what it means; remembered, as a language has few words that matter."""
    known = _remembered.get(written)
    if known is None:
        word = folded(written)
        meaning = vocabulary().get(word) or heard().get(as_heard(word))
        if meaning is None and word.isascii() and len(word) > 1:
            other = in_cyrillic_letters(word)
            meaning = vocabulary().get(other) if len(other) > 2 else None
            word = other if len(word) > 3 else word
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        known = _remembered[written] = (word, meaning or _UNKNOWN)
    return known


def _joined(before: list[Token], token: Token) -> Token:
    """Сто + пятьдесят, двадцать + пятого: one number. The earlier token is taken out of the list."""
    last = before[-1] if before else None
    if last is not None and last.number and last.number > 1 and token.word in _MEN and last.sign == SIGNS["number"]:
        token.sign = SIGNS["people"]  # «2 чоловіка», said of people where Russian is mixed in
    if (
        last is not None and last.sign == SIGNS["number"] and token.sign in (SIGNS["number"], SIGNS["ordinal"])
        and last.number and token.number and last.text[0].isalpha() and token.text[0].isalpha()
        and ((last.number % 100 == 0 and token.number < 100) or (last.number % 10 == 0 and last.number >= 20 and token.number < 10))
        and token.number >= 1
    ):  # fmt: skip
        before.pop()
        return Token(last.start, token.end, f"{last.text} {token.text}", token.word, token.sign, None, last.number + token.number)
    return token


def _noise(start: int, end: int, written: str, text: str) -> Token:
    return Token(start, end, written, "", SIGNS["noise"])


def _number(start: int, end: int, written: str, text: str) -> Token:
    number = float(written.replace(",", "."))
    if "." in written or "," in written:
        return Token(start, end, written, written, SIGNS["decimal"], None, number)
    return _with_suffix(start, end, written, text, number)


def _with_suffix(start: int, end: int, written: str, text: str, number: float) -> Token:
    """5-го, 2-х, 7ми: what follows a number says whether it counts or orders."""
    if suffix := _SUFFIX.match(text, end, end + 8):
        spaced = suffix.group()[0].isspace()
        if not spaced:
            sign = "ordinal" if suffix.group(1) else "number"
            return Token(start, suffix.end(), text[start : suffix.end()], written, SIGNS[sign], None, number)
    return Token(start, end, written, written, SIGNS["number"], None, number)


def _grouped(start: int, end: int, written: str, text: str) -> Token:
    return Token(start, end, written, written, SIGNS["number"], "grouped", float(re.sub(r"\D", "", written)))


def _date(start: int, end: int, written: str, text: str) -> Token:
    parts = [int(part) for part in re.split(r"[./-]", written)]
    if len(parts) == 3 and parts[0] > 1000:
        parts.reverse()
    day, month = parts[:2]
    year = None if len(parts) < 3 else parts[2] if parts[2] > 99 else 2000 + parts[2]
    if 1 <= day <= 31 and 1 <= month <= 12:
        number = float(f"{day}.{month:02d}") if year is None else None
        return Token(start, end, written, written, SIGNS["date"], (day, month, year), number)
    if year is None and "." in written:
        return Token(start, end, written, written, SIGNS["decimal"], None, float(written))
    return Token(start, end, written, written, SIGNS["noise"])


def _row(start: int, end: int, written: str, text: str) -> Token:
    stars = sum(written.count(star) for star in "*★⭐✯🌟")
    return Token(start, end, written, written, SIGNS["stars" if 2 <= stars <= 5 else "star"], None, float(stars))


def _shorthand(start: int, end: int, written: str, text: str) -> Token:
    if written[0] in "уУ":
        return Token(start, end, written, "уе", SIGNS["currency"], "USD")
    return Token(start, end, written, "тр", SIGNS["thousand_roubles"], 1000)


def _lines(start: int, end: int, written: str, text: str) -> Token:
    return Token(start, end, written, "", SIGNS["line"])


_MAKERS = {
    "noise": _noise, "phone": _noise, "digits": _noise, "time": lambda s, e, w, t: Token(s, e, w, w, SIGNS["time"]), "iso": _date,
    "full": _date, "short": _date, "grouped": _grouped, "number": _number, "row": _row, "shorthand": _shorthand, "lines": _lines,
}  # fmt: skip
