"""The reader of a page, as its frame shows them."""

from django.http import HttpRequest

from marshrut.agency.web.actors import staff_of
from marshrut.agency.wording import role_label
from marshrut.core.clock import utc_now
from marshrut.ui.navigation import Viewer


def describe_viewer(request: HttpRequest) -> Viewer:
    """Name, role, office and, of whoever is given inquiries, whether on shift; empty for whoever has not logged in."""
    actor = getattr(request, "actor", None)
    if not actor:
        return Viewer(name="")
    staff = staff_of(request)
    office, colleague = staff.offices.get(actor.office_id), staff.colleagues.get(actor.id)
    return Viewer(
        name=actor.name,
        role=role_label(actor.role),
        office=office.name if office else "",
        is_on_shift=colleague.is_at_work(utc_now()) if colleague in staff.sellers and colleague else None,
        id=actor.id,
    )
