"""All settings with search; the history of each page, and taking one save of it back."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.backoffice.web.settings.frame import MOST_TOLD, SettingsPage, find_page, grouped_pages, only_for
from marshrut.backoffice.web.settings.story import names_of_actors, tell
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.core.saves import SinceChanged, find_save, read_saves, undo_save
from marshrut.ui.answers import done


@require_safe
@for_staff("settings:write")
def settings(request: ReaderRequest) -> HttpResponse:
    """Every page the reader may open, by group; narrowed by a search."""
    asked = clean_text(request.GET.get("q"), 80)
    context = {"groups": grouped_pages(request, asked), "q": asked}
    return part_or_page(request, "pages", "backoffice/settings/_pages.html", "backoffice/settings/index.html", context)


def page_named(request: ReaderRequest, slug: str) -> SettingsPage:
    """The page of this slug for whoever may open it: 403 without its scope, 404 when there is none and the reader might know."""
    try:
        page = find_page(slug)
    except Http404:
        if not request.reader.actor.may("settings:write"):
            raise PermissionDenied("settings:write") from None
        raise
    only_for(request, page)
    return page


@require_safe
@for_staff()
def history(request: ReaderRequest, slug: str) -> HttpResponse:
    """Older saves of a page, before the change that is named."""
    page = page_named(request, slug)
    before = request.GET.get("before", "")
    until = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    saves = read_saves(page.watches, limit=MOST_TOLD + 1, before=until, rows=page.own_rows)
    context = {
        "page": page,
        "history": tell(saves[:MOST_TOLD], request.reader),
        "older": saves[MOST_TOLD - 1].id if len(saves) > MOST_TOLD else None,
    }
    return render(request, "backoffice/settings/_history_rows.html", context)


@require_http_methods(["GET", "POST"])
@for_staff()
def undo(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """What taking a save back means, asked once; then it is done, or a sentence says why not."""
    page = page_named(request, slug)
    own = page.own_rows
    save = find_save(page.watches, pk, own)
    context = {"page": page, "save": tell([save], request.reader)[0], "errors": {}}
    if request.method == "GET":
        return render(request, "backoffice/settings/_undo_dialog.html", context)
    try:
        with transaction.atomic():
            watched = {**page.watches, **dict.fromkeys(page.along, ())}
            undo_save(watched=watched, change_id=pk, by=request.reader.actor.label, rows=own)
            if page.check:
                page.check()
    except SinceChanged as error:
        errors = {"": " ".join(filter(None, (error.sentence, _changed_by(error))))}
        return render(request, "backoffice/settings/_undo_dialog.html", {**context, "errors": errors}, status=error.status)
    except DomainError as error:
        return render(
            request, "backoffice/settings/_undo_dialog.html", {**context, "errors": {"": error.sentence}}, status=error.status
        )
    return done(_("Taken back"), go=page.url)


def _changed_by(error: SinceChanged) -> str:
    if not error.later:
        return ""
    names = names_of_actors(past.by for past in error.later)
    said = ", ".join(dict.fromkeys(names[past.by] for past in error.later))
    return ngettext("Changed since by %(who)s.", "Changed since by: %(who)s.", len(names)) % {"who": said}
