"""Who a deal without an inquiry is for: somebody known within reach, or somebody new."""

from datetime import datetime

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.services import queue_up
from marshrut.clients.queries import find_by_contacts, find_chosen, person_card
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.intake.reading import Submission
from marshrut.intake.services.recognising import choose_person, complete_person, make_person
from marshrut.journal.services import Holder


def require_person(*, person_id: int, by: Actor) -> int:
    """The person, if within reach; else NotFound."""
    if person_card(by, person_id) is None:
        raise NotFound("no_such_person", _("There is no such client within your reach."))
    return person_id


def find_or_make_client(*, submission: Submission, holder: Holder, by: Actor, now: datetime) -> int:
    """The person these contacts identify, or a new client of this holder; two callers at once make one person.

    Refused when the contact is that of somebody out of reach: only whose client it is, is said. Invalid when nothing
    can be read as a way to reach anybody.
    """
    if not submission.contacts:
        raise Invalid("unreachable", _("Write down a phone or an e-mail: otherwise nobody can answer."), field="phone")
    queue_up(identities=(*submission.identities, *submission.known_as))
    matches = find_by_contacts(submission.identities)
    chosen = find_chosen(by, submission.person_id) if submission.person_id else None
    known = chosen or choose_person(matches, submission)
    if known is None:
        made = make_person(submission, holder.owner_id, holder.office_id, now)
        assert made is not None, "there is a way to reach them"
        return made
    card = person_card(by, known.person_id)
    if card is None:
        raise Refused("known_client", _("This is a known client of another manager: ask the supervisor to hand them over."))
    complete_person(known, matches, submission)
    return card.id
