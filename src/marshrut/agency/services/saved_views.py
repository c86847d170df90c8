"""Writes of saved views: each person keeps their own."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import SavedView
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text

LONGEST_NAME, LONGEST_QUERY, MOST_VIEWS = 60, 4000, 40


@transaction.atomic
def save_view(*, page: str, name: str, query: str, is_shared: bool, by: Actor, now: datetime) -> int:
    """Keep the filters of a list under a name; the same name again keeps the new ones instead. The view's id.

    Invalid without a name (field name) or with a query too long to keep; Refused when there are too many views.
    """
    sign(by.label)
    said = _named(name)
    if by.kind != "employee":
        raise Refused("no_views", _("Views are kept for people."))
    if len(query) > LONGEST_QUERY:
        raise Invalid("query_too_long", _("These filters are too long to be kept; choose fewer values."), field="name")
    if SavedView.objects.filter(employee_id=by.id, page=page).exclude(name=said).count() >= MOST_VIEWS:
        raise Refused("too_many_views", _("There are %(most)s views of this list already; delete one.") % {"most": MOST_VIEWS})
    view, _is_new = SavedView.objects.update_or_create(
        employee_id=by.id, page=page, name=said, defaults={"query": query, "is_shared": is_shared}
    )
    return view.pk


def _named(name: str) -> str:
    said = clean_text(name, LONGEST_NAME)
    if not said:
        raise Invalid("name_missing", _("Give it a name."), field="name", missing=("name",))
    return said


def _own(view_id: int, by: Actor) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id, employee_id=by.id).first() if by.kind == "employee" else None
    if view is None:
        raise NotFound("no_such_view", _("There is no such view of yours."))
    return view


@transaction.atomic
def change_view(*, view_id: int, name: str, is_shared: bool, is_default: bool, by: Actor, now: datetime) -> None:
    """Another name, seen by colleagues or not, shown first or not. NotFound for a view of somebody else's."""
    sign(by.label)
    view = _own(view_id, by)
    said = _named(name)
    if SavedView.objects.filter(employee_id=by.id, page=view.page, name=said).exclude(pk=view.pk).exists():
        raise Invalid("name_taken", _("Another view of yours has this name."), field="name")
    if is_default:
        SavedView.objects.filter(employee_id=by.id, page=view.page, is_default=True).exclude(pk=view.pk).update(is_default=False)
    view.name, view.is_shared, view.is_default = said, is_shared, is_default
    view.save(update_fields=["name", "is_shared", "is_default"])


@transaction.atomic
def delete_view(*, view_id: int, by: Actor, now: datetime) -> None:
    """Forget a view of one's own. NotFound for a view of somebody else's."""
    sign(by.label)
    _own(view_id, by).delete()
