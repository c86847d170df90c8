"""What a person wishes for themselves: quiet hours, what they do not want to hear of at all, and the language of their pages."""

from collections.abc import Collection
from datetime import datetime, time

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid
from marshrut.core.history import sign


@transaction.atomic
def set_notice_wishes(
    *, quiet_from: time | None, quiet_until: time | None, muted: Collection[str], by: Actor, now: datetime
) -> None:
    """Keep the actor's own quiet hours (both or none; over midnight is meant when they end first) and muted codes."""
    if (quiet_from is None) != (quiet_until is None):
        field = "quiet_from" if quiet_from is None else "quiet_until"
        raise Invalid("quiet_half", _("Say both from when and until when, or neither."), field=field)
    if quiet_from is not None and quiet_from == quiet_until:
        raise Invalid("quiet_always", _("Quiet hours end at another time than they begin."), field="quiet_until")
    sign(by.label)
    Employee.objects.filter(pk=by.id).update(quiet_from=quiet_from, quiet_until=quiet_until, muted=sorted(set(muted)))


@transaction.atomic
def set_own_language(*, language: str, by: Actor, now: datetime) -> None:
    """The language the actor's own pages and notices are in; empty: the agency's. Invalid for one Marshrut does not speak."""
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid("no_such_language", _("Choose one of the languages."), field="language")
    sign(by.label)
    Employee.objects.filter(pk=by.id).update(language=language)
