"""Funnels: the list with its pictures, one funnel with its stages in order, dialogs of a stage."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import Choice, ids_of, posted_lists, whole
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import DomainError
from marshrut.deals.queries.funnel_settings import FunnelRow, StageAge, StageRow, read_all_funnels, read_stage_ages
from marshrut.deals.rules import FACT_KINDS, Verdict, funnel_templates, judge_stage_name
from marshrut.deals.services.funnels import (
    TASK_KINDS,
    StageValues,
    add_funnel,
    add_stage,
    check_funnels,
    order_funnels,
    order_stages,
    restore_stage,
    retire_stage,
    save_funnel,
    save_stage,
)
from marshrut.deals.wording import fact_label, stage_name_hint, stage_name_refusal, task_kind_label

PAGE = register_settings(
    SettingsPage(
        slug="funnels",
        group="sales",
        title=lazy("Funnels and stages"),
        icon="layout-kanban",
        order=20,
        url_name="settings_funnels",
        description=lazy("A stage is named after the result reached, and tells the next target: its task is set by itself."),
        watches={"deals_funnel": (), "deals_stage": ()},
        words=lazy("board pipeline task result"),
        check=check_funnels,
    )
)


def _facts_said(value: Any, _reader: Reader) -> str:
    return ", ".join(fact_label(str(name)) for name in value) or _("nothing")


describe(
    "deals_funnel",
    TableWords(
        noun=lazy("Funnel"),
        hidden=("id", "slug"),
        columns={"name": lazy("name"), "position": lazy("place in the list"), "is_active": lazy("is used")},
        said={"position": lambda value, _reader: str(int(value) + 1)},
    ),
)
describe(
    "deals_stage",
    TableWords(
        noun=lazy("Stage"),
        hidden=("id", "slug", "funnel_id"),
        columns={
            "name": lazy("name"),
            "position": lazy("place"),
            "task_title": lazy("next action"),
            "task_kind": lazy("kind of action"),
            "task_minutes": lazy("working minutes"),
            "required_facts": lazy("has to be known"),
            "hint": lazy("hint"),
            "is_last": lazy("is the last"),
            "is_active": lazy("is used"),
            "longest_days": lazy("stuck after, days"),
        },
        said={
            "required_facts": _facts_said,
            "task_kind": lambda value, _reader: task_kind_label(str(value)),
            "position": lambda value, _reader: str(int(value) + 1),
        },
    ),
)
LANGUAGES = [Choice("ru", "Русский"), Choice("uk", "Українська"), Choice("en", "English")]
NAMES = ("name", "task_title", "task_kind", "task_minutes", "hint", "longest_days")


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def funnels(request: ReaderRequest) -> HttpResponse:
    """All funnels as pictures; the list is put in order here."""
    rows = read_all_funnels()
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/funnels.html", {"funnels": rows, "values": {}})
    try:
        with saving(request, PAGE):
            order_funnels(ids=ids_of(posted_lists(request).get("ids", [])), by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_funnels_form.html", {"funnels": rows}, {}, error)
    return saved(PAGE)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def funnel_new(request: ReaderRequest) -> HttpResponse:
    """A funnel from a ready one, or an empty one of a first stage."""
    language = translation.get_language() or "ru"
    ready = [Choice(one.slug, f"{one.name[language]}: {one.about[language]}") for one in funnel_templates()]
    context = {"ready": ready, "languages": LANGUAGES}
    if request.method == "GET":
        values = {"template": ready[0].value, "name": "", "language": request.reader.staff.agency.language}
        return dialog_of(request, PAGE, "backoffice/settings/_funnel_dialog.html", {**context, "values": values})
    values = _typed(request, "template", "name", "language")
    if is_preview(request):
        chosen = next((one for one in funnel_templates() if one.slug == values["template"]), None)
        stages = (
            [stage.name[values["language"] if values["language"] in stage.name else "ru"] for stage in chosen.stages]
            if chosen
            else []
        )
        return preview_of(request, "backoffice/settings/_funnel_preview.html", lambda: {"stages": stages})
    try:
        with saving(request, PAGE, set()):
            made = add_funnel(**values, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_funnel_dialog.html", context, values, error)
    return saved(PAGE, _("The funnel is made"), go=reverse("settings_funnel", args=[made]))


def _typed(request: ReaderRequest, *names: str) -> Values:
    posted = posted_lists(request)
    return {name: (posted.get(name) or [""])[0] for name in names}


def _found(pk: int) -> FunnelRow:
    row = next((one for one in read_all_funnels() if one.id == pk), None)
    if row is None:
        raise Http404
    return row


@dataclass(frozen=True)
class Step:
    """A stage in the picture: how many deals stand there, how long the middle one, how many are stuck."""

    stage: StageRow
    age: StageAge | None
    hint: str


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def funnel(request: ReaderRequest, pk: int) -> HttpResponse:
    """One funnel: its picture, its name, its stages in order."""
    row = _found(pk)
    ages = read_stage_ages(pk, request.reader.now)
    steps = [Step(stage, ages.get(stage.id), stage_name_hint(judge_stage_name(stage.name))) for stage in row.stages]
    context = {"funnel": row, "steps": steps}
    if request.method == "GET":
        values = {"funnel_name": row.name, "is_active": "yes" if row.is_active else ""}
        return page_of(request, PAGE, "backoffice/settings/funnel.html", {**context, "values": values})
    posted = posted_lists(request)
    values = {"funnel_name": (posted.get("funnel_name") or [""])[0], "is_active": "yes" if "is_active" in posted else ""}
    by: dict[str, Any] = {"by": request.reader.actor, "now": request.reader.now}
    try:
        with saving(request, PAGE, {("deals_funnel", pk), *(("deals_stage", stage.id) for stage in (*row.stages, *row.retired))}):
            save_funnel(funnel_id=pk, name=values["funnel_name"], is_active=bool(values["is_active"]), **by)
            order_stages(funnel_id=pk, ids=ids_of(posted.get("ids", [])), **by)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_funnel_form.html", context, values, error)
    return saved(PAGE, go=reverse("settings_funnel", args=[pk]))


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def stage_new(request: ReaderRequest, pk: int) -> HttpResponse:
    """A new stage of a funnel, behind another one."""
    row = _found(pk)
    places = [
        Choice("", _("in the beginning")),
        *(Choice(stage.id, _("after “%(name)s”") % {"name": stage.name}) for stage in row.stages),
    ]
    context = {**_stage_context(reverse("settings_stage_new", args=[pk]), _("New stage")), "places": places}
    if request.method == "GET":
        last = row.stages[-2].id if len(row.stages) > 1 else row.stages[-1].id
        values = {
            "name": "",
            "task_title": "",
            "task_kind": "call",
            "task_minutes": "240",
            "hint": "",
            "longest_days": "5",
            "required_facts": [],
            "after": last,
        }
        return dialog_of(request, PAGE, "backoffice/settings/_stage_dialog.html", {**context, "values": values})
    values = _stage_typed(request)
    if is_preview(request):
        return _judged(request, str(values["name"]))
    try:
        with saving(request, PAGE, set()):
            add_stage(
                funnel_id=pk,
                after_id=whole(str(values["after"])),
                values=_stage_values(values),
                by=request.reader.actor,
                now=request.reader.now,
            )
    except DomainError as error:
        return _stage_refused(request, context, values, error)
    return saved(PAGE, go=reverse("settings_funnel", args=[pk]))


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def stage(request: ReaderRequest, pk: int) -> HttpResponse:
    """One stage in a dialog."""
    row, mine = _stage_of(pk)
    context = _stage_context(reverse("settings_stage", args=[pk]), mine.name)
    if request.method == "GET":
        shown = {name: getattr(mine, name) for name in NAMES} | {"required_facts": list(mine.required_facts)}
        return dialog_of(request, PAGE, "backoffice/settings/_stage_dialog.html", {**context, "values": shown})
    values = _stage_typed(request)
    if is_preview(request):
        return _judged(request, str(values["name"]))
    try:
        with saving(request, PAGE, {("deals_stage", pk)}):
            save_stage(stage_id=pk, values=_stage_values(values), by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return _stage_refused(request, context, values, error)
    return saved(PAGE, go=reverse("settings_funnel", args=[row.id]))


def _stage_of(pk: int) -> tuple[FunnelRow, StageRow]:
    for row in read_all_funnels():
        for mine in (*row.stages, *row.retired):
            if mine.id == pk:
                return row, mine
    raise Http404


def _stage_context(action: str, title: str) -> dict[str, Any]:
    return {
        "action": action,
        "title": title,
        "kinds": [Choice(kind, task_kind_label(kind)) for kind in TASK_KINDS],
        "facts": [Choice(name, fact_label(name)) for name in FACT_KINDS],
        "places": [],
        "better": "",
    }


def _stage_typed(request: ReaderRequest) -> Values:
    return {**_typed(request, *NAMES, "after"), "required_facts": posted_lists(request).get("required_facts", [])}


def _stage_values(values: Values) -> StageValues:
    days = str(values["longest_days"]).strip()
    return StageValues(
        values["name"],
        values["task_title"],
        values["task_kind"],
        whole(values["task_minutes"]),
        tuple(values["required_facts"]),
        values["hint"],
        (whole(days) or 0) if days else None,
    )


def _stage_refused(request: ReaderRequest, context: dict[str, Any], values: Values, error: DomainError) -> HttpResponse:
    """The dialog again; a name that is no result comes with a better one to take by a button."""
    better = judge_stage_name(values["name"], request.reader.staff.agency.language).better if error.field == "name" else ""
    return refused(request, PAGE, "backoffice/settings/_stage_dialog.html", {**context, "better": better}, values, error)


def _judged(request: ReaderRequest, name: str) -> HttpResponse:
    judged = judge_stage_name(name, request.reader.staff.agency.language)
    said = "" if not name else stage_name_refusal(judged) if judged.verdict == Verdict.REFUSED else stage_name_hint(judged)
    return preview_of(
        request,
        "backoffice/settings/_stage_preview.html",
        lambda: {"said": said, "better": judged.better, "verdict": str(judged.verdict), "name": name},
    )


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def stage_retire(request: ReaderRequest, pk: int) -> HttpResponse:
    """A stage is used no more; the deals that stand there go where it is said."""
    row, mine = _stage_of(pk)
    others = [Choice(one.id, one.name) for one in row.stages if one.id != pk]
    context = {"action": reverse("settings_stage_retire", args=[pk]), "stage": mine, "others": others}
    if request.method == "GET":
        return dialog_of(request, PAGE, "backoffice/settings/_stage_retire_dialog.html", {**context, "values": {"to": ""}})
    values = _typed(request, "to")
    try:
        with saving(request, PAGE, {("deals_stage", pk)}):
            retire_stage(stage_id=pk, to_id=whole(values["to"]), by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_stage_retire_dialog.html", context, values, error)
    return saved(PAGE, _("The stage is no longer used"), go=reverse("settings_funnel", args=[row.id]))


@require_http_methods(["POST"])
@for_staff("settings:write")
def stage_restore(request: ReaderRequest, pk: int) -> HttpResponse:
    """A stage is used again."""
    row, _mine = _stage_of(pk)
    restore_stage(stage_id=pk, by=request.reader.actor, now=request.reader.now)
    return saved(PAGE, _("The stage is used again"), go=reverse("settings_funnel", args=[row.id]))
