"""Lists whose rows are a name, a place in lists and whether they are used: categories, reasons of loss."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import TEMPLATE
from marshrut.backoffice.web.settings.frame import SettingsPage, Values
from marshrut.backoffice.web.settings.rolls import Ask, Item, Label, Roll, active_ask, place_ask, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe


class NamedRow(Protocol):
    """A row of such a table."""

    @property
    def id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def is_active(self) -> bool: ...


Save = Callable[[int | None, str, int, bool, Reader], object]
"""Writes id (None: a new row), name, place and use for a reader."""


def describe_named(table: str, noun: Label) -> None:
    """How such a table is spoken of in stories."""
    columns = {"name": lazy("name"), "position": lazy("place in lists"), "is_active": lazy("in use")}
    describe(table, TableWords(noun=noun, columns=columns, hidden=("id", "slug")))


def named_roll(
    page: SettingsPage,
    table: str,
    *,
    add_label: Label,
    rows: Callable[[], Iterable[NamedRow]],
    save: Save,
    notes: Callable[[Reader], Mapping[str, str]],
    try_out: Callable[[Values, Reader, Item | None], Mapping[str, Any]],
    preview_template: str = TEMPLATE,
    help: Label = "",
    empty: tuple[Label, Label] = ("", ""),
) -> Roll:
    """The roll of such a table. `notes` stand beside the names, by slug; the rest as in Roll."""

    def read(reader: Reader) -> list[Item]:
        beside = notes(reader)
        return [_item(row, beside.get(row.slug, "")) for row in rows()]

    def write(pk: int | None, values: Values, reader: Reader) -> object:
        return save(pk, values["name"], whole_number(values, "position", default=0), bool(values["is_active"]), reader)

    return Roll(
        page=page,
        table=table,
        add_label=add_label,
        read=read,
        save=write,
        asks=lambda _reader, _item: [Ask("name", _("Its name"), is_required=True), place_ask(), active_ask()],
        fresh=lambda _reader: {"name": "", "position": "100", "is_active": "yes"},
        try_out=try_out,
        preview_template=preview_template,
        help=help,
        empty=empty,
    )


def _item(row: NamedRow, note: str) -> Item:
    values = {"name": row.name, "position": row.position, "is_active": "yes" if row.is_active else "", "slug": row.slug}
    return Item(row.id, row.name, values, (note,), (), row.is_active)
