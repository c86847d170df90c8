"""Bytes of a letter as text: by the charset it names, and by the look of it where the name is missing or wrong."""

import binascii
import codecs
import re
from collections import Counter

_ALIASES = {
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "x-sjis": "cp932", "shift_jis": "cp932", "x-gbk": "gb18030", "gb2312": "gb18030",
    "gbk": "gb18030", "windows-874": "cp874", "iso-8859-8-i": "iso-8859-8", "x-mac-cyrillic": "mac-cyrillic", "cp-1251": "cp1251",
    "win-1251": "cp1251", "win1251": "cp1251", "x-cp1251": "cp1251", "koi8": "koi8-r", "koi8-ru": "koi8-u", "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "utf-8lias": "utf-8", "unicode": "utf-16", "ansi_x3.110-1983": "cp1252", "us-ascii": "utf-8",
    "ascii": "utf-8", "7bit": "utf-8", "8bit": "utf-8", "default": "utf-8", "unknown-8bit": "utf-8", "x-unknown": "utf-8",
}  # fmt: skip
_TEXT_CODECS = re.compile(r"[a-z0-9][a-z0-9._-]{1,40}")
_CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso-8859-5")
_FREQUENT = frozenset("оеаинтсрвлкмдупяыьгзбійє")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SAMPLE = 20_000  # bytes looked at when the charset has to be guessed


def read_text(data: bytes, charset: str) -> str:
    """`data` in the charset named, else in UTF-8, else in the one it looks most like; never an error.

    Half characters, which UTF-7 can spell and nothing can store, become the sign for what cannot be read.
    """
    return _SURROGATES.sub("\ufffd", _decoded(data, charset))


def _decoded(data: bytes, charset: str) -> str:
    for name in (_codec(charset), "utf-8"):
        if name:
            try:
                return data.decode(name)
            except (UnicodeError, LookupError, ValueError, AssertionError):
                continue
    name = _codec(charset)
    if name and name not in ("utf-8", "ascii"):
        text = data.decode(name, "replace")
        if text.count("\ufffd") * 20 < len(text):  # a slip here and there
            return text
    return data.decode(_guess(data), "replace")


def _codec(charset: str) -> str | None:
    """The codec of a charset's name, if it is one of text."""
    name = charset.strip().strip("'\"").lower()
    name = _ALIASES.get(name, name)
    if not _TEXT_CODECS.fullmatch(name):
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # base64, zip and the like are codecs too, and some of them unpack a bomb.
    is_text = getattr(found, "_is_text_encoding", False) and found.name not in ("idna", "punycode", "unicode_escape", "raw_unicode_escape")
    return found.name if is_text else None


def _guess(data: bytes) -> str:
    """The one-byte Cyrillic charset in which most letters are frequent small ones; UTF-8 when it mostly is that."""
    sample = data[:_SAMPLE]
    broken = sample.decode("utf-8", "replace").count("\ufffd")
    if broken * 10 < sum(byte > 127 for byte in sample):
        return "utf-8"
    scores = {name: _score(sample.decode(name, "replace")) for name in _CYRILLIC}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else "cp1252"


def _score(text: str) -> int:
    counted = Counter(text)
    good = sum(number for char, number in counted.items() if char in _FREQUENT)
    odd = sum(number for char, number in counted.items() if ord(char) > 127 and not char.isalpha() and char not in "«»—–…№”“„’ё ")
    return good - 2 * odd


def read_header(raw: str) -> str:
    """A header's value in words: folded lines joined, encoded words (RFC 2047) read, raw 8-bit text guessed.

    Neighbouring words of one charset are joined before they are read: careless mailers cut a letter in two.
    """
    text = re.sub(r"\r?\n[ \t]*", " ", raw).strip()
    pieces: list[tuple[str | None, bytes]] = []
    end = 0
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        if between.strip() or not pieces or pieces[-1][0] is None:
            pieces.append((None, between.encode("utf-8", "surrogateescape")))
        charset = word[1].partition("*")[0].lower()
        data = _base64(word[3]) if word[2] in "bB" else _quoted(word[3])
        if pieces and pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + data)
        else:
            pieces.append((charset, data))
        end = word.end()
    pieces.append((None, text[end:].encode("utf-8", "surrogateescape")))
    return "".join(read_text(data, charset or "utf-8") for charset, data in pieces if data)


def _base64(text: str) -> bytes:
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + "=" * (-len(kept) % 4))


def _quoted(text: str) -> bytes:
    return binascii.a2b_qp(text.encode("utf-8", "surrogateescape"), header=True)
