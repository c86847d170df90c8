"""Why deals are lost: what a manager chooses when closing one."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Item, Roll, active_ask, place_ask, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.deals.queries.reasons import list_loss_reasons
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
describe(
    "deals_lossreason",
    TableWords(
        noun=lazy("Reason"),
        columns={"name": lazy("name"), "position": lazy("place in lists"), "is_active": lazy("in use")},
        hidden=("id", "slug"),
    ),
)


def _read(_reader: Reader) -> list[Item]:
    return [
        Item(
            row.id,
            row.name,
            {"name": row.name, "position": row.position, "is_active": "yes" if row.is_active else ""},
            (),
            (),
            row.is_active,
        )
        for row in list_loss_reasons()
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    position = whole_number(values, "position", default=0)
    save_loss_reason(
        reason_id=pk, name=values["name"], position=position, is_active=bool(values["is_active"]), by=reader.actor, now=reader.now
    )


ROLL = Roll(
    page=PAGE,
    table="deals_lossreason",
    add_label=lazy("Add a reason"),
    read=_read,
    save=_save,
    asks=lambda _reader, _item: [Ask("name", _("Its name"), is_required=True), place_ask(), active_ask()],
    fresh=lambda _reader: {"name": "", "position": "100", "is_active": "yes"},
    help=lazy("Deals closed before keep the reason they were closed with, whatever you change here."),
    empty=(lazy("No reasons yet"), lazy("A lost deal needs a reason: add the first one.")),
)
