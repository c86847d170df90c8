"""Pages that are a list with a dialog for each row: declared once, drawn, saved and previewed alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    saved,
    saving,
    typed,
)
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.undo import Row

Label = str | Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things to choose from."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of the dialog: kind is text, area, number, select, check or fixed (shown, not asked)."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    choices: Sequence[Choice] = ()
    is_required: bool = False
    is_whole: bool = True
    attrs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One row: what the list shows and what the dialog begins with. `notes` stand beside the title."""

    id: int
    title: str
    values: Values
    notes: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    is_active: bool = True
    section: str = ""


@dataclass(frozen=True)
class Roll:
    """A list of rows of one table that are edited one by one.

    `read` gives the rows; `asks` the fields of the dialog (of a new row: None); `save` writes, id None for a new one,
    and raises Invalid with the name of a field. `try_out` previews typed values: the context of `preview_template`.
    """

    page: SettingsPage
    table: str
    add_label: Label
    read: Callable[[Reader], list[Item]]
    asks: Callable[[Reader, Item | None], list[Ask]]
    save: Callable[[int | None, Values, Reader], object]
    fresh: Callable[[Reader], Values]
    help: Label = ""
    empty: tuple[Label, Label] = ("", "")
    try_out: Callable[[Values, Reader, Item | None], Mapping[str, Any]] | None = None
    preview_template: str = ""
    locks_page: bool = False
    """Whether any save of the page counts as somebody being faster, not only one of the same row."""
    switch: str = ""
    """Url name of the dialog that takes a row out of use, where that is more than a tick."""
    beside: tuple[str, Label] = ("", "")
    """Url name of one more dialog of a row, and what its button says."""
    together: tuple[str, Label] = ("", "")
    """Url name of a dialog that adds many rows at once, and what its button says."""


def roll_urls(route: str, roll: Roll) -> list[URLPattern]:
    """Addresses of a roll: the list, a new row, one row."""
    name = roll.page.url_name

    @require_safe
    @for_staff(roll.page.scope)
    def listed(request: ReaderRequest) -> HttpResponse:
        return page_of(
            request, roll.page, "backoffice/settings/roll.html", {"roll": roll, "parts": _sections(roll.read(request.reader))}
        )

    @require_http_methods(["GET", "POST"])
    @for_staff(roll.page.scope)
    def added(request: ReaderRequest) -> HttpResponse:
        return _dialog(request, roll, None)

    @require_http_methods(["GET", "POST"])
    @for_staff(roll.page.scope)
    def changed(request: ReaderRequest, pk: int) -> HttpResponse:
        item = next((one for one in roll.read(request.reader) if one.id == pk), None)
        if item is None:
            raise Http404
        return _dialog(request, roll, item)

    new = [path(f"{route}/new", added, name=f"{name}_new")] if roll.add_label else []
    return [path(route, listed, name=name), *new, path(f"{route}/<id:pk>", changed, name=f"{name}_item")]


def _sections(items: list[Item]) -> list[tuple[str, list[Item]]]:
    names = dict.fromkeys(item.section for item in items)
    return [(name, [item for item in items if item.section == name]) for name in names]


def _dialog(request: ReaderRequest, roll: Roll, item: Item | None) -> HttpResponse:
    reader, template = request.reader, "backoffice/settings/_roll_dialog.html"
    asks = roll.asks(reader, item)
    context: dict[str, Any] = {"roll": roll, "item": item, "asks": asks}
    if request.method == "GET":
        return dialog_of(request, roll.page, template, {**context, "values": item.values if item else roll.fresh(reader)})
    values = typed(request, *(ask.name for ask in asks), longest=10_000, lines=[ask.name for ask in asks if ask.kind == "area"])
    if is_preview(request) and roll.try_out:
        try_out = roll.try_out
        return preview_of(request, roll.preview_template, lambda: try_out(values, reader, item))
    rows: list[Row] | None = None if roll.locks_page else [(roll.table, item.id if item else 0)]
    try:
        with saving(request, roll.page, rows):
            roll.save(item.id if item else None, values, reader)
    except DomainError as error:
        return refused(request, roll.page, template, context, values, error)
    return saved(roll.page)


def whole_number(values: Values, name: str, least: int = 0, most: int = 9999, default: int | None = None) -> int:
    """A whole number as it was typed. Invalid at its field."""
    text = values.get(name, "")
    if not text and default is not None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise Invalid("not_a_number", _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}, field=name)
    return int(text)


def place_ask() -> Ask:
    """Where the row stands in lists."""
    return Ask(
        "position",
        _("Place in lists"),
        "number",
        _("Smaller numbers stand higher."),
        is_whole=False,
        attrs={"min": "0", "max": "9999"},
    )


def active_ask(label: str = "", hint: str = "") -> Ask:
    """Whether the row is offered."""
    usual = _("What was recorded with it before keeps its name.")
    return Ask("is_active", label or _("In use: offered where it is chosen"), "check", hint or usual)
