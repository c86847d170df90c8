"""Reads of saved views: a person's own, and what colleagues share."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.db import connection

from marshrut.agency.permissions import Actor


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters of a list under a name. `maker` is who saved it; only they may change it."""

    id: int
    page: str
    name: str
    query: str
    is_shared: bool
    is_default: bool
    is_own: bool
    maker: str


_VIEW = """select v.id, v.page, v.name, v.query, v.is_shared, v.is_default and v.employee_id = %s, v.employee_id = %s, e.name
    from agency_savedview v join agency_employee e on e.id = v.employee_id
    where (v.employee_id = %s or v.is_shared) """


def list_views(actor: Actor, page: str) -> list[SavedView]:
    """The views of one list: the actor's own first, then shared ones, by name. They narrow what each sees anyway."""
    return _views(actor, "and v.page = %s order by v.employee_id <> %s, lower(v.name), v.id limit 60", [page, actor.id])


def find_view(actor: Actor, view_id: int) -> SavedView | None:
    """One view; None when it is absent or a colleague keeps it private."""
    return next(iter(_views(actor, "and v.id = %s", [view_id])), None)


def _views(actor: Actor, where: str, values: list[Any]) -> list[SavedView]:
    if actor.kind != "employee":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_VIEW + where, [actor.id, actor.id, actor.id, *values])
        return [SavedView(*row) for row in cursor.fetchall()]


def count_views_with(name: str, value: str) -> int:
    """How many views of anybody are narrowed by this value of a filter; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("select query from agency_savedview where query like %s", [f"%{name}=%"])
        return sum((name, value) in parse_qsl(query) for (query,) in cursor.fetchall())
