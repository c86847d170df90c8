"""Ctrl-K: clients by any part of a name, phone digits or e-mail; matters by number or by their client."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.permissions import Actor
from marshrut.clients.queries import PersonLine, search_people
from marshrut.core.names import clean_text
from marshrut.desk.queries import matters_numbered
from marshrut.desk.shapes import Matter
from marshrut.desk.shaping import matter_of, stage_of, title_of
from marshrut.desk.web.pages import DeskRequest, at_desk
from marshrut.ui.wording import phone as written_phone

PEOPLE = 8


@require_safe
@at_desk
def search(request: DeskRequest) -> HttpResponse:
    """What was found, in groups; two statements."""
    desk = request.desk
    query = clean_text(request.GET.get("q"), 200)
    people = search_people(desk.actor, query, PEOPLE) if query else []
    digits = query.lstrip("#№ ")
    number = int(digits) if digits.isdecimal() and len(digits) < 19 else 0
    rows = matters_numbered(desk.actor, number, [line.id for line in people]) if query else []
    matters = []
    for row in rows:
        stage = stage_of(desk.funnels, row.place)
        matters.append(_matter(matter_of(row, desk), stage.name if stage else _("New inquiry") if row.is_open else _("Closed")))
    groups = [{"label": _("Clients"), "items": [_person(line, desk.actor) for line in people]},
              {"label": _("Inquiries and deals"), "items": matters}]
    return render(request, "desk/_search_results.html", {"groups": groups, "q": query})


def _person(line: PersonLine, reader: Actor) -> dict[str, Any]:
    phone = written_phone(reader.phone(line.phone)) if line.phone else None
    note = " · ".join(filter(None, (phone, reader.email(line.email))))
    return {"title": title_of(line.name, None, reader), "note": note, "url": reverse("person", args=[line.id]),
            "icon": "users", "hint": line.owner or ""}


def _matter(matter: Matter, stage: str) -> dict[str, Any]:
    return {"title": f"{matter.number} · {matter.title}", "note": matter.trip, "url": reverse(matter.kind, args=[matter.id]),
            "icon": "layout-kanban" if matter.kind == "deal" else "inbox", "hint": stage}
