"""Many costs at once: a table of months, sources and sums, pasted from a spreadsheet, looked through before it is saved."""

from collections.abc import Sequence
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.costs import PAGE
from marshrut.backoffice.web.settings.frame import Values, dialog_of, is_preview, preview_of, refused, saved, saving
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.names import search_name
from marshrut.marketing.queries import costs_entered, read_sources
from marshrut.marketing.rules import MOST_LINES, PastedCost, read_costs
from marshrut.marketing.services import add_costs, new_costs
from marshrut.ui.wording import language, money

TEMPLATE, PREVIEW = "backoffice/settings/_costs_dialog.html", "backoffice/settings/_costs_pasted.html"
MOST_TEXT = 200_000
SHOWN = 12


@require_http_methods(["GET", "POST"])
@for_staff(PAGE.scope)
def paste(request: ReaderRequest) -> HttpResponse:
    """The dialog, what its table would add, and the saving of it."""
    reader = request.reader
    if request.method == "GET":
        return dialog_of(request, PAGE, TEMPLATE, {"values": {"rows": ""}})
    values = {"rows": request.POST.get("rows", "").replace("\0", "")[: MOST_TEXT + 1]}  # tabs part the columns and must stay
    if is_preview(request):
        return preview_of(request, PREVIEW, lambda: _foreseen(values, reader))
    try:
        with saving(request, PAGE, []):  # what others enter meanwhile stands beside it
            number = add_costs(costs=_read(values, reader), by=reader.actor, now=reader.now)
    except DomainError as error:
        return refused(request, PAGE, TEMPLATE, {}, values, error)
    return saved(PAGE, ngettext("%(num)s cost entered", "%(num)s costs entered", number) % {"num": number})


def _read(values: Values, reader: Reader) -> list[PastedCost]:
    if len(values["rows"]) > MOST_TEXT:
        raise Invalid("too_many", _("At most %(most)s lines at once.") % {"most": MOST_LINES}, field="rows")
    return read_costs(values["rows"], _names(reader), reader.staff.agency.currency)


def _names(reader: Reader) -> dict[str, int]:
    """Sources by everything they are called: name, address name, and the names of those merged into them."""
    sources = read_sources(reader.revision)
    found: dict[str, int] = {}
    for slug, name in sources.spelled.items():
        card = sources.find(slug)
        if card is not None:
            found |= {search_name(slug): card.id, search_name(name): card.id}
    for slug, card in sources.items():
        found |= {search_name(slug): card.id, search_name(card.name): card.id}
    return found


def _foreseen(values: Values, reader: Reader) -> dict[str, Any]:
    """What would be entered, what stands already, and which lines cannot be read."""
    costs = _read(values, reader)
    new = list(new_costs(costs, costs_entered()).values())
    flawed = [cost for cost in costs if cost.flaw]
    return {
        "lines": [_line(cost, reader) for cost in new[:SHOWN]],
        "rest": max(0, len(new) - SHOWN),
        "sums": _sums(new),
        "number": len(new),
        "repeated": len(costs) - len(flawed) - len(new),
        "flaws": [_flaw(cost) for cost in flawed[:SHOWN]],
        "more_flaws": max(0, len(flawed) - SHOWN),
        "is_empty": not costs,
    }


def _line(cost: PastedCost, reader: Reader) -> tuple[str, str, str]:
    name = next((card.name for card in read_sources(reader.revision).values() if card.id == cost.source_id), cost.source)
    month = str(format_date(cost.first_day, "LLLL y", locale=language())) if cost.first_day else ""
    return month, name, money(cost.spent.amount, cost.spent.currency) if cost.spent else ""


def _sums(costs: Sequence[PastedCost]) -> str:
    sums: dict[str, Any] = {}
    for cost in costs:
        if cost.spent:
            sums[cost.spent.currency] = sums.get(cost.spent.currency, 0) + cost.spent.amount
    return " · ".join(money(amount, currency) for currency, amount in sorted(sums.items()))


def _flaw(cost: PastedCost) -> str:
    said = {
        "month": _("the month cannot be read: write 2026-10 or October 2026"),
        "source": _("no source is named"),
        "unknown_source": _("no source is called “%(name)s”") % {"name": cost.source},
        "amount": _("the sum cannot be read: write 30 000 or 250 $"),
    }
    return _("Line %(number)s: %(flaw)s") % {"number": cost.number, "flaw": said[cost.flaw]}
