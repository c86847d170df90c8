"""What was said anew in a reply: the words above what is quoted, in Russian, Ukrainian and English ways of quoting."""

import re

LONGEST = 20_000  # characters looked at
_MARKS = (
    r"-{2,}\s*(original message|forwarded message|исходное сообщение|пересылаемое сообщение|пересланное сообщение|"
    r"оригинальное сообщение|первоначальное сообщение|вихідне повідомлення|переслане повідомлення|початкове повідомлення|"
    r"конец пересылаемого сообщения)\s*-{0,}",
    r"(begin forwarded message|начало переадресованного сообщения|початок переадресованого повідомлення)\s*:",
    r"_{10,}",
    # «пт, 21 нояб. 2026 г. в 14:03, Анна <a@b.ru>:», «21.11.2026, 14:03, "Анна":», «… написал(а):», «On … wrote:»
    r".{0,300}\b(wrote|writes|пишет|писал|писала|написал|написала|написал\(а\)|пише|писав|писала|написав|написала|"
    r"написав\(ла\)|написав\(-ла\))(?!\w)\s*(\d[\d.,: ]{0,20})?:",
    r"(on |вс|пн|вт|ср|чт|пт|сб|нд|неділя|понеділок|вівторок|середа|четвер|п.ятниця|субота|понедельник|вторник|среда|четверг|"
    r"пятница|суббота|воскресенье)?[\s,]*\d{1,4}[.\s/-].{0,80}\d{1,2}:\d{2}.{0,300}[<@].{0,200}:",
    r".{0,60}\d{1,2}:\d{2}.{0,40}\s(от|від|from)\s.{1,200}@.{1,100}:",
)
_QUOTE = re.compile(rf"^\s*(?:{'|'.join(_MARKS)})\s*$", re.I)
_ATTRIBUTION_TAIL = re.compile(r"(wrote|пишет|написал|написала|написал\(а\)|пише|написав|написав\(ла\)|>)\s*:\s*$", re.I)
_FIELD = re.compile(r"^\s*\*?(from|от|від|von|sent|отправлено|дата|надіслано|date|to|кому|тема|subject|копия|cc)\*?\s*:\*?\s", re.I)
_SENDER = re.compile(r"^\s*\*?(from|от|від|von|отправитель|відправник)\*?\s*:", re.I)
_SIGNATURE = re.compile(r"^(--|—|––)\s*$")
_SENT_FROM = re.compile(
    r"^\s*(отправлено (с|из) |надіслано (з|із) |sent from |get outlook for |скачать outlook|завантажте outlook|отримати outlook)", re.I
)


def own_words(text: str) -> str:
    """The reply without quoted letters, the signature and the phone's advertisement; all of it when nothing else is left.

    Somebody who answers between the quoted lines keeps those answers: only quoted lines are dropped then.
    """
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = _where_quoting_begins(lines)
    above = _spoken(lines[:end])
    if above:
        return above
    below = _spoken([line for line in lines[end + 1 :] if not _FIELD.match(line)])  # answered below the quotation
    return below if below and any(line.lstrip().startswith(">") for line in lines[end:]) else text[:LONGEST].strip()


def _spoken(lines: list[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if _SIGNATURE.match(line):
            break
        if line.lstrip().startswith(">") or _SENT_FROM.match(line):
            continue
        kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _where_quoting_begins(lines: list[str]) -> int:
    for at, line in enumerate(lines):
        if len(line) < 300 and _QUOTE.match(line) and _is_heading(lines, at):
            return at
        if at + 1 < len(lines) and len(line) + len(lines[at + 1]) < 300 and _is_broken_heading(line, lines[at + 1]):
            return at
        if _SENDER.match(line) and sum(bool(_FIELD.match(near)) for near in lines[at : at + 7]) >= 3:
            return at
    return len(lines)


def _is_heading(lines: list[str], at: int) -> bool:
    """A dividing line, or an attribution: something has to stand below it."""
    return any(line.strip() for line in lines[at + 1 : at + 4]) or at + 1 >= len(lines)


def _is_broken_heading(line: str, following: str) -> bool:
    """An attribution that was wrapped: the next line ends it, and both together are one."""
    if not line.strip() or not _ATTRIBUTION_TAIL.search(following) or following.lstrip().startswith(">"):
        return False
    return bool(re.search(r"\d", line)) and bool(_QUOTE.match(f"{line.rstrip()} {following.strip()}"))
