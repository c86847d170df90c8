"""How much the agreement of each field weighs, learned from the base itself without anybody's marks, and what follows of it.

After Fellegi and Sunter (1969): a pair is one of three things: one person twice, two of one household, two strangers. For
each, how often every level of agreement comes is estimated: among strangers from chance pairs and from how frequent a value
is; among the same by expectation and maximisation (Winkler 1988, 2000); a household agrees like the same person in what is
shared and like strangers in the rest. The verdict is the probability that is left when all this is put together, and the
prior, how many of all possible pairs are one person, is estimated too: nothing here was set by looking at the answers.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .comparing import FIELDS, HOUSEHOLD, LEVELS, NEAR, SAME, Pattern, compare
from .records import Record

Table = tuple[tuple[float, ...], ...]

ADDRESS = ("place", "postcode", "region", "street", "extra", "house")
"""What follows of one another, the narrower after the wider: an address agrees as a whole more often than by chance."""

_NAMES = ("surname", "given", "patronymic")
_PLACES = {name: place for place, name in enumerate(FIELDS)}
_SHARED = tuple(name in HOUSEHOLD for name in FIELDS)
_EXPECTED = (0.0, 0.90, 0.06, 0.02, 0.02)
_EXPECTED_OF_WAYS = (0.0, 0.45, 0.04, 0.01, 0.50)
"""What is believed before any pair was seen: people are known twice because they came with another number."""
_EXPECTED_OF_FATHERS = (0.0, 0.90, 0.06, 0.037, 0.003)
"""Patronymics are left out, cut short and written in two languages; another father nobody has."""
_BELIEF = 20.0  # how many pairs that belief is worth
_SAMPLE = 20_000
_ROUNDS, _SETTLED = 60, 1e-4
_LEAST_DOUBLES = 0.02  # of the people: in no base they are fewer, before anybody has looked
_LEAST_HOUSEHOLDS = 0.02  # of the doubles: nobody's clients are without families
_ONES_OWN = ("born", "phones", "emails")
_MANY_NAMESAKES = 50
_MOST_DIFFERENT = {"given": 0.35, "born": 0.35, "patronymic": 0.003}
"""Of a person's own: nobody is told twice with mostly another name and another date of birth, or with another father."""
_FREQUENT = 500  # of each field so many values are kept with their share


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned. `same` and `strangers` give the probability of a level by field; `doubles` and `households` are the
    share of such pairs among all; `shares` are those of frequent values, `rare` the share of all others; `together` is how often
    strangers agree in one part of an address when they do in another."""

    same: Table
    strangers: Table
    doubles: float
    households: float
    people: int
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    rare: Mapping[str, float] = field(default_factory=dict)
    together: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """As it is kept: the most frequent values alone, so that it stays small, and none that is one person's own."""
        kept = {
            name: dict(Counter(dict(values)).most_common(_FREQUENT))
            for name, values in self.shares.items()
            if name not in _ONES_OWN
        }
        return {"same": self.same, "strangers": self.strangers, "doubles": self.doubles, "households": self.households,
                "people": self.people, "rare": dict(self.rare), "together": dict(self.together), "shares": kept}  # fmt: skip

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> "Weights":
        """What `as_json` gave."""
        same, strangers = (tuple(tuple(row) for row in kept[name]) for name in ("same", "strangers"))
        rest = {name: kept[name] for name in ("doubles", "households", "people", "shares", "rare", "together")}
        return Weights(same, strangers, **rest)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely two records are one person, or two of one household; what is left is that they are strangers."""

    same: float
    household: float


def _expected(name: str) -> tuple[float, ...]:
    if name == "patronymic":
        return _EXPECTED_OF_FATHERS
    return _EXPECTED_OF_WAYS if name in ("phones", "emails") else _EXPECTED


def delivered_weights(people: int) -> Weights:
    """What is gone by until a base is large enough to learn from, for so many people."""
    common = {"given": 0.02, "surname": 0.002, "patronymic": 0.02, "born": 0.0001, "place": 0.05, "region": 0.2, "house": 0.02}
    strangers = []
    for name in FIELDS:
        agree = common.get(name, 2e-6 if name in ("phones", "emails") else 0.001)
        strangers.append((1.0, agree, agree / 2, agree * 2, 1 - 3.5 * agree))
    pairs = max(people, 50)
    return Weights(tuple((1.0, *_expected(name)[1:]) for name in FIELDS), tuple(strangers), 0.1 / pairs, 0.1 / pairs, people)


DELIVERED = delivered_weights(2000)


def estimate_weights(records: Sequence[Record], patterns: Mapping[Pattern, int], seed: int = 7) -> Weights:
    """The weights of a base, from how often each pattern came among the pairs that share a key. The same for the same seed."""
    people = len(records)
    shares, rare, agreed = _frequencies(records)
    strangers = _strangers(records, agreed, random.Random(seed))
    alone = _expect_and_maximise(patterns, delivered_weights(people), strangers, {})
    together = _dependences(records, agreed, alone) | _namesakes(records, agreed, random.Random(seed))
    learned = _expect_and_maximise(patterns, alone, strangers, together) if together else alone
    return replace(learned, shares=shares, rare=rare)


def _values(record: Record, name: str) -> Sequence[str]:
    value = getattr(record, name)
    return value if isinstance(value, tuple) else (value,) if value else ()


def _frequencies(records: Sequence[Record]) -> tuple[dict[str, dict[str, float]], dict[str, float], dict[str, float]]:
    """By field: each value's share, that of a value others have not, and how often two strangers have the same."""
    shares: dict[str, dict[str, float]] = {}
    rare: dict[str, float] = {}
    agreed: dict[str, float] = {}
    for name in FIELDS:
        counted = Counter(value for record in records for value in _values(record, name))
        total = counted.total()
        # The two who are held against each other are left out: what nobody else has is as rare as half a person.
        shares[name] = {value: (number - 1.5) / total for value, number in counted.items() if number > 2}
        rare[name] = 0.5 / max(total, 50)
        agreed[name] = sum(n * (n - 1) for n in counted.values()) / (total * (total - 1)) if total > 1 else 0.0
    return shares, rare, agreed


def _strangers(records: Sequence[Record], agreed: Mapping[str, float], chance: random.Random) -> Table:
    """How often levels come among pairs taken by chance; how often values are the same is reckoned from all of them."""
    counts = [[0.0, 0.1, 0.1, 0.1, 1.0] for _ in FIELDS]
    people = len(records)
    for _ in range(_SAMPLE if people > 1 else 0):
        one, two = chance.randrange(people), chance.randrange(people)
        if one != two:
            for row, level in zip(counts, compare(records[one], records[two]), strict=True):
                row[level] += 1
    table = []
    for name, row in zip(FIELDS, counts, strict=True):
        known = sum(row[1:])
        table.append((1.0, max(agreed[name], 1e-7), *(number / known for number in row[2:])))
    return tuple(table)


def _dependences(records: Sequence[Record], agreed: Mapping[str, float], learned: Weights) -> dict[str, float]:
    """How often strangers agree in one part of an address when they do in another: who shares a postcode shares the town.

    Doubles and households agree in both too; how many those are is known by now, and is taken off.
    """
    given: dict[str, float] = {}
    for place, name in enumerate(ADDRESS):
        for other in ADDRESS[:place]:
            both = Counter((one, two) for record in records if (one := getattr(record, name)) and (two := getattr(record, other)))
            total = both.total()
            if total < 2:
                continue
            one, two = (learned.same[FIELDS.index(field_name)][SAME] for field_name in (name, other))
            theirs = learned.doubles + learned.households
            joint = sum(n * (n - 1) for n in both.values()) / (total * (total - 1)) - theirs * one * two
            share = min(1.0, joint / max(agreed[other] - theirs * two, 1e-12))
            if share > 3 * agreed[name]:
                given[f"{name} {other}"] = share
    return given


def _namesakes(records: Sequence[Record], agreed: Mapping[str, float], chance: random.Random) -> dict[str, float]:
    """How often strangers agree in given name and patronymic when they do in the surname: it tells the sex and the language.

    Learned of surnames that are frequent, where most who share one are strangers; pairs that agree in two things besides the
    name are left out.
    """
    by_surname: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_surname[record.surname].append(record)
    frequent = [group for surname, group in by_surname.items() if surname and len(group) >= _MANY_NAMESAKES]
    if not frequent:
        return {}
    seen, same = Counter[str](), Counter[str]()
    for group in chance.choices(frequent, weights=[len(group) ** 2 for group in frequent], k=_SAMPLE):
        one, two = chance.sample(group, 2)
        pattern = compare(one, two)
        if sum(level in (SAME, NEAR) for name, level in zip(FIELDS, pattern, strict=True) if name not in _NAMES) > 1:
            continue
        for name in _NAMES[1:]:
            if level := pattern[_PLACES[name]]:
                seen[name] += 1
                same[name] += level == SAME
    return {f"{name} surname": same[name] / seen[name] for name in _NAMES[1:] if same[name] > 3 * seen[name] * agreed[name] / 2}


def _expect_and_maximise(
    patterns: Mapping[Pattern, int], start: Weights, strangers: Table, together: Mapping[str, float]
) -> Weights:
    """Doubles and what they agree in, by turns: how likely each pair is one, and what follows of that for all."""
    weights = replace(start, strangers=strangers, together=together)
    pairs = max(weights.people * (weights.people - 1) / 2, 1.0)
    chances = {pattern: _chances(pattern, weights) for pattern in patterns}
    for _ in range(_ROUNDS):
        counts = [[share * _BELIEF for share in _expected(name)] for name in FIELDS]
        is_same = is_household = 0.0
        for pattern, number in patterns.items():
            one, kin, none = _likelihoods(pattern, weights, chances[pattern])
            share = number * one / (one + kin + none)
            is_same += share
            is_household += number * kin / (one + kin + none)
            if share > 1e-9:
                for row, level in zip(counts, pattern, strict=True):
                    row[level] += share
        before = weights.doubles
        weights = replace(
            weights,
            same=tuple(_shares(name, row) for name, row in zip(FIELDS, counts, strict=True)),
            doubles=max(is_same, _LEAST_DOUBLES * weights.people) / pairs,
            households=max(is_household, _LEAST_HOUSEHOLDS * is_same, 0.5) / pairs,
        )
        if abs(weights.doubles - before) < _SETTLED * before:
            break
    return weights


def _shares(name: str, counts: Sequence[float]) -> tuple[float, ...]:
    """Counts of levels as shares; of what is a person's own, different is never the rule."""
    known = sum(counts[1:])
    shares = [number / known for number in counts[1:]]
    most = _MOST_DIFFERENT.get(name, 1.0)
    if shares[-1] > most:
        rest = (1 - most) / (1 - shares[-1])
        shares = [share * rest for share in shares[:-1]] + [most]
    return (1.0, *shares)


def _chances(pattern: Pattern, weights: Weights, a: Record | None = None, b: Record | None = None) -> list[float]:
    """How likely strangers agree so far, by field; of two records, with how frequent the very values are."""
    found = [by_chance[level] for level, by_chance in zip(pattern, weights.strangers, strict=True)]
    if a and b and weights.shares:
        for place, level in enumerate(pattern):
            if level == SAME:
                found[place] = _chance(FIELDS[place], a, b, weights, found[place])
    if weights.together:
        for name in _NAMES[1:] if pattern[_PLACES["surname"]] in (SAME, NEAR) else ():
            if pattern[_PLACES[name]] == SAME:
                found[_PLACES[name]] = max(found[_PLACES[name]], weights.together.get(f"{name} surname", 0.0))
        agreeing = [name for name in ADDRESS if pattern[_PLACES[name]] in (SAME, NEAR)]
        for number, name in enumerate(agreeing):
            likeliest = max((weights.together.get(f"{name} {other}", 0.0) for other in agreeing[:number]), default=0.0)
            found[_PLACES[name]] = max(found[_PLACES[name]], likeliest)
    return found


def _likelihoods(pattern: Pattern, weights: Weights, chances: Sequence[float]) -> tuple[float, float, float]:
    """How likely the pattern is, of one person twice, of two of a household, of strangers."""
    one, kin, none = weights.doubles, weights.households, 1.0 - weights.doubles - weights.households
    for level, agrees, chance, is_shared in zip(pattern, weights.same, chances, _SHARED, strict=True):
        if level:
            one *= agrees[level]
            none *= chance
            kin *= agrees[level] if is_shared else chance
    return one, kin, none


def judge_pattern(pattern: Pattern, weights: Weights) -> Verdict:
    """The verdict by levels alone, as if every value were of usual frequency."""
    return _verdict(*_likelihoods(pattern, weights, _chances(pattern, weights)))


def judge_rarest(pattern: Pattern, weights: Weights) -> Verdict:
    """The verdict as if all that agrees were the rarest of values: no pair of this pattern is more likely one person."""
    chances = [
        min(chance, weights.rare.get(name, chance)) if level == SAME else chance
        for name, level, chance in zip(FIELDS, pattern, _chances(pattern, weights), strict=True)
    ]
    return _verdict(*_likelihoods(pattern, weights, chances))


def judge_pair(a: Record, b: Record, weights: Weights, pattern: Pattern | None = None) -> Verdict:
    """The verdict on two records: that a rare value agrees says more than that a frequent one does."""
    found = compare(a, b) if pattern is None else pattern
    return _verdict(*_likelihoods(found, weights, _chances(found, weights, a, b)))


def _verdict(one: float, kin: float, none: float) -> Verdict:
    together = one + kin + none
    return Verdict(one / together, kin / together)


def _chance(name: str, a: Record, b: Record, weights: Weights, usual: float) -> float:
    """How likely a stranger has the very value these two have in common."""
    shares = weights.shares.get(name)
    if shares is None:
        return usual
    both = set(_values(a, name)) & set(_values(b, name))
    return max((shares.get(value, weights.rare[name]) for value in both), default=usual)


assert all(len(row) == LEVELS for row in DELIVERED.same)
