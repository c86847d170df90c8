"""Rows turned into what the templates expect, worded for the reader."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.deals.queries import BoardCard, FunnelCard, StageCard
from marshrut.desk import wording
from marshrut.desk.queries import MatterRow
from marshrut.desk.shapes import BoardMatter, Client, Matter, Money, Named, Option, PastMatter, Tag, Task
from marshrut.desk.web.pages import Desk
from marshrut.intake.rules.clock_policies import MISSED_CALL
from marshrut.intake.wording import CHANNELS, CLASSES, channel_label, class_label, disposition_label, say_stored_priority
from marshrut.ui.wording import phone as written_phone

CLASS_TONES = {"trip_trouble": "bad", "booking_question": "warm", "open_matter": "info", "spam": "warm"}


def money(amount: Decimal | None, currency: str) -> Money | None:
    return Money(amount, currency or "RUB") if amount is not None else None


def owner_of(staff: Staff, id: int | None, name: str | None = None) -> Named | None:
    """The holder by id; somebody who has left keeps the name the row came with."""
    if id is None:
        return None
    colleague = staff.colleagues.get(id)
    return Named(id, name or (colleague.name if colleague else _("a former colleague")))


def queue_of(staff: Staff, id: int | None) -> Named | None:
    found = staff.queues.get(id or 0)
    return Named(found.id, found.name) if found else None


def title_of(person: str | None, phone: str | None = None, reader: Actor | None = None) -> str:
    """Who the matter is of: the name, else the number, else that nobody is known yet.

    Somebody may be known by their number or address only: it is hidden from a `reader` who may not see phones.
    """
    known = person or phone
    if not known:
        return _("Nobody identified yet")
    return written_phone(reader.named(known) if reader else known)


def ways_of(person_id: int | None, name: str, phone: str | None, email: str | None, reader: Actor) -> Client | None:
    """The client with the ways to call and to write; none of them for a reader who may not see phones."""
    if person_id is None:
        return None
    return Client(person_id, name, *((phone, email) if reader.shows("phone") else ()))


def task_of(id: int | None, title: str | None, kind: str | None, due_at: datetime | None, reader: Actor) -> Task | None:
    """The planned action; people write numbers into titles, too."""
    return Task(id, reader.text(title or ""), kind or "call", due_at) if id is not None and due_at is not None else None


def way_in(channel: str | None, is_missed_call: bool | None) -> str | None:
    """How they came; a call that nobody took is a way of its own."""
    return MISSED_CALL if is_missed_call else channel


def tone_of_channel(channel: str) -> str:
    return "warm" if channel == MISSED_CALL else "neutral"


def tags_of(channel: str | None, inquiry_class: str | None, past_deals: int | None, relevance: str | None = None) -> list[Tag]:
    """At most four: how they came, how often they travelled with us, what kind of inquiry, whether it is worth doubt."""
    tags = []
    if inquiry_class and inquiry_class not in ("new_sale", "repeat", "other"):
        tags.append(Tag(class_label(inquiry_class), CLASS_TONES.get(inquiry_class, "neutral")))
    if channel:
        tags.append(Tag(channel_label(channel), tone_of_channel(channel), wording.CHANNEL_ICONS.get(channel)))
    if past_deals:
        tags.append(Tag(wording.which_trip(past_deals), "accent", "repeat"))
    if relevance == "C":
        tags.append(Tag(_("doubtful"), "warm"))
    return tags


def stage_of(funnels: Mapping[str, FunnelCard], place: str) -> StageCard | None:
    """The stage a matter stands at; None for an inquiry that is not a deal."""
    funnel, _slash, slug = place.partition("/")
    chosen = funnels.get(funnel)
    return chosen.find(slug) if chosen else None


def matter_of(row: MatterRow, desk: Desk) -> Matter:
    """A line of Today, of search or of a client's page."""
    return Matter(**_base(row, desk))


def named_matter_of(row: MatterRow, desk: Desk) -> Matter:
    """Who and what trip, where a list shows no more of a matter."""
    return Matter(**_named(row, desk))


def past_matter_of(row: MatterRow, desk: Desk) -> PastMatter:
    base = _base(row, desk)
    if row.is_open:
        return PastMatter(**base, is_open=True)
    outcome = row.deal_state if row.deal_id else row.outcome
    base["tags"] = []  # how it ended is all that matters now
    return PastMatter(**base, is_open=False, outcome=outcome, outcome_label=outcome_label(outcome, row.disposition or ""),
                      closed_at=row.closed_at)


def outcome_label(outcome: str | None, disposition: str) -> str:
    if outcome in ("won", "lost"):
        return _("Realised") if outcome == "won" else _("Not realised")
    return disposition_label(disposition) if disposition else ""


def _named(row: MatterRow, desk: Desk) -> dict[str, Any]:
    is_deal = row.deal_id is not None
    return {
        "kind": "deal" if is_deal else "inquiry",
        "id": row.deal_id if is_deal else row.inquiry_id or row.dossier_id,
        "dossier": row.dossier_id,
        "title": title_of(row.person, row.phone, desk.actor),
        "trip": wording.stored_trip(row.request, desk.revision, row.deal_title),
        "person": ways_of(row.person_id, title_of(row.person, None, desk.actor), row.phone, row.email, desk.actor),
        "since": row.stage_entered_at or row.opened_at,
    }


def _base(row: MatterRow, desk: Desk) -> dict[str, Any]:
    return {
        **_named(row, desk),
        "tags": tags_of(way_in(row.channel, row.is_missed_call), row.inquiry_class, row.past_deals, row.relevance),
        "task": task_of(row.task_id, row.task_title, row.task_kind, row.task_due_at, desk.actor),
        "score": row.priority,
        "reasons": reasons_of(row, desk),
        "money": money(row.worth, row.currency),
        "owner": owner_of(desk.staff, row.owner_id),
        "queue": queue_of(desk.staff, row.queue_id),
        "respond_by": row.respond_by or row.next_respond_by,
        "is_new": row.respond_by is not None,
    }


def reasons_of(row: MatterRow, desk: Desk, most: int = 3) -> list[str]:
    """Why this first: what is late, what was put off, how long it stands, then what made its priority."""
    reasons = [_("The client has written again")] if row.next_respond_by else []
    if row.respond_by and row.respond_by < desk.now:
        reasons.append(_("Not answered in time"))
    if row.task_due_at and row.respond_by is None and row.task_due_at < desk.now:
        reasons.append(wording.overdue(row.task_due_at, desk.now))
    if row.task_postponed:
        reasons.append(wording.postponed(row.task_postponed))
    stage = stage_of(desk.funnels, row.place)
    if stage and row.stage_entered_at and (days := (desk.now - row.stage_entered_at).days) > 0:
        reasons.append(wording.standing(stage.name, days))
    return [*reasons, *say_stored_priority(row.priority_reasons, desk.actor)][:most]


def board_matter(card: BoardCard, desk: Desk, drop_url: str, next_due: datetime | None = None) -> BoardMatter:
    """A card of the board; `next_due`: the client wrote again, and is to be answered by then."""
    is_deal = card.deal_id is not None
    return BoardMatter(
        kind="deal" if is_deal else "inquiry", id=card.deal_id or card.inquiry_id or card.dossier_id, dossier=card.dossier_id,
        title=title_of(card.person, None, desk.actor), since=card.since,
        trip=wording.stored_trip(card.request, desk.revision, card.title),
        tags=tags_of(card.channel, card.inquiry_class, card.past_deals),
        task=task_of(card.task_id, card.task_title, card.task_kind, card.task_due_at, desk.actor), score=card.priority,
        reasons=list(say_stored_priority(card.priority_reasons, desk.actor)), money=money(card.amount, card.currency),
        owner=owner_of(desk.staff, card.owner_id, card.owner), queue=queue_of(desk.staff, card.queue_id),
        respond_by=card.respond_by or next_due,
        is_new=card.respond_by is not None, drop_url=drop_url,
    )


def class_options() -> list[Option]:
    return [Option(slug, class_label(slug)) for slug in CLASSES]


def channel_options(*channels: str) -> list[Option]:
    return [Option(slug, channel_label(slug), wording.CHANNEL_ICONS.get(slug)) for slug in channels or tuple(CHANNELS)]


def choice_options(choices: Sequence[tuple[str, str, str]]) -> list[Option]:
    """Choices written as (value, icon, msgid)."""
    return [Option(value, _(label), icon) for value, icon, label in choices]
