"""Saved views: the filters of a list kept under a name, for oneself or for colleagues."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.agency.queries.saved_views import SavedView, find_view
from marshrut.agency.services.saved_views import change_view, delete_view, save_view
from marshrut.core.errors import DomainError, NotFound
from marshrut.desk.lists.asked import ADDRESSES, PASSING
from marshrut.desk.web.asking import typed
from marshrut.desk.web.pages import DeskRequest, at_desk, found, personal
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])


def address_of(page: str, query: str, view_id: int) -> str:
    """Where a view is seen."""
    return f"{reverse(ADDRESSES[page])}?{query}{'&' if query else ''}view={view_id}"


@dialog
@at_desk
@personal
def save(request: DeskRequest, page: str) -> HttpResponse:
    """Keep the filters of the list at hand under a name."""
    desk = request.desk
    action = reverse(f"view_new_{page}")
    if request.method == "GET":
        filters = _bare(request.GET.urlencode())
        return render(request, "desk/_view_dialog.html", {"action": action, "view": None, "values": {"filters": filters}, "errors": {}})
    values = {**typed(request, "name", "is_shared"), "filters": request.POST.get("filters", "")}
    query = _bare(values["filters"])
    try:
        view_id = save_view(page=page, name=values["name"], query=query, is_shared=bool(values["is_shared"]), by=desk.actor, now=desk.now)
    except DomainError as error:
        context = {"action": action, "view": None, "values": values, "errors": {error.field or "": error.sentence}}
        return render(request, "desk/_view_dialog.html", context, status=error.status)
    return done(_("The view is saved"), go=address_of(page, query, view_id))


def _bare(query: str) -> str:
    """Filters, order and columns of an address, without what passes."""
    kept = QueryDict(query[:20_000]).copy()
    for name in PASSING:
        kept.pop(name, None)
    return kept.urlencode()


@dialog
@at_desk
@personal
def change(request: DeskRequest, pk: int) -> HttpResponse:
    """Rename a view of one's own, share it, show it first."""
    desk = request.desk
    view = _own(request, pk)
    context = {"action": reverse("view_change", args=[pk]), "view": view}
    if request.method == "GET":
        values = {"name": view.name, "is_shared": view.is_shared, "is_default": view.is_default}
        return render(request, "desk/_view_dialog.html", {**context, "values": values, "errors": {}})
    typed_in = typed(request, "name", "is_shared", "is_default")
    try:
        change_view(view_id=pk, name=typed_in["name"], is_shared=bool(typed_in["is_shared"]), is_default=bool(typed_in["is_default"]),
                    by=desk.actor, now=desk.now)  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        errors = {error.field or "": error.sentence}
        return render(request, "desk/_view_dialog.html", {**context, "values": typed_in, "errors": errors}, status=error.status)
    return done(_("The view is saved"), go=address_of(view.page, view.query, pk))


def _own(request: DeskRequest, pk: int) -> SavedView:
    view: SavedView = found(find_view(request.desk.actor, pk))
    return found(view if view.is_own else None)  # type: ignore[no-any-return]


@require_POST
@at_desk
@personal
def delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own; the toast offers to keep it again."""
    desk = request.desk
    view = _own(request, pk)
    delete_view(view_id=pk, by=desk.actor, now=desk.now)
    return render(request, "desk/_view_deleted.html", {
        "view": view, "list_url": reverse(ADDRESSES[view.page]) + "?view=none", "restore_url": reverse(f"view_new_{view.page}"),
        "values": {"name": view.name, "filters": view.query, "is_shared": view.is_shared}})  # fmt: skip
