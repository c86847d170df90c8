"""What may come before a new inquiry: a short list, and how late each kind of work may be before it may, too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, foreseen, turned
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import posted_lists, reference_of
from marshrut.backoffice.web.settings.rule_story import Path, SetWords, describe_set, rows_of_set
from marshrut.backoffice.web.settings.story import plain
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.deals.wording import task_kind_label
from marshrut.intake.queries.exceptions import count_standing
from marshrut.intake.rules.adjusting import adjusted
from marshrut.intake.rules.defaults import default_exceptions
from marshrut.intake.rules.exceptions import EXCEPTIONS, WORK_KINDS, compile_exceptions
from marshrut.intake.services.rule_settings import changes_kept, restore_delivered, save_exceptions, try_exceptions
from marshrut.intake.wording import exception_label, exception_meaning
from marshrut.ui.wording import typed_figure

PAGE = register_settings(
    SettingsPage(
        slug="exceptions",
        group="inquiries",
        title=lazy("Before new inquiries"),
        icon="flag",
        order=44,
        url_name="settings_exceptions",
        description=lazy(
            "New inquiries stand above everything but what is ticked here. Every time one is passed over is written down and counted."
        ),
        watches={"intake_rulesetting": ()},
        words=lazy("exceptions call hold payment trouble overdue longest wait"),
        rows=rows_of_set("exceptions"),
    )
)


AT_ONCE = "late_at_once"


def _named(path: Path, _reader: object) -> str:
    if path[0] == "longest_hours":
        return _("Longest wait, hours: %(kind)s") % {"kind": _work(path[-1])}
    return _("What may come first") if path[0] == "on" else _("Late at most, at once")


def _said(value: Any) -> str:
    return plain([exception_label(name) for name in value] if isinstance(value, list) else value)


describe_set("exceptions", SetWords(default_exceptions, _named, _said))


@dataclass(frozen=True)
class Choice:
    """One exception with what it means."""

    name: str
    title: str
    meaning: str
    is_on: bool


@dataclass(frozen=True)
class Hours:
    """A number of the form: how late one kind of work may be, or how many at once."""

    name: str
    label: str
    value: str
    delivered: str


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def exceptions(request: ReaderRequest) -> HttpResponse:
    """The list and the hours; in the preview, what stands under it now."""
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/exceptions.html", {**_context({}), "values": {}})
    names = [*(f"hours.{kind}" for kind in (*WORK_KINDS, "other")), AT_ONCE]
    typed = {name: clean_text(request.POST.get(name), 20) for name in names if name in request.POST}
    on = [name for name in EXCEPTIONS if name in posted_lists(request).get("on", [])]
    if is_preview(request):
        return preview_of(request, TEMPLATE, lambda: _preview(request, on, typed))
    by: dict[str, Any] = {"by": request.reader.actor, "now": request.reader.now}
    try:
        with saving(request, PAGE):
            if "restore" in request.POST:
                restore_delivered(slug="exceptions", **by)
            else:
                save_exceptions(on=on, typed=typed, **by)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_exceptions_form.html", _context(typed, on), typed, error, names)
    return saved(PAGE)


def _context(typed: Mapping[str, str], on: list[str] | None = None) -> dict[str, Any]:
    kept = changes_kept("exceptions")
    data, delivered = adjusted(default_exceptions(), kept), default_exceptions()["longest_hours"]
    ticked, as_delivered = data["on"] if on is None else on, typed_figure(default_exceptions()[AT_ONCE])
    return {
        "choices": [Choice(name, exception_label(name), exception_meaning(name), name in ticked) for name in EXCEPTIONS],
        "hours": [
            Hours(f"hours.{kind}", _work(kind), typed.get(f"hours.{kind}", typed_figure(hours)), typed_figure(delivered[kind]))
            for kind, hours in data["longest_hours"].items()
        ],
        "at_once": Hours(AT_ONCE, _("At most so many at once"), typed.get(AT_ONCE, typed_figure(data[AT_ONCE])), as_delivered),
        "is_changed": bool(kept),
    }


def _work(kind: str) -> str:
    return _("Anything else") if kind == "other" else task_kind_label(kind)


def _preview(request: ReaderRequest, on: list[str], typed: Mapping[str, str]) -> dict[str, Any]:
    wanted = compile_exceptions(adjusted(default_exceptions(), try_exceptions(on, typed)))
    reader = request.reader
    day_end = reader.staff.first_office.calendar.local_day_bounds(reader.now)[1]
    before = count_standing(reference_of(request).rules.exceptions, reader.now, day_end)
    after = count_standing(wanted, reader.now, day_end)
    return foreseen(
        _("Actions that come before new inquiries now:") if after else _("Nothing comes before new inquiries now."),
        figures=[
            turned(exception_label(name), str(before.get(name, 0)), str(after.get(name, 0)))
            for name in EXCEPTIONS
            if name in after or name in before
        ],
        cautions=[_("Nothing but new inquiries counts: trouble on a trip would wait, too.")] if not on else [],
    )
