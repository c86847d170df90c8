"""Writes of saved views: each person keeps their own."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import ExportLog, SavedView
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.slugs import name_within

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
    said = name_within(name, LONGEST_NAME)
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


@transaction.atomic
def replace_in_views(*, name: str, old: str, new: str, by: Actor) -> None:
    """In everybody's views a chosen value of a filter becomes another one. What the view is called stays."""
    sign(by.label)
    for view in SavedView.objects.select_for_update().filter(query__contains=f"{name}="):
        pairs = parse_qsl(view.query, keep_blank_values=True)
        changed = list(dict.fromkeys((key, new if (key, value) == (name, old) else value) for key, value in pairs))
        if changed != pairs:
            view.query = urlencode(changed)
            view.save(update_fields=["query"])


@transaction.atomic
def forget_searched(*, is_named: Callable[[str], bool]) -> None:
    """Take out of everybody's views, and of the register of exports, the filters whose value names somebody. The other
    filters stay; a view that is called by them is called by its number. The caller has signed."""
    for view in SavedView.objects.select_for_update().order_by("pk"):
        query, name = _without(view.query, is_named), f"№ {view.pk}" if is_named(view.name) else view.name
        if (query, name) != (view.query, view.name):
            view.query, view.name = query, name
            view.save(update_fields=["query", "name"])
    for log in ExportLog.objects.exclude(query="").order_by("pk").iterator():
        query = _without(log.query, is_named)
        if query != log.query:
            ExportLog.objects.filter(pk=log.pk).update(query=query)


def _without(query: str, is_named: Callable[[str], bool]) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    left = [(key, value) for key, value in pairs if not is_named(value)]
    return query if left == pairs else urlencode(left)
