"""On a client's page: what they are called, whom they belong with, and which of their numbers are not theirs alone."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.clients.queries import PersonCard, person_card, search_people
from marshrut.clients.services import change_person, mark_shared, part_people, relate_people
from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.messengers import KINDS as MESSENGERS
from marshrut.core.names import PersonName, clean_text
from marshrut.desk.double_words import RELATIONS
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import title_of
from marshrut.desk.web.pages import found
from marshrut.intake.services import add_ways
from marshrut.intake.services.contact_sets import strike_off_known
from marshrut.ui.answers import done

WRITE = "persons:write"
PARTS = ("surname", "given_name", "patronymic", "born_on")
dialog = require_http_methods(["GET", "POST"])


@dialog
@for_staff(WRITE)
def edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """A client's name and date of birth. Whoever may not see phones is not shown a name that is one, and changes none."""
    reader = request.reader
    card: PersonCard = found(person_card(reader.actor, pk))
    if not reader.actor.shows("phone") and not (card.surname or card.given_name):
        raise PermissionDenied("phone")
    context = {"pk": pk, "name": title_of(card.name, None, reader.actor)}
    if request.method == "GET":
        first = {"surname": card.surname, "given_name": card.given_name, "patronymic": card.patronymic, "born_on": card.born_on or ""}
        return render(request, "desk/_person_dialog.html", {**context, "values": first, "errors": {}})
    values = {name: clean_text(request.POST.get(name), 200) for name in PARTS}
    try:
        name = PersonName(values["surname"], values["given_name"], values["patronymic"], "")
        with transaction.atomic():
            change_person(person_id=pk, name=name, born_on=_day(values["born_on"]), by=reader.actor, now=reader.now)
            strike_off_known(person_id=pk)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(request, "desk/_person_dialog.html", context, values, error)
    return done(_("Written down"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise Invalid("born_on", _("This is no date."), field="born_on") from problem


def _refused(request: ReaderRequest, template: str, context: dict[str, Any], values: dict[str, Any], error: DomainError) -> HttpResponse:
    field = error.field if error.field in values else ""
    return render(request, template, {**context, "values": values, "errors": {field or "": error.sentence}}, status=error.status)


@dialog
@for_staff(WRITE)
def relate(request: ReaderRequest, pk: int) -> HttpResponse:
    """Whom a client belongs with: found by phone, e-mail or name, and who they are to each other."""
    reader = request.reader
    card: PersonCard = found(person_card(reader.actor, pk))
    other = request.POST.get("other") or request.GET.get("other", "")
    chosen = person_card(reader.actor, int(other)) if other.isdecimal() and len(other) < 19 else None
    query = clean_text(request.POST.get("q") or request.GET.get("q"), 200)
    context = {
        "pk": pk, "name": title_of(card.name, None, reader.actor), "kinds": [Option(kind, _(label)) for kind, label in RELATIONS.items()],
        "chosen": {"id": chosen.id, "name": title_of(chosen.name, None, reader.actor)} if chosen else None,
        "people": _people(request, query, pk), "q": query,
    }  # fmt: skip
    if "q" in request.GET:
        return render(request, "desk/_relation_people.html", context)
    if request.method == "GET":
        return render(request, "desk/_relation_dialog.html", {**context, "values": {"kind": "spouse"}, "errors": {}})
    values = {"other": other, "kind": clean_text(request.POST.get("kind"), 20)}
    try:
        if chosen is None:
            raise Invalid("nobody_chosen", _("Choose a client from the list."), field="other")
        relate_people(person_id=pk, other_id=chosen.id, kind=values["kind"], by=reader.actor, now=reader.now)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(request, "desk/_relation_dialog.html", context, values, error)
    return done(_("Written down"))


def _people(request: ReaderRequest, query: str, pk: int) -> list[dict[str, Any]]:
    actor = request.reader.actor
    lines = search_people(actor, query, 8) if query else []
    return [{"id": line.id, "name": title_of(line.name, None, actor), "phone": actor.contact("phone", line.phone) if line.phone else ""}
            for line in lines if line.id != pk]  # fmt: skip


@dialog
@for_staff(WRITE)
def ways(request: ReaderRequest, pk: int) -> HttpResponse:
    """A further phone, e-mail or messenger of a client."""
    reader = request.reader
    card: PersonCard = found(person_card(reader.actor, pk))
    messengers = [Option(kind, kind.capitalize()) for kind in MESSENGERS]
    context = {"pk": pk, "name": title_of(card.name, None, reader.actor), "messengers": messengers}
    if request.method == "GET":
        return render(request, "desk/_ways_dialog.html", {**context, "values": {"messenger_kind": MESSENGERS[0]}, "errors": {}})
    values = {name: clean_text(request.POST.get(name), 300) for name in ("phone", "email", "messenger", "messenger_kind")}
    contact: dict[str, object] = {name: values[name] for name in ("phone", "email") if values[name]}
    if values["messenger"]:
        contact["messenger"] = {"kind": values["messenger_kind"], "id": values["messenger"]}
    try:
        others = add_ways(person_id=pk, contact=contact, regions=reader.staff.regions, by=reader.actor, now=reader.now)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(request, "desk/_ways_dialog.html", context, values, error)
    return done(_("Written down. Somebody else has it too: see the duplicates") if others else _("Written down"))


@require_POST
@for_staff(WRITE)
def part(request: ReaderRequest, pk: int) -> HttpResponse:
    """A relation is taken away."""
    part_people(relation_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("Taken away"))


@require_POST
@for_staff(WRITE)
def shared(request: ReaderRequest, pk: int) -> HttpResponse:
    """A number or address is shared (an office's, a spouse's) and identifies nobody; or it is theirs alone again."""
    is_shared = request.GET.get("shared") == "1"
    mark_shared(contact_id=pk, is_shared=is_shared, by=request.reader.actor, now=request.reader.now)
    return done(_("Shared: it identifies nobody") if is_shared else _("Theirs alone"))
