"""Subaddresses (RFC 5233): `box+detail@domain` is delivered to `box@domain` where the server allows it.

The detail names a matter as `d<number>.<proof>`; who knows the key makes the proof and compares it.
"""

import re
from collections.abc import Iterable, Iterator

LONGEST_BOX = 64  # RFC 5321, 4.5.3.1.1
_MARKED = re.compile(r"\+d([1-9][0-9]{0,17})\.([a-z2-7]{16})@")


def marked(address: str, dossier_id: int, proof: str) -> str | None:
    """The address with a matter's mark in it; None when the box has a detail of its own, or no room for one."""
    box, _at, domain = address.partition("@")
    named = f"{box}+d{dossier_id}.{proof}"
    return f"{named}@{domain}" if domain and "+" not in box and len(named) <= LONGEST_BOX else None


def marks_in(addresses: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(matter, proof) of every address that has the form of a mark, whoever wrote it. Case is as good as lost on the way."""
    for address in addresses:
        if found := _MARKED.search(address.lower()):
            yield int(found[1]), found[2]
