"""Words of the quiet hours for a client whom no letter can reach: ready on the card, opened in a messenger by one click."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marshrut.clients.queries import ContactLine, person_of_matter
from marshrut.core.errors import Refused
from marshrut.desk.queries import find_matter
from marshrut.desk.shapes import Option
from marshrut.desk.web.letters import MESSENGERS, messenger_link, ready_to_send, refuse_hidden
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found
from marshrut.intake.services.quiet_replies import ready_words, say_by_hand
from marshrut.journal.services import Matter


def quiet_ways(desk: Desk, matter: Matter) -> list[Option]:
    """Messengers in which a client who waits can be told that nobody works now; none by day, and none once they were told."""
    if matter.person_id is None or not (desk.actor.may("messages:write") and desk.actor.shows("phone")):
        return []
    if ready_words(matter=matter, reference=desk.reference(), now=desk.now) is None:
        return []
    contacts = _contacts(matter.person_id)
    return [Option(how, label, icon) for how, (icon, label) in MESSENGERS.items() if messenger_link(how, contacts, "")]


def _contacts(person_id: int | None) -> list[ContactLine]:
    person = person_of_matter(person_id) if person_id else None
    return list(person.contacts) if person else []


@require_POST
@at_desk
def say(request: DeskRequest, pk: int, how: str) -> HttpResponse:
    """Write the words down as sent, and offer the messenger with them."""
    desk = request.desk
    if not desk.actor.may("messages:write"):
        raise PermissionDenied("messages:write")
    row = found(find_matter(desk.actor, pk))
    refuse_hidden(desk)
    contacts = _contacts(row.person_id)
    if how not in MESSENGERS or messenger_link(how, contacts, "") is None:
        raise Refused("no_account", _("No number or name of theirs is known there."))
    text = say_by_hand(dossier_id=pk, how=how, reference=desk.reference(), by=desk.actor, now=desk.now)
    return ready_to_send(request, how, str(messenger_link(how, contacts, text)), text)
