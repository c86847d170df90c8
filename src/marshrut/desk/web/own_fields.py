"""The agency's own fields on a card and on a client's page: shown there, edited in a dialog."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.agency.queries import custom_fields_of
from marshrut.clients.queries import PersonCard, person_card
from marshrut.clients.services import set_custom as set_custom_of_person
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.typed_values import FieldSpec
from marshrut.desk.lists.shown import own_words
from marshrut.desk.queries import find_matter
from marshrut.desk.shapes import Fact, Option
from marshrut.desk.web.asking import asked_about, typed
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found
from marshrut.journal.queries import custom_of
from marshrut.journal.services import set_custom
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])
INPUTS = {"text": "text", "number": "text", "date": "date"}


def own_facts(desk: Desk, subject: str, custom: Mapping[str, Any]) -> list[Fact]:
    """Every field of the agency's own with its value, or that it is not known yet."""
    return [Fact(spec.name, desk.actor.text(own_words(spec, custom.get(spec.slug))) or None)
            for spec in custom_fields_of(subject, desk.revision)]


@dialog
@at_desk
@acting
def of_matter(request: DeskRequest, pk: int) -> HttpResponse:
    """The fields of a matter."""
    desk = request.desk
    found(find_matter(desk.actor, pk))
    context = _context(desk, "matter", reverse("matter_fields", args=[pk]), asked_about(desk, pk).title)
    if request.method == "GET":
        return _ask(request, context, custom_of(pk))
    values = _typed(request, context["specs"])
    try:
        set_custom(dossier_id=pk, values=values, by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(request, context, values, error)
    return done(_("Written down"))


@dialog
@at_desk
@acting
def of_person(request: DeskRequest, pk: int) -> HttpResponse:
    """The fields of a client."""
    desk = request.desk
    card: PersonCard = found(person_card(desk.actor, pk))
    context = _context(desk, "person", reverse("person_fields", args=[pk]), desk.actor.named(card.name))
    if request.method == "GET":
        return _ask(request, context, card.custom)
    values = _typed(request, context["specs"])
    try:
        set_custom_of_person(person_id=pk, values=values, by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(request, context, values, error)
    return done(_("Written down"))


def _context(desk: Desk, subject: str, action: str, title: str) -> dict[str, Any]:
    specs = custom_fields_of(subject, desk.revision)
    yes_no = [Option("1", _("Yes")), Option("0", _("No"))]
    choices = {s.slug: yes_no if s.kind == "yes_no" else [Option(c, c) for c in s.choices] for s in specs}
    return {"specs": specs, "options": choices, "inputs": INPUTS, "action": action, "matter_title": title}


def _ask(request: DeskRequest, context: dict[str, Any], custom: Mapping[str, Any]) -> HttpResponse:
    shown = {slug: {True: "1", False: "0"}.get(value, value) if isinstance(value, bool) else value for slug, value in custom.items()}
    values = {f"own_{slug}": request.desk.actor.text(value) if isinstance(value, str) else value for slug, value in shown.items()}
    return render(request, "desk/_own_fields_dialog.html", {**context, "values": values, "errors": {}})


def _typed(request: DeskRequest, specs: Sequence[FieldSpec]) -> dict[str, object]:
    """What was typed into the fields of the form; a field that is not in it stays as it is."""
    names = [f"own_{spec.slug}" for spec in specs if f"own_{spec.slug}" in request.POST]
    return {name.removeprefix("own_"): text for name, text in typed(request, *names).items()}


def _refused(request: DeskRequest, context: dict[str, Any], values: Mapping[str, object], error: DomainError) -> HttpResponse:
    named = "own_" + (error.field or "").removeprefix("custom.")
    kept = {f"own_{slug}": text for slug, text in values.items()}
    errors = {named if named in kept else "": error.sentence}
    return render(request, "desk/_own_fields_dialog.html", {**context, "values": kept, "errors": errors}, status=error.status)
