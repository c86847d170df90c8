"""What of a message is no request: quotations and signatures, and trips that already were."""

from __future__ import annotations

import re

from marshrut.channels.rules import own_words

from .line import Line
from .signs import pattern

_QUOTED = (">", "----", "____", "wrote", "писал", "пише", "пишет", "From:", "От:", "Від:", "Від кого:")
_FORWARDED = re.compile(r"\s*(fwd?|fw|пересл|перес|пер|пересилання|переслано)\s*:", re.I)
_FAREWELL = re.compile(
    r"^\s*(?:--|—|––|с уважением|с ув\b|з повагою|best regards|kind regards|regards|with respect|с наилучшими|з найкращими|"
    r"отправлено (?:с|из)|надіслано (?:з|із)|sent from|спасибо заранее, с уважением)",
    re.I,
)
_LONGEST_SIGNATURE = 12  # lines
_STOP = pattern("<dot|end_mark|line|semicolon|wish|now>")
_PAST = pattern("<was|went|last>")


def own_part(text: str) -> str:
    """The text with everything that is quoted or signed blanked: as long as before, so that places in it stay."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    if any(cue in text for cue in _QUOTED) and not _FORWARDED.match(text):
        lines = _without_quotations(text, lines)
    for at, line in enumerate(lines):
        if at and len(lines) - at <= _LONGEST_SIGNATURE and _FAREWELL.match(line):
            lines[at:] = [" " * len(one) for one in lines[at:]]
            break
    return "\n".join(lines)


def _without_quotations(text: str, lines: list[str]) -> list[str]:
    """Only the lines that `channels` takes for the writer's own, in their places."""
    own = own_words(text.replace("\r", " ")).split("\n")
    kept, at = [], 0
    for line in lines:
        while at < len(own) and not own[at].strip():
            at += 1
        is_own = at < len(own) and own[at].strip() == line.replace("\r", " ").strip()
        at += is_own and bool(line.strip())
        kept.append(line if is_own else " " * len(line))
    return kept


def blot_past_trips(line: Line) -> None:
    """«Были в Турции в прошлом году, теперь хотим Египет»: the first part asks for nothing."""
    if not line.has("was|went|last"):
        return
    done = 0
    for past in _PAST.finditer(line.signs):
        at = past.start()
        if at < done or not _is_past(line, at):
            continue
        start, end = _around(line, at)
        line.blot(start, end)
        done = end


def _is_past(line: Line, at: int) -> bool:
    if line.follows(at + 1, "<conditional>") or line.before(at, "<conditional><!comma|dot>*?") or line.before(at, "<not><word>?"):
        return False
    start, end = line.sentence(at)
    if line.follows(at, "<last>"):
        return line.before(at, "<into|on|since>?") is not None
    places = pattern("<place|adjective>")
    nearby = places.search(line.signs, at, min(end, at + 7)) or places.search(line.signs, max(start, at - 6), at)
    return nearby is not None


def _around(line: Line, at: int) -> tuple[int, int]:
    """From the comma, wish or sentence before, lists of places apart, to the next wish, turn or sentence."""
    start = 0
    for stop in _STOP.finditer(line.signs, 0, at):
        start = stop.end()
    for comma in pattern("<comma>(?!(?:<into|on|till>?<place>)|(?:<!comma>{0,2}<place><comma|or>))").finditer(
        line.signs, start, at
    ):
        start = comma.end()
    after = _STOP.search(line.signs, at + 1)
    end = after.start() if after else len(line.signs)
    return start, end
