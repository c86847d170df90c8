"""What is known of a person, brought to the form in which two are compared."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marshrut.core.names import given_name_lines, search_name

from .spelling import spelled

_PATRONYMIC_ENDING = re.compile(r"(?<=..)(?:[eio]?vich|ich|[eio]?vna|ichna|inichna)$")


@dataclass(slots=True, eq=False)
class Record:
    """One person for comparing; an empty value is unknown. Names and places are `spelled`, a patronymic without its ending,
    which all of them have in common; `born` is YYYYMMDD.

    `phones` are digits, `emails` lower-case addresses: those that identify somebody, not the shared ones. `lines` are the
    places of the given name in the list of names, so that Саша is known for Александр.
    """

    id: int
    given: str = ""
    surname: str = ""
    patronymic: str = ""
    born: str = ""
    age: int = 0
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    house: str = ""
    street: str = ""
    extra: str = ""
    place: str = ""
    postcode: str = ""
    region: str = ""
    lines: frozenset[int] = frozenset()


def make_record(
    id: int,
    *,
    given: str = "",
    surname: str = "",
    patronymic: str = "",
    born: str = "",
    age: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    address: Sequence[str] = ("", "", "", "", "", ""),
) -> Record:
    """A record of what was written. `born` may be YYYYMMDD or YYYY-MM-DD; `address` is house number, street, second line,
    place, postcode, region. What cannot be read is unknown."""
    if not surname and len(words := given.split()) == 2:  # a name nobody could take apart
        given, surname = words
    digits = "".join(filter(str.isdigit, born))
    house, street, extra, place, postcode, region = address
    return Record(
        id,
        spelled(given),
        spelled(surname),
        _PATRONYMIC_ENDING.sub("", spelled(patronymic)),
        digits if 7 <= len(digits) <= 9 else "",  # with one too many or too few it is still nearly the date
        int(age) if age.isdecimal() and len(age) < 4 else 0,
        tuple(sorted({number for phone in phones if (number := "".join(filter(str.isdigit, phone)))})),
        tuple(sorted({email.strip().lower() for email in emails if email.strip()})),
        spelled(house),
        spelled(street),
        spelled(extra),
        spelled(place),
        spelled(postcode),
        spelled(region),
        given_name_lines(search_name(given)),
    )
