"""Files of leads: the list of imports, a new one, and one from its columns to its result and back."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, found
from marshrut.backoffice.web import imports_wording as wording
from marshrut.backoffice.web.imports_form import mapping_form, read_mapping, shown_to
from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.names import clean_text
from marshrut.core.tables import write_csv
from marshrut.intake.queries.imports import (
    RunCard,
    count_problems,
    find_by_run,
    find_import,
    list_imports,
    problems_of,
)
from marshrut.intake.services.import_runs import (
    MOST_BYTES,
    MOST_ROWS,
    check_run,
    choose_heading,
    choose_letters,
    choose_sheet,
    continue_run,
    create_run,
    discard_run,
    forgotten_words,
    start_run,
    stop_run,
    undo_run,
)

SHOWN = 50
DEEDS = {"start": start_run, "stop": stop_run, "continue": continue_run}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("imports:write")
def imports(request: ReaderRequest) -> HttpResponse:
    """All imports within reach, and the place to drop a new file."""
    reader = request.reader
    values, errors = {"mode": "history", "office": reader.office.id}, {}
    status = 200
    if request.method == "POST":
        values = {"mode": clean_text(request.POST.get("mode"), 12), "office": _number(request.POST.get("office"))}
        try:
            return redirect("import", pk=_take_in(request, values))
        except NotFound:
            raise
        except DomainError as error:
            errors, status = {error.field if error.field in ("file", "mode", "office") else "": error.sentence}, error.status
    context = {
        "runs": list_imports(reader.actor), "values": values, "errors": errors, "modes": wording.mode_options(),
        "offices": [wording.Option(office.id, office.name) for office in reader.staff.offices.values()]
        if reader.actor.reach == "all" and len(reader.staff.offices) > 1 else [],
        "state_label": wording.state_label, "state_tone": wording.state_tone, "mode_label": wording.mode_label,
        "most_megabytes": MOST_BYTES >> 20, "most_rows": MOST_ROWS,
    }  # fmt: skip
    return render(request, "backoffice/imports.html", context, status=status)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _take_in(request: ReaderRequest, values: dict[str, Any]) -> int:
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("no_file", _("Choose a file."), field="file")
    return create_run(pieces=file.chunks(), file_name=file.name or "", mode=values["mode"], office_id=values["office"],
                      by=request.reader.actor, now=request.reader.now)


@require_safe
@for_staff("imports:write")
def import_run(request: ReaderRequest, pk: int) -> HttpResponse:
    """One import, wherever it is. `?edit=1` shows the columns of one that has been checked."""
    card: RunCard = found(find_import(request.reader.actor, pk))
    return _page(request, card)


def _page(request: ReaderRequest, card: RunCard, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    is_asked = card.state == "draft" or bool(errors) or (card.state in ("checked", "failed") and request.GET.get("edit") == "1")
    is_mapped = is_asked and not card.lost
    context: dict[str, Any] = {"run": card, "steps": wording.steps(card), "state_label": wording.state_label(card.state),
                               "state_tone": wording.state_tone(card.state), "mode_label": wording.mode_label(card.mode),
                               "errors": errors or {}, "is_mapped": is_mapped,
                               "lost": forgotten_words(card.made if card.started_at else 0) if card.lost else "",
                               "shown": shown_to(request.reader.actor)}
    if is_mapped:
        context |= mapping_form(card, request.reader, request.POST if errors else None)
    else:
        context |= _results(card)
    part = request.GET.get("part")
    fragments = {"run": "backoffice/_import_run.html", "problems": "backoffice/_import_problems.html"}
    if part == "problems":
        context |= _problems(card, _number(request.GET.get("after")) or 0)
    return render(request, fragments.get(part or "", "backoffice/import.html"), context, status=status)


def _results(card: RunCard) -> dict[str, Any]:
    if card.state in ("running", "undoing", "checking"):
        return {"problems": [], "codes": []}
    codes = [(wording.problem_label(code), number) for code, number in count_problems(card.id).items()]
    return {"codes": codes, "examples": find_by_run(card.id), **_problems(card, 0)}


def _problems(card: RunCard, after: int) -> dict[str, Any]:
    lines = problems_of(card.id, after, SHOWN + 1)
    return {"problems": lines[:SHOWN], "problem_label": wording.problem_label,
            "more_after": after + SHOWN if len(lines) > SHOWN else None}


@require_POST
@for_staff("imports:write")
def check_import(request: ReaderRequest, pk: int) -> HttpResponse:
    """The columns were said: try every row."""
    reader = request.reader
    card: RunCard = found(find_import(reader.actor, pk))
    sheet = clean_text(request.POST.get("sheet"), 120)
    try:
        if "choose_sheet" in request.POST:
            choose_sheet(run_id=pk, sheet=sheet, by=reader.actor, now=reader.now)
        elif "choose_letters" in request.POST:
            chosen = {name: request.POST.get(name, "")[:20] for name in ("encoding", "separator")}
            choose_letters(run_id=pk, **chosen, by=reader.actor, now=reader.now)
        elif "choose_heading" in request.POST:
            row = _number(request.POST.get("heading"))
            choose_heading(run_id=pk, row=-1 if row is None else row, by=reader.actor, now=reader.now)
        else:
            check_run(run_id=pk, by=reader.actor, now=reader.now, **read_mapping(card, request.POST))
    except Invalid as error:
        return _page(request, card, {error.field or "": error.sentence}, error.status)
    return redirect("import", pk=pk)


@require_POST
@for_staff("imports:write")
def act_on_import(request: ReaderRequest, pk: int, deed: str) -> HttpResponse:
    """Bring in, stop, go on, take out again. Done twice it is done once."""
    DEEDS[deed](run_id=pk, by=request.reader.actor, now=request.reader.now)
    return redirect("import", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("imports:write")
def undo_import(request: ReaderRequest, pk: int) -> HttpResponse:
    """What taking out means, said before it is done."""
    card: RunCard = found(find_import(request.reader.actor, pk))
    if request.method != "POST":
        return render(request, "backoffice/_import_undo_dialog.html", {"run": card})
    undo_run(run_id=pk, by=request.reader.actor, now=request.reader.now)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = f"/imports/{pk}"
    return answer


@require_POST
@for_staff("imports:write")
def discard_import(request: ReaderRequest, pk: int) -> HttpResponse:
    """The file is not wanted; nothing of it is in."""
    discard_run(run_id=pk, by=request.reader.actor, now=request.reader.now)
    return redirect("imports")


@require_safe
@for_staff("imports:write")
def import_problems(request: ReaderRequest, pk: int) -> HttpResponseBase:
    """Everything that was left out, as a CSV file."""
    card: RunCard = found(find_import(request.reader.actor, pk))
    rows = wording.problem_rows(card.id, shown_to(request.reader.actor))
    answer = StreamingHttpResponse(write_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{card.id}-problems.csv"'
    return answer
