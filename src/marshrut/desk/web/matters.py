"""The cards of an inquiry and of a deal: facts, one story, the next action, the stage bar."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.permissions import Actor
from marshrut.channels.queries import SendingLine, attachments_of, sendings_of
from marshrut.channels.rules.media import SHOWN
from marshrut.clients.queries import ContactLine, PersonCard, person_of_matter
from marshrut.deals.queries import DealCard, FunnelCard, deal_of_inquiry, find_deal
from marshrut.deals.queries.gates import GateHistory, answers_of_deal, read_gates
from marshrut.deals.rules import ASK
from marshrut.deals.wording import consequence_label, fact_label
from marshrut.desk import wording
from marshrut.desk.matter_reads import Around, read_around
from marshrut.desk.queries import loaded
from marshrut.desk.request_facts import deal_facts, marked_words, request_facts, shown_facts
from marshrut.desk.shapes import (
    Asked,
    CameBack,
    Client,
    Contact,
    Entry,
    Fact,
    File,
    GateLine,
    MatterCard,
    Numbered,
    Posted,
    StageStep,
    Task,
    Waiting,
)
from marshrut.desk.shaping import choice_options, money, outcome_label, owner_of, queue_of, tags_of, title_of, way_in
from marshrut.desk.story import entry_of
from marshrut.desk.web.correcting import sorted_as
from marshrut.desk.web.own_fields import own_facts
from marshrut.desk.web.pages import ACTING, Desk, DeskRequest, at_desk, found, part_or_page
from marshrut.desk.web.quiet_words import quiet_ways
from marshrut.intake.queries import InquiryCard, find_inquiry
from marshrut.intake.queries.running import next_answers_due
from marshrut.intake.rules import read_names
from marshrut.intake.rules.origins import EDITED
from marshrut.intake.rules.text import read_text
from marshrut.intake.wording import close_reason_label, missing_label, say_all, say_priority
from marshrut.journal.queries import TaskLine, TouchLine, pending_tasks, read_story
from marshrut.journal.services import Matter as Held
from marshrut.ui.wording import money as written_money
from marshrut.ui.wording import phone as written_phone


@require_safe
@at_desk
def inquiry(request: DeskRequest, pk: int) -> HttpResponse:
    """The card of an inquiry."""
    return _show(request, inquiry_card(request.desk, pk))


@require_safe
@at_desk
def deal(request: DeskRequest, pk: int) -> HttpResponse:
    """The card of a deal."""
    return _show(request, deal_card(request.desk, pk))


@require_safe
@at_desk
def deal_panel(request: DeskRequest, pk: int) -> HttpResponse:
    """The chosen deal beside the board."""
    return render(request, "desk/_board_panel.html", {"matter": deal_card(request.desk, pk, story=5)})


def _show(request: DeskRequest, card: MatterCard) -> HttpResponse:
    context = {"matter": card, "touch_kinds": choice_options(wording.TOUCH_CHOICES)}
    return part_or_page(request, "matter", "desk/_matter.html", "desk/matter.html", context)


def inquiry_card(desk: Desk, pk: int, story: int = 100) -> MatterCard:
    """The inquiry with everything around it; 404 when absent or out of reach."""
    card: InquiryCard = found(find_inquiry(desk.actor, pk))
    born = deal_of_inquiry(pk)
    around = _around(desk, card.dossier_id, card.person_id, story, card.state == "open")
    request = loaded(card.request) or {}
    is_new = card.state == "open" and (card.clock_state == "running" or (card.clock_state == "missed" and card.answered_at is None))
    return MatterCard(
        kind="inquiry", id=card.id, dossier=card.dossier_id, title=around["title"] or title_of(card.person, None, desk.actor),
        since=card.received_at or around["began_at"] or desk.now, trip=wording.trip(request, desk.catalogue),
        is_open=card.state != "closed", state=card.state, outcome=card.outcome,
        outcome_label=outcome_label(card.outcome, card.disposition), close_reason=close_reason_label(card.close_reason),
        facts=request_facts(request, desk.catalogue, card.relevance_reasons, read_names(card.request_origin)),
        own_facts=own_facts(desk, "matter", card.custom),
        money=None, respond_by=card.respond_by if is_new else card.next_respond_by, is_new=is_new,
        contact_missing=[missing_label(name) for name in card.contact_missing],
        duplicate_of=Numbered(card.joined_to, str(card.joined_to)) if card.joined_to else None,
        deal=Numbered(born[0], str(born[0])) if born else None,
        can_take=card.queue_id is not None and desk.sees_queues() and card.state == "open" and desk.actor.may(ACTING),
        received_at=card.received_at, owner=owner_of(desk.staff, card.owner_id, card.owner),
        queue=queue_of(desk.staff, card.queue_id),
        tags=tags_of(way_in(card.channel, card.is_missed_call), card.inquiry_class, around["past_deals"], card.relevance),
        quiet_ways=quiet_ways(desk, _held(card)),
        **_why(card, desk), **around["shown"],
    )


def _held(card: InquiryCard) -> Held:
    """Whose the inquiry's matter is."""
    return Held(card.dossier_id, card.person_id, card.owner_id, card.queue_id, card.office_id, card.phase, "", card.is_open)


def _why(card: InquiryCard | None, desk: Desk) -> dict[str, Any]:
    """What was decided about the inquiry, in words."""
    if card is None:
        return {}
    source = desk.sources.get(card.source)
    reasons = say_priority(card.priority_reasons, desk.actor)
    return {
        "score": card.priority, "reasons": reasons, "priority_reasons": reasons, "owner_reason": " · ".join(say_all(card.owner_reason)),
        "sorted_as": sorted_as(card, desk), "sorted_id": card.id, "contact_set": _contact_set(card, desk),
        "relevance": card.relevance, "relevance_reasons": say_all(card.relevance_reasons),
        "source": source.name if source else card.source, **_words(card, desk),
    }


def _contact_set(card: InquiryCard, desk: Desk) -> list[Asked]:
    """The minimum contact set of this channel and class, thing by thing; what is missing by an older policy as well."""
    required = desk.reference().rules.contacts.required_of(card.channel, card.inquiry_class)
    labels = {ways[0]: _either([missing_label(way) for way in ways]) for ways in required}
    labels |= {name: missing_label(name) for name in card.contact_missing if name not in labels}
    return [Asked(label, name not in card.contact_missing) for name, label in labels.items()]


def _either(names: list[str]) -> str:
    *first, last = names
    return _("%(these)s or %(last)s") % {"these": ", ".join(first), "last": last} if first else last


def _words(card: InquiryCard, desk: Desk) -> dict[str, Any]:
    """What the client wrote, with the words marked in which something unconfirmed was read."""
    read = read_names(card.request_origin) & EDITED
    message = desk.actor.text(card.message)
    reference = desk.reference()
    today = desk.staff.first_office.calendar.local_date(card.received_at or desk.now)
    spans = read_text(message, today, desk.staff.agency.currency, reference.gazetteer).spans if read else ()
    return {"message": message, "words": marked_words(message, spans, read), "has_read": bool(read), "request_id": card.id}


def deal_card(desk: Desk, pk: int, story: int = 100) -> MatterCard:
    """The deal with everything around it; 404 when absent or out of reach."""
    card: DealCard = found(find_deal(desk.actor, pk))
    asked = find_inquiry(desk.actor, card.inquiry_id) if card.inquiry_id else None
    around = _around(desk, card.dossier_id, card.person_id, story, card.state == "open")
    funnel = desk.funnels.get(card.funnel)
    waits = asked.next_respond_by if asked else next_answers_due([card.dossier_id]).get(card.dossier_id)
    stages = _steps(funnel, card.stage)
    present = next((step for step in stages if step.state == "now"), None)
    following = _following(funnel, card)
    request = loaded(asked.request) if asked else {}
    worth = money(card.amount, card.currency)
    known = {**card.facts, **({"amount": f"{card.amount} {card.currency}"} if worth else {})}
    return MatterCard(
        kind="deal", id=card.id, dossier=card.dossier_id, title=around["title"] or title_of(card.person, None, desk.actor),
        since=card.stage_entered_at, respond_by=waits,
        trip=wording.trip(request, desk.catalogue, card.title), is_open=card.state == "open", state=card.state,
        outcome=card.state if card.state != "open" else None,
        outcome_label=outcome_label(card.state, ""), close_reason=card.close_reason, stage=present, stages=stages,
        next_stage=following, stage_hint=_hint(funnel, card.stage),
        facts=[*(request_facts(request or {}, desk.catalogue, asked.relevance_reasons, read_names(asked.request_origin)) if asked
                 else request_facts({}, desk.catalogue, [])),
               *deal_facts(shown_facts(card.facts, desk.actor)), *_margin(card, desk.actor)],
        gates=_gates(card.id, desk), may_decide=desk.sees_queues() and desk.actor.may(ACTING),
        own_facts=own_facts(desk, "matter", card.custom),
        facts_missing=_missing(funnel, following, known), money=worth, owner=owner_of(desk.staff, card.owner_id, card.owner),
        queue=queue_of(desk.staff, card.queue_id),
        inquiry=Numbered(card.inquiry_id, str(card.inquiry_id)) if card.inquiry_id else None,
        tags=tags_of(way_in(asked.channel, asked.is_missed_call), asked.inquiry_class, around["past_deals"]) if asked
        else tags_of(None, None, around["past_deals"]),
        quiet_ways=quiet_ways(desk, _held(asked)) if asked else [],
        **_why(asked, desk), **around["shown"],
    )


def _margin(card: DealCard, reader: Actor) -> list[Fact]:
    known = card.margin is not None and reader.shows("margin")
    return [Fact(_("Margin"), written_money(card.margin, card.currency))] if known and card.margin is not None else []


def _gates(deal_id: int, desk: Desk) -> list[GateLine]:
    """What the client said at the agency's gates; nothing is read where there are none."""
    if not read_gates(desk.revision).by_stage:
        return []
    return [_gate(line, desk.actor) for line in answers_of_deal(deal_id)]


def _gate(line: GateHistory, reader: Actor) -> GateLine:
    said, tone = (_("agreed"), "good") if line.agreed else (consequence_label(line.consequence), "warm")
    return GateLine(line.id, line.question, said, tone, reader.text(line.words), line.consequence == ASK)


def _steps(funnel: FunnelCard | None, slug: str) -> list[StageStep]:
    """The stages of a funnel as the bar shows them."""
    if funnel is None:
        return []
    at = next((n for n, stage in enumerate(funnel.stages) if stage.slug == slug), 0)
    return [StageStep(stage.slug, stage.name, "done" if n < at else "now" if n == at else "ahead") for n, stage in enumerate(funnel.stages)]


def _following(funnel: FunnelCard | None, card: DealCard) -> StageStep | None:
    stage = funnel.after(card.stage) if funnel and card.state == "open" else None
    return StageStep(stage.slug, stage.name, "ahead") if stage else None


def _hint(funnel: FunnelCard | None, slug: str) -> str:
    stage = funnel.find(slug) if funnel else None
    return stage.hint if stage else ""


def _missing(funnel: FunnelCard | None, following: StageStep | None, known: dict[str, Any]) -> list[str]:
    """What the next result needs and nobody has said yet."""
    stage = funnel.find(following.slug) if funnel and following else None
    return [fact_label(name).lower() for name in stage.required if not known.get(name)] if stage else []


def _around(desk: Desk, dossier_id: int, person_id: int | None, story: int, is_open: bool) -> dict[str, Any]:
    """What both cards show: the client, the ways to reach them, the story, the plan, what came before, the files. Five statements."""
    person = person_of_matter(person_id) if person_id else None
    lines = read_story([dossier_id], story)
    tasks = [_task(line, desk) for line in pending_tasks(dossier_id)]
    shown = {
        "person": client_of(person, desk, is_open) if person else None,
        "contacts": contacts_of(person.contacts, desk.actor) if person else [],
        "timeline": with_letters(story_of(lines, desk, person.contacts if person else ()), lines, dossier_id, desk),
        "files": files_of(desk, dossier_id),
        "can_write": desk.actor.may(ACTING),
        "can_mail": desk.actor.may("messages:write"),
        "tasks": tasks,
        "task": tasks[0] if tasks else None,
        **_before_and_later(read_around(desk.actor, dossier_id), desk),
    }
    return {"shown": shown, "title": title_of(person.name, None, desk.actor) if person else "",
            "past_deals": person.past_deals if person else 0,
            "began_at": lines[-1].at if lines else None}


def _before_and_later(around: Around, desk: Desk) -> dict[str, Any]:
    """What the matter waits for, and the one its client came back from."""
    came_back = None
    if around.previous_closed_at is not None:
        url = reverse(around.previous_kind or "deal", args=[around.previous_id]) if around.previous_id else None
        came_back = CameBack(outcome_label(around.previous_outcome, ""), around.previous_outcome, around.previous_reason or "",
                             around.previous_closed_at, url, wording.titled(around.previous_title, desk.catalogue), around.earlier)
    waiting = Waiting(around.waits_until, around.waits_for) if around.waits_until else None
    return {"waiting": waiting, "came_back": came_back}


def story_of(lines: Sequence[Any], desk: Desk, contacts: Sequence[ContactLine] = ()) -> list[Entry]:
    known = tuple(contact.normal for contact in contacts)
    return [entry_of(line, desk.staff, desk.actor, known) for line in lines]


def with_letters(entries: list[Entry], lines: Sequence[TouchLine], dossier_id: int, desk: Desk) -> list[Entry]:
    """The story with the state of each letter of ours; no statement when there is none."""
    ids = {line.id: line.data["sending"] for line in lines if line.data and line.data.get("sending")}
    sendings = sendings_of(dossier_id) if ids else {}
    return [replace(entry, posted=_posted(sendings.get(ids.get(entry.id, 0)), desk)) for entry in entries]


def _posted(line: SendingLine | None, desk: Desk) -> Posted | None:
    if line is None:
        return None
    tone, label = wording.posted(line.state)
    return Posted(line.id, line.state, label, tone, desk.actor.text(wording.sending_problem(line.problem)), line.can_repeat)


def files_of(desk: Desk, dossier_id: int) -> list[File]:
    """Files of a matter, without those the reader may not open."""
    return [File(line.id, line.name, wording.size(line.size), line.is_private, line.is_ours, line.media_type in SHOWN, line.at)
            for line in attachments_of(desk.actor, dossier_id)]


def _task(line: TaskLine, desk: Desk) -> Task:
    """A planned action; whose it is, is said only where it is somebody else's."""
    return Task(line.id, desk.actor.text(line.title), line.kind, line.due_at, line.assignee if line.assignee_id != desk.actor.id else None)


def client_of(person: PersonCard, desk: Desk, is_held: bool = False) -> Client:
    """The client of a matter; without an id where their page is out of the reader's reach. Who holds an open matter reaches it."""
    ways = {contact.kind: contact.normal for contact in reversed(person.contacts)}
    is_seen = is_held or desk.actor.sees(person.owner_id, person.office_id)
    shown = (ways.get("phone"), ways.get("email")) if desk.actor.shows("phone") else ()
    return Client(person.id if is_seen else None, title_of(person.name, None, desk.actor), *shown)


def contacts_of(contacts: Sequence[ContactLine], reader: Actor) -> list[Contact]:
    """The ways to reach somebody; the first of each kind is the main one. What is hidden from the reader leads nowhere."""
    seen: set[str] = set()
    listed = []
    for contact in contacts:
        href = {"phone": f"tel:{contact.normal}", "email": f"mailto:{contact.normal}"}.get(contact.kind)
        value = written_phone(contact.normal) if contact.kind == "phone" else contact.written
        if not reader.shows("phone"):
            href, value = None, str(reader.contact(contact.kind, contact.normal))
        listed.append(Contact(contact.kind, value, href, contact.kind not in seen and not contact.is_shared, contact.is_shared,
                              contact.id))
        seen.add(contact.kind)
    return listed


