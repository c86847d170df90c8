"""Texts people send often."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.models import MessageTemplate
from marshrut.channels.rules.templates import PLACES
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.slugs import required_name

LONGEST_TEXT = 10_000
_BRACES = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """A template as it was typed."""

    name: str
    language: str
    subject: str
    text: str
    position: int = 0
    is_active: bool = True


@transaction.atomic
def save_template(*, template_id: int | None, form: TemplateForm, by: Actor, now: datetime) -> int:
    """Add a template, or change one. Invalid names the field; a place nobody knows is refused with those that are known."""
    name = required_name(form.name)
    text = clean_text(form.text, LONGEST_TEXT, keep_lines=True)
    if not text:
        raise Invalid("text_missing", _("Write what is to be sent."), field="text")
    check_places(form.subject, "subject")
    check_places(text, "text")
    if form.language not in ("ru", "uk", "en"):
        raise Invalid("no_such_language", _("Choose one of the languages."), field="language")
    if template_id:
        row = MessageTemplate.objects.select_for_update().filter(pk=template_id).first()
        if row is None:
            raise NotFound("no_such_template", _("There is no such template."))
    else:
        row = MessageTemplate()
    sign(by.label)
    row.name, row.language, row.subject, row.text = name, form.language, clean_text(form.subject, 200), text
    row.position, row.is_active = form.position, form.is_active
    row.save()
    return row.pk


def check_places(text: str, field: str) -> None:
    """Invalid when something in braces is none of the known places."""
    unknown = [place for place in _BRACES.findall(text) if place not in PLACES]
    if unknown:
        known = ", ".join(f"{{{place}}}" for place in PLACES)
        said = {"place": f"{{{unknown[0]}}}", "known": known}
        raise Invalid("unknown_place", _("%(place)s is not known. You can use %(known)s.") % said, field=field)
