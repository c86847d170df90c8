"""One client's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.clients.queries import PersonCard, person_card, relations_of, suspects_of
from marshrut.core.languages import OWN_NAMES
from marshrut.desk.double_words import relation_label, said_of
from marshrut.desk.queries import MatterRow, matters_of
from marshrut.desk.shapes import Fact, Named
from marshrut.desk.shaping import owner_of, past_matter_of, title_of
from marshrut.desk.web.doubles import merged_into
from marshrut.desk.web.matters import contacts_of, story_of
from marshrut.desk.web.own_fields import own_facts
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found, part_or_page
from marshrut.desk.wording import day
from marshrut.journal.queries import read_story
from marshrut.privacy.merge_reads import kept_instead_of


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A client as their page shows them."""

    id: int
    name: str
    since: datetime
    owner: Named | None
    phone: str | None
    email: str | None
    contacts: list[Any]
    facts: list[Fact]
    suspects: list[dict[str, Any]]
    own_facts: list[Fact]
    family: list[dict[str, Any]]
    born_on: str
    merges: list[dict[str, Any]]
    tier: str | None = None
    language: str = ""


@require_safe
@at_desk
def person(request: DeskRequest, pk: int) -> HttpResponse:
    """One client: ways to reach them, what is open, what was before, everything said."""
    desk = request.desk
    known = person_card(desk.actor, pk)
    if known is None and (kept := kept_instead_of(desk.actor, pk)):
        return redirect("person", kept, permanent=True)
    card: PersonCard = found(known)
    rows = matters_of(desk.actor, [pk])
    matters = [past_matter_of(row, desk) for row in rows]
    story = read_story([row.dossier_id for row in rows])
    context = {
        "person": _page(card, desk),
        "open_matters": [matter for matter in matters if matter.is_open],
        "closed_matters": [matter for matter in matters if not matter.is_open],
        "timeline_entries": story_of(story, desk, card.contacts),
        "stats": _stats(card, rows),
    }
    return part_or_page(request, "person", "desk/_person.html", "desk/person.html", context)


def _page(card: PersonCard, desk: Desk) -> PersonPage:
    ways = {contact.kind: contact.normal for contact in reversed(card.contacts)}
    named = [Fact(label, value) for label, value in (
        (_("Surname"), card.surname), (_("Given name"), card.given_name), (_("Patronymic"), card.patronymic)) if value]
    shown = (ways.get("phone"), ways.get("email")) if desk.actor.shows("phone") else (None, None)
    return PersonPage(card.id, title_of(card.name, None, desk.actor), card.created_at, owner_of(desk.staff, card.owner_id, card.owner),
                      *shown, contacts_of(card.contacts, desk.actor), named, _suspects(card.id, desk),
                      own_facts(desk, "person", card.custom), _family(card.id, desk), day(card.born_on.isoformat()) if card.born_on else "",
                      merged_into(desk, card.id) if desk.actor.may("persons:merge") else [], language=OWN_NAMES.get(card.language, ""))


def _family(person_id: int, desk: Desk) -> list[dict[str, Any]]:
    return [{"relation": line.id, "id": line.person_id, "name": title_of(line.name, None, desk.actor), "label": relation_label(line.kind)}
            for line in relations_of(desk.actor, person_id)]


def _suspects(person_id: int, desk: Desk) -> list[dict[str, Any]]:
    """Perhaps the same person, or of one family; somebody out of reach is not named."""
    found = []
    for line in suspects_of(desk.actor, person_id):
        other_id, name = line.besides(person_id) if line.other_id else (None, line.reason.get("name", ""))
        found.append({"id": other_id, "suspect": line.id, "kind": line.kind, "name": title_of(name, None, desk.actor),
                      "reason": said_of(line.reason)})
    return found


def _stats(card: PersonCard, rows: list[MatterRow]) -> list[dict[str, str]]:
    return [
        {"label": _("Trips with us"), "value": str(card.past_deals), "note": ""},
        {"label": _("Inquiries and deals"), "value": str(len(rows)), "note": ""},
    ]
