"""Files in the database, in sealed pieces: stored in the transaction of what speaks of them, read in flat memory."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator

from django.db import connection

from marshrut.core.vault import fingerprint, seal, unseal

PIECE = 1 << 20  # bytes
_PURPOSE = "files"


def store_file(pieces: Iterable[bytes], media_type: str) -> int:
    """Keep the contents; the id of the file. The caller has opened the transaction and signed it."""
    digest, size = hmac.new(fingerprint(b"digest", _PURPOSE), digestmod=hashlib.sha256), 0
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_storedfile(digest, size, media_type) values (%s, 0, %s) returning id", [bytes(32), media_type]
        )
        file_id = int(cursor.fetchone()[0])
        for position, piece in enumerate(_even(pieces)):
            digest.update(piece)
            size += len(piece)
            cursor.execute(
                "insert into core_filepiece(file_id, position, sealed) values (%s, %s, %s)",
                [file_id, position, seal(piece, _PURPOSE, _place(file_id, position))],
            )
        cursor.execute("update core_storedfile set digest = %s, size = %s where id = %s", [digest.digest(), size, file_id])
    return file_id


def read_file(file_id: int) -> Iterator[bytes]:
    """The contents, piece by piece; nothing for a file that is not there.

    Raises:
        core.vault.Unsealable: a piece was altered, or its key is gone.
    """
    position = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("select sealed from core_filepiece where file_id = %s and position = %s", [file_id, position])
            row = cursor.fetchone()
        if row is None:
            return
        yield unseal(row[0], _PURPOSE, _place(file_id, position))
        position += 1


def forget_file(file_id: int) -> None:
    """Delete a file's contents; the row stays and says that there was one."""
    with connection.cursor() as cursor:
        cursor.execute("delete from core_filepiece where file_id = %s", [file_id])
        cursor.execute("update core_storedfile set size = 0, digest = %s where id = %s", [bytes(32), file_id])


def _place(file_id: int, position: int) -> bytes:
    return f"{file_id}/{position}".encode()


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of PIECE."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
