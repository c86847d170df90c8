"""What waits in quarantine: looked at by a person, let in as an inquiry, or discarded with a reason."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.channels.queries import Waiting, find_letter, find_quarantined
from marshrut.channels.rules import parse_letter
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.files import open_file
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import refused, typed
from marshrut.desk.web.pages import DeskRequest, at_desk, found
from marshrut.intake.services import discard_quarantined, understand_again, understand_letter_again
from marshrut.intake.web.form_fields import read_waiting
from marshrut.ui.answers import done

REASONS = (noop("Spam"), noop("A mailing"), noop("A robot"), noop("Not for us"), noop("Answered otherwise"))
SHOWN = 20_000  # characters of a letter


@require_safe
@at_desk
def letter(request: DeskRequest, pk: int) -> HttpResponse:
    """A letter in quarantine, to be read before it is judged. Its words only: no pictures, no markup."""
    waiting: Waiting = found(find_quarantined(request.desk.actor, pk))
    card = found(find_letter(pk))
    parsed = parse_letter(open_file(card.file_id)) if card.file_id else None
    names = [part.name for part in parsed.files if part.name] if parsed else []
    context = {"waiting": waiting, "text": parsed.text[:SHOWN] if parsed else "", "files": names}
    return render(request, "desk/_quarantined_letter_dialog.html", context)


@require_POST
@at_desk
def release(request: DeskRequest, pk: int) -> HttpResponse:
    """A person has looked at a raw message: it is an inquiry, and goes the way of every other."""
    desk = request.desk
    waiting: Waiting = found(find_quarantined(desk.actor, pk))
    if waiting.is_letter:
        understand_letter_again(raw_id=pk, reference=desk.reference(), by=desk.actor, now=desk.now)
    else:
        submission = read_waiting(waiting, desk.reference(), desk.now)
        understand_again(raw_id=pk, submission=submission, reference=desk.reference(), by=desk.actor, now=desk.now)
    return done(_("It is an inquiry now and has its manager"))


@require_http_methods(["GET", "POST"])
@at_desk
def discard(request: DeskRequest, pk: int) -> HttpResponse:
    """It is nothing of ours: kept, with the reason, and out of sight."""
    desk = request.desk
    waiting: Waiting = found(find_quarantined(desk.actor, pk))
    context = {"waiting": waiting, "reasons": [Option(text, _(text)) for text in REASONS]}
    if request.method == "GET":
        return render(request, "desk/_discard_dialog.html", {**context, "values": {}, "errors": {}})
    values = typed(request, "reason")
    try:
        discard_quarantined(raw_id=pk, reason=values["reason"], by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_discard_dialog.html", context, values, error)
    return done(_("Discarded"))
