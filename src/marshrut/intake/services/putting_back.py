"""What was done with a matter or a client among many is put back exactly: hands, planned actions, client's manager, clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.clients.services import Keeper, change_keeper, lock_keeper_of
from marshrut.core.errors import Refused
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services.clock_settling import settle_clocks
from marshrut.journal.services import Holder, Matter, add_touch, hand_over, lock_matter
from marshrut.journal.services.standing import hands_of, read_standing, restore_standing

KEPT = ("state", "inquiry_class", "class_reason", "owner_reason", "clock_state")


def matter_before(*, matter: Matter) -> dict[str, Any]:
    """What the matter is like, to be kept with the row of a bulk action: plain values. The caller has locked it."""
    rows = Inquiry.objects.filter(dossier_id=matter.id).order_by("pk").values("pk", "warn_at", *KEPT)
    inquiries = [{**row, "warn_at": row["warn_at"] and row["warn_at"].isoformat()} for row in rows]
    keeper = lock_keeper_of(person_id=matter.person_id) if matter.person_id else None
    kept = [keeper.owner_id, keeper.office_id] if keeper else None
    return {**read_standing(dossier_id=matter.id), "inquiries": inquiries, "keeper": kept}


def keeper_after(*, matter: Matter) -> list[int | None] | None:
    """Whose the client is after it was done: only if that is still so is it taken back."""
    keeper = lock_keeper_of(person_id=matter.person_id) if matter.person_id else None
    return [keeper.owner_id, keeper.office_id] if keeper else None


def changed_since() -> Refused:
    """Somebody has gone on from it, so it stays as it is."""
    return Refused("changed_since", _("Somebody has changed it since; it stays as it is now."))


def hand_matter_back(*, dossier_id: int, before: Mapping[str, Any], staff: Staff, by: Actor, now: datetime) -> None:
    """Take a handing over back. Refused when it is in other hands by now, is closed, or those it came from have left."""
    matter = lock_matter(dossier_id=dossier_id, by=by)
    if not matter.is_open or [matter.owner_id, matter.queue_id] != before["to"] or not _are_there(before, staff):
        raise changed_since()
    holder = Holder(before["owner"], before["queue"], before["office"])
    hand_over(matter=matter, holder=holder, reason=_why(by), due_at=None, by=by, now=now)
    restore_standing(dossier_id=matter.id, standing=before, was_closed=False, by=by, now=now)
    for row in before["inquiries"]:
        Inquiry.objects.filter(pk=row["pk"], state="open").update(owner_reason=row["owner_reason"])
    settle_clocks(reference=read_reference(by.revision), dossiers=[matter.id], by=by)
    if matter.person_id:
        put_keeper_back(person_id=matter.person_id, before=before["keeper"], after=before["kept"])


def put_keeper_back(*, person_id: int, before: list[int | None], after: list[int | None]) -> None:
    """The client's former manager is theirs again, unless it has become somebody else since."""
    keeper = lock_keeper_of(person_id=person_id)
    if before != after and keeper and [keeper.owner_id, keeper.office_id] == after:
        change_keeper(person_id=person_id, keeper=Keeper(*before))


def put_reopened_back(*, dossier_id: int, before: Mapping[str, Any], staff: Staff, by: Actor, now: datetime) -> None:
    """A matter that was closed among many and has just been opened again stands as it stood: holder, actions, clock, class.

    Where somebody of it has left meanwhile, it stays with whom its reopening has found.
    """
    matter = lock_matter(dossier_id=dossier_id, by=by)
    for row in before["inquiries"]:
        values = {name: row[name] for name in KEPT}
        Inquiry.objects.filter(pk=row["pk"]).update(**values, warn_at=row["warn_at"], **_no_end(row["state"]))
    if not _are_there(before, staff):
        return
    if [matter.owner_id, matter.queue_id] != [before["owner"], before["queue"]]:
        went = {"from": matter.owner_id, "owner": before["owner"], "queue": before["queue"], "reason": _why(by)}
        add_touch(dossier_id=matter.id, kind="owner", direction="none", body="", by=by, now=now, data=went)
    restore_standing(dossier_id=matter.id, standing=before, was_closed=True, by=by, now=now)


def _why(by: Actor) -> dict[str, Any]:
    return {"code": "given_by_hand", "name": by.name, "why": _("taken back")}


def _no_end(state: str) -> dict[str, Any]:
    """An inquiry that was open, or had joined one, has no end."""
    return {} if state == "closed" else {"outcome": None, "disposition": "", "close_reason": ""}


def _are_there(before: Mapping[str, Any], staff: Staff) -> bool:
    queue = before["queue"]
    return hands_of(before) <= set(staff.colleagues) and (queue is None or queue in staff.queues)
