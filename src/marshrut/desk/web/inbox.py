"""The Inbox: all channels in one list, and the quarantine of what could not be understood."""

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.permissions import Actor
from marshrut.channels.queries import Waiting, list_discarded, list_quarantine
from marshrut.core.names import clean_text
from marshrut.desk.inbox_rows import InboxRow, rows_markup
from marshrut.desk.shapes import Filter, Option, Tab
from marshrut.desk.shaping import class_options
from marshrut.desk.web.matters import inquiry_card
from marshrut.desk.web.pages import ACTING, Desk, DeskRequest, at_desk, part_or_page
from marshrut.desk.web.sidebar import counts
from marshrut.intake.queries import InquiryFilter, InquiryLine, list_inquiries
from marshrut.intake.queries.exceptions import RANKED, exception_sql
from marshrut.intake.queries.running import next_answers_due
from marshrut.intake.queries.work_order import LATE, NEW, PRESSING, REST, Turn, list_in_turn
from marshrut.intake.services import next_in_line
from marshrut.intake.wording import channel_label, exception_label, merged_words

PAGE = 50
MOST_WAITING = 99
NEWEST = "newest"
GROUP_OF = {PRESSING: "first", LATE: "first", NEW: "new", REST: "rest"}
"""The group of the page that a part of the order of work stands in."""
TECHNICAL = {"started", "received_as", "consent", "channel", "source"}


@require_safe
@at_desk
def inbox(request: DeskRequest) -> HttpResponse:
    """The list of one tab, with filters in the address; further rows by `after`."""
    desk = request.desk
    tab = chosen_tab(request)
    if request.GET.get("part") == "tabs":
        return render(request, "desk/_inbox_tabs.html", {"tabs": tabs_of(request, tab)})
    if tab == "quarantine":
        return _quarantine(request)
    rows, more_url = _read(request, tab)
    next_waits = _next_waits(desk) if tab == "nobody" else 0
    context: dict[str, Any] = {"rows": rows_markup(rows, desk), "more_url": more_url, "next_waits": next_waits}
    if request.GET.get("after"):
        return render(request, "desk/_inbox_rows.html", context)
    selected = request.GET.get("selected", "")
    context |= {"tab": tab, "tabs": tabs_of(request, tab), "filters": filters_of(request), "note": source_note(request),
                "selected": inquiry_card(desk, int(selected), story=5) if selected.isdecimal() and len(selected) < 19 else None}
    return part_or_page(request, "list", "desk/_inbox_list.html", "desk/inbox.html", context)


def chosen_tab(request: DeskRequest) -> str:
    """The tab asked for; a manager begins with their own, who answers for an office with all."""
    desk = request.desk
    tab = request.GET.get("tab", "")
    known = ("mine", "nobody", "all", "quarantine") if desk.sees_queues() else ("mine", "nobody", "all")
    return tab if tab in known else "all" if desk.sees_queues() else "mine"


def _read(request: DeskRequest, tab: str) -> tuple[list[InboxRow], str | None]:
    """Open inquiries of one tab. What was put aside stands at /waiting until it returns."""
    desk = request.desk
    source, inquiry_class = request.desk.sources.staying(_chosen(request, "source")), _chosen(request, "class")
    wanted = InquiryFilter(
        state="open", place="inquiry", owner_id=desk.actor.id if tab == "mine" else None, holder="queue" if tab == "nobody" else "any",
        sources=(source,) if source else (), inquiry_class=inquiry_class, limit=PAGE + 1, with_waiting=False)
    is_newest, after = _chosen(request, "order") == NEWEST, request.GET.get("after", "")
    walk = _by_moment if tab == "nobody" or is_newest else _in_turn
    rows, following = walk(request, replace(wanted, longest_first=tab == "nobody" and not is_newest), after)
    more = None
    if following:
        query = {"tab": tab, "source": source, "class": inquiry_class, "order": NEWEST if is_newest else "", "after": following}
        more = f"{reverse('inbox')}?{urlencode({k: v for k, v in query.items() if v})}"
    waiting = next_answers_due(line.dossier_id for line, *_said in rows)
    return [InboxRow(line, waiting.get(line.dossier_id), group, note) for line, group, note in rows], more


Walked = tuple[list[tuple[InquiryLine, str, str]], str]
"""Rows of a page, each with the group that begins with it and the exception it stands under (mostly neither), and where the next
page goes on (empty: there is none)."""


def _by_moment(request: DeskRequest, wanted: InquiryFilter, after: str) -> Walked:
    """The newest first; of what waits in queues the longest waiting."""
    lines = list_inquiries(request.desk.actor, replace(wanted, after=read_cursor(after)))
    last = lines[PAGE - 1] if len(lines) > PAGE else None
    return [(line, "", "") for line in lines[:PAGE]], write_cursor(last.opened_at, last.id) if last else ""


def _in_turn(request: DeskRequest, wanted: InquiryFilter, after: str) -> Walked:
    """In the order of work, as on Today."""
    desk = request.desk
    order = partial(exception_sql, desk.reference().rules.exceptions, desk.now, desk.day[1])
    begin = read_turn(after)
    found = list_in_turn(desk.actor, wanted, order, begin)
    groups = [GROUP_OF[begin.part] if begin else "", *(GROUP_OF[one.turn.part] for one in found)]
    rows = [
        (one.line, group if group != before else "", exception_label(RANKED[one.turn.number]) if group == "first" else "")
        for one, before, group in zip(found[:PAGE], groups, groups[1:], strict=False)
    ]
    return rows, write_turn(found[PAGE - 1].turn) if len(found) > PAGE else ""


def _next_waits(desk: Desk) -> int:
    """How many wait that the reader may take in turn, counted no further than is shown; 0 where nobody takes."""
    return len(next_in_line(reference=desk.reference(), by=desk.actor, most=MOST_WAITING)) if desk.actor.may(ACTING) else 0


def _chosen(request: DeskRequest, name: str) -> str:
    return clean_text(request.GET.get(name), 120)


def tabs_of(request: DeskRequest, current: str) -> list[Tab]:
    """Mine, nobody's, all; and for whoever answers for an office what waits in quarantine."""
    numbers = counts(request)
    tabs = [("mine", _("Mine"), numbers.mine), ("nobody", _("Nobody's"), numbers.nobody), ("all", _("All inquiries"), numbers.inquiries)]
    if request.desk.sees_queues():
        tabs.append(("quarantine", _("Quarantine"), numbers.quarantine))
    return [Tab(slug, label, f"{reverse('inbox')}?tab={slug}", slug == current, count) for slug, label, count in tabs]


def filters_of(request: DeskRequest) -> list[Filter]:
    """By source and by class; in the order of work, or the newest first."""
    return [source_filter(request.desk, _chosen(request, "source")),
            filter_of("class", _("Class"), _chosen(request, "class"), class_options()),
            filter_of("order", _("Order"), _chosen(request, "order"), [Option(NEWEST, _("newest first"))])]


def source_filter(desk: Desk, value: str) -> Filter:
    """By source; an address that names one that was merged leads to the one it went into."""
    options = [Option(card.slug, card.name) for card in desk.sources.values()]
    return filter_of("source", _("Source"), desk.sources.staying(value), options)


def source_note(request: DeskRequest) -> str:
    """A sentence when the address names a source that has been merged into another; else empty."""
    return merged_words(request.desk.sources, _chosen(request, "source"))


def filter_of(name: str, label: str, value: str, options: list[Option]) -> Filter:
    """A filter whose value is one of its options, else none."""
    found = next((option for option in options if option.value == value), None)
    return Filter(name, label, found.value if found else "", found.label if found else "", options)


def write_cursor(at: datetime, id: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """Where a list goes on; None for its beginning and for what is none of ours."""
    try:
        moment, id = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode().rsplit(" ", 1)
        at = datetime.fromisoformat(moment)
        return (at, int(id)) if at.tzinfo and 0 < int(id) < 2**63 else None
    except (ValueError, binascii.Error):
        return None


def write_turn(turn: Turn) -> str:
    at = turn.at.isoformat() if turn.at else "-"
    return base64.urlsafe_b64encode(f"{turn.part} {turn.number} {at} {turn.id}".encode()).decode().rstrip("=")


def read_turn(text: str) -> Turn | None:
    """Where the order of work goes on; None for its beginning and for what is none of ours."""
    try:
        part, number, at, id = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode().split(" ")
        turn = Turn(int(part), int(number), None if at == "-" else datetime.fromisoformat(at), int(id))
    except (ValueError, binascii.Error):
        return None
    is_ours = turn.part in GROUP_OF and abs(turn.number) < 1000 and 0 < turn.id < 2**63
    return turn if is_ours and (turn.at is None) == (turn.part == NEW) and (turn.at is None or turn.at.tzinfo) else None


@require_safe
@at_desk
def preview(request: DeskRequest, pk: int) -> HttpResponse:
    """The chosen inquiry beside the list."""
    card = inquiry_card(request.desk, pk, story=5)
    return render(request, "desk/_inbox_preview.html", {"inquiry": card})


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A raw message that waits for a person."""

    id: int
    channel_label: str
    source: str
    received_at: datetime
    reason: str
    text: str
    is_letter: bool
    verdict: str


def _quarantine(request: DeskRequest) -> HttpResponse:
    actor = request.desk.actor
    context = {"tab": "quarantine", "tabs": tabs_of(request, "quarantine"), "filters": [], "items": [], "more_url": None, "selected": None,
               "waiting": [_quarantined(row, actor) for row in list_quarantine(actor)], "may_judge": actor.may(ACTING), "next_waits": 0,
               "discarded": [_quarantined(row, actor) for row in list_discarded(actor)]}
    return part_or_page(request, "list", "desk/_inbox_list.html", "desk/inbox.html", context)


def _quarantined(row: Waiting, actor: Actor) -> Quarantined:
    text = "\n".join(filter(None, (row.sender, row.subject))) if row.is_letter else readable(row.body)
    return Quarantined(row.id, channel_label(row.channel), row.source_slug, row.received_at, row.reason, actor.text(text),
                       row.is_letter, row.verdict)


def readable(body: bytes) -> str:
    """What came in, for a person's eye: the filled fields of an object, else the text as it is; not more than a screenful."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        return clean_text(body[:2000].decode("utf-8", "replace"), 600, keep_lines=True)
    told = {name: value for name, value in data.items() if value not in ("", None, [], {}) and name not in TECHNICAL}
    lines = (f"{name}: {value if isinstance(value, str) else orjson.dumps(value).decode()}" for name, value in told.items())
    return clean_text("\n".join(lines), 600, keep_lines=True)
