"""Consents: written down with their words, and withdrawn as easily as they were given."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.clients.services import keep_consent
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.privacy.queries import find_person

PURPOSES = ("processing", "marketing")


@transaction.atomic
def record_consent(
    *, person_id: int, purpose: str, text: str, version: str, channel: str, by: Actor, now: datetime
) -> None:
    """Write down a consent that was given by word or on paper.

    Raises:
        Invalid: the purpose is none of PURPOSES, or the words or the channel are missing.
    """
    sign(by.label)
    find_person(by, person_id)
    if purpose not in PURPOSES:
        raise Invalid("no_such_purpose", _("Say what the consent is for."), field="purpose")
    text, channel = clean_text(text, 20_000, keep_lines=True), clean_text(channel, 60)
    for field, value in (("text", text), ("channel", channel)):
        if not value:
            raise Invalid("words_missing", _("Write down the words of the consent and how it was given."), field=field)
    keep_consent(person_id=person_id, raw_id=None, text=text, version=clean_text(version, 60) or "1", channel=channel,
                 given_at=now, purpose=purpose)


@transaction.atomic
def withdraw_consent(*, consent_id: int, how: str, by: Actor, now: datetime) -> int:
    """Write down that a consent was withdrawn, and how we learned it; the id of whose it was.

    Raises:
        NotFound: it is nobody's within reach. Refused: it was withdrawn already.
    """
    sign(by.label)
    with connection.cursor() as cursor:
        cursor.execute("select person_id, withdrawn_at from clients_consent where id = %s for update", [consent_id])
        person_id, withdrawn_at = cursor.fetchone() or (0, None)
    find_person(by, person_id or 0)
    if withdrawn_at:
        raise Refused("withdrawn_already", _("This consent was withdrawn already."))
    how = clean_text(how, 500)
    if not how:
        raise Invalid("how_missing", _("Say how the client withdrew it: by phone, by letter, in person."), field="how")
    with connection.cursor() as cursor:
        cursor.execute(
            "update clients_consent set withdrawn_at = %s, withdrawn_by = %s, withdrawn_how = %s where id = %s",
            [now, by.label, how, consent_id],
        )
    return int(person_id)
