"""Offices: names, countries, time zones, their queues; closing one that nobody needs any more."""

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from marshrut.agency.queries.settings import Hours, OfficeLine, list_offices, read_hours
from marshrut.agency.services.offices import CLOSES, OPENS, OfficeForm, check_offices, close_office, reopen_office, save_office
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff, found
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, Figure, foreseen, quoted, turned
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings, saved, saving
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll
from marshrut.backoffice.web.settings.story import TableWords, describe, office_name
from marshrut.backoffice.web.settings.weeks import next_days
from marshrut.channels.queries.mail import list_doors
from marshrut.channels.queries.settings import list_site_forms
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.slugs import required_name
from marshrut.core.time_zones import offered_zones
from marshrut.journal.queries.offices import count_open_of_office
from marshrut.ui.wording import language

USUAL_COUNTRIES = ("RU", "UA", "KZ", "BY")
PAGE = register_settings(
    SettingsPage(
        slug="offices",
        group="agency",
        order=20,
        title=lazy("Offices"),
        icon="map-pin",
        url_name="settings_offices",
        description=lazy("Where people work. An office has its own hours, its own time zone and, if you like, its own queue."),
        watches={"agency_office": (), "agency_queue": ()},
        words=lazy("branch time zone country queue close"),
        check=check_offices,
        along=("agency_workingwindow",),
    )
)
describe(
    "agency_office",
    TableWords(
        noun=lazy("Office"),
        columns={"name": lazy("name"), "country": lazy("country"), "time_zone": lazy("time zone"), "is_active": lazy("works")},
        hidden=("id", "slug"),
    ),
)
describe(
    "agency_queue",
    TableWords(
        noun=lazy("Queue"),
        columns={"name": lazy("name"), "office_id": lazy("office")},
        said={"office_id": office_name},
        hidden=("id", "slug"),
    ),
)


@lru_cache(maxsize=8)
def countries(locale: str) -> tuple[Choice, ...]:
    """Countries in the reader's language: the usual ones first, then all by name."""
    names = {code: name for code, name in Locale.parse(locale).territories.items() if len(code) == 2 and code.isalpha()}
    rest = sorted(
        (name, code)
        for code, name in names.items()
        if code not in USUAL_COUNTRIES and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ")
    )
    return (*(Choice(code, names[code]) for code in USUAL_COUNTRIES), *(Choice(code, name) for name, code in rest))


def zones() -> tuple[Choice, ...]:
    """Time zones by their cities."""
    return tuple(Choice(zone, city) for zone, city in offered_zones(language()))


def _read(_reader: Reader) -> list[Item]:
    named = {choice.value: choice.label for choice in countries(language())}
    return [_item(line, named.get(line.country, line.country)) for line in list_offices()]


def _item(line: OfficeLine, country: str) -> Item:
    people = ngettext("%(num)s person", "%(num)s people", line.people) % {"num": line.people}
    queue = _("queue “%(name)s”") % {"name": line.queue} if line.queue else _("the common queue")
    values = {"name": line.name, "country": line.country, "time_zone": line.time_zone, "queue": line.queue}
    return Item(line.id, line.name, values, (country, line.time_zone, people, queue), (), line.is_active)


def _asks(_reader: Reader, item: Item | None) -> list[Ask]:
    return [
        Ask("name", _("Its name"), is_required=True, hint=_("As colleagues call it, for example “Nevsky”.")),
        Ask(
            "country",
            _("Country"),
            "select",
            _("Phones are read, and holidays proposed, by it."),
            countries(language()),
            is_whole=False,
        ),
        Ask("time_zone", _("Time zone"), "select", _("Hours and clocks run by it."), zones(), is_whole=False),
        Ask(
            "queue",
            _("Its own queue"),
            hint=_("Where inquiries of this office wait when nobody is at work or everybody is full. Empty: the common queue."),
        ),
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    form = OfficeForm(values["name"], values["country"], values["time_zone"], values["queue"])
    save_office(office_id=pk, form=form, by=reader.actor, now=reader.now)


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """The hours of the coming week as the office would keep them, and what hangs on it."""
    required_name(values["name"])
    zone = values["time_zone"]
    if zone not in available_timezones():
        raise Invalid("no_such_zone", _("Choose a time zone."), field="time_zone")
    there = reader.now.astimezone(ZoneInfo(zone))
    if item is None:
        hours = Hours({day: [(OPENS, CLOSES)] for day in range(5)}, [])
        said = [_("An ordinary week to begin with; nobody works there yet.")]
    else:
        hours, said = read_hours(item.id), _said_of_change(values, item)
    hanging = _hangs_on(item.id) if item else []
    before = reader.now.astimezone(ZoneInfo(item.values["time_zone"] if item else zone))
    now = turned(_("It is now there"), f"{before:%H:%M}", f"{there:%H:%M}")
    return foreseen(*said, figures=[now, *next_days(hours, there.date()), *hanging])


def _said_of_change(values: Values, item: Item) -> list[str]:
    said, before = [], item.values
    if values["time_zone"] != before["time_zone"]:
        said.append(_("The hours stay as they are written and are kept by the new zone; running clocks take it at their next step."))
    if values["country"] != before["country"]:
        said.append(_("Bare phone numbers are read by the new country. Days off that are in the calendar stay."))
    if before["queue"] and not values["queue"].strip():
        said.append(_("An office's queue keeps a name: inquiries may wait in it."))
    if not before["queue"] and values["queue"].strip():
        said.append(_("New inquiries of this office wait in its own queue when nobody can take them."))
    return said


def _hangs_on(office_id: int) -> list[Figure]:
    forms = [form.name for form in list_site_forms() if form.office_id == office_id]
    doors = [door.name for door in list_doors() if door.office_id == office_id]
    people = next((line.people for line in list_offices() if line.id == office_id), 0)
    return [
        Figure(_("Work there"), ngettext("%(num)s person", "%(num)s people", people) % {"num": people}),
        Figure(_("Open matters"), str(count_open_of_office(office_id))),
        Figure(_("Forms of the site"), quoted(forms)),
        Figure(_("Mail folders"), quoted(doors)),
    ]


def _fresh(reader: Reader) -> Values:
    return {"name": "", "country": reader.office.country, "time_zone": reader.office.time_zone, "queue": ""}


ROLL = Roll(
    page=PAGE,
    table="agency_office",
    add_label=lazy("Add an office"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=_fresh,
    try_out=_try_out,
    preview_template=TEMPLATE,
    help=lazy(
        "A new office begins with an ordinary week, Monday to Friday, 10:00–19:00: set its calendar next, then move people there."
    ),
    switch="settings_office_switch",
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def switch(request: ReaderRequest, pk: int) -> HttpResponse:
    """An office is closed, or works again: asked once."""
    reader = request.reader
    line: OfficeLine = found(next((one for one in list_offices() if one.id == pk), None))
    context = {"page": PAGE, "office": line, "errors": {}}
    if request.method == "GET":
        return render(request, "backoffice/settings/_office_switch_dialog.html", context)
    try:
        with saving(request, PAGE, []):
            if line.is_active:
                close_office(office_id=pk, open_matters=count_open_of_office(pk), by=reader.actor, now=reader.now)
            else:
                reopen_office(office_id=pk, by=reader.actor, now=reader.now)
    except DomainError as error:
        errors = {"": error.sentence}
        return render(request, "backoffice/settings/_office_switch_dialog.html", {**context, "errors": errors}, status=error.status)
    return saved(PAGE, _("The office is closed") if line.is_active else _("The office works again"))
