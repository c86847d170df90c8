"""What a door hands in, read leniently: a flaw in an optional field is dropped and said, never a reason to refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from marshrut.clients.services import Reached
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid
from marshrut.core.languages import read_language
from marshrut.core.messengers import read_messenger
from marshrut.core.names import PersonName, clean_text, split_name
from marshrut.core.phones import read_phone
from marshrut.core.typed_values import FieldSpec, merge_values
from marshrut.intake.rules import CHANNELS, Flaw, RequestFacts, read_request

UNKNOWN_SOURCE = "unknown"
_READ = frozenset(
    ["channel", "missed", "source", "contact", "request", "message", "external_id", "visitor", "received_at", "utm",
     "consent", "custom", "language", "office"]
)
LONGEST_MESSAGE = 20_000  # characters
MOST_UTM = 20
MOST_CUSTOM = 60


@dataclass(frozen=True, slots=True)
class Consent:
    text: str
    version: str


@dataclass(frozen=True, slots=True)
class Submission:
    """An inquiry as a door understood it. `obstacle`, if set, says why it must wait in quarantine."""

    channel: str
    source_slug: str
    external_id: str | None
    received_at: datetime
    name: PersonName | None
    contacts: tuple[Reached, ...]
    message: str
    request: RequestFacts
    utm: dict[str, str]
    visitor: str
    flaws: tuple[Flaw, ...] = ()
    obstacle: str = ""
    consent: Consent | None = None
    office_id: int | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    identities: tuple[str, ...] = field(default=())
    language: str = ""  # of the page a form stood on; empty: not known
    also: Mapping[str, Any] = field(default_factory=dict)  # what came along and nothing here reads
    is_missed_call: bool = False
    subject: str = ""  # of a letter
    message_id: str = ""  # of a letter
    person_id: int | None = None  # whom somebody here has recognised
    known_as: tuple[str, ...] = ()  # what identifies that person

    def normal_of(self, kind: str) -> str | None:
        return next((c.normal for c in self.contacts if c.kind == kind), None)


def read_submission(
    data: Mapping[str, Any], *, regions: Sequence[str], today: date, now: datetime,
    fields: Sequence[FieldSpec] = (), currency: str = "RUB",
) -> Submission:  # fmt: skip
    """Read a JSON object of the door's contract. Invalid when it names no way to reach or identify anybody.

    `fields` are the agency's own ones of matters, which `custom` may give values for; `currency` is that of money without one.
    """
    flaws: list[Flaw] = []
    contact = _mapping(data.get("contact"), "contact", flaws)
    contacts = read_contacts(contact, regions, flaws)
    external_id = _text(data.get("external_id"), 500) or None
    visitor = _text(data.get("visitor"), 200)
    named = any(_text(contact.get(key), 500) for key in ("phone", "email")) or _messenger_id(contact)
    if not (named or external_id or visitor):
        raise _unreachable()
    channel = _text(data.get("channel"), 40)
    obstacle = ""
    if channel not in CHANNELS:
        obstacle = _("channel: “%(channel)s” is not one of %(known)s") % {"channel": channel, "known": ", ".join(CHANNELS)}
        channel = "api"
    elif not (contacts or external_id or visitor):
        obstacle = _("contact: none of the ways given can be read as a phone, an e-mail address or a messenger")
    request = _request(data.get("request"), today, currency, flaws)
    name = clean_text(contact.get("name") or "", 200) if isinstance(contact.get("name"), str) else ""
    custom = _custom(data.get("custom"), fields, flaws)
    is_missed_call = _missed(data.get("missed"), channel, flaws)
    return Submission(
        channel=channel,
        source_slug=_slug(data.get("source")),
        external_id=external_id,
        received_at=_received_at(data.get("received_at"), now, flaws),
        name=split_name(name) if name else None,
        contacts=contacts,
        message=clean_text(data.get("message") or "", LONGEST_MESSAGE, keep_lines=True) if isinstance(data.get("message"), str) else "",
        request=request,
        utm=_utm(data.get("utm"), flaws),
        visitor=visitor,
        flaws=tuple(flaws),
        obstacle=obstacle,
        custom=custom,
        identities=tuple(c.normal for c in contacts if not c.is_shared),
        language=read_language(data.get("language")),
        is_missed_call=is_missed_call,
        also={str(key): value for key, value in data.items() if key not in _READ},
    )


def _unreachable() -> Invalid:
    sentence = _(
        "Name one way to reach or identify somebody: contact.phone, contact.email, contact.messenger, external_id or visitor."
    )
    return Invalid("unreachable", sentence, field="contact", missing=("contact",))


def _missed(value: object, channel: str, flaws: list[Flaw]) -> bool:
    """Whether this is a call that nobody took; only a call can be missed."""
    if value is None or value is False:
        return False
    if value is True and channel == "phone":
        return True
    flaws.append(Flaw("missed", "not_a_call" if value is True else "not_true_or_false", "" if value is True else _text(value, 60)))
    return False


def _text(value: object, limit: int) -> str:
    """Any scalar as clean text; objects and lists are no text."""
    if value is None or isinstance(value, (Mapping, list, bool)):
        return ""
    return clean_text(value if isinstance(value, str) else str(value), limit)


def _slug(value: object) -> str:
    return _text(value, 120).lower()[:120].rstrip() or UNKNOWN_SOURCE  # some letters grow when they become small


def _mapping(value: object, path: str, flaws: list[Flaw]) -> Mapping[str, Any]:
    if value is None or isinstance(value, Mapping):
        return value or {}
    flaws.append(Flaw(path, "not_an_object", _text(value, 60)))
    return {}


def _messenger_id(contact: Mapping[str, Any]) -> str:
    messenger = contact.get("messenger")
    return _text(messenger.get("id"), 200) if isinstance(messenger, Mapping) else ""


def read_contacts(contact: Mapping[str, Any], regions: Sequence[str], flaws: list[Flaw]) -> tuple[Reached, ...]:
    """The ways to reach somebody in an object with `phone`, `email` and `messenger`; what cannot be read is added to `flaws`."""
    found: list[Reached] = []
    written = _text(contact.get("phone"), 200)
    if written:
        phone = read_phone(written, regions)
        if phone is None:
            flaws.append(Flaw("contact.phone", "not_a_phone", written[:60]))
        else:
            found.append(Reached("phone", phone.written, phone.e164 or phone.tail, phone.tail, phone.is_junk))
    written = _text(contact.get("email"), 300)
    if written:
        email = read_email(written)
        if email is None:
            flaws.append(Flaw("contact.email", "not_an_address", written[:60]))
        else:
            found.append(Reached("email", written, email))
    messenger_id = _messenger_id(contact)
    if messenger_id:
        messenger = read_messenger(_text(contact["messenger"].get("kind"), 40) or "other", messenger_id)
        if messenger is None:
            flaws.append(Flaw("contact.messenger.id", "unreadable", messenger_id[:60]))
        else:
            found.append(Reached("messenger", messenger.written, messenger.normal))
    elif contact.get("messenger") is not None:
        flaws.append(Flaw("contact.messenger", "unreadable", _text(contact.get("messenger"), 60)))
    return tuple(found)


def _received_at(value: object, now: datetime, flaws: list[Flaw]) -> datetime:
    """The stated moment of receipt if it is one, lies in the past and within this century; else now."""
    if value is None or value == "":
        return now
    try:
        stated = datetime.fromisoformat(str(value))
        stated = stated if stated.tzinfo else stated.replace(tzinfo=now.tzinfo)
        if stated.year >= 2000 and stated <= now + timedelta(minutes=5):
            return min(stated, now)
    except (ValueError, OverflowError):
        pass
    flaws.append(Flaw("received_at", "not_a_past_moment", _text(value, 60)))
    return now


def _request(value: object, today: date, currency: str, flaws: list[Flaw]) -> RequestFacts:
    request, request_flaws = read_request(_mapping(value, "request", flaws), today, currency)
    flaws += request_flaws
    return request


def _custom(value: object, fields: Sequence[FieldSpec], flaws: list[Flaw]) -> dict[str, Any]:
    """Values of the agency's own fields; what is unknown or unreadable is dropped and said."""
    given = dict(list(_mapping(value, "custom", flaws).items())[:MOST_CUSTOM])
    merged = merge_values(fields, {}, given)
    flaws += [Flaw(f"custom.{slug}", "no_such_field", "") for slug in merged.unknown]
    flaws += [Flaw(f"custom.{slug}", "unreadable", _text(given.get(slug), 60)) for slug in merged.unreadable]
    return merged.values


def _utm(value: object, flaws: list[Flaw]) -> dict[str, str]:
    pairs = _mapping(value, "utm", flaws)
    return {_text(key, 60): _text(word, 300) for key, word in list(pairs.items())[:MOST_UTM] if _text(key, 60)}
