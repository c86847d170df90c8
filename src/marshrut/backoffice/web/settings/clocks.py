"""Response clocks: working minutes by office, channel and class; which of them counts where, and what a change would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.clock_previews import foresee
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
    typed,
)
from marshrut.backoffice.web.settings.rule_pages import Choice, class_choices, reference_of, whole
from marshrut.backoffice.web.settings.story import TableWords, describe, office_name
from marshrut.core.errors import DomainError
from marshrut.core.undo import Row
from marshrut.intake.queries.rule_lists import clock_ids
from marshrut.intake.rules import ClockPolicy
from marshrut.intake.rules.clock_policies import CLOCK_CHANNELS, DELIVERED, AnswerPolicy, ClockPlace, ClockPolicies, Kind, shadowed
from marshrut.intake.services.clock_settings import FIELDS, drop_clock, save_clock, try_clock, try_place
from marshrut.intake.wording import channel_label, class_label

PAGE = register_settings(
    SettingsPage(
        slug="clocks",
        group="inquiries",
        title=lazy("Response clock"),
        icon="clock",
        order=60,
        url_name="settings_clocks",
        description=lazy(
            "How soon a client has to be answered, in working minutes of whoever holds the inquiry: lunch, nights and holidays do not "
            "count. The row that names most counts."
        ),
        watches={"intake_clockpolicy": ()},
        words=lazy("SLA minutes warning escalation breach missed call next answer"),
    )
)


def place_name(place: ClockPlace, reader: Reader) -> str:
    """Whom a clock is for, in words; what is left open is not said."""
    office = reader.staff.offices.get(place.office_id or 0)
    named = [
        office.name if office else _("another office") if place.office_id else "",
        channel_label(place.channel) if place.channel else "",
        class_label(place.inquiry_class) if place.inquiry_class else "",
    ]
    return " · ".join(filter(None, named)) or _("Every inquiry")


def _row_name(row: Mapping[str, Any], reader: Reader) -> str:
    office = row.get("office_id")
    office_id = int(office) if office not in (None, "", "None") else None
    return place_name(ClockPlace(office_id, str(row.get("channel") or ""), str(row.get("inquiry_class") or "")), reader)


describe(
    "intake_clockpolicy",
    TableWords(
        noun=lazy("Clock"),
        named_by=("office_id", "channel", "inquiry_class"),
        name_of=_row_name,
        hidden=("id",),
        columns={
            "office_id": lazy("Office"),
            "channel": lazy("channel"),
            "inquiry_class": lazy("class"),
            "warn_minutes": lazy("the manager is warned after"),
            "escalate_minutes": lazy("the supervisor is told after"),
            "breach_minutes": lazy("broken and given to somebody else after"),
            "most_reroutes": lazy("given to somebody else at most"),
            "next_warn_minutes": lazy("next answer: the manager is warned after"),
            "next_escalate_minutes": lazy("next answer: the supervisor is told after"),
            "next_breach_minutes": lazy("next answer: broken after"),
            "next_most_reroutes": lazy("next answer: given to somebody else at most"),
        },
        said={
            "office_id": office_name,
            "channel": lambda value, _reader: channel_label(str(value)) if value else _("any channel"),
            "inquiry_class": lambda value, _reader: class_label(str(value)) if value else _("any class"),
        },
    ),
)


@dataclass(frozen=True)
class ClockRow:
    """One row of the page. A delivered one has no id; `shadow` says who stands before a row that never counts."""

    id: int | None
    place: ClockPlace
    title: str
    first: str
    following: str
    shadow: str = ""


@dataclass(frozen=True)
class Counted:
    """What counts for one channel in one office, and by which row."""

    minutes: str
    title: str


@require_safe
@for_staff("settings:write")
def clocks(request: ReaderRequest) -> HttpResponse:
    """All clocks, those that are delivered, and which one counts where."""
    reader, policies = request.reader, reference_of(request).rules.clocks
    hidden = {one.place: one for one in shadowed(policies, list(reader.staff.offices))}
    ids = clock_ids()
    own = [_row(place, policy, ids.get(place), hidden, reader) for place, policy in policies.own.items()]
    delivered = [_row(place, policy, None, hidden, reader) for place, policy in DELIVERED.items() if place not in policies.own]
    context = {
        "own": sorted(own, key=lambda row: (-row.place.weight[0], row.title)),
        "delivered": delivered,
        "shadowed": [row for row in own if row.shadow],
        "offices": list(reader.staff.offices.values()),
        "counted": _counted(policies, reader),
        "of_class": sum(bool(place.inquiry_class) for place in policies.own),
    }
    return page_of(request, PAGE, "backoffice/settings/clocks.html", context)


def _row(place: ClockPlace, policy: AnswerPolicy, pk: int | None, hidden: Mapping[ClockPlace, Any], reader: Reader) -> ClockRow:
    shadow = ", ".join(f"“{place_name(one, reader)}”" for one in hidden[place].by) if place in hidden else ""
    return ClockRow(pk, place, place_name(place, reader), _steps(policy.first), _steps(policy.following), shadow)


def _steps(policy: ClockPolicy) -> str:
    """Steps in words: "warned after 5, supervisor after 10, broken after 15 min"."""
    said = _("the manager is warned after %(warn)g, the supervisor told after %(supervisor)g, broken after %(breach)g min") % {
        "warn": policy.warn, "supervisor": policy.supervisor, "breach": policy.breach,
    }  # fmt: skip
    if not policy.max_reroutes:
        return f"{said}; {_('stays where it is')}"
    again = ngettext("given to somebody else %(num)s time", "given to somebody else %(num)s times", policy.max_reroutes)
    return f"{said}; {again % {'num': policy.max_reroutes}}"


def _counted(policies: ClockPolicies, reader: Reader) -> list[tuple[str, list[Counted]]]:
    """By channel, what counts in each office for a class that has no clock of its own."""
    return [
        (channel_label(channel), [_one_counted(policies, ClockPlace(office_id, channel), reader) for office_id in reader.staff.offices])
        for channel in CLOCK_CHANNELS
    ]


def _one_counted(policies: ClockPolicies, asked: ClockPlace, reader: Reader) -> Counted:
    policy = policies.of(asked.office_id, Kind(asked.channel))
    minutes = _("%(first)g · next %(following)g") % {"first": policy.first.breach, "following": policy.following.breach}
    return Counted(minutes, place_name(policies.place_of(asked), reader))


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def clock(request: ReaderRequest) -> HttpResponse:
    """One clock in a dialog: ?office=&channel=&class= name it; a new one names nothing."""
    reader, policies = request.reader, reference_of(request).rules.clocks
    asked = _place(request.GET.get("office", ""), request.GET.get("channel", ""), request.GET.get("class", ""))
    is_new = "channel" not in request.GET
    context = {
        "address": request.get_full_path().replace("preview=1", "").rstrip("?&"),
        "offices": [Choice(str(office.id), office.name) for office in reader.staff.offices.values()],
        "channels": [Choice(slug, channel_label(slug)) for slug in CLOCK_CHANNELS],
        "classes": class_choices(),
        "is_fixed": not is_new and asked in DELIVERED,
        "title": place_name(asked, reader) if not is_new else "",
    }
    if request.method == "GET":
        values = _values_of(policies.rows.get(asked) or policies.of(*_asking(asked)), asked)
        return dialog_of(request, PAGE, "backoffice/settings/_clock_dialog.html", {**context, "values": values})
    values = typed(request, "office", "channel", "inquiry_class", *FIELDS, longest=20)
    place = asked if context["is_fixed"] else _place(values["office"], values["channel"], values["inquiry_class"])
    minutes = {name: whole(values[name]) for name in FIELDS}
    if is_preview(request):
        was = None if is_new else asked
        return preview_of(
            request, "backoffice/settings/_clock_preview.html", lambda: _preview(request, policies, place, minutes, was)
        )
    try:
        with saving(request, PAGE, _rows_of(place, asked, is_new=is_new)):
            save_clock(place=place, minutes=minutes, was=None if is_new else asked, by=reader.actor, now=reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_clock_dialog.html", context, values, error, FIELDS)
    return saved(PAGE)


@require_http_methods(["POST"])
@for_staff("settings:write")
def clock_drop(request: ReaderRequest, pk: int) -> HttpResponse:
    """A clock of the agency's own counts no more."""
    drop_clock(policy_id=pk, by=request.reader.actor, now=request.reader.now)
    return saved(PAGE, _("Removed"))


def _place(office: str, channel: str, inquiry_class: str) -> ClockPlace:
    return ClockPlace(whole(office), channel[:20], inquiry_class[:20])


def _asking(place: ClockPlace) -> tuple[int | None, Kind]:
    return place.office_id, Kind(place.channel, place.inquiry_class)


def _rows_of(place: ClockPlace, asked: ClockPlace, *, is_new: bool) -> set[Row]:
    ids = clock_ids()
    return {("intake_clockpolicy", ids[one]) for one in ({place} if is_new else {place, asked}) if one in ids}


def _values_of(policy: AnswerPolicy, place: ClockPlace) -> Values:
    numbers = [
        number for one in (policy.first, policy.following) for number in (one.warn, one.supervisor, one.breach, one.max_reroutes)
    ]
    return {
        "office": str(place.office_id or ""), "channel": place.channel, "inquiry_class": place.inquiry_class,
        **{name: f"{number:g}" for name, number in zip(FIELDS, numbers, strict=True)},
    }  # fmt: skip


def _preview(
    request: ReaderRequest, policies: ClockPolicies, place: ClockPlace, minutes: Mapping[str, int | None], was: ClockPlace | None
) -> dict[str, Any]:
    """The rows with this one in its place, against those that count now."""
    wanted_place, policy = try_place(*place), try_clock(minutes)
    own = {one: kept for one, kept in policies.own.items() if one != was}
    wanted = ClockPolicies({**own, wanted_place: policy})
    reader, offices = request.reader, list(request.reader.staff.offices)
    known = {one.place for one in shadowed(policies, offices)}
    cautions = [
        _("“%(row)s” would never count: everything it is for, %(others)s is for as well.")
        % {"row": place_name(one.place, reader), "others": ", ".join(f"“{place_name(other, reader)}”" for other in one.by)}
        for one in shadowed(wanted, offices)
        if one.place not in known and one.place in wanted.own
    ]
    return {**foresee(request, policies, wanted), "cautions": cautions, "title": place_name(wanted_place, reader)}
