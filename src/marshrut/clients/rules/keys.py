"""Under which keys a record is looked up: whoever shares none with another is not compared with them.

Each key joins two things that seldom go wrong together, so that a slip in one of them leaves another key that still
meets. Every name is taken in both places, for given name and surname are exchanged often.
"""

from .records import Record
from .spelling import sounded


def keys_of(record: Record) -> set[str]:
    """All keys of a record. The first letter tells the kind, so that kinds never meet."""
    given, surname = sounded(record.given), sounded(record.surname)
    names = {name for name in (given, surname) if name}
    keys = {f"n{min(given, surname)} {max(given, surname)}"} if given and surname else set()
    keys.update(f"N{line} {surname}" for line in record.lines if surname)
    keys |= _by_birth(record.born, names)
    keys |= _by_address(record, names)
    keys |= _by_ways(record, names)
    return keys


def _by_birth(born: str, names: set[str]) -> set[str]:
    """The whole date, its month and day in either order; and any two parts of it with a name."""
    if not born:
        return set()
    year, month, day = born[:4], born[4:6], born[6:]
    keys = {f"b{year}{min(month, day)}{max(month, day)}"}
    for name in names:
        keys |= {f"y{name}{year}{month}", f"m{name}{month}{day}", f"d{name}{year}{day}"}
    return keys


def _by_address(record: Record, names: set[str]) -> set[str]:
    lines = [line for line in (record.street, record.extra) if line]
    keys = {f"h{record.house} {line[:6]}" for line in lines if record.house}
    if record.place:
        keys |= {f"a{line[:5]}{record.place[:5]}" for line in lines}
    for name in names:
        keys |= {f"s{name} {line[:5]}" for line in lines}
        if record.postcode:
            keys.add(f"p{name} {record.postcode}")
        if record.place and lines:
            keys.add(f"l{name} {record.place[:5]}")
    return keys


def _by_ways(record: Record, names: set[str]) -> set[str]:
    """Numbers and addresses whole; their halves, of which one slip leaves one as it was."""
    keys = set()
    for phone in record.phones:
        keys |= {f"t{phone}", f"e{phone[-6:]}"} | {f"f{phone[-10:-4]} {name}" for name in names}
    for email in record.emails:
        local, _at, domain = email.partition("@")
        keys |= {f"@{email}", f"u{local}"} | {f"v{local[:4]}{domain[:3]} {name}" for name in names}
    return keys
