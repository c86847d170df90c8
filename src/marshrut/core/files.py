"""Files in the database, in sealed pieces: stored in the transaction of what speaks of them, read in flat memory."""

import hashlib
import hmac
import io
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from django.db import connection

from marshrut.core.vault import fingerprint, seal, unseal

PIECE = 1 << 20  # bytes
_PURPOSE = "files"


def store_file(pieces: Iterable[bytes], media_type: str) -> int:
    """Keep the contents; the id of the file. The caller has opened the transaction and signed it."""
    digest, size = _new_digest(), 0
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


def digest_of(pieces: Iterable[bytes]) -> bytes:
    """What `store_file` would keep as the digest of these contents; another home gives another."""
    digest = _new_digest()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _new_digest() -> hmac.HMAC:
    return hmac.new(fingerprint(b"digest", _PURPOSE), digestmod=hashlib.sha256)


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


def open_file(file_id: int) -> BinaryIO:
    """A stored file to read and seek in, as archives need it: two pieces in memory at a time, nothing on a disk."""
    return cast("BinaryIO", io.BufferedReader(_Pieces(file_id), PIECE))


class _Pieces(io.RawIOBase):
    """The pieces of one file as one run of bytes."""

    def __init__(self, file_id: int) -> None:
        super().__init__()
        self._id, self._at, self._held = file_id, 0, (-1, b"")
        with connection.cursor() as cursor:
            cursor.execute("select size from core_storedfile where id = %s", [file_id])
            row = cursor.fetchone()
        self._size = int(row[0]) if row else 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        position, start = divmod(self._at, PIECE)
        part = self._piece(position)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _piece(self, position: int) -> bytes:
        if self._held[0] != position:
            with connection.cursor() as cursor:
                cursor.execute("select sealed from core_filepiece where file_id = %s and position = %s", [self._id, position])
                row = cursor.fetchone()
            self._held = (position, unseal(row[0], _PURPOSE, _place(self._id, position)) if row else b"")
        return self._held[1]


def forget_file(file_id: int) -> None:
    """Delete a file's contents; the row stays and says that there was one."""
    with connection.cursor() as cursor:
        cursor.execute("delete from core_filepiece where file_id = %s", [file_id])
        cursor.execute("update core_storedfile set size = 0, digest = %s where id = %s", [bytes(32), file_id])


def is_forgotten(file_id: int) -> bool:
    """Whether a file's contents were deleted."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from core_storedfile where id = %s and size = 0 and digest = %s)", [file_id, bytes(32)])
        return bool(cursor.fetchone()[0])


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
