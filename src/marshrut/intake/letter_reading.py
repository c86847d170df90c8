"""A letter as an inquiry: who asks, in what words, and whether there is anybody to answer."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from marshrut.channels.rules import ParsedLetter, own_words
from marshrut.clients.services import Reached
from marshrut.core.emails import read_email
from marshrut.core.names import clean_text, split_name
from marshrut.core.phones import Phone, read_phone
from marshrut.intake.reading import Submission
from marshrut.intake.reference import Reference
from marshrut.intake.rules import read_request

RECENT = timedelta(days=3)
"""So far back the moment a letter states is believed; an older one came late, or states nonsense."""
_NO_REPLY = re.compile(r"^(no-?_?reply|do-?not-?reply|noreply|robot|notification|notifications|mailer|bounce|info-noreply)\b", re.I)
_FORWARDED = re.compile(r"^\s*(fwd?|fw|пересл|перес|пер|пересилання|переслано)\s*:", re.I)
_NUMBER = re.compile(r"(?<!\d)(?:\+\d|8|7|0)[\d ()\u00a0\u2011-]{8,20}\d(?!\d)")
_CALLED_PHONE = re.compile(r"тел|моб|phone|whats|вайбер|viber|telegram|номер|звон|дзвон|\bcall", re.I)
_LOOKED_AT = 20_000  # characters


def submission_of(letter: ParsedLetter, *, source_slug: str, office_id: int | None, reference: Reference, now: datetime) -> Submission:
    """The inquiry a letter makes; `obstacle` says so when nobody in it can be answered."""
    office = reference.staff.offices.get(office_id or 0) or reference.staff.first_office
    request, flaws = read_request(None, office.calendar.local_date(now))
    contacts = _contacts(letter, reference)
    name = letter.sender_name if not letter.reply_to and not _NO_REPLY.match(letter.sender) else ""
    return Submission(
        channel="email",
        source_slug=source_slug,
        external_id=None,
        received_at=letter.at if letter.at and now - RECENT < letter.at < now else now,
        name=split_name(name) if name else None,
        contacts=contacts,
        message=words_of(letter),
        request=request,
        utm={},
        visitor="",
        flaws=tuple(flaws),
        obstacle="" if contacts else _("There is no address or phone in it to answer to"),
        office_id=office_id,
        identities=tuple(contact.normal for contact in contacts if not contact.is_shared),
        subject=letter.subject,
        message_id=letter.message_id,
    )


def words_of(letter: ParsedLetter) -> str:
    """Subject and words; of a reply only what is new in it, of a forwarded letter all."""
    text = letter.text if _FORWARDED.match(letter.subject) else own_words(letter.text)
    return clean_text("\n\n".join(filter(None, (letter.subject, text))), 20_000, keep_lines=True)


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent there."""
    return not address or _NO_REPLY.match(address) is not None


def _contacts(letter: ParsedLetter, reference: Reference) -> tuple[Reached, ...]:
    """The address to answer to, or, when a robot wrote, the one it tells of; and the one phone that is named as such."""
    text = own_words(letter.text)[:_LOOKED_AT] or letter.text[:_LOOKED_AT]
    address = letter.answers_to
    if not address or _NO_REPLY.match(address):
        told = (read_email(word) for word in re.findall(r"\S+@\S+", text)[:20])
        address = next((one for one in told if one and not _NO_REPLY.match(one)), "")
    found = [Reached("email", address, address)] if address else []
    phones = {phone.e164: phone for phone in _phones(text, reference.staff.regions)}
    if len(phones) == 1:
        phone = next(iter(phones.values()))
        found.append(Reached("phone", phone.written, phone.e164, phone.tail, phone.is_junk))
    return tuple(found)


def _phones(text: str, regions: Sequence[str]) -> list[Phone]:
    """Numbers written with a plus, or on a line that speaks of a phone: others may be passports, orders, dates."""
    listed = []
    for line in text.splitlines()[:400]:
        for number in _NUMBER.findall(line[:500]):
            if number.startswith("+") or _CALLED_PHONE.search(line):
                phone = read_phone(number, regions)
                if phone is not None and phone.e164 and not phone.is_junk:
                    listed.append(phone)
    return listed
