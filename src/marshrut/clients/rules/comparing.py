"""Two records held against each other, field by field: the same, nearly, somewhat alike, different, or unknown."""

from enum import IntEnum

from rapidfuzz.distance import OSA

from .records import Record


class Level(IntEnum):
    """How far two values agree. Where one of them is missing, nothing is known and nothing follows."""

    UNKNOWN = 0
    SAME = 1
    NEAR = 2
    ALIKE = 3
    DIFFERENT = 4


UNKNOWN, SAME, NEAR, ALIKE, DIFFERENT = (int(level) for level in Level)  # plain numbers: millions of them are made
LEVELS = len(Level)
Pattern = tuple[int, ...]

FIELDS = ("given", "surname", "patronymic", "born", "phones", "emails", "house", "street", "extra", "place", "postcode", "region")
"""What is compared, in the order of a pattern."""

HOUSEHOLD = frozenset({"surname", "phones", "emails", "house", "street", "extra", "place", "postcode", "region"})
"""What those who live together have in common. The rest tells one of them from another."""

_distance = OSA.distance  # insertions, deletions, replacements, and two letters that changed places


def compare(a: Record, b: Record) -> Pattern:
    """The level of every field of FIELDS. Fields that people mistake for one another are also tried the other way round."""
    given, surname = _names(a, b)
    street, extra = _lines(a, b)
    place, postcode = _word(a.place, b.place), _number(a.postcode, b.postcode)
    if place == postcode == DIFFERENT and (a.place == b.postcode or a.postcode == b.place):
        place = postcode = NEAR
    return (
        given,
        surname,
        _word(a.patronymic, b.patronymic),
        _birth(a, b),
        _ways(a.phones, b.phones),
        _addresses(a.emails, b.emails),
        _number(a.house, b.house),
        street,
        extra,
        place,
        postcode,
        _exact(a.region, b.region),
    )


def _names(a: Record, b: Record) -> tuple[int, int]:
    given, surname = _word(a.given, b.given), _word(a.surname, b.surname)
    if given == SAME == surname:
        return SAME, SAME
    if given > NEAR and a.lines and a.lines & b.lines:  # a short form of the same name
        given = NEAR
    if given in (SAME, NEAR) and surname in (SAME, NEAR):
        return given, surname
    crossed, crossed_too = _word(a.given, b.surname), _word(a.surname, b.given)
    known = [level for level in (crossed, crossed_too) if level]
    if not known or sum(known) / len(known) >= ((given or DIFFERENT) + (surname or DIFFERENT)) / 2:
        return given, surname
    if max(known) < DIFFERENT and len(known) == 2:
        return max(crossed, NEAR), max(crossed_too, NEAR)
    # One word in common, in different places: as much as a family has, whichever of the two it is.
    return (DIFFERENT if len(known) == 2 else UNKNOWN), max(min(known), NEAR)


def _lines(a: Record, b: Record) -> tuple[int, int]:
    """The two lines of an address, which change places as often as names do."""
    street, extra = _word(a.street, b.street), _word(a.extra, b.extra)
    if street in (SAME, NEAR) and extra in (SAME, NEAR):
        return street, extra
    crossed, crossed_too = _word(a.street, b.extra), _word(a.extra, b.street)
    best, best_crossed = min(street or DIFFERENT, extra or DIFFERENT), min(crossed or DIFFERENT, crossed_too or DIFFERENT)
    return (crossed, crossed_too) if best_crossed <= NEAR and best_crossed < best else (street, extra)


def _word(a: str, b: str) -> int:
    """Near: one slip of the hand, or a fifth of the letters; alike: two fifths."""
    if not a or not b:
        return UNKNOWN
    if a == b:
        return SAME
    longest = len(a) if len(a) > len(b) else len(b)
    slips = _distance(a, b, score_cutoff=longest * 2 // 5)
    if (slips <= 1 and longest > 2) or slips * 5 <= longest:
        return NEAR
    if len(a) == 1 or len(b) == 1:  # an initial
        return ALIKE if a[0] == b[0] else DIFFERENT
    return ALIKE if slips * 5 <= longest * 2 else DIFFERENT


def _number(a: str, b: str) -> int:
    if not a or not b:
        return UNKNOWN
    if a == b:
        return SAME
    return NEAR if max(len(a), len(b)) > 1 and _distance(a, b, score_cutoff=1) <= 1 else DIFFERENT


def _exact(a: str, b: str) -> int:
    if not a or not b:
        return UNKNOWN
    return SAME if a == b else DIFFERENT


def _birth(a: Record, b: Record) -> int:
    """A slip, or day and month in the other order, is near; two slips, or one part of three that differs, are alike, and so is the
    age alone."""
    one, two = a.born, b.born
    if not one or not two:
        if not a.age or not b.age:
            return UNKNOWN
        return ALIKE if abs(a.age - b.age) <= 1 else DIFFERENT
    if one == two:
        return SAME
    if _distance(one, two, score_cutoff=1) <= 1:
        return NEAR
    is_year = one[:4] == two[:4]
    if is_year and one[4:6] == two[6:] and one[6:] == two[4:6]:
        return NEAR
    if is_year + (one[4:6] == two[4:6]) + (one[6:] == two[6:]) == 2:
        return ALIKE
    return ALIKE if _distance(one, two, score_cutoff=2) <= 2 else DIFFERENT


def _addresses(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    """As numbers are; but a digit in an address is there to be another's: ivan.petrov1 and ivan.petrov2 are two people."""
    level = _ways(one, two)
    if level != NEAR:
        return level
    lettered = tuple({address.translate(_NO_DIGITS) for address in one}), tuple({address.translate(_NO_DIGITS) for address in two})
    return NEAR if _ways(*lettered) == NEAR else DIFFERENT


_NO_DIGITS = dict.fromkeys(map(ord, "0123456789"))


def _ways(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    """Numbers, or addresses: the same when any is, near when two differ by one slip."""
    if not one or not two:
        return UNKNOWN
    best = DIFFERENT
    for a in one:
        for b in two:
            if a == b:
                return SAME
            if best == DIFFERENT and _distance(a, b, score_cutoff=1) <= 1:
                best = NEAR
    return best
