"""Whom an inquiry is from: found by phone, address or messenger, or made anew. Nobody is merged automatically."""

from collections.abc import Sequence
from datetime import datetime

from marshrut.clients.queries import Match
from marshrut.clients.services import add_contacts, add_person, learn_language, rename_unnamed, suspect
from marshrut.core.names import PersonName, is_quite_different
from marshrut.intake.reading import Submission
from marshrut.intake.services.contact_sets import strike_off_known

CHOSEN = "chosen"
"""How somebody is found whom a person here has recognised (`clients.queries.find_chosen`): by that person's word."""


def choose_person(matches: Sequence[Match], submission: Submission) -> Match | None:
    """Phone first, then e-mail, then messenger. Where several people share a number, the name decides, else the latest."""
    if not matches:
        return None
    best = [m for m in matches if m.kind == matches[0].kind]
    if submission.name and len(best) > 1:
        alike = [m for m in best if not is_quite_different(m.name, submission.name.display)]
        best = alike or best
    return best[0]


def complete_person(person: Match, matches: Sequence[Match], submission: Submission, language: str = "") -> None:
    """New ways to reach a known person are kept, and the language they write in if nobody knew it; what does not fit together
    goes to the suspects, for a person to decide."""
    if language and not person.language:
        learn_language(person_id=person.person_id, language=language)
    known = {m.normal for m in matches if person.kind != CHOSEN or m.person_id == person.person_id}
    new = [c for c in submission.contacts if c.normal not in known]
    if new:
        add_contacts(person_id=person.person_id, contacts=new)
    is_named_now = submission.name is not None and not person.is_named
    if submission.name:
        if is_named_now:
            rename_unnamed(person_id=person.person_id, name=submission.name)
        elif person.kind != CHOSEN and is_quite_different(person.name, submission.name.display):
            suspect(
                person_id=person.person_id,
                other_id=None,
                reason={"code": "other_name", "name": submission.name.display, "by": person.kind},
            )
    for other in {m.person_id: m for m in matches if m.person_id != person.person_id and m.kind != person.kind}.values():
        suspect(person_id=person.person_id, other_id=other.person_id, reason={"code": f"{person.kind}_and_{other.kind}"})
    if new or is_named_now:
        strike_off_known(person_id=person.person_id)


def make_person(submission: Submission, owner_id: int | None, office_id: int | None, now: datetime, language: str = "") -> int | None:
    """A new client of this manager and office; None when there is no way to reach anybody."""
    if not submission.contacts:
        return None
    name = submission.name or _name_by_contact(submission)
    return add_person(name=name, contacts=submission.contacts, owner_id=owner_id, office_id=office_id, now=now, language=language)


def _name_by_contact(submission: Submission) -> PersonName:
    """Who has not said a name is shown by the way to reach them."""
    return PersonName("", "", "", submission.contacts[0].normal)
