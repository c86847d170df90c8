"""People known twice: the list of suspicions, what is decided about them, the search of the whole base, merging and parting."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.queries import custom_fields_of
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.agency.wording import language_name
from marshrut.clients.queries import SuspectLine, last_search, list_suspects, search_people
from marshrut.clients.services import ask_for_search, settle_as_different
from marshrut.core.names import clean_text
from marshrut.desk.double_words import KINDS, PERSON_FIELDS, said_of, signs_of
from marshrut.desk.lists.shown import own_words
from marshrut.desk.queries import matters_of
from marshrut.desk.shapes import Filter, Option
from marshrut.desk.shaping import owner_of, past_matter_of, title_of
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found, part_or_page
from marshrut.desk.wording import day
from marshrut.privacy.merge_reads import Half, find_merge, merges_of, read_halves, what_goes_over
from marshrut.privacy.services import merge_people, undo_merge
from marshrut.ui.answers import done
from marshrut.ui.wording import phone as written_phone

MERGE = "persons:merge"
A_PAGE = 25
SUSPICIONS = ("double", "household", "name")
STATES = ("open", "different", "linked", "settled")


@require_safe
@at_desk
def duplicates(request: DeskRequest) -> HttpResponse:
    """Pairs that may be one person, or of one household, the likeliest first; both are shown side by side."""
    desk = request.desk
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "open")
    kind, state = kind if kind in SUSPICIONS else "", state if state in STATES else "open"
    lines = list_suspects(desk.actor, kind=kind, state=state, after=_after(request), limit=A_PAGE + 1)
    shown = lines[:A_PAGE]
    halves = _halves(desk, shown)
    rows = [_row(line, halves, desk) for line in shown]
    context = {
        "rows": rows,
        "filters": _filters(kind, state),
        "state": state,
        "search": last_search(),
        "more": _further(shown[-1], kind, state) if len(lines) > A_PAGE else "",
        "merges": merged_into(desk) if desk.actor.may(MERGE) else [],
    }
    return part_or_page(request, "list", "desk/_duplicates_list.html", "desk/duplicates.html", context)


def merged_into(desk: Desk, person_id: int | None = None) -> list[dict[str, Any]]:
    """Merges of late, into one client when named; who the records are as the reader may see it."""
    return [
        {"id": line.id, "kept_id": line.kept_id, "kept": title_of(line.kept, None, desk.actor), "gone_id": line.gone_id,
         "gone": title_of(line.gone, None, desk.actor), "at": line.at, "undone_at": line.undone_at, "stands_under": line.stands_under}
        for line in merges_of(desk.actor, person_id, limit=10)
    ]  # fmt: skip


def _after(request: DeskRequest) -> tuple[float, int] | None:
    score, _sep, number = request.GET.get("after", "").partition("-")
    try:
        return float(score), int(number)
    except ValueError:
        return None


def _further(line: SuspectLine, kind: str, state: str) -> str:
    score = 2.0 if line.score is None else line.score
    return f"{reverse('duplicates')}?kind={kind}&state={state}&after={score}-{line.id}"


def _filters(kind: str, state: str) -> list[Filter]:
    kinds = [Option("double", _("Perhaps one person")), Option("household", _("Perhaps one family")),
             Option("name", _("One number, two names"))]
    states = [Option("open", _("To decide")), Option("different", _("Not the same")),
              Option("linked", _("Linked as a family")), Option("settled", _("One person after all"))]
    return [
        Filter("kind", _("What"), kind, next((o.label for o in kinds if o.value == kind), ""), kinds),
        Filter("state", _("State"), state if state != "open" else "", next(o.label for o in states if o.value == state), states),
    ]


def _halves(desk: Desk, lines: list[SuspectLine]) -> dict[int, Half]:
    ids = [id for line in lines for id in (line.person_id, line.other_id) if id]
    return {half.id: half for half in read_halves(desk.actor, ids)}


def _row(line: SuspectLine, halves: dict[int, Half], desk: Desk) -> dict[str, Any]:
    sides = [_side(halves[id], desk) for id in (line.person_id, line.other_id) if id in halves]
    return {
        "id": line.id, "kind": line.kind, "state": line.state, "percent": None if line.score is None else min(99, round(line.score * 100)),
        "signs": signs_of(line.reason), "why": said_of(line.reason), "sides": sides, "settled_at": line.settled_at,
        "settled_by": _who(line.settled_by, desk), "names": " · ".join(side["name"] for side in sides),
    }  # fmt: skip


def _who(label: str, desk: Reader) -> str:
    kind, _sep, number = label.partition(":")
    colleague = desk.staff.colleagues.get(int(number)) if kind == "employee" and number.isdecimal() else None
    return colleague.name if colleague else ""


def _side(half: Half, desk: Reader) -> dict[str, Any]:
    """One of the two, as its reader may see it."""
    owner = owner_of(desk.staff, half.owner_id, half.owner)
    return {
        "id": half.id, "name": title_of(half.name, None, desk.actor), "owner": owner, "since": half.created_at,
        "born_on": day(half.born_on.isoformat()) if half.born_on else "", "trips": half.past_deals,
        "contacts": [_way(desk, *contact) for contact in half.contacts],
    }  # fmt: skip


def _way(desk: Reader, kind: str, normal: str, is_shared: bool) -> str:
    shown = written_phone(normal) if kind == "phone" and desk.actor.shows("phone") else str(desk.actor.contact(kind, normal))
    return f"{shown} ({_('shared')})" if is_shared else shown


@require_POST
@at_desk
@acting
def different(request: DeskRequest, pk: int) -> HttpResponse:
    """Somebody has looked: two people; or, of one number under two names, one person after all."""
    settle_as_different(suspect_id=pk, by=request.desk.actor, now=request.desk.now)
    return done(_("Noted: it will not be asked again"))


@require_POST
@for_staff(MERGE)
def search_all(request: ReaderRequest) -> HttpResponse:
    """Have the whole base searched now."""
    ask_for_search(by=request.reader.actor.label, now=request.reader.now)
    return done(_("The search begins in a few seconds; the page may be left"))


@require_http_methods(["GET", "POST"])
@for_staff(MERGE)
def merge(request: ReaderRequest, pk: int) -> HttpResponse:
    """One record goes into another: whom to merge with, then field by field with everything that moves, then it is done."""
    reader, other = request.reader, request.POST.get("other") or request.GET.get("other", "")
    keep = found(next(iter(read_halves(reader.actor, [pk])), None)) if not other else None
    if keep is not None:
        return _whom(request, keep)
    if not other.isdecimal() or len(other) > 18:
        found(None)
    halves = read_halves(reader.actor, [pk, int(other)])
    if len(halves) != 2:
        found(None)
    if request.method == "POST" and request.POST.get("sure"):
        choose = {name[7:]: "gone" for name, value in request.POST.items() if name.startswith("choose_") and value == "gone"}
        made = merge_people(keep_id=pk, gone_id=int(other), choose=choose, by=reader.actor, now=reader.now)
        return done(_("Merged"), undo=reverse("merge_undo", args=[made.pk]), go=reverse("person", args=[pk]))
    return render(request, "desk/_merge_dialog.html", _merge_context(halves, reader))


def _whom(request: ReaderRequest, keep: Half) -> HttpResponse:
    query = clean_text(request.GET.get("q"), 200)
    actor = request.reader.actor
    lines = [line for line in search_people(actor, query, 8) if line.id != keep.id] if query else []
    people = [{"id": line.id, "name": title_of(line.name, None, actor), "owner": line.owner or "",
               "phone": actor.contact("phone", line.phone) if line.phone else ""} for line in lines]  # fmt: skip
    context = {"pk": keep.id, "name": title_of(keep.name, None, actor), "people": people, "q": query}
    return render(request, "desk/_merge_whom_list.html" if "q" in request.GET else "desk/_merge_whom_dialog.html", context)


def _merge_context(halves: list[Half], reader: Reader) -> dict[str, Any]:
    kept, gone = halves
    goes = [{"label": _(KINDS[going.table]), "count": going.count} for going in what_goes_over(gone.id)]
    rows = matters_of(reader.actor, [gone.id])
    return {
        "kept": _side(kept, reader), "gone": _side(gone, reader), "rows": _choices(kept, gone, reader), "goes": goes,
        "matters": [past_matter_of(row, _desk(reader)) for row in rows[:5]], "more_matters": max(0, len(rows) - 5),
    }  # fmt: skip


def _desk(reader: Reader) -> Desk:
    return Desk(reader.actor, reader.revision, reader.staff, reader.office, reader.now)


def _choices(kept: Half, gone: Half, reader: Reader) -> list[dict[str, Any]]:
    """Fields in which the two differ and both say something; whichever is not chosen is kept in the history."""
    rows = []
    for name, label in PERSON_FIELDS.items():
        ours, theirs = getattr(kept, name), getattr(gone, name)
        if ours != theirs and theirs:
            rows.append({"name": name, "label": _(label), "ours": _shown(name, kept, reader), "theirs": _shown(name, gone, reader),
                         "gone": not ours})  # fmt: skip
    for spec in custom_fields_of("person", reader.revision):
        ours, theirs = kept.custom.get(spec.slug), gone.custom.get(spec.slug)
        if ours != theirs and theirs is not None:
            rows.append({"name": f"custom.{spec.slug}", "label": spec.name, "ours": reader.actor.text(own_words(spec, ours)),
                         "theirs": reader.actor.text(own_words(spec, theirs)), "gone": ours is None})  # fmt: skip
    return rows


def _shown(name: str, half: Half, reader: Reader) -> Any:
    if name == "owner_id":
        owner = owner_of(reader.staff, half.owner_id, half.owner)
        return owner.name if owner else ""
    if name == "language":
        return language_name(half.language) if half.language else ""
    if name == "born_on":
        return day(half.born_on.isoformat()) if half.born_on else ""
    value = getattr(half, name)
    return reader.actor.named(value) if isinstance(value, str) else value


@require_http_methods(["GET", "POST"])
@for_staff(MERGE)
def undo(request: ReaderRequest, pk: int) -> HttpResponse:
    """Part two records again, after a sentence about what came since."""
    reader = request.reader
    line = found(find_merge(reader.actor, pk))
    if request.method == "GET":
        return render(request, "desk/_part_dialog.html", {"merge": line, "kept": title_of(line.kept, None, reader.actor),
                                                          "gone": title_of(line.gone, None, reader.actor)})  # fmt: skip
    undo_merge(merge_id=pk, by=reader.actor, now=reader.now)
    name = title_of(line.kept, None, reader.actor)
    return done(_("Both records are back. What came since the merge stays with “%(name)s”.") % {"name": name})
