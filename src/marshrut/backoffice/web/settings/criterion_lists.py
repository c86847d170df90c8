"""Ordered lists of criteria with conditions, and the editor of one: the same for classification and for relevance.

A page says in a `CriterionList` what is its own: where it reads, what a row's badge is, what a preview tells, how one is
written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marshrut.agency.web.pages import Reader, ReaderRequest
from marshrut.backoffice.web.settings.condition_shapes import say_tree, shape_editor
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    is_preview,
    page_of,
    preview_of,
    refused,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import AnyCriterion, Rule, criterion_title, ids_of, posted_lists, reference_of
from marshrut.core.errors import DomainError
from marshrut.intake.rules.condition_logic import contradiction
from marshrut.intake.rules.condition_trees import EMPTY, Group, act_on, from_conditions, read_form
from marshrut.intake.services.criteria import arrange_criteria


@dataclass(frozen=True)
class CriterionList:
    """What is a list's own. `wanted` are rules ready to compile; `around` gives more for the page of the list.

    `own_field` is what a row has beside its name (its class, its points); `try_list` and `try_one` say what last month
    would have been; `save` gets the row (None: a new one), what was typed, and the tree. `more` are measures the
    conditions know besides, `seasons` the seasons.
    """

    page: SettingsPage
    table: str
    template: str
    list_preview: str
    row_preview: str
    new_url: str
    row_url: str
    own_field: str
    read: Callable[[], Sequence[AnyCriterion]]
    badge: Callable[[ReaderRequest, Any], str]
    own_value: Callable[[Any], str]
    try_list: Callable[[ReaderRequest, list[Rule]], Mapping[str, Any]]
    try_one: Callable[[ReaderRequest, Sequence[Any], Any, Group, Values], Mapping[str, Any]]
    save: Callable[[Any, Values, Group, Reader], object]
    editing: Callable[[ReaderRequest], Mapping[str, Any]] = lambda _request: {}
    around: Callable[[ReaderRequest], Mapping[str, Any]] = lambda _request: {}
    seasons: Callable[[], Sequence[str]] = tuple
    more: tuple[str, ...] = ()
    kind: str = "class"


@dataclass(frozen=True)
class ListedCriterion:
    """A criterion as the list shows it."""

    id: int
    name: str
    note: str
    is_active: bool
    badge: str
    url: str


def list_page(request: ReaderRequest, criteria: CriterionList) -> HttpResponse:
    """The list: put in order, switched on and off; what it would have made of last month."""
    rows, page = criteria.read(), criteria.page
    listed = [_listed(request, criteria, row) for row in rows]
    context = {"rows": listed, "new_url": reverse(criteria.new_url), "here": page.url}
    if request.method == "GET":
        return page_of(request, page, criteria.template, {**context, "values": {}, **criteria.around(request)})
    posted = posted_lists(request)
    ids, on = ids_of(posted.get("ids", [])), set(ids_of(posted.get("on", [])))
    if is_preview(request):
        by_id = {row.id: row for row in rows}
        wanted = [by_id[number].as_rule() for number in ids if number in by_id and number in on]
        return preview_of(request, criteria.list_preview, lambda: criteria.try_list(request, wanted))
    try:
        with saving(request, page):
            by = request.reader.actor
            arrange_criteria(ids=ids, on=on, kind=criteria.kind, by=by, now=request.reader.now)
    except DomainError as error:
        return refused(request, page, "backoffice/settings/_criteria_form.html", context, {}, error)
    return saved(page)


def _listed(request: ReaderRequest, criteria: CriterionList, row: AnyCriterion) -> ListedCriterion:
    note = say_tree(from_conditions(row.conditions), reference_of(request), criteria.seasons()) or _("every inquiry")
    url = reverse(criteria.row_url, args=[row.id])
    return ListedCriterion(row.id, criterion_title(row), note, row.is_active, criteria.badge(request, row), url)


def row_page(request: ReaderRequest, criteria: CriterionList, pk: int | None) -> HttpResponse:
    """One criterion: its name, its class or points, and its conditions, tried while they are edited."""
    rows, page = criteria.read(), criteria.page
    row = next((one for one in rows if one.id == pk), None)
    if pk is not None and row is None:
        raise Http404
    title = criterion_title(row) if row else _("New criterion")
    context = {"classes": None, "categories": None, **criteria.editing(request), "action": request.path, "title": title}
    if request.method == "GET":
        tree = from_conditions(row.conditions) if row else act_on(EMPTY, "add:c")
        values = {"name": criterion_title(row) if row else "", criteria.own_field: criteria.own_value(row)}
        context |= {"values": values, "editor": _editor(request, criteria, tree)}
        return page_of(request, page, "backoffice/settings/criterion.html", context)
    posted = posted_lists(request)
    tree = read_form(posted)
    values = {name: (posted.get(name) or [""])[0] for name in ("name", criteria.own_field)}
    if "act" in request.GET:
        editor = _editor(request, criteria, act_on(tree, request.GET["act"]))
        return render(request, "backoffice/settings/_conditions.html", {"editor": editor, "action": request.path})
    if is_preview(request):
        return preview_of(request, criteria.row_preview, lambda: criteria.try_one(request, rows, row, tree, values))
    try:
        with saving(request, page, {(criteria.table, pk)} if pk else set()):
            criteria.save(row, values, tree, request.reader)
    except DomainError as error:
        errors = {error.field: error.sentence} if error.field and error.field.startswith("c") else {}
        context["editor"] = _editor(request, criteria, tree, errors)
        return refused(request, page, "backoffice/settings/_criterion_form.html", context, values, error)
    return saved(page)


def _editor(request: ReaderRequest, criteria: CriterionList, tree: Group, errors: Mapping[str, str] | None = None) -> Any:
    return shape_editor(tree, reference_of(request), errors or {}, seasons=criteria.seasons(), more=criteria.more)


def with_this(rows: Sequence[AnyCriterion], row: AnyCriterion | None, rule: Rule) -> list[Rule]:
    """The list that is asked, with this rule in its row's place, or at the end when it is new."""
    wanted = [rule if row and one.id == row.id else one.as_rule() for one in rows if one.is_active or (row and one.id == row.id)]
    return wanted if row else [*wanted, rule]


def said_clash(request: ReaderRequest, tree: Group, seasons: Sequence[str] = ()) -> str:
    """That the conditions can never hold, and which two of them; empty when they can."""
    clash = contradiction(tree)
    if not clash:
        return ""
    one, other = (say_tree(part, reference_of(request), seasons) for part in clash)
    return _("It can never hold: “%(one)s” and “%(other)s” exclude each other.") % {"one": one, "other": other}
