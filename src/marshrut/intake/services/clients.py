"""Who a deal without an inquiry is for, somebody known within reach or somebody new; and further ways to reach a client."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.services import queue_up
from marshrut.clients.queries import find_by_contacts, find_chosen, person_card
from marshrut.clients.services import add_contacts, suspect
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.intake.reading import Submission, read_contacts
from marshrut.intake.rules import Flaw
from marshrut.intake.services.contact_sets import strike_off_known
from marshrut.intake.services.recognising import choose_person, complete_person, make_person
from marshrut.journal.services import Holder


def require_person(*, person_id: int, by: Actor) -> int:
    """The person, if within reach; else NotFound."""
    if person_card(by, person_id) is None:
        raise NotFound("no_such_person", _("There is no such client within your reach."))
    return person_id


@transaction.atomic
def add_ways(*, person_id: int, contact: Mapping[str, object], regions: Sequence[str], by: Actor, now: datetime) -> list[int]:
    """Write down further ways to reach a client (`phone`, `email`, `messenger` as the door has them); who else has one of them.

    With each of those the client makes a pair to decide about, unless they belong together anyway. What the minimum contact set
    lacked is struck off. NotFound out of reach; Invalid names the field that is no way to reach anybody.
    """
    sign(by.label)
    require_person(person_id=person_id, by=by)
    flaws: list[Flaw] = []
    ways = read_contacts(contact, regions, flaws)
    if bad := [flaw.field for flaw in flaws] or [f"contact.{way.kind}" for way in ways if way.is_shared]:
        field = bad[0].removeprefix("contact.").partition(".")[0]
        raise Invalid("unreadable", _("This cannot be read: check it with the client."), field=field)
    if not ways:
        raise Invalid("nothing_given", _("Write down a phone, an e-mail or a messenger."), field="phone")
    normals = [way.normal for way in ways]
    queue_up(identities=normals)
    others = sorted({match.person_id for match in find_by_contacts(normals)} - {person_id})
    add_contacts(person_id=person_id, contacts=ways)
    for other_id in others:
        suspect(person_id=person_id, other_id=other_id, reason={"code": "same_way"})
    strike_off_known(person_id=person_id)
    return others


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
