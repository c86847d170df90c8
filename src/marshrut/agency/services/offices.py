"""Offices and their queues."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.agency.models import Employee, Office, Queue, WorkingWindow
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.slugs import name_within, required_name, slug_of

OPENS, CLOSES = time(10), time(19)  # of a new office, Monday to Friday, until its calendar is set


@dataclass(frozen=True, slots=True)
class OfficeForm:
    """An office as it was typed; `queue` is the name of its own queue, empty: the common one serves it."""

    name: str
    country: str
    time_zone: str
    queue: str = ""


@transaction.atomic
def save_office(*, office_id: int | None, form: OfficeForm, by: Actor, now: datetime) -> int:
    """Add an office (with an ordinary working week), or change one. Invalid names the field."""
    name = required_name(form.name)
    others = Office.objects.exclude(pk=office_id) if office_id else Office.objects.all()
    if others.filter(name__iexact=name).exists():
        raise Invalid("same_name", _("There is an office of this name already."), field="name")
    if len(form.country) != 2 or not form.country.isascii() or not form.country.isalpha():
        raise Invalid("bad_country", _("Choose a country."), field="country")
    if form.time_zone not in available_timezones():
        raise Invalid("no_such_zone", _("There is no such time zone: for example Europe/Moscow."), field="time_zone")
    sign(by.label)
    office = _office(office_id) if office_id else Office(slug=slug_of(name, set(Office.objects.values_list("slug", flat=True))))
    office.name, office.country, office.time_zone = name, form.country.upper(), form.time_zone
    office.save()
    if not office_id:
        WorkingWindow.objects.bulk_create(WorkingWindow(office=office, weekday=day, opens=OPENS, closes=CLOSES) for day in range(5))
    _name_queue(office, form.queue)
    return office.id


@transaction.atomic
def close_office(*, office_id: int, open_matters: int, by: Actor, now: datetime) -> None:
    """An office works no more. Refused while people or open matters (counted by the caller) are there, or it is the last."""
    office = _office(office_id)
    people = Employee.objects.filter(office=office, is_active=True).count()
    left = []
    if people:
        left.append(ngettext("%(num)s person works there", "%(num)s people work there", people) % {"num": people})
    if open_matters:
        left.append(ngettext("%(num)s matter is open", "%(num)s matters are open", open_matters) % {"num": open_matters})
    if left:
        sentence = _("The office cannot be closed yet: %(what)s. Move them to another office first.")
        raise Refused("office_in_use", sentence % {"what": ", ".join(left)})
    if not Office.objects.filter(is_active=True).exclude(pk=office_id).exists():
        raise Refused("last_office", _("This is the only office: at least one has to work."))
    sign(by.label)
    office.is_active = False
    office.save(update_fields=["is_active"])


@transaction.atomic
def reopen_office(*, office_id: int, by: Actor, now: datetime) -> None:
    """An office works again."""
    office = _office(office_id)
    sign(by.label)
    office.is_active = True
    office.save(update_fields=["is_active"])


def check_offices() -> None:
    """At least one office works, and nobody works in one that does not. Refused otherwise (asked after an undo)."""
    if not Office.objects.filter(is_active=True).exists():
        raise Refused("last_office", _("This is the only office: at least one has to work."))
    if Employee.objects.filter(is_active=True, office__is_active=False).exists():
        raise Refused("office_in_use", _("People work in an office that would be closed by this."))


def _office(office_id: int) -> Office:
    office = Office.objects.select_for_update().filter(pk=office_id).first()
    if office is None:
        raise NotFound("no_such_office", _("There is no such office."))
    return office


def _name_queue(office: Office, text: str) -> None:
    """The office's own queue under this name; a queue that was there once stays, for matters may wait in it."""
    name = name_within(text, field="queue")
    queue = Queue.objects.filter(office=office).order_by("id").first()
    if queue and not name:
        raise Invalid("queue_name_missing", _("An office's queue keeps a name: inquiries may wait in it."), field="queue")
    if queue and queue.name != name:
        queue.name = name
        queue.save(update_fields=["name"])
    if not queue and name:
        Queue.objects.create(slug=slug_of(name, set(Queue.objects.values_list("slug", flat=True))), name=name, office=office)
