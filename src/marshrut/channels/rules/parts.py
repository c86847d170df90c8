"""The parts of a letter as ranges of its bytes: found in one pass over the stream, line by line, in flat memory.

The whole letter is never held: a part is decoded from its range when somebody asks, piece by piece. Depth, the number
of parts and the length of headers are bounded; what lies beyond is not looked at and stays in the raw bytes.
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from typing import BinaryIO

from marshrut.channels.rules.charsets import read_header

DEEPEST, MOST_PARTS = 20, 300
LONGEST_LINE, LONGEST_HEADERS = 1 << 16, 1 << 18  # bytes; a longer line is read in pieces
PIECE = 1 << 16
_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


class _Raw(Compat32):
    """Headers as they came, 8-bit bytes included: read_header makes words of them."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_RAW = _Raw()


@dataclass(slots=True)
class Part:
    """One entity: its headers, where its body lies, how deep it stands and in how many letters it is enclosed."""

    headers: Message
    start: int
    end: int = 0
    depth: int = 0
    enclosed: int = 0
    within: str = ""

    @property
    def media_type(self) -> str:
        """What it says it is, in lower case: text/plain when it says nothing that can be read."""
        return self.headers.get_content_type()

    @property
    def charset(self) -> str:
        return self._parameter("charset", "content-type")

    @property
    def encoding(self) -> str:
        """The transfer encoding, in lower case."""
        return str(self.headers.get("content-transfer-encoding") or "").partition(";")[0].strip().strip("\"'").lower()

    @property
    def name(self) -> str:
        """The file's name as the sender called it; empty when there is none."""
        return self._parameter("filename", "content-disposition") or self._parameter("name", "content-type")

    @property
    def is_attachment(self) -> bool:
        said = str(self.headers.get("content-disposition") or "").strip().lower()
        return said.startswith("attachment") or bool(self.name)

    def parameter(self, name: str) -> str:
        """A parameter of the Content-Type."""
        return self._parameter(name, "content-type")

    def _parameter(self, name: str, header: str) -> str:
        try:
            found = self.headers.get_param(name, "", header)
            if isinstance(found, tuple):  # RFC 2231
                charset, _language, text = found
                return text.encode("latin-1", "surrogateescape").decode(charset or "utf-8", "replace")
        except (LookupError, ValueError, TypeError, AttributeError, IndexError):
            return ""
        return read_header(str(found)) if isinstance(found, str) else ""


@dataclass(slots=True)
class Found:
    """What the walk has found; `is_cut` when a bound was met."""

    parts: list[Part] = field(default_factory=list)
    is_cut: bool = False


class _Walk:
    """The walk's state: which multiparts are open, and what is being read."""

    def __init__(self) -> None:
        self.found = Found()
        self.open: list[tuple[bytes, Part]] = []
        self.headers: bytearray | None = bytearray()
        self.leaf: Part | None = None
        self.enclosed = 0
        self.holds: list[tuple[int, int]] = []  # (open multiparts when a letter within began, letters around it)

    def delimiter(self, line: bytes) -> tuple[int, bool] | None:
        """Which open multipart this line belongs to, innermost first, and whether it ends there."""
        bare = line.rstrip(b" \t\r\n")
        for at in range(len(self.open) - 1, -1, -1):
            mark = self.open[at][0]
            if bare == mark:
                return at, False
            if bare == mark + b"--":
                return at, True
        return None

    def close(self, at: int, offset: int, *, is_end: bool) -> None:
        """A delimiter: the part before it ends, and everything that was opened within."""
        if self.headers is not None:
            self.begin_body(offset)
        if self.leaf is not None:
            self.leaf.end = max(self.leaf.start, offset)
        self.leaf = None
        del self.open[at + (0 if is_end else 1) :]
        while self.holds and at < self.holds[-1][0]:
            self.enclosed = self.holds.pop()[1]
        self.headers = None if is_end else bytearray()

    def begin_body(self, offset: int) -> None:
        """The headers are over: a multipart or a letter opens, or a leaf begins."""
        headers = BytesHeaderParser(policy=_RAW).parsebytes(bytes(self.headers or b""))
        within = self.open[-1][1].media_type if self.open else ""
        part = Part(headers, offset, offset, len(self.open), self.enclosed, within)
        self.headers = None
        self.found.parts.append(part)
        depth = len(self.open) + self.enclosed
        is_multipart = part.media_type.startswith("multipart/")
        boundary = part.parameter("boundary").encode("utf-8", "surrogateescape").rstrip() if is_multipart else b""
        if boundary and depth < DEEPEST:
            self.open.append((b"--" + boundary[:200], part))
        elif part.media_type == "message/rfc822" and part.encoding not in ("base64", "quoted-printable") and depth < DEEPEST:
            self.holds.append((len(self.open), self.enclosed))
            self.enclosed += 1
            self.headers = bytearray()
        else:
            self.found.is_cut = self.found.is_cut or depth >= DEEPEST
            self.leaf = part


def find_parts(stream: BinaryIO) -> Found:
    """All parts of a letter, the outermost first. Reads the stream once from its beginning."""
    stream.seek(0)
    walk, offset, is_fresh, eol = _Walk(), 0, True, 0
    while line := stream.readline(LONGEST_LINE):
        mark = walk.delimiter(line) if is_fresh and line[:2] == b"--" and walk.open else None
        if mark is not None:
            if len(walk.found.parts) >= MOST_PARTS:
                walk.found.is_cut = True
                walk.headers = None
                return _finished(walk, offset - eol)
            walk.close(mark[0], offset - eol, is_end=mark[1])
        elif walk.headers is not None:
            _take_header(walk, line, offset, is_fresh=is_fresh)
        offset += len(line)
        is_fresh = line[-1:] == b"\n"
        eol = (2 if line[-2:] == b"\r\n" else 1) if is_fresh else 0
    return _finished(walk, offset)


def _take_header(walk: _Walk, line: bytes, offset: int, *, is_fresh: bool) -> None:
    """One line of headers. A blank one ends them; so does one that is none, which is the body's own."""
    headers = walk.headers
    assert headers is not None
    if is_fresh and not line.strip(b"\r\n"):
        walk.begin_body(offset + len(line))
    elif is_fresh and not headers and line.startswith((b"From ", b">From ")):
        return  # the envelope line of an mbox
    elif is_fresh and line[:1] not in b" \t" and not _is_header(line) and (walk.open or not headers):
        walk.begin_body(offset)
    elif len(headers) < LONGEST_HEADERS:
        headers += line
    else:
        walk.found.is_cut = True


def _is_header(line: bytes) -> bool:
    name, colon, _value = line.partition(b":")
    return bool(colon) and bool(name) and b" " not in name.rstrip() and len(name) < 100


def _finished(walk: _Walk, offset: int) -> Found:
    if walk.headers is not None and (walk.headers or not walk.found.parts):
        walk.begin_body(offset)
    if walk.leaf is not None:
        walk.leaf.end = max(walk.leaf.start, offset)
    return walk.found


def decoded(part: Part, stream: BinaryIO) -> Iterator[bytes]:
    """The contents of a part, piece by piece, out of its transfer encoding; what is damaged gives what can be had."""
    lines = _lines(part, stream)
    if part.encoding == "base64":
        return _from_base64(lines)
    if part.encoding == "quoted-printable":
        return _from_quoted(lines)
    if part.encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uu(lines)
    return lines


def read_start(part: Part, stream: BinaryIO, most: int) -> bytes:
    """At most `most` bytes of a part's contents."""
    held = bytearray()
    for piece in decoded(part, stream):
        held += piece
        if len(held) >= most:
            break
    return bytes(held[:most])


def _lines(part: Part, stream: BinaryIO) -> Iterator[bytes]:
    at = part.start
    while at < part.end:
        stream.seek(at)
        piece = stream.read(min(PIECE, part.end - at))
        if not piece:
            return
        if len(piece) == PIECE and at + PIECE < part.end and (cut := piece.rfind(b"\n") + 1):
            piece = piece[:cut]
        at += len(piece)
        yield piece


def _from_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        held += piece.translate(None, _BASE64)
        whole = len(held) - len(held) % 4
        yield binascii.a2b_base64(held[:whole])
        held = held[whole:]
    if len(held) > 1:
        yield binascii.a2b_base64(held + b"=" * (4 - len(held)))


def _from_quoted(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield binascii.a2b_qp(piece)


def _from_uu(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for line in piece.splitlines():
            if line.startswith(b"begin ") or line.strip() in (b"end", b"`", b""):
                continue
            try:
                yield binascii.a2b_uu(line)
            except binascii.Error:
                continue
