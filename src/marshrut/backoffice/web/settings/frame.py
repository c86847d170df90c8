"""The frame of the settings: which pages there are, how one is drawn, how a save is kept from burying another's.

A page registers itself (`register_settings`) with the tables whose history is its own, draws with `page_of`, writes
inside `saving`, and answers with `saved` or `refused`. History, undo and the side list come by themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import ReaderRequest
from marshrut.backoffice.web.settings.story import Told, tell
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text, search_name
from marshrut.core.saves import Overtaken, newest_change, read_saves, refuse_overtaken
from marshrut.core.undo import Row
from marshrut.ui.answers import done

Label = str | Promise
Values = dict[str, Any]
MOST_TOLD = 12
GROUPS: dict[str, Label] = {
    "agency": lazy("The agency"),
    "people": lazy("People and hours"),
    "inquiries": lazy("Inquiries"),
    "sales": lazy("Sales"),
    "messages": lazy("Messages"),
    "data": lazy("Data"),
}
"""Groups of pages, in order."""


@dataclass(frozen=True)
class SettingsPage:
    """One page of the settings.

    `slug` names it in the addresses of its history; `url_name` is where it is. `watches` are the tables whose history
    is shown, locked and taken back here; a table with columns counts in those alone (see core.saves). `words` are other
    things somebody may call it in search. `check` is asked after an undo, inside its transaction: it raises a
    DomainError when what came back must not stand. Rows of the tables `along` that were written in the same save go
    along when it is taken back, but are not told here (the first hours of a new office). `rows` are the page's own among
    those of a table that several pages share; without it all are.
    """

    slug: str
    group: str
    title: Label
    description: Label
    icon: str
    url_name: str
    watches: Mapping[str, Sequence[str]]
    order: int = 100
    scope: str = "settings:write"
    words: Label = ""
    check: Callable[[], None] | None = field(default=None, compare=False)
    along: Sequence[str] = ()
    rows: Callable[[], set[Row]] | None = field(default=None, compare=False)

    @property
    def own_rows(self) -> set[Row] | None:
        """The rows whose history is the page's; None: all of its tables."""
        return self.rows() if self.rows else None

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    def answers(self, asked: str) -> bool:
        """Whether every word of a search stands in its title, description or other words."""
        text = search_name(f"{self.title} {self.description} {self.words}")
        return all(word in text for word in search_name(asked).split())


_registered: dict[str, SettingsPage] = {}


def register_settings(page: SettingsPage) -> SettingsPage:
    """Put a page into the settings; the same slug twice replaces the first."""
    if page.group not in GROUPS:
        raise ValueError(f"no group {page.group}")
    _registered[page.slug] = page
    return page


def settings_pages() -> list[SettingsPage]:
    """All pages, in the order of their groups."""
    groups = list(GROUPS)
    return sorted(_registered.values(), key=lambda page: (groups.index(page.group), page.order))


def find_page(slug: str) -> SettingsPage:
    """The page of this slug, else 404."""
    if slug not in _registered:
        raise Http404
    return _registered[slug]


def grouped_pages(request: ReaderRequest, asked: str = "") -> list[tuple[str, list[SettingsPage]]]:
    """What this reader may open, by group; only what answers the search when there is one."""
    may = [page for page in settings_pages() if request.reader.actor.may(page.scope) and page.answers(asked)]
    grouped = [(str(label), [page for page in may if page.group == group]) for group, label in GROUPS.items()]
    return [(label, pages) for label, pages in grouped if pages]


def only_for(request: ReaderRequest, page: SettingsPage) -> None:
    """403 for whoever may not open this page."""
    if not request.reader.actor.may(page.scope):
        raise PermissionDenied(page.scope)


def frame_of(request: ReaderRequest, page: SettingsPage) -> dict[str, Any]:
    """What the layout of a page needs: side list, history, and where the page's tables stand now (`since`)."""
    only_for(request, page)
    saves = read_saves(page.watches, limit=MOST_TOLD + 1, rows=page.own_rows)
    told = tell(saves[:MOST_TOLD], request.reader)
    older = saves[MOST_TOLD - 1].id if len(saves) > MOST_TOLD else None
    return {
        "page": page,
        "groups": grouped_pages(request),
        "history": told,
        "older": older,
        "since": saves[0].id if saves else 0,
        "errors": {},
        "overtaken": [],
    }


def page_of(
    request: ReaderRequest, page: SettingsPage, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """The whole page: `template` extends backoffice/settings/page.html."""
    return render(request, template, {**frame_of(request, page), **context}, status=status)


def dialog_of(request: ReaderRequest, page: SettingsPage, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A dialog of the page: `template` uses setting_dialog."""
    only_for(request, page)
    base = {"page": page, "since": newest_change(page.watches, page.own_rows), "errors": {}, "overtaken": []}
    return render(request, template, {**base, **context})


def typed(request: ReaderRequest, *names: str, longest: int = 2000, lines: Iterable[str] = ()) -> Values:
    """Fields as they were typed, cleaned of what cannot be stored; those of `lines` keep their line breaks."""
    kept = set(lines)
    return {name: clean_text(request.POST.get(name), longest, keep_lines=name in kept) for name in names}


@contextmanager
def saving(request: ReaderRequest, page: SettingsPage, rows: Iterable[Row] | None = None) -> Iterator[None]:
    """The transaction of a save. Overtaken when somebody saved these tables (or only `rows`) after the form was drawn.

    The form's `since` says when that was; "save mine anyway" sends the number that was shown with the other's changes.
    """
    only_for(request, page)
    with transaction.atomic():
        since = _number(request.POST.get("over") or request.POST.get("since"))
        refuse_overtaken(page.watches, since, page.own_rows if rows is None else rows)
        yield


def refused(
    request: ReaderRequest,
    page: SettingsPage,
    template: str,
    context: Mapping[str, Any],
    values: Values,
    error: DomainError,
    fields: Iterable[str] = (),
) -> HttpResponse:
    """The form again: what was typed stays, the sentence stands at its field, the other's changes are told.

    `template` is the form's own fragment (or dialog), not the page. `fields` are further names that show errors.
    """
    if isinstance(error, NotFound):
        raise error
    overtaken: list[Told] = []
    since = over = _number(request.POST.get("over") or request.POST.get("since"))  # what was decided once stays decided
    if isinstance(error, Overtaken):
        overtaken, over = tell(error.saves, request.reader), error.newest
    at = error.field if error.field in values or error.field in set(fields) else ""
    errors = {} if overtaken else {at or "": error.sentence}
    given = {"page": page, "values": values, "errors": errors, "overtaken": overtaken, "since": since, "over": over}
    return render(request, template, {**context, **given}, status=error.status)


def saved(page: SettingsPage, message: str = "", go: str | None = None) -> HttpResponse:
    """Done: the page anew (or another of ours), with the message said there."""
    return done(message or _("Saved"), go=go or page.url)


def preview_of(request: ReaderRequest, template: str, make: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    """A preview: what `make` gives, drawn; a value that cannot be read is a sentence in its place, never an error."""
    try:
        context = {"problem": "", **make()}
    except DomainError as error:
        context = {"problem": error.sentence}
    return render(request, template, context)


def is_preview(request: ReaderRequest) -> bool:
    """Whether this POST only asks what would be."""
    return request.method == "POST" and "preview" in request.GET


def _number(text: str | None) -> int:
    """A change's number as the form carries it; whatever is none counts as the beginning, so that all changes are newer."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
