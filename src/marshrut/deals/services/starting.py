"""A deal that begins without an inquiry: a client in the office, a colleague's friend, somebody lost who comes back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.clients.queries import keeper_of
from marshrut.clients.services import give_keeper
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.deals.models import Deal, StageEntry
from marshrut.deals.queries import StageCard
from marshrut.deals.services.standing import funnel_and_staff, stage_action
from marshrut.intake.queries import standing_of
from marshrut.intake.reading import Submission
from marshrut.intake.services import find_or_make_client, require_person
from marshrut.intake.services.handing import HOLDERS
from marshrut.journal.services import Holder, NextAction, Place, lock_matter, open_dossier


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a deal begins with: its funnel, its short name, what it is worth, what was agreed."""

    funnel: str
    title: str
    amount: Decimal | None = None
    currency: str = ""
    note: str = ""


@transaction.atomic
def start_deal(
    *,
    beginning: Beginning,
    person_id: int | None = None,
    submission: Submission | None = None,
    following: NextAction | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Open a deal at the funnel's first stage for a known person (`person_id`) or for whom `submission` names; its id.

    Whoever sells holds it; a program's goes to the client's own manager, else to the office's queue. The stage's own
    task is the first action unless `following` is given. Whoever ended with us before comes back: their last matter
    stays in sight. NotFound for a person out of reach; Invalid without a title; Refused for another manager's client.
    """
    sign(by.label)
    title = clean_text(beginning.title, 120)
    if not title:
        raise Invalid("title_missing", _("Name the deal: where to, or what for."), field="title", missing=("title",))
    staff, funnel = funnel_and_staff(beginning.funnel)
    if person_id is not None:
        client_id = require_person(person_id=person_id, by=by)
        holder = _holder(keeper_of(client_id), staff, by)
    elif submission is not None:
        holder = _holder(None, staff, by)
        client_id = find_or_make_client(submission=submission, holder=holder, by=by, now=now)
    else:
        raise Invalid("person_missing", _("Say whose deal it is."), field="person", missing=("person",))
    if holder.owner_id:
        give_keeper(person_id=client_id, owner_id=holder.owner_id, office_id=holder.office_id)
    previous = standing_of(client_id).ended_id
    return _open(client_id, holder, funnel.stages[0], beginning, title, previous, following, staff, by, now)


@transaction.atomic
def start_again(
    *, dossier_id: int, beginning: Beginning, following: NextAction | None = None, by: Actor, now: datetime
) -> int:
    """A client comes back to a closed matter: a new deal with the old story in sight; its id.

    Refused while the matter is open, or when nobody is known to come back.
    """
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    if matter.is_open:
        raise Refused("matter_open", _("This matter is open: go on with it."))
    if matter.person_id is None:
        raise Refused("nobody_known", _("Nobody is known who could come back."))
    title = clean_text(beginning.title, 120)
    if not title:
        raise Invalid("title_missing", _("Name the deal: where to, or what for."), field="title", missing=("title",))
    staff, funnel = funnel_and_staff(beginning.funnel)
    holder = _holder(keeper_of(matter.person_id), staff, by)
    return _open(matter.person_id, holder, funnel.stages[0], beginning, title, matter.id, following, staff, by, now)


def _holder(keeper_id: int | None, staff: Staff, by: Actor) -> Holder:
    """Who sells holds what they begin; otherwise the client's own manager, else the queue of the office."""
    if by.kind == "employee" and by.role in HOLDERS:
        return Holder(by.id, None, by.office_id)
    keeper = staff.colleagues.get(keeper_id or 0)
    if keeper is not None and by.sees(keeper.id, keeper.office_id):
        return Holder(keeper.id, None, keeper.office_id)
    office_id = by.office_id or staff.first_office.id
    return Holder(None, staff.queue_of(office_id).id, office_id)


def _open(
    person_id: int,
    holder: Holder,
    stage: StageCard,
    beginning: Beginning,
    title: str,
    previous_id: int | None,
    following: NextAction | None,
    staff: Staff,
    by: Actor,
    now: datetime,
) -> int:
    unit = beginning.currency if beginning.amount is not None else ""
    dossier_id, _task_id = open_dossier(
        person_id=person_id,
        holder=holder,
        place=Place("deal", stage.place, beginning.amount, unit),
        action=following or stage_action(stage, holder.owner_id, staff, now),
        said=clean_text(beginning.note, 20_000, keep_lines=True),
        heard={"to": stage.name, "by_hand": True},
        by=by,
        now=now,
        previous_id=previous_id,
        kind="stage",
    )
    deal = Deal.objects.create(
        dossier_id=dossier_id,
        stage_id=stage.id,
        stage_entered_at=now,
        title=title,
        amount=beginning.amount,
        currency=unit,
        opened_at=now,
    )
    StageEntry.objects.create(deal=deal, stage_id=stage.id, entered_at=now, by=by.label)
    return deal.pk
