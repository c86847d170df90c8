"""A supervisor looks at the end of a matter that was not realised: it was right to stop, or it is opened again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.deals.models import Deal, DealState, StopReview
from marshrut.intake.queries import leading_outcome
from marshrut.journal.queries import closed_when
from marshrut.journal.services import Matter, add_touch, lock_matter, notify

RIGHT, REOPENED = "right", "reopened"


@transaction.atomic
def review_stop(*, dossier_id: int, note: str, by: Actor, now: datetime) -> None:
    """Somebody answerable has looked at the end of a matter and lets it stand. Refused when it is open or was realised."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    keep_review(matter=matter, verdict=RIGHT, note=note, by=by, now=now)


def keep_review(*, matter: Matter, verdict: str, note: str, by: Actor, now: datetime) -> None:
    """Write down the verdict on the present end of a locked matter: in its story too, and whoever holds it is told."""
    closed_at = None if matter.is_open else closed_when(matter.id)
    if closed_at is None:
        raise Refused("matter_open", _("This matter is open."))
    if _is_realised(matter.id):
        raise Refused("matter_realised", _("This matter was realised: nobody stopped it."))
    words = clean_text(note, 500)
    made = StopReview.objects.get_or_create(
        dossier_id=matter.id, closed_at=closed_at, defaults={"verdict": verdict, "note": words, "at": now, "by": by.label}
    )[1]
    if not made:
        raise Refused("reviewed", _("Somebody has reviewed this already."))
    add_touch(dossier_id=matter.id, kind="review", direction="none", body=words, data={"verdict": verdict}, by=by, now=now)
    if words or verdict == REOPENED:
        notify(employee_ids=[matter.owner_id], code="stop_reviewed", data={"verdict": verdict}, dossier_id=matter.id, by=by, now=now)


def _is_realised(dossier_id: int) -> bool:
    """How the matter ended: by its last deal, else by the inquiry that led it."""
    state = Deal.objects.filter(dossier_id=dossier_id).order_by("-id").values_list("state", flat=True).first()
    return state == DealState.WON if state else leading_outcome(dossier_id) == "won"
