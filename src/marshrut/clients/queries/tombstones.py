"""Who and what was erased, told by keyed digests from which nothing can be read."""

from collections.abc import Iterable

from django.db import connection

from marshrut.core.vault import fingerprint

_PURPOSE = "tombstone"


def tombstone_of(plain: bytes) -> bytes:
    """The digest by which a way to reach somebody, or the bytes of a letter, are known after they were erased."""
    return fingerprint(plain, _PURPOSE)


def erased_among(plains: Iterable[bytes]) -> set[bytes]:
    """Those of these that were erased and must not come back. One statement, none for nothing."""
    digests = {tombstone_of(plain): plain for plain in plains}
    if not digests:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("select digest from clients_tombstone where digest = any(%s)", [list(digests)])
        return {digests[bytes(row[0])] for row in cursor.fetchall()}
