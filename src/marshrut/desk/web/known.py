"""Who it is, while a phone, an e-mail or a name is being typed: somebody known for certain, or only somebody like them.

Of whoever is like somebody known the program decides nothing: whoever types says that it is them, or somebody new.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.clients.queries import PersonCard, find_alike, people_lines, people_within, person_card, read_weights
from marshrut.clients.rules import make_record
from marshrut.core.emails import read_email
from marshrut.core.names import clean_text, split_name
from marshrut.core.phones import read_phone
from marshrut.desk.double_words import said_of_fields
from marshrut.desk.queries import known_by, matters_of
from marshrut.desk.shaping import owner_of, past_matter_of, title_of
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found
from marshrut.intake.reading import Submission
from marshrut.ui.wording import phone as written_phone

LEAST_LIKELY = 0.05  # of one person: below that it is only a namesake
MOST_SHOWN = 3


@require_safe
@at_desk
def known_client(request: DeskRequest) -> HttpResponse:
    """Who has this number or address, and who is like this name. Of somebody out of reach only whose client it is, and only when it
    is certain."""
    return render(request, "desk/_known_client.html", who_it_may_be(request.desk, request.GET))


def who_it_may_be(desk: Desk, typed: Mapping[str, str]) -> dict[str, Any]:
    """The people to show under what was typed (phone, email, name); `person` is whom the reader has chosen among those alike."""
    written = {name: clean_text(typed.get(name), 200) for name in ("phone", "email", "name", "person")}
    phone = read_phone(written["phone"], desk.staff.regions)
    ways = {"phone": phone.e164 if phone and not phone.is_junk else "", "email": read_email(written["email"]) or ""}
    matches = _certain(desk, [normal for normal in ways.values() if normal])
    alike = [] if matches or typed.get("of_client") else _alike(desk, written["name"], ways)
    return {"matches": matches, "alike": alike, "chosen": written["person"]}


def _certain(desk: Desk, normals: list[str]) -> list[dict[str, Any]]:
    people = known_by(normals) if normals else []
    within = people_within(desk.actor, [p.id for p in people])
    rows = matters_of(desk.actor, [p.id for p in people if p.id in within], open_only=True) if within else []
    matches: list[dict[str, Any]] = []
    for p in people:
        owner = owner_of(desk.staff, p.owner_id, p.owner)
        if p.id not in within:
            matches.append({"in_reach": False, "owner": owner.name if owner else _("a colleague")})
            continue
        matters = [past_matter_of(row, desk) for row in rows if row.person_id == p.id]
        open_matters = [{"kind": m.kind, "id": m.id, "number": m.number, "title": m.trip} for m in matters]
        matches.append({"in_reach": True, "id": p.id, "name": title_of(p.name, None, desk.actor),
                        "owner": owner.name if owner else "", "open": open_matters})  # fmt: skip
    return matches


def _alike(desk: Desk, written: str, ways: Mapping[str, str]) -> list[dict[str, Any]]:
    """People within reach who may be whoever is being written down, the likeliest first."""
    name = split_name(written)
    record = make_record(0, given=name.given_name, surname=name.surname, patronymic=name.patronymic, phones=[ways["phone"]],
                         emails=[ways["email"]])  # fmt: skip
    found = [one for one in find_alike(record, read_weights(), least=LEAST_LIKELY) if one.same > LEAST_LIKELY] if written else []
    lines = {line.id: line for line in people_lines(desk.actor, [one.person_id for one in found])}
    shown = [(lines[one.person_id], one) for one in found if one.person_id in lines][:MOST_SHOWN]
    return [
        {"id": line.id, "name": title_of(line.name, None, desk.actor), "owner": line.owner or "",
         "phone": _phone(desk, line.phone) if line.phone else "",
         "email": desk.actor.contact("email", line.email) if line.email else "", "signs": said_of_fields(one.agreement)}
        for line, one in shown
    ]  # fmt: skip


def _phone(desk: Desk, number: str) -> str:
    return written_phone(number) if desk.actor.shows("phone") else str(desk.actor.contact("phone", number))


def chosen_person(desk: Desk, typed: Mapping[str, str]) -> PersonCard | None:
    """Whom the reader says it is, or from whose page they come; None when nobody. 404 for whoever is not within reach."""
    number = typed.get("person") or ""
    if not number:
        return None
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    card: PersonCard = found(person_card(desk.actor, int(number)) if is_number else None)
    return card


def ways_of(person: PersonCard | None) -> dict[str, Any]:
    """The ways to reach somebody known, as the door's contract names them: for whoever is chosen without a number being typed."""
    found: dict[str, Any] = {}
    for contact in person.contacts if person else ():
        if contact.kind in ("phone", "email"):
            found.setdefault(contact.kind, contact.normal)
        else:
            kind, _sep, number = contact.normal.partition(":")
            found.setdefault("messenger", {"kind": kind, "id": number})
    return found


def said_to_be(submission: Submission, person: PersonCard | None) -> Submission:
    """The submission of somebody the reader has recognised."""
    if person is None:
        return submission
    known_as = tuple(contact.normal for contact in person.contacts if not contact.is_shared)
    return replace(submission, person_id=person.id, known_as=known_as)
