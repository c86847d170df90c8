"""What each source costs: advertising, commissions, a stand at a fair. Reports hold it against what the source brings."""

from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, Figure, foreseen, share_of, turned
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import Invalid
from marshrut.core.money import Money, read_money
from marshrut.intake.queries.uses import Use, month_of_sources
from marshrut.marketing.queries import CostLine, costs_between, list_costs, read_sources
from marshrut.marketing.services import save_cost, try_cost
from marshrut.ui.wording import language, money

PAGE = register_settings(
    SettingsPage(
        slug="costs",
        group="inquiries",
        order=15,
        title=lazy("Advertising costs"),
        icon="coins",
        url_name="settings_costs",
        description=lazy("What each source costs. Reports show what an inquiry and a sale of it cost, and what remains."),
        watches={"marketing_sourcecost": ()},
        words=lazy("advertising budget spent marketing money source price of an inquiry"),
        scope="marketing:write",
    )
)


def _source(source_id: object, reader: Reader) -> str:
    number = int(str(source_id))
    return next((card.name for card in read_sources(reader.revision).values() if card.id == number), _("a source that is gone"))


def _days(first: date, last: date) -> str:
    first_said, last_said = (format_date(day, "d MMM y", locale=language()) for day in (first, last))
    return last_said if first == last else f"{first_said} – {last_said}"


describe(
    "marketing_sourcecost",
    TableWords(
        noun=lazy("Cost"),
        named_by=("source_id",),
        name_of=lambda row, reader: _source(row.get("source_id") or 0, reader),
        columns={
            "source_id": lazy("source"),
            "first_day": lazy("first day"),
            "last_day": lazy("last day"),
            "amount": lazy("spent"),
            "currency": lazy("currency"),
            "note": lazy("what for"),
            "is_active": lazy("counted"),
        },
        said={"source_id": lambda value, reader: _source(value, reader)},
    ),
)


def _read(reader: Reader) -> list[Item]:
    return [_item(line, reader) for line in list_costs()]


def _item(line: CostLine, reader: Reader) -> Item:
    values = {
        "source": str(line.source_id), "first_day": line.first_day.isoformat(), "last_day": line.last_day.isoformat(),
        "amount": f"{line.amount.normalize():f} {line.currency}", "note": line.note, "is_active": "yes" if line.is_active else "",
    }  # fmt: skip
    notes = (money(line.amount, line.currency), _days(line.first_day, line.last_day), line.note)
    month = str(format_date(line.first_day, "LLLL y", locale=language()))
    return Item(line.id, _source(line.source_id, reader), values, notes, is_active=line.is_active, section=month)


def _asks(reader: Reader, _item: Item | None) -> list[Ask]:
    sources = sorted(read_sources(reader.revision).values(), key=lambda card: card.name.lower())
    return [
        Ask("source", _("Source"), "select", choices=[Choice(str(card.id), card.name) for card in sources], is_required=True),
        Ask("amount", _("Spent"), hint=_("For example 30 000 or 250 $."), is_required=True, is_whole=False),
        Ask("first_day", _("From"), "date", is_required=True, is_whole=False),
        Ask(
            "last_day", _("To"), "date", is_required=True, is_whole=False, hint=_("Both days included; it counts evenly over them.")
        ),
        Ask("note", _("What for")),
        Ask("is_active", _("Counted"), "check", hint=_("Take the tick away from what was entered by mistake.")),
    ]


def _fresh(reader: Reader) -> Values:
    today = reader.office.calendar.local_date(reader.now)
    last = today.replace(day=1) - timedelta(days=1)
    return {"source": "", "amount": "", "first_day": last.replace(day=1).isoformat(), "last_day": last.isoformat(), "note": "",
            "is_active": "yes"}  # fmt: skip


def _day(values: Values, name: str) -> date:
    try:
        return date.fromisoformat(values[name])
    except ValueError as error:
        raise Invalid("not_a_day", _("Name the day."), field=name) from error


def _spent(values: Values, reader: Reader) -> Money | None:
    spent, flaw = read_money(values["amount"], None, reader.staff.agency.currency)
    if flaw:
        raise Invalid("no_amount", _("Say how much was spent, for example 30 000."), field="amount")
    return spent


def _chosen(values: Values) -> int:
    if not (values["source"].isascii() and values["source"].isdigit() and len(values["source"]) < 19):
        raise Invalid("no_such_source", _("Choose the source."), field="source")
    return int(values["source"])


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    save_cost(
        cost_id=pk, source_id=_chosen(values), first_day=_day(values, "first_day"), last_day=_day(values, "last_day"),
        spent=_spent(values, reader), note=values["note"], is_active=bool(values["is_active"]), by=reader.actor, now=reader.now,
    )  # fmt: skip


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """What the source has brought lately, and what stands against it for these days with and without this cost."""
    source_id, first, last = _chosen(values), _day(values, "first_day"), _day(values, "last_day")
    spent = try_cost(first_day=first, last_day=last, spent=_spent(values, reader))
    before = costs_between(first, last).get(source_id, {})
    after = dict(before)
    if item is not None and item.is_active and int(item.values["source"]) == source_id:
        own = next(line for line in list_costs() if line.id == item.id)
        overlap = (min(last, own.last_day) - max(first, own.first_day)).days + 1
        share = own.amount * max(overlap, 0) / ((own.last_day - own.first_day).days + 1)
        after[own.currency] = after.get(own.currency, own.amount * 0) - share
    if values["is_active"]:
        after[spent.currency] = after.get(spent.currency, spent.amount * 0) + spent.amount
    use = month_of_sources(reader.now, [source_id]).get(source_id, Use())
    return foreseen(
        _("%(amount)s over %(days)s days, evenly.")
        % {"amount": money(spent.amount, spent.currency), "days": (last - first).days + 1},
        figures=[
            turned(_("Cost of the source on these days"), _sums(before), _sums(after)),
            Figure(_("Inquiries of the last thirty days"), str(use.inquiries)),
            Figure(_("Became a sale"), share_of(use.won, use.closed)),
        ],
    )


def _sums(amounts: dict[str, Any]) -> str:
    return " · ".join(money(amount, currency) for currency, amount in sorted(amounts.items()) if round(amount, 2) > 0) or "0"


ROLL = Roll(
    page=PAGE,
    table="marketing_sourcecost",
    add_label=lazy("Add a cost"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=_fresh,
    try_out=_try_out,
    preview_template=TEMPLATE,
    together=("settings_costs_many", lazy("Paste a table")),
    help=lazy(
        "Enter what was spent for any span of days: a month of advertising, one invoice. Reports take the share of their days."
    ),
    empty=(
        lazy("No costs yet"),
        lazy("Enter what last month's advertising cost, and the source report shows what a sale of each source costs."),
    ),
)
