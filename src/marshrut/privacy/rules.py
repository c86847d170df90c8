"""Whether a search that somebody typed names a person: by their number, address, account or name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from marshrut.core.names import search_name

SHORTEST = 7  # digits by which a number is somebody's


@dataclass(frozen=True, slots=True)
class Traces:
    """How a person may be found: digits of their numbers, their addresses and accounts, their name folded for search."""

    numbers: tuple[str, ...]
    accounts: tuple[str, ...]
    names: tuple[str, ...]

    def are_in(self, text: str) -> bool:
        """Whether a text that was searched names them."""
        digits, folded = re.sub(r"\D", "", text), text.casefold()
        if len(digits) >= SHORTEST and any(number.endswith(digits[-10:]) or number[-10:] in digits for number in self.numbers):
            return True
        return any(account in folded for account in self.accounts) or any(
            f" {name} " in f" {search_name(text)} " for name in self.names
        )


def traces(*, display: str, surname: str, ways: Iterable[tuple[str, str]]) -> Traces:
    """What names a person. `ways` are (kind, normal form); without a surname only the whole name names them."""
    known = list(ways)
    numbers = tuple(re.sub(r"\D", "", normal) for kind, normal in known if kind == "phone")
    accounts = tuple(normal.casefold() for kind, normal in known if kind != "phone")
    name = search_name(surname or display)
    return Traces(tuple(n for n in numbers if len(n) >= SHORTEST), accounts, (name,) if len(name) > 2 else ())
