"""How much each person is given and when they work."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.queries import Colleague
from marshrut.agency.queries.settings import WorkloadLine, list_workload
from marshrut.agency.services.workload import Workload, check_workload, save_workload
from marshrut.agency.web.pages import Reader
from marshrut.agency.wording import role_label
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, Figure, foreseen, names_of, turned
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    register_settings,
)
from marshrut.backoffice.web.settings.replaying import Share, replayed
from marshrut.backoffice.web.settings.rolls import Ask, Item, Roll, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe, person_name
from marshrut.backoffice.web.settings.week_story import told_weeks
from marshrut.backoffice.web.settings.weeks import day_fields, read_week, week_values
from marshrut.core.errors import Invalid
from marshrut.core.hours import say_hours
from marshrut.intake.queries.on_hand import loads_on_hand
from marshrut.intake.reference import read_reference
from marshrut.intake.rules import Candidate
from marshrut.ui.wording import day_short, figure, typed_figure

PAGE = register_settings(
    SettingsPage(
        slug="workload",
        group="people",
        order=20,
        title=lazy("Shifts and workload"),
        icon="users",
        url_name="settings_workload",
        description=lazy(
            "When each person works, how much may be open with them at once, and how large their share of new inquiries is."
        ),
        watches={"agency_employee": ("capacity", "share_weight", "is_on_duty", "newcomer_since"), "agency_shift": ()},
        words=lazy("capacity weight fair share duty schedule managers"),
    )
)
describe(
    "agency_employee",
    TableWords(
        noun="",
        hidden=("id",),
        columns={
            "capacity": lazy("at most open at once"),
            "share_weight": lazy("share of new inquiries"),
            "is_on_duty": lazy("on duty round the clock"),
            "newcomer_since": lazy("new here since"),
        },
    ),
)
describe(
    "agency_shift",
    TableWords(
        noun="",
        columns={},
        hidden=("id", "weekday", "starts", "ends", "employee_id"),
        together=told_weeks("agency_shift", "employee_id", ("starts", "ends"), person_name, lambda: _("no hours of their own")),
    ),
)


def _read(reader: Reader) -> list[Item]:
    return [_item(line, reader) for line in list_workload()]


def _item(line: WorkloadLine, reader: Reader) -> Item:
    values = {
        "capacity": "" if line.capacity is None else line.capacity,
        "share_weight": typed_figure(line.share_weight),
        "is_on_duty": "yes" if line.is_on_duty else "",
        "newcomer_since": line.newcomer_since.isoformat() if line.newcomer_since else "",
        **week_values(line.week),
    }
    at_most = _("at most %(num)s open") % {"num": line.capacity} if line.capacity is not None else _("no limit")
    office = reader.staff.offices.get(line.office_id)
    notes = (role_label(line.role), at_most, _("share %(share)s") % {"share": figure(line.share_weight)}, _hours(line))
    tags = ((_("on duty"), "info"),) if line.is_on_duty else ()
    return Item(line.id, line.name, values, notes, tags, True, office.name if office else "")


def _hours(line: WorkloadLine) -> str:
    """`the office's hours`, or the days of one's own."""
    if not line.week:
        return _("the office's hours")
    return "; ".join(f"{day_short(day)} {say_hours(windows)}" for day, windows in sorted(line.week.items()))


def _asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    hint = _("For example 09:00–14:00. All seven empty: the office's hours.")
    return [
        Ask(
            "capacity",
            _("At most open at once"),
            "number",
            _("New inquiries and overdue work. Above it nothing more is given. Empty: no limit."),
            is_whole=False,
            attrs={"min": "0", "max": "1000"},
        ),
        Ask(
            "share_weight",
            _("Share of new inquiries"),
            hint=_("1 is a full share, 0.5 half of it."),
            is_whole=False,
            attrs={"inputmode": "decimal"},
        ),
        Ask(
            "newcomer_since",
            _("New here since"),
            "date",
            _("Their share grows from this day as the distribution says. Empty: whole."),
            is_whole=False,
        ),
        Ask(
            "is_on_duty",
            _("On duty round the clock"),
            "check",
            _("Is given inquiries at any hour, and their clocks run at night too."),
        ),
        *(
            Ask(name, label, hint=hint if name == "day0" else "", is_whole=False, attrs={"placeholder": "–"})
            for name, label in day_fields()
        ),
    ]


def _typed(values: Values) -> Workload:
    """What was typed. Invalid at the field that cannot be read."""
    try:
        weight = Decimal(values["share_weight"].replace(",", "."))
        if not weight.is_finite():
            raise InvalidOperation
        weight = weight.quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Invalid(
            "bad_weight", _("A share above 0 and up to 10: 1 is a full share, 0.5 half of it."), field="share_weight"
        ) from error
    capacity = whole_number(values, "capacity", most=1000) if values["capacity"] else None
    return check_workload(Workload(capacity, weight, bool(values["is_on_duty"]), read_week(values), _day(values["newcomer_since"])))


def _day(text: str) -> date | None:
    """The day as the browser sends it; none when empty. Invalid when it is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("no_day", _("Choose a day."), field="newcomer_since") from error


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    save_workload(employee_id=pk or 0, workload=_typed(values), by=reader.actor, now=reader.now)


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """How much they hold and would still take, how much the office would, and their share of last month with this weight."""
    wanted, person = _typed(values), reader.staff.colleagues.get(item.id if item else 0)
    if person is None or person not in reader.staff.sellers:
        return foreseen(_("New inquiries are given to managers and seniors alone; hours and duty count for clocks."))
    limits = {one.id: one.capacity for one in reader.staff.sellers if one.office_id == person.office_id}
    effort = read_reference(reader.revision).rules.distribution.effort
    held, after = loads_on_hand(list(limits), effort, reader.now), limits | {person.id: wanted.capacity}
    full = [reader.staff.colleagues[number].name for number, limit in after.items() if _is_full(limit, held[number])]
    share = _share_with(wanted, person, reader)
    return foreseen(
        figures=[
            Figure(_("Has now"), _on_hand(held[person.id])),
            turned(_("Would still take"), _room_of({person.id: person.capacity}, held), _room_of({person.id: wanted.capacity}, held)),
            turned(_("The office would still take"), _room_of(limits, held), _room_of(after, held)),
            Figure(_("Full now in the office"), names_of(full)),
            turned(_("Of last month’s inquiries"), str(share.before), str(share.after)),
        ],
        cautions=[_("Nothing new is given at 0.")] if wanted.capacity == 0 else [],
    )


def _share_with(wanted: Workload, person: Colleague, reader: Reader) -> Share:
    """What they would have got of last month with this weight and limit."""
    whole = int(wanted.share_weight * 100)
    weight = read_reference(reader.revision).rules.distribution.newcomers.weight(whole, wanted.newcomer_since, reader.now.date())

    def changed(one: Candidate) -> Candidate:
        return replace(one, weight=weight, full_weight=whole, capacity=wanted.capacity) if one.employee_id == person.id else one

    shares: list[Share] = replayed(reader, change=changed)["shares"]
    return next(one for one in shares if one.id == person.id)


def _on_hand(number: float) -> str:
    return ngettext("%(num)s new or overdue", "%(num)s new or overdue", round(number)) % {"num": figure(number)}


def _is_full(limit: int | None, held: float) -> bool:
    return limit is not None and held >= limit


def _room_of(limits: Mapping[int, int | None], held: Mapping[int, float]) -> str:
    """How many more inquiries fit below these limits; one person without a limit takes any number."""
    if None in limits.values():
        return _("as many as come")
    room = sum(max(0, ceil((limit or 0) - held[number])) for number, limit in limits.items())
    return ngettext("%(num)s inquiry", "%(num)s inquiries", room) % {"num": room}


ROLL = Roll(
    page=PAGE,
    table="agency_employee",
    add_label="",
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {},
    try_out=_try_out,
    preview_template=TEMPLATE,
    locks_page=True,
    help=lazy(
        "Somebody on the phone all day needs a lower limit than somebody who writes: nothing new is given to whoever is full."
    ),
)
