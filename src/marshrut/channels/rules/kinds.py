"""What kind of letter it is: a person's, or a machine's that must never become an inquiry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PERSONAL, AUTO_REPLY, BOUNCE, BULK, AUTOMATIC = "personal", "auto_reply", "bounce", "bulk", "automatic"
_ROBOTS = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mailerdaemon|mdaemon)(\+[^@]*)?@", re.I)
_NOT_DELIVERED = re.compile(
    r"undeliver|delivery status notification|failure notice|delivery fail|returned mail|mail delivery|не доставлен|недоставлен|"
    r"не удалось доставить|невозможно доставить|ошибка доставки|не вдалося доставити|неможливо доставити|помилка доставки",
    re.I,
)
# Words nobody but a program begins a subject with …
_ANSWERING = re.compile(
    r"^\s*(auto(matic)?[\s-]?(reply|response|antwort)|out of (the )?office|i am (currently )?(away|out of)|vacation reply|"
    r"авто[\s-]?ответ|автоматический ответ|автоматическое сообщение|автовідповідь|автоматична відповідь|отсутствую в офисе)",
    re.I,
)
# … and words a tourist may begin with too ("В отпуске в августе хотим в Грецию"): a sign in the headers must agree.
_AWAY = re.compile(
    r"^\s*(auto\s*:|on vacation|(я )?(нахожусь )?в отпуске\b|вне офиса|меня нет на месте|(я )?у відпустці\b|немає на місці)", re.I
)
_FIELD = re.compile(r"(?m)^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t]+.*)*)")
_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation", "x-mail-autoreply")
_LISTS = ("list-id", "list-unsubscribe", "list-post", "x-campaign-id", "x-mailgun-campaign-id", "feedback-id")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a bounce tells: which letter, to whom, why, and whether it is final (RFC 3464)."""

    message_ids: tuple[str, ...]
    recipient: str
    reason: str
    is_final: bool


def kind_of(headers: Mapping[str, str], media_types: frozenset[str], sender: str, subject: str) -> str:
    """The kind of a letter by its headers (lower-case names, values in words) and the media types of its own parts.

    A letter made by a program that names another address to reply to is a site's form or a portal: a person's.
    """
    if _is_bounce(headers, media_types, sender, subject):
        return BOUNCE
    said = headers.get("auto-submitted", "").partition(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    if said == "auto-replied" or precedence in ("auto_reply", "auto-reply") or any(name in headers for name in _AUTO_HEADERS):
        return AUTO_REPLY
    is_unanswerable = headers.get("return-path", "").strip() == "<>"
    if _ANSWERING.search(subject) or (_ANSWERING.search(_without_re(subject)) and is_unanswerable):
        return AUTO_REPLY
    if _AWAY.search(_without_re(subject)) and (is_unanswerable or said not in ("", "no") or precedence in ("bulk", "junk")):
        return AUTO_REPLY
    if "disposition-notification" in headers.get("content-type", "").lower() or "message/disposition-notification" in media_types:
        return AUTO_REPLY
    names_another = bool(headers.get("reply-to", "").strip()) and headers["reply-to"] != headers.get("from", "")
    if any(name in headers for name in _LISTS[:3]) or precedence in ("bulk", "list", "junk"):
        return BULK
    if said not in ("", "no") and not names_another:
        return AUTOMATIC
    if is_unanswerable and not names_another:
        return AUTO_REPLY
    return PERSONAL


def _is_bounce(headers: Mapping[str, str], media_types: frozenset[str], sender: str, subject: str) -> bool:
    if "message/delivery-status" in media_types:
        return True
    content_type = headers.get("content-type", "").lower()
    if "multipart/report" in content_type and "disposition-notification" not in content_type:
        return True
    if "x-failed-recipients" in headers:
        return True
    return bool(_ROBOTS.match(sender)) and bool(_NOT_DELIVERED.search(subject) or headers.get("return-path", "").strip() == "<>")


def _without_re(subject: str) -> str:
    return re.sub(r"^\s*((re|fwd?|отв|ответ|нд|від)\s*(\[\d+\])?\s*:\s*)+", "", subject, flags=re.I)


def read_failure(status: str, told: str, original: str, headers: Mapping[str, str], ids: tuple[str, ...]) -> Failure:
    """What a bounce says: `status` is its delivery-status part, `told` its words for people, `original` the headers it returns."""
    fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(status)}
    recipient = fields.get("final-recipient", "") or fields.get("original-recipient", "") or headers.get("x-failed-recipients", "")
    recipient = recipient.rpartition(";")[2].strip().strip("<>").lower()
    action, code = fields.get("action", "").lower(), fields.get("status", "")
    diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
    reason = " ".join(filter(None, (code, diagnostic))) or _first_reason(told)
    returned = tuple(re.findall(r"(?im)^message-id:\s*<([^<>\s]+)>", original))
    is_final = action == "failed" or (not action and not code.startswith(("2", "4"))) or (action == "" and code.startswith("5"))
    return Failure((*returned, *ids), recipient, reason[:500], is_final)


def _first_reason(told: str) -> str:
    """The line that holds a reply code of SMTP, else the first line."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return next((line for line in lines if re.search(r"\b[45]\d\d[ -]|\b[45]\.\d\.\d+\b", line)), lines[0] if lines else "")
