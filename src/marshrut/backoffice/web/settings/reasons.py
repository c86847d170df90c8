"""Why deals are lost: what a manager chooses when closing one."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import Figure, foreseen
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.named_rows import describe_named, named_roll
from marshrut.backoffice.web.settings.rolls import Item, whole_number
from marshrut.core.slugs import required_name
from marshrut.deals.queries.reasons import list_loss_reasons, lost_by_reason
from marshrut.deals.services.reasons import save_loss_reason

PAGE = register_settings(
    SettingsPage(
        slug="reasons",
        group="sales",
        order=60,
        title=lazy("Reasons of loss"),
        icon="thumb-down",
        url_name="settings_reasons",
        description=lazy("What a manager chooses from when a deal does not come about. Few and clear ones make honest reports."),
        watches={"deals_lossreason": ()},
        words=lazy("refusal lost closed why"),
    )
)
describe_named("deals_lossreason", lazy("Reason"))


def _save(pk: int | None, name: str, position: int, is_active: bool, reader: Reader) -> None:
    save_loss_reason(reason_id=pk, name=name, position=position, is_active=is_active, by=reader.actor, now=reader.now)


def _notes(reader: Reader) -> dict[str, str]:
    lost = lost_by_reason(reader.now)
    return {row.slug: _lost(lost.get(row.name, 0)) for row in list_loss_reasons() if lost.get(row.name)}


def _lost(number: int) -> str:
    return ngettext("%(num)s lost in three months", "%(num)s lost in three months", number) % {"num": number}


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """How often it was given, and the list a manager will choose from."""
    name, place = required_name(values["name"]), whole_number(values, "position", default=0)
    lost = lost_by_reason(reader.now)
    rows = [(row.position, row.id, row.name) for row in list_loss_reasons() if row.is_active and (item is None or row.id != item.id)]
    rows += [(place, item.id if item else 2**63, name)] if values["is_active"] else []
    said, cautions = [], []
    if item and name != item.values["name"]:
        said.append(_("Matters closed before keep the name “%(old)s”; reports count the two apart.") % {"old": item.values["name"]})
    if item and item.is_active and not values["is_active"]:
        said.append(_("It leaves the list; matters closed with it keep it."))
    if not rows:
        cautions.append(_("At least one reason has to be used: a lost deal needs one."))
    figures = [Figure(_("Lost with it in three months"), _of_all(lost.get(item.values["name"], 0), sum(lost.values())))] if item else []
    return foreseen(*said, figures=figures, cautions=cautions, offered=[row[2] for row in sorted(rows)], own=name)


def _of_all(number: int, total: int) -> str:
    return _("%(num)s of %(all)s") % {"num": number, "all": total}


ROLL = named_roll(
    PAGE,
    "deals_lossreason",
    add_label=lazy("Add a reason"),
    rows=list_loss_reasons,
    save=_save,
    notes=_notes,
    try_out=_try_out,
    preview_template="backoffice/settings/_reason_preview.html",
    help=lazy("Deals closed before keep the reason they were closed with, whatever you change here."),
    empty=(lazy("No reasons yet"), lazy("A lost deal needs a reason: add the first one.")),
)
