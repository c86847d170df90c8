"""The small language in which criteria are written as data, shared by classification and relevance.

A set of conditions is a JSON object; all of its keys must hold:
  channel, source, category, direction, board   a list of slugs, one of which it is ("vk_*" stands for all that begin so)
  words_any, words_all, words_none       words or phrases of the message, with * for any ending, ~ for all forms: see `Lexicon`
  person                                 "known", "unknown" or "vip"
  has, lacks                             names from FEATURES that must all be there, must all be absent
  season                                 a list of seasons, where the ruleset names seasons
  <measure>_above, _below, _at_least, _at_most   a number; measures are named in MEASURES; unknown measures do not hold
  any, all                               a list of such objects, one or all of which must hold
  not                                    one such object, which must not hold
An unknown key or a value of the wrong kind is an error when the ruleset is read, never a silent miss later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .facts import InquiryFacts
from .lexicon import Lexicon


class RulesetError(ValueError):
    """A ruleset that cannot be used: where (`path`, e.g. "criteria[3].conditions.words_any") and why."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """An inquiry prepared for conditions: its facts, the entries found in its words, what was worked out besides."""

    facts: InquiryFacts
    found: Mapping[int, str]
    worked_out: Mapping[str, float | None] = field(default_factory=dict)
    season: str | None = None


Condition = Callable[[Reading], str | None]
"""None when it does not hold; otherwise what matched, which may be an empty text."""

FEATURES: Mapping[str, Callable[[InquiryFacts], object]] = {
    "name": lambda facts: facts.has_name,
    "phone": lambda facts: facts.has_phone,
    "email": lambda facts: facts.has_email,
    "messenger": lambda facts: facts.has_messenger,
    "message": lambda facts: facts.words,
    "request": lambda facts: facts.has_request,
    "category": lambda facts: facts.category,
    "directions": lambda facts: facts.directions,
    "dates": lambda facts: facts.date_from or facts.date_to,
    "nights": lambda facts: facts.nights,
    "adults": lambda facts: facts.adults,
    "rooms": lambda facts: facts.rooms,
    "stars": lambda facts: facts.stars_from or facts.stars_to,
    "board": lambda facts: facts.board,
    "departure": lambda facts: facts.departure,
    "budget": lambda facts: facts.budget,
    "open_matter": lambda facts: facts.person.has_open_matter,
    "booking": lambda facts: facts.person.has_booking,
    "trip": lambda facts: facts.person.is_on_trip,
    "owner": lambda facts: facts.person.owner_id,
}
MEASURES: Mapping[str, Callable[[InquiryFacts], float | None]] = {
    "adults": lambda facts: facts.adults,
    "children": lambda facts: facts.children_count,
    "party": lambda facts: facts.party,
    "rooms": lambda facts: facts.rooms,
    "nights": lambda facts: facts.nights,
    "stars": lambda facts: facts.stars_from or facts.stars_to,
    "adults_per_room": lambda facts: facts.adults / facts.rooms if facts.adults and facts.rooms else None,
    "lead_days": lambda facts: (facts.date_from - facts.today).days if facts.date_from else None,
    "past_deals": lambda facts: facts.person.past_deals,
    "links": lambda facts: facts.message.count("://"),
    "words": lambda facts: len(facts.words),
}
PERSONS: Mapping[str, Callable[[InquiryFacts], bool]] = {
    "known": lambda facts: facts.person.is_known,
    "unknown": lambda facts: not facts.person.is_known,
    "vip": lambda facts: facts.person.is_vip,
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "_above": lambda value, limit: value > limit,
    "_below": lambda value, limit: value < limit,
    "_at_least": lambda value, limit: value >= limit,
    "_at_most": lambda value, limit: value <= limit,
}
_SLUGS: Mapping[str, Callable[[InquiryFacts], Sequence[str]]] = {
    "channel": lambda facts: (facts.channel,),
    "source": lambda facts: (facts.source_slug,),
    "category": lambda facts: (facts.category,) if facts.category else (),
    "direction": lambda facts: facts.directions,
    "board": lambda facts: (facts.board,) if facts.board else (),
}


class ConditionCompiler:
    """Turns conditions into functions once, so that deciding costs little. All criteria of a ruleset share one
    lexicon. `worked_out` names measures the ruleset adds to MEASURES, `seasons` the seasons it knows."""

    def __init__(self, worked_out: Sequence[str] = (), seasons: Sequence[str] = ()) -> None:
        self.lexicon = Lexicon()
        self._worked_out = frozenset(worked_out)
        self._seasons = frozenset(seasons)

    def compile(self, data: object, path: str) -> Condition:
        """One function for a set of conditions. Raises RulesetError."""
        if not isinstance(data, Mapping):
            raise RulesetError(path, "conditions must be an object")
        keys = sorted(data, key=lambda key: not str(key).startswith("words"))  # words make the best reason: first
        tests = [self._test(key, data[key], f"{path}.{key}") for key in keys]
        if len(tests) == 1:
            return tests[0]
        return lambda reading: _all_of(tests, reading)

    def _test(self, key: str, value: object, path: str) -> Condition:
        if key in _SLUGS:
            return _slug_test(_SLUGS[key], _texts(value, path))
        if key in ("words_any", "words_all", "words_none"):
            return self._words_test(key, value, path)
        if key in ("has", "lacks"):
            return _feature_test([_named(FEATURES, name, path) for name in _texts(value, path)], wanted=key == "has")
        if key in ("any", "all", "not"):
            return self._group_test(key, value, path)
        if key == "person":
            is_such = _named(PERSONS, value, path)
            return lambda reading: "" if is_such(reading.facts) else None
        if key == "season":
            return self._season_test(_texts(value, path), path)
        return self._measure_test(key, value, path)

    def _words_test(self, key: str, value: object, path: str) -> Condition:
        try:
            numbers = [self.lexicon.add(entry) for entry in _texts(value, path)]
        except ValueError as error:
            raise RulesetError(path, f"an entry {error}") from error
        entries = frozenset(numbers)
        if key == "words_any":
            return lambda reading: next((words for number, words in reading.found.items() if number in entries), None)
        if key == "words_all":
            return lambda reading: (
                ", ".join(reading.found[number] for number in numbers) if entries <= reading.found.keys() else None
            )
        return lambda reading: "" if entries.isdisjoint(reading.found) else None

    def _group_test(self, key: str, value: object, path: str) -> Condition:
        if key == "not":
            inner = self.compile(value, path)
            return lambda reading: "" if inner(reading) is None else None
        if not isinstance(value, list) or not value:
            raise RulesetError(path, "must be a list of conditions")
        tests = [self.compile(one, f"{path}[{place}]") for place, one in enumerate(value)]
        if key == "all":
            return lambda reading: _all_of(tests, reading)
        return lambda reading: next((match for test in tests if (match := test(reading)) is not None), None)

    def _season_test(self, seasons: Sequence[str], path: str) -> Condition:
        if unknown := sorted(set(seasons) - self._seasons):
            raise RulesetError(path, f"unknown season “{unknown[0]}”")
        return lambda reading: reading.season if reading.season in seasons else None

    def _measure_test(self, key: str, value: object, path: str) -> Condition:
        ending = next((ending for ending in _COMPARISONS if key.endswith(ending)), None)
        name = key.removesuffix(ending) if ending else key
        if ending is None or (name not in MEASURES and name not in self._worked_out):
            raise RulesetError(path, "unknown condition")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RulesetError(path, "must be a number")
        holds, limit, measure = _COMPARISONS[ending], value, MEASURES.get(name)

        def test(reading: Reading) -> str | None:
            measured = measure(reading.facts) if measure else reading.worked_out.get(name)
            return "" if measured is not None and holds(measured, limit) else None

        return test


def _all_of(tests: Sequence[Condition], reading: Reading) -> str | None:
    matched = ""
    for test in tests:
        match = test(reading)
        if match is None:
            return None
        matched = matched or match
    return matched


def _slug_test(values_of: Callable[[InquiryFacts], Sequence[str]], slugs: Sequence[str]) -> Condition:
    whole = frozenset(slug for slug in slugs if not slug.endswith("*"))
    beginnings = tuple(slug[:-1] for slug in slugs if slug.endswith("*"))

    def test(reading: Reading) -> str | None:
        for value in values_of(reading.facts):
            if value in whole or (beginnings and value.startswith(beginnings)):
                return value
        return None

    return test


def _feature_test(features: Sequence[Callable[[InquiryFacts], object]], *, wanted: bool) -> Condition:
    return lambda reading: "" if all(bool(feature(reading.facts)) is wanted for feature in features) else None


def _texts(value: object, path: str) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise RulesetError(path, "must be a text or a list of texts")
    return list(texts)


def _named(table: Mapping[str, Any], name: object, path: str) -> Any:
    if not isinstance(name, str) or name not in table:
        raise RulesetError(path, f"unknown name “{name}”; known: {', '.join(table)}")
    return table[name]
