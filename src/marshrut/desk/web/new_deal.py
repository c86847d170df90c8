"""A deal that begins without an inquiry, and a client who comes back to a closed one."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.money import read_money
from marshrut.deals.services import Beginning, start_again, start_deal
from marshrut.desk import wording
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import title_of
from marshrut.desk.web.asking import asked_about, currency_options, next_action, presets, refused, typed, usual_currency
from marshrut.desk.web.known import chosen_person, said_to_be, ways_of, who_it_may_be
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk
from marshrut.intake.reading import Submission, read_submission
from marshrut.ui.answers import done

FIELDS = ("person", "of_client", "phone", "name", "email", "funnel", "title", "amount", "currency", "note", "next_title", "next_due")
TEMPLATE = "desk/_new_deal_dialog.html"


@require_http_methods(["GET", "POST"])
@at_desk
def new_deal(request: DeskRequest) -> HttpResponse:
    """For a known client (`?person=`), or for whoever is named by a phone or an e-mail."""
    desk = request.desk
    if not desk.actor.may("deals:write"):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    is_known = request.method == "GET" or bool(sent.get("of_client"))  # else they were chosen among those alike, and more was typed
    chosen = chosen_person(desk, sent)
    person = chosen if is_known else None
    context = {**_choices(desk), "action": reverse("new_deal"), "heading": _("New deal"), "note": "", "person": None}
    if person:
        name = title_of(person.name, None, desk.actor)
        context |= {"person": {"id": person.id, "name": name}, "note": name}
    if request.method == "GET":
        return render(request, TEMPLATE, {**context, "values": _usual(desk), "errors": {}})
    values = typed(request, *FIELDS)
    try:
        beginning = _beginning(values, desk)
        following = _first_action(values, desk)
        who: dict[str, Any] = {"person_id": person.id} if person else {"submission": _who(values, desk)}
        deal_id = start_deal(beginning=beginning, following=following, by=desk.actor, now=desk.now, **who)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, TEMPLATE, {**context, **({} if person else who_it_may_be(desk, values))}, values, error)
    return done(_("The deal is open"), go=reverse("deal", args=[deal_id]))


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def again(request: DeskRequest, pk: int) -> HttpResponse:
    """The client of a closed matter is back: a new deal, the old story in sight."""
    desk = request.desk
    asked = asked_about(desk, pk)
    person = {"id": asked.row.person_id, "name": title_of(asked.row.person, None, desk.actor)}
    context = {
        **_choices(desk),
        "action": reverse("start_again", args=[pk]),
        "heading": _("Start again"),
        "note": asked.title,
        "person": person,
    }
    if request.method == "GET":
        values = {**_usual(desk), "title": wording.titled(asked.row.deal_title, desk.catalogue)}
        return render(request, TEMPLATE, {**context, "values": values, "errors": {}})
    values = typed(request, *FIELDS)
    try:
        beginning, following = _beginning(values, desk), _first_action(values, desk)
        deal_id = start_again(dossier_id=pk, beginning=beginning, following=following, by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, TEMPLATE, context, values, error)
    return done(_("The deal is open"), go=reverse("deal", args=[deal_id]))


def _choices(desk: Desk) -> dict[str, Any]:
    return {
        "funnels": [Option(f.slug, f.name) for f in desk.funnels.values()],
        "currencies": currency_options(),
        "presets": presets(desk),
    }


def _usual(desk: Desk) -> dict[str, Any]:
    """The first funnel, with the task of its first stage when that is due."""
    funnel = next(iter(desk.funnels.values()))
    stage = funnel.stages[0]
    return {
        "funnel": funnel.slug,
        "currency": usual_currency(desk),
        "next_title": stage.task_title,
        "next_due": desk.calendar.add_working_minutes(desk.now, stage.task_minutes),
    }


def _beginning(values: dict[str, str], desk: Desk) -> Beginning:
    amount, flaw = read_money(values["amount"], values["currency"], usual_currency(desk))
    if flaw:
        raise Invalid("amount_unreadable", _("This cannot be read as a sum."), field="amount")
    worth, unit = (amount.amount, amount.currency) if amount else (None, "")
    return Beginning(values["funnel"], values["title"], worth, unit, values["note"])


def _first_action(values: dict[str, str], desk: Desk) -> Any:
    following = next_action(values, desk.now)
    if following is None:
        raise Invalid("next_action_missing", _("Say what is done first, and by when."), field="next_title", missing=("next",))
    return following


def _who(values: dict[str, str], desk: Desk) -> Submission:
    """The person as the door reads one: same phones, same names."""
    person = chosen_person(desk, values)
    contact = {name: values[name] for name in ("name", "phone", "email") if values[name]}
    if not (values["phone"] or values["email"]):
        contact |= ways_of(person)
    if not contact.keys() & {"phone", "email", "messenger"}:
        raise Invalid("unreachable", _("Write down a phone or an e-mail: otherwise nobody can answer."), field="phone")
    data = {"channel": "walk_in", "contact": contact}
    today = desk.office.calendar.local_date(desk.now)
    submission = read_submission(data, regions=desk.staff.regions, today=today, now=desk.now)
    if submission.obstacle:
        field = "phone" if values["phone"] else "email"
        raise Invalid("unreadable", _("This cannot be read: check it with the client."), field=field)
    return said_to_be(replace(submission, office_id=desk.actor.office_id), person)
