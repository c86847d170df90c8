"""Lists of inquiries, deals and clients: filters, order and columns stand in the address, which can be sent to a colleague."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from marshrut.agency.queries.saved_views import SavedView, list_views
from marshrut.deals.queries.lists import COUNTED, Cursor, count_rows, read_cursor
from marshrut.deals.rules.list_filters import PAGES, ListPage
from marshrut.desk.lists.asked import ADDRESSES, AskedList
from marshrut.desk.lists.chips import LABELS, chips_of, other_chips
from marshrut.desk.lists.rows import rows_markup
from marshrut.desk.shapes import Tab
from marshrut.desk.web.bulk import actions_of
from marshrut.desk.web.pages import DeskRequest, at_desk
from marshrut.intake.wording import merged_words

PAGE, MOST_SHOWN = 50, 300
TITLES = {"inquiries": noop("Inquiries"), "deals": noop("Deals"), "clients": noop("Clients")}


@dataclass(frozen=True)
class Heading:
    """The head of a column: a click sorts by it, a second one the other way round."""

    label: str
    css: str
    url: str
    order: str


@require_safe
@at_desk
def inquiries(request: DeskRequest) -> HttpResponse:
    """Inquiries within reach."""
    return show_list(request, PAGES["inquiries"])


@require_safe
@at_desk
def deals(request: DeskRequest) -> HttpResponse:
    """Deals within reach."""
    return show_list(request, PAGES["deals"])


@require_safe
@at_desk
def clients(request: DeskRequest) -> HttpResponse:
    """Clients within reach."""
    return show_list(request, PAGES["clients"])


def show_list(request: DeskRequest, page: ListPage) -> HttpResponse:
    """The whole list, its table (`part=list`), its next rows (`part=rows`) or its further filters (`part=filters`)."""
    desk, part = request.desk, request.GET.get("part", "")
    views = list_views(desk.actor, page.slug) if not part else []
    if not request.GET and (first := next((view for view in views if view.is_default), None)):
        return HttpResponseRedirect(f"{reverse(ADDRESSES[page.slug])}?{first.query}{'&' if first.query else ''}view={first.id}")
    asked = AskedList(desk, page, request.GET)
    if part == "rows":
        return render(request, "desk/_list_rows.html", _rows(asked, PAGE, read_cursor(request.GET.get("after", ""), asked.wanted)))
    if part == "filters":
        chips = other_chips(desk, asked.wanted, asked.shown.reference, asked.given)
        return render(request, "desk/_list_filters.html", {"chips": chips})
    context = {**_rows(asked, _shown(request), None), **_frame(asked)}
    if part != "list":
        context |= _bars(asked, views)
    return render(request, "desk/_list.html" if part == "list" else "desk/list.html", context)


def _shown(request: DeskRequest) -> int:
    """How many rows the reader has before them already: a refresh shows as many."""
    text = request.GET.get("shown", "")
    return min(max(PAGE, int(text)), MOST_SHOWN) if text.isdecimal() and len(text) < 6 else PAGE


def _rows(asked: AskedList, limit: int, after: Cursor | None) -> dict[str, Any]:
    lines = asked.read(limit + 1, after)
    more = None
    if len(lines) > limit:
        last = lines[limit - 1]
        more = asked.address(part="rows", after=Cursor(last.key, last.id).written())
    rows = rows_markup(lines[:limit], asked.columns, asked.shown)
    return {"page": asked.page, "rows": rows, "more_url": more, "span": len(asked.columns) + 1, "is_whole": after is None and more is None}


def _frame(asked: AskedList) -> dict[str, Any]:
    """What the table needs beside its rows."""
    wanted = asked.wanted
    headings = []
    for column in asked.columns:
        is_sorted = bool(column.sort) and column.sort == wanted.sort
        turned = f"{'' if is_sorted and wanted.is_descending else '-'}{column.sort}"
        order = ("descending" if wanted.is_descending else "ascending") if is_sorted else ""
        headings.append(Heading(column.heading, column.css, asked.address(sort=turned) if column.sort else "", order))
    return {"headings": headings, "list_url": asked.address(part="list"), "is_narrowed": wanted.is_narrowed,
            "bare_url": f"{reverse(ADDRESSES[asked.page.slug])}?view=none",
            "actions": actions_of(asked.desk.actor, asked.page.slug), "filters": asked.filters(), "title": _(TITLES[asked.page.slug])}


def _bars(asked: AskedList, views: list[SavedView]) -> dict[str, Any]:
    """What stands above the table: views, filters, how many, columns, export."""
    may_export = asked.desk.actor.may("exports:read")
    tabs, current = _tabs(asked, views)
    chosen = {column.slug for column in asked.columns}
    return {
        "tabs": tabs, "view": current, "chips": chips_of(asked.desk, asked.wanted, asked.shown.reference, asked.given),
        "q": asked.wanted.text, "notes": _notes(asked), "filters_url": asked.address(part="filters"),
        "columns": [
            {"slug": c.slug, "label": c.heading, "is_on": c.slug in chosen, "is_fixed": c.css == "cell-main"} for c in asked.available
        ],
        "kept": {name: asked.query[name] for name in ("sort",) if asked.query.get(name)},
        "count_url": f"{reverse(f'list_count_{asked.page.slug}')}?{asked.filters()}", "exports": [
            (form.upper(), f"{reverse(f'export_{asked.page.slug}_{form}')}?{asked.filters()}") for form in ("xlsx", "csv")
        ] if may_export else [],
    }  # fmt: skip


def _tabs(asked: AskedList, views: list[SavedView]) -> tuple[list[Tab], SavedView | None]:
    """The list as it is, then the views; the one whose filters stand in the address is the current one."""
    filters, base = asked.filters(), reverse(ADDRESSES[asked.page.slug])
    same = [view for view in views if _sorted(view.query) == _sorted(filters)]
    named = next((view for view in same if str(view.id) == asked.query.get("view")), same[0] if same else None)
    tabs = [Tab("all", _(TITLES[asked.page.slug]), f"{base}?view=none", not filters)]
    for view in views:
        label = view.name if view.is_own else f"{view.name} · {view.maker.split()[0]}"
        tabs.append(Tab(str(view.id), label, f"{base}?{view.query}{'&' if view.query else ''}view={view.id}", view is named))
    return tabs, named


def _sorted(query: str) -> list[tuple[str, list[str]]]:
    return sorted((name, sorted(values)) for name, values in QueryDict(query).lists())


def _notes(asked: AskedList) -> list[str]:
    """What of the address was understood otherwise than it stands there, or not at all."""
    moved = [merged_words(asked.shown.reference.sources, slug) for slug in asked.merged]
    return moved + [_flaw_words(flaw.name, flaw.value) for flaw in asked.wanted.flaws]


def _flaw_words(name: str, value: str) -> str:
    bare = name.removesuffix("_from").removesuffix("_to")
    label = _(LABELS[bare]) if bare in LABELS else name
    return _("%(name)s: “%(value)s” is not known here and is left out of account.") % {"name": label, "value": value}


def _counted(count: int) -> str:
    """How many rows, in words; over a thousand only that there are more."""
    if count > COUNTED:
        return ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}".replace(",", "\u00a0")}
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}


@require_safe
@at_desk
def count(request: DeskRequest, page: str) -> HttpResponse:
    """How many rows a list has: asked for by the page once it stands, so that nobody waits for it."""
    asked = AskedList(request.desk, PAGES[page], request.GET)
    is_exact = bool(request.GET.get("exact"))
    number = count_rows(asked.reading, is_exact=is_exact)
    is_more = not is_exact and number > COUNTED
    words = _("more than %(count)s rows") % {"count": f"1{chr(0xA0)}000"} if is_more else _counted(number)
    exact = f"{reverse(f'list_count_{page}')}?{asked.filters()}&exact=1" if is_more else None
    return render(request, "desk/_list_count.html", {"count_words": words, "exact_url": exact})
