"""A replay of the last month under other numbers of priority: how far it is, and what came of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.backoffice.web.settings.frame import frame_of
from marshrut.backoffice.web.settings.priority import PAGE, named_changes
from marshrut.core.money import format_money
from marshrut.intake.queries.derivations import names_of_inquiries
from marshrut.intake.queries.learning import RunCard, find_run
from marshrut.intake.services.learning_runs import REPLAY
from marshrut.ui.wording import language

WIDTH = 100.0


@dataclass(frozen=True)
class Bar:
    """The mean wait of a quarter of the inquiries by their worth, in both orders; widths in per cent of the longest."""

    label: str
    number: int
    before: float
    after: float
    before_width: float
    after_width: float


@dataclass(frozen=True)
class Mover:
    """An inquiry that would have been answered earlier or later, and what that is worth."""

    id: int
    title: str
    before: float
    after: float
    money: str
    is_won: bool


@require_safe
@for_staff("settings:write")
def replay(request: ReaderRequest, pk: int) -> HttpResponse:
    """The page of one replay; it asks for itself again while the worker is at it."""
    run = find_run(pk, REPLAY)
    if run is None:
        raise Http404
    context = {**frame_of(request, PAGE), "run": run, **(_told(request, run) if run.result and run.result.get("total") else {})}
    return part_or_page(request, "run", "backoffice/settings/_replay.html", "backoffice/settings/replay.html", context)


def _told(request: ReaderRequest, run: RunCard) -> dict[str, Any]:
    result: dict[str, Any] = run.result or {}
    present, wanted = result["by_present"], result["by_wanted"]
    actor = request.reader.actor
    titles = names_of_inquiries(actor, [row[0] for row in present["movers"]]) if actor.may("inquiries:read") else {}
    currency = result["currency"]
    return {
        "present": present,
        "wanted": wanted,
        "sums": [(_("by the numbers in use"), *_sums(present, currency)), (_("by the numbers tried"), *_sums(wanted, currency))],
        "bars": _bars(present["by_worth"]),
        "movers": [
            Mover(number, titles.get(number, ""), before, after, _money(abs(gain), currency), gain >= 0)
            for number, before, after, gain in present["movers"]
        ],
        "changes": named_changes(run.asked.get("changes") or {}, request.reader),
    }


def _sums(told: dict[str, Any], currency: str) -> tuple[str, str, str, bool]:
    difference = told["saved"] - told["lost"]
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return (
        _money(told["saved"], currency),
        _money(told["lost"], currency),
        sign + _money(abs(difference), currency),
        difference >= 0,
    )


def _money(amount: float, currency: str) -> str:
    return format_money(Decimal(round(amount)), currency, language())


def _bars(rows: list[list[float]]) -> list[Bar]:
    longest = max((wait for row in rows for wait in row[1:]), default=0) or 1
    labels = [_("least worth"), _("second quarter"), _("third quarter"), _("most worth")]
    return [
        Bar(label, int(number), before, after, round(WIDTH * before / longest, 1), round(WIDTH * after / longest, 1))
        for label, (number, before, after) in zip(labels, rows, strict=False)
    ]
