"""Which encoding a text file is written in: told by its marks, by its bytes, and by how its letters follow one another."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable
from typing import BinaryIO

from charset_normalizer import from_bytes

SAMPLE = 1 << 18  # bytes looked at where the whole file need not be
_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "cp866")
# How often letters stand in Russian and Ukrainian, per mille, roughly (O. Lyashevskaya, S. Sharov, 2009; rounded).
_OFTEN = dict(zip(
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ",
    (109, 85, 80, 73, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4, 3, 3, 1, 1,
     20, 4, 3, 1),
    strict=True,
))  # fmt: skip
_OURS = frozenset(_OFTEN) | frozenset("қғңүұһөәў")
_PUNCTUATION = "№«»—–…’ʼ\xa0"
ENCODINGS = ("utf-8", "cp1251", "koi8-u", "cp866", "mac-cyrillic", "utf-16", "cp1252")
"""What a person may say a text file is written in."""
_FEW_BROKEN = 0.01  # broken sequences for each good one: a torn UTF-8 file is UTF-8 all the same


def find_encoding(file: BinaryIO) -> str:
    """The name of the encoding of a text file, as `codecs` knows it. The file is left at its beginning."""
    file.seek(0)
    sample = file.read(SAMPLE)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    wide = _without_mark(sample)
    if wide:
        return wide
    found = "utf-8" if _is_utf8(file, sample) else _by_letters(sample)
    file.seek(0)
    return found


def _without_mark(sample: bytes) -> str:
    """UTF-16 whose mark is missing: every other byte of what is on a keyboard is zero, or the Cyrillic page's four."""
    even, odd = sample[0:4000:2], sample[1:4000:2]
    if len(odd) < 4:
        return ""
    high = [sum(half.count(byte) for byte in (b"\x00", b"\x04")) / len(half) for half in (even, odd)]
    if high[1] > 0.7 > 0.3 > high[0]:
        return "utf-16-le"
    return "utf-16-be" if high[0] > 0.7 > 0.3 > high[1] else ""


def _is_utf8(file: BinaryIO, sample: bytes) -> bool:
    """Whether the whole file is UTF-8; a few broken bytes among many good sequences do not count."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
        return True
    except UnicodeDecodeError:
        pass
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(1 for char in text if char > "\x7f") - broken
    return broken <= 1 + good * _FEW_BROKEN and good > 0


def _by_letters(sample: bytes) -> str:
    """A one-byte encoding: the Cyrillic one whose letters look most like words, else what charset-normalizer finds."""
    scores = {name: _likeness(sample.decode(name, "replace")) for name in _CYRILLIC}
    best = max(_CYRILLIC, key=lambda name: scores[name])
    if scores[best] > 0:
        return best
    found = from_bytes(sample[:65536]).best()
    return str(found.encoding) if found else "cp1252"


def looks_garbled(texts: Iterable[str]) -> bool:
    """Whether names hold signs that stand in nobody's name, or hardly a plain letter: a file read in a wrong encoding."""
    letters = [char for char in " ".join(texts).lower() if char.isalpha() or (char > "\x7f" and char not in _PUNCTUATION)]
    accented = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters if char > "\x7f")
    strange = sum(char > "\x7f" and char not in _OURS for char in letters) - accented
    return strange * 50 > len(letters) or accented * 2 > len(letters)


def _likeness(text: str) -> float:
    """How much the letters beyond ASCII look like Russian or Ukrainian, per letter; below zero: not at all."""
    score, count, before = 0.0, 0, " "
    for char in text[:65536]:
        if char > "\x7f":
            count += 1
            small = char.lower()
            often = _OFTEN.get(small)
            if often is None:
                score += 0 if char in "№«»—–…’\xa0" else -60
            else:
                score += often - 25
                if char != small and before.islower():
                    score -= 40  # a capital in the middle of a word
        before = char
    return score / count if count else -1.0
