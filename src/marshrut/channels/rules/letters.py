"""A letter as it is understood: who, to whom, when, in which thread, of what kind, in what words, with which files.

Nothing that comes may break it: what cannot be read is empty, what is too deep, too many or too long is left out and
said in `flaws`. Memory stays flat: words are read up to LONGEST_TEXT, files are handed out as parts of the stream.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO

from marshrut.channels.rules.charsets import read_header, read_text
from marshrut.channels.rules.kinds import BOUNCE, PERSONAL, Failure, kind_of, read_failure
from marshrut.channels.rules.pages import words_of_page
from marshrut.channels.rules.parts import Found, Part, find_parts, read_start
from marshrut.core.emails import read_email
from marshrut.core.names import clean_text

LARGEST = 128 << 20  # bytes: a larger letter is kept, and a person opens it
LONGEST_TEXT = 1 << 18  # bytes of one text part
MOST_TEXT = 100_000  # characters of all of them
MOST_FILES = 100
MOST_REFERENCES = 60
MOST_NAMED = 200  # addresses kept of one letter
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")


@dataclass(slots=True)
class ParsedLetter:
    """What a letter says. Addresses are in their normal form and empty where none can be read; ids have no brackets."""

    kind: str
    message_id: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    reply_to: str
    recipients: tuple[str, ...]
    subject: str
    at: datetime | None
    text: str
    files: list[Part] = field(default_factory=list)
    failure: Failure | None = None
    flaws: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def about(self, ours: frozenset[str]) -> frozenset[str]:
        """Addresses of those the letter is about, beside its sender and us: whoever is to be answered; and everybody whom a
        letter of a program (a bounce), or of a mailbox of ours, names anywhere."""
        is_ours_or_machines = self.kind != PERSONAL or self.sender in ours
        return frozenset(filter(None, (self.reply_to, *(self.named if is_ours_or_machines else ())))) - ours

    @property
    def answers_to(self) -> str:
        """Whom an answer goes to."""
        return self.reply_to or self.sender


def parse_letter(stream: BinaryIO) -> ParsedLetter:
    """Read a letter from the beginning of a stream that can be sought."""
    found = find_parts(stream)
    top = found.parts[0]
    headers = _words_of_headers(top)
    sender_name, sender = _address(headers.get("from", "") or headers.get("sender", ""))
    subject = clean_text(headers.get("subject", ""), 500)
    kind = kind_of(headers, frozenset(part.media_type for part in found.parts if not part.enclosed), sender, subject)
    references = _references(headers)
    reply_to = _address(headers.get("reply-to", ""))[1]
    letter = ParsedLetter(
        kind=kind,
        message_id=_message_id(headers.get("message-id", "")),
        references=references,
        sender=sender,
        sender_name=sender_name,
        reply_to=reply_to if reply_to != sender else "",
        recipients=_recipients(headers),
        subject=subject,
        at=_moment(headers.get("date", "")),
        text=_text(found.parts, stream),
        files=[part for part in found.parts if _is_file(part)][:MOST_FILES],
        flaws=_flaws(found),
    )
    if kind == BOUNCE:
        letter.failure = _failure(found.parts, stream, letter.text, headers, references)
    letter.named = _named(letter, found.parts, stream)
    return letter


def _words_of_headers(part: Part) -> dict[str, str]:
    """Names in lower case, values in words; of a repeated one the first that says something."""
    words: dict[str, str] = {}
    for name, raw in list(part.headers.raw_items())[:500]:
        value = read_header(str(raw)[:20_000])
        if not words.get(name.lower()):
            words[name.lower()] = value
    return words


def _address(written: str) -> tuple[str, str]:
    """The name and the address of one correspondent."""
    name = ""
    try:
        name = parseaddr(written[:1000])[0]
    except (ValueError, IndexError, TypeError):
        name = ""
    found = re.search(r"<([^<>]+@[^<>]+)>", written)
    address = read_email(found[1] if found else "") or read_email(written) or ""
    if not name and found:
        name = written[: found.start()].strip().strip("\"'")
    return ("" if "@" in name else clean_text(name.strip("\"'"), 200)), address


_ABOUT_ANOTHER = ("message/delivery-status", "text/rfc822-headers")
_WITH_PEOPLE = ("from", "to", "cc", "reply-to")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[^\s<>()\[\]:;,\"'@]{1,255}")
_ADDRESSED = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


def _recipients(headers: dict[str, str]) -> tuple[str, ...]:
    written = [piece for name in _ADDRESSED for piece in headers.get(name, "")[:5000].split(",")[:50]]
    return tuple(dict.fromkeys(address for piece in written if (address := read_email(piece))))


def _named(letter: ParsedLetter, parts: list[Part], stream: BinaryIO) -> tuple[str, ...]:
    """Every address the letter names: in its own headers, in those of letters it encloses, in its words, in what a bounce tells."""
    written = [letter.text, *(_plain(part, stream) for part in parts if part.media_type in _ABOUT_ANOTHER)]
    written += [str(raw) for part in parts if part.enclosed for name, raw in part.headers.raw_items() if name.lower() in _WITH_PEOPLE]
    failed = letter.failure.recipient if letter.failure else ""
    found = (read_email(word) for text in written for word in _ADDRESS.findall(text[:LONGEST_TEXT]))
    return tuple(dict.fromkeys(filter(None, (*letter.recipients, failed, *found))))[:MOST_NAMED]


def _message_id(written: str) -> str:
    found = _ID.search(written)
    return clean_text(found[1] if found else written.strip("<> "), 900)


def _references(headers: dict[str, str]) -> tuple[str, ...]:
    """The letters this one answers, the nearest first."""
    answered = _ID.findall(headers.get("in-reply-to", ""))
    before = _ID.findall(headers.get("references", "")[-20_000:])
    return tuple(dict.fromkeys(clean_text(id, 900) for id in (*answered, *reversed(before))))[:MOST_REFERENCES]


def _moment(written: str) -> datetime | None:
    try:
        stated = parsedate_to_datetime(written)
        stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
        return stated.astimezone(UTC) if stated.year >= 1980 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _is_leaf(part: Part) -> bool:
    return not part.media_type.startswith("multipart/") and (part.media_type != "message/rfc822" or part.end > part.start)


def _is_words(part: Part) -> bool:
    """Text to be read, not a file."""
    return part.media_type in ("text/plain", "text/html") and not part.is_attachment


def _is_file(part: Part) -> bool:
    if not _is_leaf(part) or part.end <= part.start:
        return False
    if part.media_type in ("message/delivery-status", "text/rfc822-headers", "message/disposition-notification"):
        return False
    return not _is_words(part) and not (part.media_type.startswith("text/") and not part.is_attachment)


def _text(parts: list[Part], stream: BinaryIO) -> str:
    """The words of the letter itself; of an enclosed one only when the letter has none of its own."""
    own = _words_among([part for part in parts if not part.enclosed], stream)
    return own or _words_among([part for part in parts if part.enclosed], stream)


def _words_among(parts: list[Part], stream: BinaryIO) -> str:
    plain = _joined(_plain(part, stream) for part in parts if _is_leaf(part) and _is_words(part) and part.media_type == "text/plain")
    if plain:
        return plain
    pages = _joined(words_of_page(_plain(part, stream)) for part in parts if _is_leaf(part) and _is_words(part))
    return pages or _joined(_plain(part, stream) for part in parts if _is_leaf(part) and _is_odd_text(part))


def _is_odd_text(part: Part) -> bool:
    return part.media_type.startswith("text/") and not part.is_attachment and part.media_type != "text/rfc822-headers"


def _joined(texts: object) -> str:
    kept: list[str] = []
    for text in texts:  # type: ignore[attr-defined]
        if text.strip():
            kept.append(text.strip())
        if sum(map(len, kept)) > MOST_TEXT:
            break
    return clean_text("\n\n".join(kept), MOST_TEXT, keep_lines=True)


def _plain(part: Part, stream: BinaryIO) -> str:
    return read_text(read_start(part, stream, LONGEST_TEXT), part.charset).replace("\r\n", "\n").replace("\r", "\n")


def _flaws(found: Found) -> tuple[str, ...]:
    return ("cut",) if found.is_cut or sum(_is_file(part) for part in found.parts) > MOST_FILES else ()


def _failure(parts: list[Part], stream: BinaryIO, told: str, headers: dict[str, str], references: tuple[str, ...]) -> Failure:
    status = _joined(_plain(part, stream) for part in parts if part.media_type == "message/delivery-status")
    original = [_plain(part, stream) for part in parts if part.media_type == "text/rfc822-headers"]
    for part in parts:
        if part.enclosed:
            original += [f"Message-ID: {value}" for name, value in part.headers.raw_items() if name.lower() == "message-id"]
    return read_failure(status, told, "\n".join(original) or told, headers, references)


