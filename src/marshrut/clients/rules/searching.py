"""All pairs of a base that may be one person: met by their keys, compared once, weighed by what the base itself teaches."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .comparing import DIFFERENT, FIELDS, UNKNOWN, Pattern, compare
from .keys import keys_of
from .records import Record
from .weighing import Weights, estimate_weights, judge_pair, judge_pattern, judge_rarest

LARGEST_BLOCK = 30
"""So many records may share a key and still be compared by it; a key that more share tells too little."""
_LEAST_AGREEING = 2  # fields that agree in a pair worth keeping
_SURE = 0.95  # both likenesses together, to make a third of them
_LARGEST_GROUP = 12  # whoever is like more people than this is like them for want of anything to tell them by
_GIVEN, _BORN = FIELDS.index("given"), FIELDS.index("born")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A pair, by its places in the list of records, with its verdict and the levels it was judged by."""

    one: int
    two: int
    same: float
    household: float
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found: pairs more likely one person than not, pairs more likely of one household, and what was learned."""

    doubles: tuple[Found, ...]
    households: tuple[Found, ...]
    weights: Weights
    compared: int


def find_pairs(records: Sequence[Record], progress: Progress | None = None) -> Search:
    """Look through a whole base. `progress` hears (records done, of how many)."""
    kept, compared = _compare_all(records, progress)
    weights = estimate_weights(records, {pattern: len(pairs) for pattern, pairs in kept.items()})
    doubles, households = [], []
    for pattern, pairs in kept.items():
        if judge_rarest(pattern, weights).same < 0.5 and judge_pattern(pattern, weights).household < 0.05:
            continue
        for one, two in pairs:
            verdict = judge_pair(records[one], records[two], weights, pattern)
            if verdict.same > 0.5:
                doubles.append(Found(one, two, verdict.same, verdict.household, pattern))
            elif verdict.household > 0.5:
                households.append(Found(one, two, verdict.same, verdict.household, pattern))
    implied = list(_implied(doubles, records))
    met = {(pair.one, pair.two) for pair in implied}
    kin = tuple(pair for pair in households if (pair.one, pair.two) not in met)
    return Search((*doubles, *implied), kin, weights, compared)


def _implied(doubles: Iterable[Found], records: Sequence[Record]) -> Iterator[Found]:
    """Two who are both like a third are one person too, however little they look it: as likely as both likenesses together."""
    alike: dict[int, dict[int, float]] = defaultdict(dict)
    for pair in doubles:
        alike[pair.one][pair.two] = alike[pair.two][pair.one] = pair.same
    likeliest: dict[tuple[int, int], float] = {}
    for others in alike.values():
        if len(others) <= _LARGEST_GROUP:
            for one, two in combinations(sorted(others), 2):
                together = others[one] * others[two]
                if two not in alike[one] and together > max(_SURE, likeliest.get((one, two), 0.0)):
                    likeliest[one, two] = together
    for (one, two), same in sorted(likeliest.items()):
        pattern = compare(records[one], records[two])
        if not pattern[_GIVEN] == pattern[_BORN] == DIFFERENT:  # two of one family, and a record that might be either
            yield Found(one, two, same, 0.0, pattern)


def _compare_all(records: Sequence[Record], progress: Progress | None) -> tuple[dict[Pattern, list[tuple[int, int]]], int]:
    """The pairs that share a key by what they agree in, where that is anything to go by; and how many were compared."""
    met: dict[Pattern, list[tuple[int, int]] | None] = {}
    compared = 0
    for one, own in enumerate(_blocks(records)):
        if progress and one % 1000 == 0:
            progress(one, len(records))
        record, others = records[one], {two for block in own for two in block if two > one}
        compared += len(others)
        for two in others:
            pattern = compare(record, records[two])
            if pattern not in met:
                met[pattern] = [] if _agreeing(pattern) >= _LEAST_AGREEING else None
            pairs = met[pattern]
            if pairs is not None:
                pairs.append((one, two))
    if progress:
        progress(len(records), len(records))
    return {pattern: pairs for pattern, pairs in met.items() if pairs is not None}, compared


def _agreeing(pattern: Pattern) -> int:
    return sum(UNKNOWN < level < DIFFERENT for level in pattern)


def _blocks(records: Sequence[Record]) -> list[list[list[int]]]:
    """For every record the groups it meets others in."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for key in keys_of(record):
            by_key[key].append(place)
    blocks: list[list[list[int]]] = [[] for _ in records]
    for group in by_key.values():
        if 1 < len(group) <= LARGEST_BLOCK:
            for place in group[:-1]:
                blocks[place].append(group)
    return blocks
