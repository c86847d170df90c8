"""The attachments of a winmail.dat, which Outlook sends in place of them (MS-OXTNEF). Tolerant: what is torn is left out."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = 0x223E9F78
MOST_FILES = 50
_RENDERING, _TITLE, _DATA, _PROPERTIES, _BODY = 0x00069002, 0x00018010, 0x0006800F, 0x00069005, 0x0002800C
_LONG_NAME = 0x3707
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000B: 4, 0x000A: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8, 0x0048: 16}


@dataclass(slots=True)
class Enclosed:
    """A file out of a winmail.dat."""

    name: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a winmail.dat held."""

    files: tuple[Enclosed, ...]
    text: bytes


def read_tnef(data: bytes) -> Unwrapped | None:
    """The files and the text within; None when this is no TNEF at all."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return None
    files: list[Enclosed] = []
    text = b""
    for attribute, value in _attributes(data):
        if attribute == _RENDERING:
            if len(files) >= MOST_FILES:
                break
            files.append(Enclosed())
        elif attribute == _BODY:
            text = bytes(value).rstrip(b"\0")
        elif files and attribute == _TITLE:
            files[-1].name = files[-1].name or _words(bytes(value))
        elif files and attribute == _DATA:
            files[-1].data = bytes(value)
        elif files and attribute == _PROPERTIES:
            files[-1].name = _long_name(bytes(value)) or files[-1].name
    return Unwrapped(tuple(file for file in files if file.data), text)


def _attributes(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """Level (1), id (4), length (4), value, checksum (2); ends where the next one would not fit."""
    view, at = memoryview(data), 6
    while at + 9 <= len(view):
        attribute, length = struct.unpack_from("<II", view, at + 1)
        if at + 9 + length > len(view):
            return
        yield attribute, view[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _words(raw: bytes) -> str:
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1251", "replace")


def _long_name(data: bytes) -> str:
    """The long file name among the MAPI properties of an attachment; empty when they cannot be read so far."""
    try:
        return next((name for name in _names(data) if name), "")
    except struct.error:
        return ""


def _names(data: bytes) -> Iterator[str]:
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _number in range(min(count, 500)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:  # a named property: its name comes first
            at = _after_name(data, at)
        if kind & ~0x1000 in _FIXED and not kind & 0x1000:
            at += _FIXED[kind]
            continue
        (values,) = struct.unpack_from("<I", data, at)
        at += 4
        for _value in range(min(values, 100)):
            (length,) = struct.unpack_from("<I", data, at)
            raw = data[at + 4 : at + 4 + length]
            at += 4 + length + (-length % 4)
            if name == _LONG_NAME:
                yield raw.decode("utf-16-le", "replace").rstrip("\0") if kind == 0x001F else _words(raw)


def _after_name(data: bytes, at: int) -> int:
    at += 16
    (is_text,) = struct.unpack_from("<I", data, at)
    if not is_text:
        return at + 8
    length = int(struct.unpack_from("<I", data, at + 4)[0])
    return at + 8 + length + (-length % 4)
