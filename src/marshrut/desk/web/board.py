"""The Board: columns are results, the first one holds inquiries that are not deals yet."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.core.names import clean_text
from marshrut.deals.queries import BoardCard, BoardColumn, FunnelCard, read_board
from marshrut.desk.shapes import Column, Figure, Filter, Money, Option, Tab
from marshrut.desk.shaping import board_matter
from marshrut.desk.web.inbox import filter_of, source_filter, source_note
from marshrut.desk.web.matters import deal_card
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found, part_or_page
from marshrut.intake.queries import Pulse, count_days, read_pulse
from marshrut.intake.queries.running import next_answers_due
from marshrut.ui.jinja import url
from marshrut.ui.wording import language, percent, short_money

CARDS, IN_ALL = 30, 66  # of a column and of the page: what a screen or two of each column holds; the list of deals has the others
COLOURS = 8


@require_safe
@at_desk
def board(request: DeskRequest) -> HttpResponse:
    """The board of one funnel, narrowed by owner and source."""
    desk = request.desk
    funnel: FunnelCard = found(_funnel(request))
    filters = filters_of(request)
    context: dict[str, Any] = {"funnel": funnel, "columns": read_columns(request, funnel, filters)}
    if request.GET.get("part") != "columns":
        selected = request.GET.get("deal", "")
        context |= {
            "filters": filters, "note": source_note(request), "funnels": _tabs(desk, funnel),
            "stats": figures(read_pulse(desk.actor, desk.day[0], desk.now), context["columns"]),
            "chart": {"days": _days(desk)},
            "selected": deal_card(desk, int(selected), story=5) if selected.isdecimal() and len(selected) < 19 else None,
        }
    return part_or_page(request, "columns", "desk/_board_columns.html", "desk/board.html", context)


def _funnel(request: DeskRequest) -> FunnelCard | None:
    funnels = request.desk.funnels
    named = request.GET.get("funnel")
    return funnels.get(named) if named else next(iter(funnels.values()), None)


def _tabs(desk: Desk, current: FunnelCard) -> list[Tab]:
    return [Tab(f.slug, f.name, f"{reverse('board')}?funnel={f.slug}", f.slug == current.slug) for f in desk.funnels.values()]


def filters_of(request: DeskRequest) -> list[Filter]:
    """By manager, for whoever sees more than their own, and by source."""
    desk = request.desk
    listed = [source_filter(desk, clean_text(request.GET.get("source"), 120))]
    if desk.sees_queues():
        people = [Option(str(c.id), c.name) for c in desk.staff.sellers if desk.actor.sees(c.id, c.office_id)]
        listed.insert(0, filter_of("owner", _("Manager"), request.GET.get("owner", ""), people))
    return listed


def read_columns(request: DeskRequest, funnel: FunnelCard, filters: list[Filter]) -> list[Column]:
    """The columns with their newest cards; numbers and sums are of all."""
    desk = request.desk
    chosen = {item.name: item.value for item in filters}
    source = desk.sources.get(chosen.get("source", ""))
    read = read_board(desk.actor, funnel, inquiries_name=_("New inquiry"), owner_id=int(chosen["owner"]) if chosen.get("owner") else None,
                      cards=CARDS, in_all=IN_ALL, source_id=source.id if source else None)
    waiting = next_answers_due(card.dossier_id for column in read for card in column.cards)
    return [_column(n, column, funnel, desk, chosen, waiting) for n, column in enumerate(read)]


def _column(
    number: int, column: BoardColumn, funnel: FunnelCard, desk: Desk, chosen: dict[str, str], waiting: dict[int, datetime]
) -> Column:
    more = column.count - len(column.cards)
    return Column(
        column.slug, column.name, number % COLOURS, column.count,
        [Money(s.amount, s.currency) for s in column.sums if s.currency and s.amount],
        [board_matter(card, desk, drop_url(card, funnel), waiting.get(card.dossier_id)) for card in column.cards], max(0, more),
        _more_url(column, chosen) if more > 0 else None, column.waiting, _waiting_url(column, chosen) if column.waiting else None)


def _more_url(column: BoardColumn, chosen: dict[str, str]) -> str:
    """All of this column, with the filters of the board: in the Inbox, or in the list of deals."""
    page, query = "inbox", {"tab": "all", "source": chosen.get("source", "")}
    if column.slug != "inquiry":
        page, query = "list_deals", {"stage": column.place, "owner": chosen.get("owner", ""), "source": chosen.get("source", "")}
    return f"{reverse(page)}?{urlencode({k: v for k, v in query.items() if v})}"


def _waiting_url(column: BoardColumn, chosen: dict[str, str]) -> str:
    """What of this column waits for later."""
    query = {"place": column.place, "owner": chosen.get("owner", "")}
    return f"{reverse('waiting')}?{urlencode({k: v for k, v in query.items() if v})}"


def drop_url(card: BoardCard, funnel: FunnelCard) -> str:
    """Where a dropped card asks: a deal moves, an inquiry becomes a deal of this funnel."""
    if card.deal_id:
        return url("deal_stage", card.deal_id)
    return url("inquiry_deal", card.inquiry_id or 0, funnel=funnel.slug)


def figures(pulse: Pulse, columns: list[Column]) -> list[Figure]:
    """Today's inquiries, the first answer, conversion of thirty days, and what is open in this funnel."""
    figures = [
        Figure("inbox", _("Inquiries today"), str(pulse.today), _("yesterday: %(count)s") % {"count": pulse.yesterday}),
        Figure("bolt", _("First answer"), _minutes(pulse.median_minutes), _("answered in time"),
               _percent(pulse.kept, pulse.answered), "good" if pulse.answered and pulse.kept * 10 >= pulse.answered * 9 else "bad"),
        Figure("target-arrow", _("Conversion, 30 days"), _percent(pulse.won, pulse.closed),
               _("%(won)s realised of %(closed)s closed") % {"won": pulse.won, "closed": pulse.closed}),
    ]
    deals = [column for column in columns if column.slug != "inquiry"]
    sums: dict[str, Decimal] = {}
    for amount in (a for column in deals for a in column.amounts):
        sums[amount.currency] = sums.get(amount.currency, Decimal(0)) + amount.amount
    worth = " · ".join(short_money(amount, currency) for currency, amount in list(sums.items())[:2])
    open_deals = sum(column.count for column in deals)
    return [*figures, Figure("coins", _("Open deals"), worth or "0", _("deals in this funnel: %(count)s") % {"count": open_deals})]


def _minutes(minutes: float | None) -> str:
    """`3 min 40 s`, `2 h 5 min`; a dash while nothing was answered."""
    if minutes is None:
        return "—"
    seconds = round(minutes * 60)
    if seconds < 3600:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": seconds % 60}
    return _("%(hours)s h %(minutes)s min") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}


def _percent(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "—"


def _days(desk: Desk) -> list[dict[str, Any]]:
    days = count_days(desk.actor, desk.office.time_zone, desk.now)
    return [{"label": format_date(d.day, "d MMM" if n == 0 else "d", locale=language()), "inquiries": d.inquiries, "deals": d.deals}
            for n, d in enumerate(days)]
