"""Whom letters name: found by keyed digests of addresses, for the letters themselves are sealed."""

from collections.abc import Iterable

from django.db import connection

from marshrut.core.vault import fingerprint

_LENGTH = 16  # bytes: no two addresses of an agency meet


def naming_digests(addresses: Iterable[str]) -> list[bytes]:
    """What a letter that names one of these addresses keeps of it. Nobody without the key can tell whose they are."""
    return sorted({fingerprint(address.encode(), "letter address")[:_LENGTH] for address in addresses})


def count_unread() -> int:
    """How many letters of before this was kept have not been looked through yet; at most a thousand are counted."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from (select from channels_letter where named is null limit 1000) unread")
        return int(cursor.fetchone()[0])
