"""The password anew, before a way in is added, taken away or replaced: a session that was stolen does not know it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from marshrut.agency.queries.people import find_colleague
from marshrut.agency.services.access import is_own_password
from marshrut.agency.services.attempts import is_blocked, note_failure
from marshrut.agency.web.entering import tries
from marshrut.agency.web.pages import ReaderRequest
from marshrut.core.errors import DomainError, Invalid

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """What the dialog says: its heading, what will happen, and the word on its button."""

    title: str
    said: str
    submit: str


def require_password(request: ReaderRequest, password: str, field: str = "password") -> None:
    """The reader's own password, or Invalid that names the field; too many wrong ones are refused for a while."""
    reader = request.reader
    me = find_colleague(reader.actor.id)
    keys = tries(request, "own password", me.email if me else "")
    if not password:
        raise Invalid("password_missing", _("Fill this in."), field=field)
    if is_blocked(keys, reader.now):
        raise DomainError("too_many", _("Too many failed attempts. Wait a quarter of an hour."))
    if not is_own_password(employee_id=reader.actor.id, password=password[:LONGEST]):
        note_failure(keys, reader.now)
        raise Invalid("wrong_password", _("This is not your present password."), field=field)


def after_password(request: ReaderRequest, question: Question, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The dialog with the question; once it is answered with the right password, what `work` answers."""
    context = {"question": question, "address": request.path, "errors": {}}
    if request.method == "GET":
        return render(request, "agency/_confirm_dialog.html", context)
    try:
        require_password(request, request.POST.get("password", ""))
    except DomainError as error:
        context["errors"] = {error.field or "": error.sentence}
        return render(request, "agency/_confirm_dialog.html", context, status=error.status)
    return work()
