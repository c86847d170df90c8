"""Public site forms: their names, where their inquiries go, what people consent to."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.channels.models import Form, MailDoor
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.slugs import required_name, slug_of

LONGEST_CONSENT = 4000
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{1,48}")
_COUNTED = re.compile(r"(.*?)(\d+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FormForm:
    """A site form as it was typed; `key` is asked of a new one alone (empty: made of the name)."""

    name: str
    source_slug: str
    office_id: int | None
    consent_text: str
    is_active: bool = True
    key: str = ""


@transaction.atomic
def save_site_form(*, form_id: int | None, form: FormForm, by: Actor, now: datetime) -> int:
    """Add a form, or change one. Another text of consent is another version: who agreed to what stays known."""
    name = required_name(form.name)
    text = clean_text(form.consent_text, LONGEST_CONSENT, keep_lines=True)
    if not text:
        raise Invalid(
            "consent_missing", _("Without a consent we may not answer whoever wrote: give its text."), field="consent_text"
        )
    if not form.source_slug:
        raise Invalid("source_missing", _("Choose the source its inquiries count for."), field="source")
    if form.office_id is not None and form.office_id not in read_staff(read_revision()).offices:
        raise Invalid("no_such_office", _("Choose an office."), field="office")
    row = _form(form_id) if form_id else Form(key=_new_key(form.key, name), consent_version="0")
    sign(by.label)
    if row.consent_text != text:
        row.consent_version = next_version(row.consent_version)
    row.name, row.source_slug, row.office_id, row.consent_text, row.is_active = (
        name,
        form.source_slug,
        form.office_id,
        text,
        form.is_active,
    )
    row.save()
    return row.pk


@transaction.atomic
def move_doors(*, source_slug: str, into_slug: str, by: Actor) -> None:
    """Forms and mail folders of one source are of another from now on."""
    sign(by.label)
    for door in (Form, MailDoor):
        door.objects.filter(source_slug=source_slug).update(source_slug=into_slug)


def next_version(version: str) -> str:
    """The version after this one: its last number one higher, or `-2` behind what has none."""
    found = _COUNTED.match(version)
    return f"{found.group(1)}{int(found.group(2)) + 1}" if found else f"{version}-2"


def _new_key(given: str, name: str) -> str:
    taken = set(Form.objects.values_list("key", flat=True))
    if not given:
        return slug_of(name, taken).replace("_", "-")
    if not _KEY.fullmatch(given):
        raise Invalid("bad_key", _("Latin letters, digits and hyphens, for example main-site."), field="key")
    if given in taken:
        raise Invalid("key_taken", _("There is a form of this address already."), field="key")
    return given


def _form(form_id: int) -> Form:
    row = Form.objects.select_for_update().filter(pk=form_id).first()
    if row is None:
        raise NotFound("no_such_form", _("There is no such form."))
    return row


@transaction.atomic
def name_first_form(*, language: str, by: Actor) -> None:
    """Say the form a home begins with in the agency's language, while nobody has consented to its words."""
    sign(by.label)
    with override(language):
        name = _("Form on the site")
        words = _("I agree that my personal data are processed to choose and book a trip.")
    Form.objects.filter(consent_version="1").update(name=name, consent_text=words)
