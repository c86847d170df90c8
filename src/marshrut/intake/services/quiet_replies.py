"""What somebody who writes outside working time is told at once, in their language: through the outbox, once for a person in
one such time, never as an answer. Only to the address they have just named, and never to a machine: those end earlier.

Whoever can be reached by phone or messenger alone is told by nothing of itself, for letters are the only door out: the same
words stand ready for a person to send them.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.channels.queries import find_template
from marshrut.channels.rules.templates import fill, unfilled
from marshrut.channels.services import queue_message
from marshrut.core.errors import Refused
from marshrut.core.history import sign
from marshrut.core.names import split_name
from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.reference import Reference
from marshrut.intake.rules.quiet import text_in
from marshrut.intake.services.matters import calendar_of, office_of
from marshrut.intake.wording import say_opening
from marshrut.journal.services import Matter, add_touch, lock_matter

BY = system("quiet hours")
KNOWN = ("name", "full_name", "agency", "office", "phone", "opens")
"""Places of a text that can be filled at night, when nobody holds the pen."""
LATEST = timedelta(hours=1)
"""What came earlier than this, and is only read now, waits for a person instead."""
_IS_NAME = re.compile(r"[^\W\d_]+(?:[ '’ʼ-]+[^\W\d_]+){0,3}")
"""Letters alone: whoever writes something else as their name does not have it sent on to an address in our name."""
_NAME_LEFT_OUT = re.compile(r"(,\s*)?\{(?:name|full_name)\}")


@dataclass(frozen=True, slots=True)
class Written:
    """What a client wrote, as far as a reply needs it."""

    channel: str
    inquiry_class: str
    language: str
    address: str
    name: str
    received_at: datetime
    subject: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, filled with what is known."""

    subject: str
    text: str


def reply_if_quiet(*, matter: Matter, written: Written, reference: Reference, now: datetime) -> int | None:
    """Tell a client who wrote outside the working time of whoever holds their matter when they are answered; the sending's id.

    None when there are no words for it (`find_words`), or they named no address of theirs.
    """
    if not written.address or now - written.received_at > LATEST:
        return None
    words = find_words(matter=matter, written=written, reference=reference, now=now)
    if words is None:
        return None
    subject = words.subject or written.subject
    subject = subject if not written.subject or words.subject else f"Re: {written.subject.removeprefix('Re: ')}"
    return _send(matter, written, subject, words.text, now)


def find_words(*, matter: Matter, written: Written, reference: Reference, now: datetime) -> Words | None:
    """What this client is to be told now; None when somebody works, nothing is to be said there, or they were told since closing."""
    texts = reference.rules.quiet.of(matter.office_id, written.channel, written.inquiry_class)
    if not texts:
        return None
    calendar = calendar_of(reference.staff, matter.owner_id, matter.office_id)
    if calendar.is_open(now) or _was_told(matter, calendar, now):
        return None
    language = written.language or _language_of(matter.id)
    template = find_template(text_in(texts, language, reference.staff.agency.language))
    if template is None:
        return None
    known = _known(matter, written, reference, calendar, template.language, now)
    return Words(_filled(template.subject, known), _filled(template.text, known))


@transaction.atomic
def say_by_hand(*, dossier_id: int, how: str, reference: Reference, by: Actor, now: datetime) -> str:
    """A person sends a client who waits the words of the quiet hours, in a messenger: the words, which are written down as said.
    They are no answer: the clock runs on. Refused when somebody works, or there is nothing to be said."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    words = ready_words(matter=matter, reference=reference, now=now)
    if words is None:
        raise Refused("nothing_to_say", _("There is nothing to be said by itself here now."))
    data = {"how": how, "quiet": True}
    add_touch(dossier_id=matter.id, kind="message_auto", direction="out", body=words.text, data=data, by=by, now=now)
    return words.text


def ready_words(*, matter: Matter, reference: Reference, now: datetime) -> Words | None:
    """The words for a client whose clock runs and whom nothing has told yet; None when there are none. No statement by day."""
    if not matter.is_open or calendar_of(reference.staff, matter.owner_id, matter.office_id).is_open(now):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """select i.channel, i.inquiry_class, coalesce(i.request->>'language', ''), coalesce(p.display_name, ''), i.received_at
               from intake_inquiry i left join clients_person p on p.id = i.person_id
               where i.dossier_id = %s and i.joined_to_id is null and (i.clock_state = 'running'
                   or exists (select from intake_nextanswer n where n.dossier_id = i.dossier_id and n.state = 'running'))
               order by i.raw_id limit 1""",
            [matter.id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    channel, inquiry_class, language, name, received_at = row
    written = Written(channel, inquiry_class, language, "", name, received_at or now)
    return find_words(matter=matter, written=written, reference=reference, now=now)


def _send(matter: Matter, written: Written, subject: str, text: str, now: datetime) -> int:
    sending_id = queue_message(
        to=written.address, subject=subject, text=text, purpose="auto", dossier_id=matter.id, in_reply_to=written.message_id, by=BY, now=now
    )
    data = {"sending": sending_id, "subject": subject, "quiet": True}
    add_touch(dossier_id=matter.id, kind="email_auto", direction="out", body=text, data=data, by=BY, now=now)
    return sending_id


def _was_told(matter: Matter, calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether this person was told since the hours ended: on this matter or on another of theirs. Who writes at once from two
    places waits in line at the door, so that both are not told."""
    since = closed_since(calendar, now)
    with connection.cursor() as cursor:
        cursor.execute(
            """select exists (select from journal_touch t
                   where t.kind in ('email_auto', 'message_auto') and t.direction = 'out' and t.at >= %s
                   and t.dossier_id in (select %s::bigint union select id from journal_dossier where person_id = %s))""",
            [since, matter.id, matter.person_id],
        )
        return bool(cursor.fetchone()[0])


def _language_of(dossier_id: int) -> str:
    """The language their matter began in, where these words do not tell it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select request->>'language' from intake_inquiry where dossier_id = %s order by raw_id limit 1", [dossier_id]
        )
        row = cursor.fetchone()
    return (row[0] or "") if row else ""


def closed_since(calendar: WorkingCalendar, now: datetime) -> datetime:
    """When the hours ended that were the last before `now`; a year ago when there were none in it."""
    for days in (2, 16, 366):
        spans = calendar.open_spans(now - timedelta(days=days), now)
        if spans:
            return spans[-1][1]
    return now - timedelta(days=366)


def _known(
    matter: Matter, written: Written, reference: Reference, calendar: WorkingCalendar, language: str, now: datetime
) -> dict[str, str]:
    agency, office = reference.staff.agency, office_of(reference.staff, matter.office_id)
    full_name = written.name if _IS_NAME.fullmatch(written.name) else ""
    given = split_name(full_name).given_name if full_name else ""
    return {
        "name": given, "full_name": full_name, "agency": agency.name or office.name, "office": office.name, "phone": agency.phone,
        "opens": say_opening(calendar, now, language),
    }  # fmt: skip


def _filled(text: str, known: dict[str, str]) -> str:
    """The text with what is known; an unknown name is left out of the greeting, and so is any other place nothing is known for."""
    written = _NAME_LEFT_OUT.sub("", fill(text, known).text)
    for place in unfilled(written):
        written = written.replace(f"{{{place}}}", "")
    return written.strip()
