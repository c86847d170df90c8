"""The response clock: working minutes of all offices, and of those that have a clock of their own."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import month_of, reference_of, sample_note, whole
from marshrut.backoffice.web.settings.story import TableWords, describe, office_name
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.names import clean_text
from marshrut.intake.queries.rule_samples import Sampled
from marshrut.intake.rules import ClockPolicy
from marshrut.intake.rules.previews import ClockCase, count_kept
from marshrut.intake.services.rule_settings import drop_clock, save_clock, try_clock

ALL = "all"
NAMES = ("warn", "escalate", "breach", "reroutes")
PAGE = register_settings(
    SettingsPage(
        slug="clocks",
        group="inquiries",
        title=lazy("Response clock"),
        icon="clock",
        order=60,
        url_name="settings_clocks",
        description=lazy(
            "How soon a new inquiry has to be answered, in working minutes of whoever holds it: lunch, nights and holidays do not count."
        ),
        watches={"intake_clockpolicy": ()},
        words=lazy("SLA minutes warning escalation breach"),
    )
)


def _whose(row: Mapping[str, Any], reader: Reader) -> str:
    office = row.get("office_id")
    return office_name(office, reader) if office not in (None, "None") else _("of all offices")


describe(
    "intake_clockpolicy",
    TableWords(
        noun=lazy("Clock"),
        named_by=("office_id",),
        name_of=_whose,
        hidden=("id",),
        columns={
            "office_id": lazy("Office"),
            "warn_minutes": lazy("the manager is warned after"),
            "escalate_minutes": lazy("the supervisor is told after"),
            "breach_minutes": lazy("broken and given to somebody else after"),
            "most_reroutes": lazy("given to somebody else at most"),
        },
        said={"office_id": office_name},
    ),
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def clocks(request: ReaderRequest) -> HttpResponse:
    """All clocks in one form, with what they would have made of last month's answers."""
    reader, present = request.reader, reference_of(request).rules.clocks
    context = {"offices": list(reader.staff.offices.values()), "all": ALL}
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/clocks.html", {**context, "values": _values_of(present, reader)})
    values = {name: clean_text(value, 20) for name, value in request.POST.items() if name.partition("_")[0] in (*NAMES, "own")}
    if is_preview(request):
        return preview_of(
            request, "backoffice/settings/_clocks_preview.html", lambda: _preview(request, present, _read(values, reader))
        )
    try:
        wanted = _read(values, reader)
        with saving(request, PAGE):
            _save(wanted, present, reader)
    except DomainError as error:
        return refused(
            request,
            PAGE,
            "backoffice/settings/_clocks_form.html",
            context,
            values,
            error,
            [f"{name}_{key}" for name in NAMES for key in (ALL, *reader.staff.offices)],
        )
    return saved(PAGE)


def _values_of(present: Mapping[int | None, ClockPolicy], reader: Reader) -> Values:
    values: Values = {}
    for key, office_id in ((ALL, None), *((str(number), number) for number in reader.staff.offices)):
        policy = present.get(office_id)
        if office_id is not None and policy is not None:
            values[f"own_{key}"] = "yes"
        shown = policy or present.get(None) or ClockPolicy()
        for name, minutes in zip(NAMES, (shown.warn, shown.supervisor, shown.breach, shown.max_reroutes), strict=True):
            values[f"{name}_{key}"] = f"{minutes:g}"
    return values


def _read(values: Values, reader: Reader) -> dict[int | None, ClockPolicy]:
    """The clocks as typed. Raises Invalid whose field is that of the row."""
    wanted: dict[int | None, ClockPolicy] = {}
    for key, office_id in ((ALL, None), *((str(number), number) for number in reader.staff.offices)):
        if office_id is not None and not values.get(f"own_{key}"):
            continue
        try:
            wanted[office_id] = ClockPolicy(*try_clock(*(whole(values.get(f"{name}_{key}")) for name in NAMES)))
        except Invalid as error:
            raise Invalid(error.code, error.sentence, field=f"{error.field}_{key}") from error
    return wanted


def _save(wanted: Mapping[int | None, ClockPolicy], present: Mapping[int | None, ClockPolicy], reader: Reader) -> None:
    by: dict[str, Any] = {"by": reader.actor, "now": reader.now}
    for office_id, policy in wanted.items():
        if present.get(office_id) != policy:
            save_clock(
                office_id=office_id,
                warn=int(policy.warn),
                escalate=int(policy.supervisor),
                breach=int(policy.breach),
                reroutes=policy.max_reroutes,
                **by,
            )
    for gone in [office_id for office_id in present if office_id is not None and office_id not in wanted]:
        drop_clock(office_id=gone, **by)


def _preview(
    request: ReaderRequest, present: Mapping[int | None, ClockPolicy], wanted: Mapping[int | None, ClockPolicy]
) -> dict[str, Any]:
    sample = [one for one in month_of(request) if one.has_clock and not one.is_joined]
    cases = [_case(one, request.reader) for one in sample]
    return {"before": count_kept(cases, present), "after": count_kept(cases, wanted), "note": sample_note(sample)}


def _case(one: Sampled, reader: Reader) -> ClockCase:
    """Working minutes from the receipt to the answer, in the time of whoever holds the matter now, else of the office."""
    owner = reader.staff.colleagues.get(one.owner_id or 0)
    office = reader.staff.offices.get(one.office_id or 0) or reader.staff.first_office
    calendar = owner.response_calendar if owner else office.calendar
    minutes = calendar.working_minutes_between(one.received_at, one.answered_at) if one.answered_at else None
    return ClockCase(office.id, minutes)
