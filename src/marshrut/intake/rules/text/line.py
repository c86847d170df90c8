"""A message as a line of signs with its tokens beside it: what all modules look for their values in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .gazetteer import Gazetteer
from .signs import SIGNS, ending, pattern, signs_of
from .tokens import Token, tokenize
from .vocabulary import phrases

_WORD, _PLACE, _ADJECTIVE, _NOISE = (SIGNS[name] for name in ("word", "place", "adjective", "noise"))
_DASH = SIGNS["dash"]
_MAYBE_PLACES = _WORD
_SENTENCE_ENDS = frozenset(SIGNS[name] for name in ("dot", "end_mark", "line"))
_NEAR = 3  # tokens between an adjective and what it says: турецкое побережье, турецкие семейные отели
_STOPS = "<dot|end_mark|line|semicolon>"


class Line:
    """Tokens and their signs. `used` are places already read as part of a value, so that nothing is read twice."""

    __slots__ = ("is_ukrainian", "present", "signs", "text", "tokens", "used")

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = list(tokens)
        self.signs = "".join(token.sign for token in tokens)
        self.present = frozenset(self.signs)
        self.used: set[int] = set()
        self.is_ukrainian = any(letter in text for letter in "іїєґІЇЄҐ") and not any(letter in text for letter in "ыэъЫЭЪ")

    def part(self, start: int, end: int) -> Line:
        """A part of the line as a line of its own, over the same text and the same tokens."""
        return Line(self.text, self.tokens[start:end])

    def has(self, names: str) -> bool:
        """Whether there is any of these signs at all: most messages lack most kinds of words."""
        return not self.present.isdisjoint(signs_of(names))

    def find(self, written: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Where a pattern holds, in order."""
        return pattern(written).finditer(self.signs, start, len(self.signs) if end is None else end)

    def first(self, written: str) -> re.Match[str] | None:
        """Where a pattern holds first."""
        return pattern(written).search(self.signs)

    def before(self, at: int, written: str) -> re.Match[str] | None:
        """Whether a pattern holds right before a place in the line."""
        return ending(written).search(self.signs, max(0, at - 8), at)

    def follows(self, at: int, written: str) -> re.Match[str] | None:
        """Whether a pattern holds from a place in the line."""
        return pattern(written).match(self.signs, at)

    def blot(self, start: int, end: int) -> None:
        """What stands here is no part of the request."""
        self.signs = self.signs[:start] + _NOISE * (end - start) + self.signs[end:]
        for token in self.tokens[start:end]:
            token.sign = _NOISE

    def resign(self, at: int, name: str) -> None:
        """A word turns out to be of another kind."""
        self.tokens[at].sign = SIGNS[name]
        self.signs = self.signs[:at] + SIGNS[name] + self.signs[at + 1 :]

    def sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence around a place begins and ends."""
        start = 0
        for stop in pattern(_STOPS).finditer(self.signs, 0, at):
            start = stop.end()
        after = pattern(_STOPS).search(self.signs, at)
        return start, after.start() if after else len(self.signs)

    def number(self, at: int) -> float:
        """What the token counts; nan where it does not, which no comparison lets through."""
        number = self.tokens[at].number
        return float("nan") if number is None else number

    def whole(self, at: int) -> int | None:
        """What the token counts, if that is a whole number."""
        number = self.tokens[at].number
        return int(number) if number is not None and number == int(number) else None

    def is_used(self, start: int, end: int) -> bool:
        """Whether something else was read here."""
        return any(at in self.used for at in range(start, end))

    def use(self, start: int, end: int) -> None:
        """These tokens have said what they say."""
        self.used.update(range(start, end))


def read_line(text: str, gazetteer: Gazetteer) -> Line:
    """The line of a text, its places found."""
    return Line(text, _with_places(tokenize(text), gazetteer))


def _with_places(tokens: Sequence[Token], gazetteer: Gazetteer) -> list[Token]:
    """The tokens with each phrase and each place as one of them."""
    listed: list[Token] = []
    at = 0
    while at < len(tokens):
        made = _phrase_at(tokens, at) or (_place_at(tokens, at, gazetteer) if tokens[at].sign in _MAYBE_PLACES else None)
        token, at = made or (tokens[at], at + 1)
        listed.append(token)
    return listed


def _phrase_at(tokens: Sequence[Token], at: int) -> tuple[Token, int] | None:
    """The phrase that begins here as one token, and the token after it."""
    first = tokens[at]
    for tail, meaning in phrases().get(first.word, ()):
        end = _after_tail(tokens, at + 1, tail)
        if end is not None:
            number = meaning.value if isinstance(meaning.value, int | float) else None
            return Token(
                first.start, tokens[end - 1].end, first.text, " ".join((first.word, *tail)), meaning.sign, meaning.value, number
            ), end
    return None


def _place_at(tokens: Sequence[Token], at: int, gazetteer: Gazetteer) -> tuple[Token, int] | None:
    """The place whose name begins here as one token, and the token after it."""
    token = tokens[at]
    listed = gazetteer.starting(token.word) or (gazetteer.starting(token.text.lower()) if token.text.isascii() else ())
    if not listed and not token.marks and not _is_surname(tokens, at) and (meant := gazetteer.meant(token.word)):
        listed = gazetteer.starting(meant)
    for tail, match in listed:
        end = _after_tail(tokens, at + 1, tail)
        if end is None or (match.place.needs_capital and not token.text[0].isupper()):
            continue
        if match.is_adjective and not any("shore" in near.marks for near in tokens[end : end + _NEAR]):
            continue
        sign = _ADJECTIVE if match.is_adjective else _PLACE
        return Token(token.start, tokens[end - 1].end, token.text, token.word, sign, match), end
    return None


def _is_surname(tokens: Sequence[Token], at: int) -> bool:
    """«Іван Туреччин»: two words with capitals side by side, neither of which is known, are a name."""
    if not at or not tokens[at].text[0].isupper():
        return False
    before = tokens[at - 1]
    return before.sign == _WORD and not before.marks and before.text[0].isupper() and at > 1 and tokens[at - 2].sign not in _SENTENCE_ENDS


def _after_tail(tokens: Sequence[Token], at: int, tail: tuple[str, ...]) -> int | None:
    for word in tail:
        if at < len(tokens) and tokens[at].sign == _DASH:
            at += 1
        if at >= len(tokens) or tokens[at].word != word:
            return None
        at += 1
    return at
