"""Answers as plain values: the shapes of the contract, the same wherever a thing is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.clients.queries import PersonCard, PersonLine
from marshrut.core.masks import DOT, mask_text
from marshrut.deals.queries import BoardCard, DealCard, StageTime
from marshrut.deals.queries.gates import GateHistory
from marshrut.deals.queries.list_reference import ListReference
from marshrut.deals.queries.list_rows import ClientLine, MatterLine
from marshrut.intake.queries import InquiryBrief, InquiryCard
from marshrut.intake.queries.reading_text import ReadMessage
from marshrut.intake.rules import origin_of, read_names
from marshrut.intake.wording import say_all, say_priority
from marshrut.journal.queries import PlaceSum, TaskLine, TouchLine

CATEGORY_ORIGINS = {"stated": "stated", "criterion": "criterion", "model": "model", "by_hand": "person"}


def named(id: int | None, name: str | None) -> dict[str, Any] | None:
    return {"id": id, "name": name} if id is not None else None


def next_action(actor: Actor, id: int | None, title: str | None, due_at: datetime | None) -> dict[str, Any] | None:
    return {"id": id, "title": said(actor, title or ""), "due_at": due_at} if id is not None else None


def money(amount: Any, currency: str) -> dict[str, Any] | None:
    return {"amount": str(amount), "currency": currency} if amount is not None else None


def said(actor: Actor, text: str) -> str:
    """What somebody said; numbers and addresses in it only for whoever may read people and see them."""
    return actor.text(text) if actor.may("persons:read") else mask_text(text)


def _name(actor: Actor, name: str | None) -> str | None:
    """A client's name for whoever may read people; some are known by their number only, which may be hidden."""
    return actor.named(name) or None if actor.may("persons:read") else None


def person_of(actor: Actor, id: int | None, name: str | None, matched_by: str = "") -> dict[str, Any] | None:
    """A person; the name only for whoever may read people."""
    if id is None:
        return None
    return {"id": id, "name": _name(actor, name), "matched_by": matched_by or None}


def inquiry(actor: Actor, card: InquiryCard) -> dict[str, Any]:
    """One inquiry with everything decided about it."""
    return {
        "id": card.id,
        "number": card.id,
        "state": card.state,
        "channel": card.channel,
        "missed": card.is_missed_call,
        "source": card.source,
        "external_id": card.external_id,
        "received_at": card.received_at,
        "inquiry_class": card.inquiry_class,
        "class_reason": "; ".join(say_all(card.class_reason)),
        "category_origin": CATEGORY_ORIGINS.get((card.category_reason or {}).get("code", "")),
        "category_reason": "; ".join(say_all(card.category_reason)) if card.category_reason else "",
        "person": person_of(actor, card.person_id, card.person, card.matched_by),
        "contact_set": {"complete": not card.contact_missing, "missing": list(card.contact_missing)},
        "relevance": {"grade": card.relevance, "reasons": say_all(card.relevance_reasons)},
        "priority": {"score": card.priority, "reasons": say_priority(card.priority_reasons, actor)},
        "owner": named(card.owner_id, card.owner),
        "queue": named(card.queue_id, card.queue),
        "owner_reason": "; ".join(say_all(card.owner_reason)),
        "respond_by": card.respond_by,
        "answered_at": card.answered_at,
        "clock": card.clock_state,
        "next_respond_by": card.next_respond_by,
        "next_action": next_action(actor, card.task_id, card.task_title, card.task_due_at),
        "duplicate_of": card.joined_to,
        "message": said(actor, card.message),
        "request": card.request,
        "request_origin": origin_of(card.request, read_names(card.request_origin)),
        "flaws": [flaw if actor.may("persons:read") and actor.shows("phone") else {**flaw, "value": None} for flaw in card.flaws],
        "utm": card.utm,
        "visitor": card.visitor or None,
        "outcome": card.outcome,
        "disposition": card.disposition or None,
        "close_reason": said(actor, card.close_reason or "") or None,
        "custom": own_fields(actor, card.custom),
    }


def read_message(read: ReadMessage) -> dict[str, Any]:
    """What was read out of a message, and where: `start` and `end` count characters of `message`."""
    spans = [{"field": s.field, "start": s.start, "end": s.end, "words": read.message[s.start : s.end]} for s in read.spans]
    return {
        "message": read.message,
        "request": read.request,
        "request_origin": read.origin,
        "spans": spans,
        "class": read.inquiry_class,
        "class_reason": "; ".join(say_all([read.class_reason])),
    }


def own_fields(actor: Actor, custom: dict[str, Any]) -> dict[str, Any]:
    """Values of the agency's own fields by slug; numbers and addresses in texts only for whoever may see them."""
    return {slug: said(actor, value) if isinstance(value, str) else value for slug, value in custom.items()}


def inquiry_line(actor: Actor, line: InquiryBrief) -> dict[str, Any]:
    """One inquiry in a list."""
    reads_people = actor.may("persons:read")
    return {
        "id": line.id,
        "number": line.id,
        "state": line.state,
        "received_at": line.received_at,
        "channel": line.channel,
        "source": line.source,
        "inquiry_class": line.inquiry_class,
        "person": {"id": line.person_id, "name": _name(actor, line.person)} if line.person_id else None,
        "phone": actor.phone(line.phone) if reads_people else None,
        "relevance": line.relevance,
        "priority": line.priority,
        "owner": named(line.owner_id, line.owner),
        "queue": named(line.queue_id, line.queue),
        "respond_by": line.respond_by,
        "clock": line.clock_state,
        "stage": line.place,
        "budget": money(line.worth, line.currency),
        "next_action": next_action(actor, line.task_id, line.task_title, line.task_due_at),
    }


def deal_line(actor: Actor, line: MatterLine, reference: ListReference) -> dict[str, Any]:
    """One deal in a list."""
    funnel, _slash, stage = line.place.partition("/")
    source = next((slug for slug, card in reference.sources.items() if card.id == line.source_id), None)
    return {
        "id": line.id,
        "number": line.id,
        "inquiry": line.inquiry_id,
        "state": line.state,
        "funnel": funnel,
        "stage": stage,
        "stage_entered_at": line.stage_entered_at,
        "title": said(actor, line.title or ""),
        "amount": money(line.worth, line.currency),
        "margin": money(line.margin, line.currency) if actor.shows("margin") else None,
        "opened_at": line.opened_at,
        "closed_at": line.closed_at,
        "close_reason": said(actor, line.close_reason or "") or None,
        "source": source,
        "person": person_of(actor, line.person_id, line.person),
        "phone": actor.phone(line.phone) if actor.may("persons:read") else None,
        "owner": named(line.owner_id, line.owner),
        "queue": _queue(line.queue_id, reference),
        "office": _office(line.office_id, reference),
        "waits_until": line.waits_until,
        "next_action": next_action(actor, line.task_id, line.task_title, line.task_due_at),
        "custom": own_fields(actor, line.custom),
    }


def _queue(id: int | None, reference: ListReference) -> dict[str, Any] | None:
    queue = reference.staff.queues.get(id or 0)
    return named(id, queue.name if queue else None)


def _office(id: int | None, reference: ListReference) -> dict[str, Any] | None:
    office = reference.staff.offices.get(id or 0)
    return named(id, office.name if office else None)


def client_line(actor: Actor, line: ClientLine, reference: ListReference) -> dict[str, Any]:
    """One person in a list. Open matters and the last touch are those within reach."""
    return {
        "id": line.id,
        "name": actor.named(line.name),
        "surname": line.surname,
        "given_name": line.given_name,
        "patronymic": line.patronymic,
        "phone": actor.phone(line.phone),
        "email": actor.email(line.email),
        "owner": named(line.owner_id, line.owner),
        "office": _office(line.office_id, reference),
        "past_deals": line.past_deals,
        "open_matters": line.open_count,
        "last_touch_at": line.last_at,
        "language": line.language or None,
        "created_at": line.created_at,
        "custom": own_fields(actor, line.custom),
    }


def deal(actor: Actor, card: DealCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "number": card.id,
        "inquiry": card.inquiry_id,
        "funnel": card.funnel,
        "stage": card.stage,
        "stage_entered_at": card.stage_entered_at,
        "title": said(actor, card.title),
        "amount": money(card.amount, card.currency),
        "margin": money(card.margin, card.currency) if actor.shows("margin") else None,
        "facts": _facts(actor, card.facts),
        "state": card.state,
        "close_reason": said(actor, card.close_reason or "") or None,
        "opened_at": card.opened_at,
        "closed_at": card.closed_at,
        "person": person_of(actor, card.person_id, card.person),
        "owner": named(card.owner_id, card.owner),
        "queue": named(card.queue_id, card.queue),
        "next_action": next_action(actor, card.task_id, card.task_title, card.task_due_at),
        "custom": own_fields(actor, card.custom),
    }


def _facts(actor: Actor, facts: dict[str, Any]) -> dict[str, Any]:
    """Facts with phones, addresses and passports hidden from whoever may not see them."""
    shown = {name: actor.text(value) if isinstance(value, str) else value for name, value in facts.items()}
    if shown.get("passports") and not actor.shows("passport"):
        shown["passports"] = DOT * 6
    return shown


def gate(actor: Actor, line: GateHistory) -> dict[str, Any]:
    """What a client said at a gate; `consequence` is what followed a refusal: go_on, wait, close, or ask while nobody has decided."""
    return {
        "id": line.gate_id,
        "question": line.question,
        "agreed": line.agreed,
        "words": said(actor, line.words),
        "consequence": line.consequence or None,
        "at": line.at,
    }


def stage_time(entry: StageTime) -> dict[str, Any]:
    return {"stage": entry.stage, "name": entry.name, "entered_at": entry.entered_at, "left_at": entry.left_at, "by": entry.by}


def board_card(actor: Actor, card: BoardCard) -> dict[str, Any]:
    return {
        "kind": "deal" if card.deal_id else "inquiry",
        "id": card.deal_id or card.inquiry_id,
        "title": said(actor, card.title or "") or _name(actor, card.person),
        "person": person_of(actor, card.person_id, card.person),
        "priority": card.priority,
        "amount": money(card.amount, card.currency),
        "since": card.since,
        "respond_by": card.respond_by,
        "owner": named(card.owner_id, card.owner),
        "next_action": next_action(actor, card.task_id, card.task_title, card.task_due_at),
    }


def amounts(sums: Sequence[PlaceSum]) -> list[dict[str, Any]]:
    """Sums per currency; matters without a named worth add nothing."""
    return [{"amount": str(s.amount), "currency": s.currency} for s in sums if s.currency]


def person_line(actor: Actor, line: PersonLine) -> dict[str, Any]:
    return {
        "kind": "person",
        "id": line.id,
        "title": actor.named(line.name),
        "phone": actor.phone(line.phone),
        "email": actor.email(line.email),
        "owner": named(line.owner_id, line.owner),
    }


def person(actor: Actor, card: PersonCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": actor.named(card.name),
        "surname": card.surname,
        "given_name": card.given_name,
        "patronymic": card.patronymic,
        "owner": named(card.owner_id, card.owner),
        "past_deals": card.past_deals,
        "language": card.language or None,
        "created_at": card.created_at,
        "contacts": [
            {
                "kind": c.kind,
                "value": actor.contact(c.kind, c.normal),
                "written": actor.contact(c.kind, c.written),
                "is_shared": c.is_shared,
            }
            for c in card.contacts
        ],
        "custom": own_fields(actor, card.custom),
    }


def task(actor: Actor, line: TaskLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "title": said(actor, line.title),
        "due_at": line.due_at,
        "state": line.state,
        "assignee": named(line.assignee_id, line.assignee),
        "queue": line.queue_id,
        "postponed": line.postponed,
        "ends_at": line.ends_at,
        "place": said(actor, line.place) or None,
    }


def touch(actor: Actor, line: TouchLine) -> dict[str, Any]:
    return {
        "at": line.at,
        "by": line.by,
        "who": line.who,
        "kind": line.kind,
        "direction": line.direction,
        "text": said(actor, line.body),
        "data": line.data if actor.shows("phone") and (line.kind != "file_opened" or actor.shows("passport")) else None,
    }


def change(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    words = {"I": _("created"), "U": _("changed"), "D": _("deleted")}
    return {
        "at": row["at"],
        "by": row["by"],
        "who": None,
        "kind": "change",
        "direction": "none",
        "text": words[row["op"]],
        "data": row["diff"] if actor.shows("phone") else None,
    }
