"""What corrections teach: how well the words of messages tell classes and categories, and from which confidence on they decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    frame_of,
    is_preview,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import Example, examples, reference_of
from marshrut.backoffice.web.settings.rule_story import SetWords, describe_set, rows_of_set
from marshrut.backoffice.web.settings.story import plain
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.intake.queries.learning import latest_runs
from marshrut.intake.queries.rule_samples import sample_ids
from marshrut.intake.queries.words import (
    Kept,
    LearntWords,
    count_examples,
    count_kept,
    newest_word_figures,
    read_judged_of,
)
from marshrut.intake.rules import AXES, CATEGORY, CLASS
from marshrut.intake.rules.word_judging import CONFIDENCES, AtConfidence, Judged, at_confidence, confusion
from marshrut.intake.rules.word_learning import LEAST_EXAMPLES, LEAST_OF_LABEL
from marshrut.intake.services.learning_runs import WORDS, ask_for_run
from marshrut.intake.services.learning_words import SETTING, save_confidence, try_confidence
from marshrut.intake.services.rule_settings import changes_kept
from marshrut.intake.wording import class_label
from marshrut.ui.answers import done

PAGE = register_settings(
    SettingsPage(
        slug="words",
        group="inquiries",
        title=lazy("What corrections teach"),
        icon="school",
        order=20,
        url_name="settings_words",
        description=lazy(
            "Where no criterion matches, the words of a message propose a class and a category. They are learned every night from what "
            "people corrected and confirmed, and decide by themselves only from a confidence on that you set."
        ),
        watches={"intake_rulesetting": ()},
        words=lazy("model learning confidence classification confusion text"),
        rows=rows_of_set(SETTING),
    )
)
TITLES: dict[str, Any] = {CLASS: lazy("Classes"), CATEGORY: lazy("Categories")}
SPAN = timedelta(days=30)
WIDTH, HEIGHT = 320.0, 120.0


def _said(value: Any) -> str:
    if isinstance(value, float):
        return _("%(percent)s %%") % {"percent": round(value * 100)}
    return plain(value) or _("only proposes")


describe_set(
    SETTING,
    SetWords(
        lambda: dict.fromkeys(AXES),
        lambda path, _reader: _("Decides from, %(what)s") % {"what": str(TITLES.get(path[0], path[0])).lower()},
        _said,
    ),
)


@dataclass(frozen=True)
class Cell:
    """So many later messages of one truth that the words took for one label."""

    number: int
    is_right: bool
    url: str
    is_open: bool
    label: str


@dataclass(frozen=True)
class TruthRow:
    """What messages of one label were taken for."""

    label: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Step:
    """A confidence on the chart: where it stands, the share decided and the share of these that is right."""

    x: float
    decided_y: float
    right_y: float | None
    found: AtConfidence
    percent: int


@dataclass(frozen=True)
class Axis:
    """Classes or categories, as the page shows them. `confidence` in whole per cent, None: the words only propose."""

    slug: str
    title: str
    confidence: int | None
    examples: int
    figures: dict[str, Any] | None
    learned_at: datetime | None
    steps: list[Step]
    line: str
    columns: list[str]
    table: list[TruthRow]
    kept: Kept


@dataclass(frozen=True)
class Opened:
    """The inquiries of one cell of the table; `hidden` are out of the reader's reach or gone."""

    title: str
    examples: list[Example]
    hidden: int


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def words(request: ReaderRequest) -> HttpResponse:
    """How good the words are, and from where on they decide; learn now."""
    if request.method == "POST" and "learn" in request.POST:
        ask_for_run(kind=WORDS, asked={}, by=request.reader.actor, now=request.reader.now)
        return done(_("Learning has begun"), go=PAGE.url)
    typed = {axis: _typed(request, axis) for axis in AXES if request.method == "POST"}
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_words_preview.html", lambda: _preview(typed))
    if request.method == "POST":
        try:
            with saving(request, PAGE):
                save_confidence(typed=typed, by=request.reader.actor, now=request.reader.now)
        except DomainError as error:
            return refused(request, PAGE, "backoffice/settings/_words_form.html", {"axes": _axes(request)}, typed, error)
        return saved(PAGE)
    run = next(iter(latest_runs(WORDS, 1)), None)
    context = {
        **frame_of(request, PAGE), "axes": _axes(request), "opened": _opened(request), "run": run, "values": {},
        "is_learning": bool(run and run.finished_at is None), "least": LEAST_EXAMPLES, "least_of_label": LEAST_OF_LABEL,
    }  # fmt: skip
    return part_or_page(request, "words", "backoffice/settings/_words.html", "backoffice/settings/words.html", context)


def _typed(request: ReaderRequest, axis: str) -> str:
    """Per cent as typed; empty where the words are not to decide."""
    return clean_text(request.POST.get(axis), 20) if request.POST.get(f"decides_{axis}") else ""


def _preview(typed: dict[str, str]) -> dict[str, Any]:
    wanted, learned = try_confidence(typed), newest_word_figures()
    foreseen = [
        (str(TITLES[axis]), None if wanted.get(axis) is None else at_confidence(_judged(learned.get(axis)), wanted[axis]))
        for axis in AXES
        if axis in learned
    ]
    return {"foreseen": foreseen}


def _judged(learnt: LearntWords | None) -> list[Judged]:
    return read_judged_of(learnt) if learnt else []


def _axes(request: ReaderRequest) -> list[Axis]:
    learned, counted = newest_word_figures(), count_examples()
    kept, present = count_kept(request.reader.now - SPAN), changes_kept(SETTING)
    return [_axis(request, axis, learned.get(axis), counted.get(axis, 0), kept[axis], present.get(axis)) for axis in AXES]


def _axis(request: ReaderRequest, axis: str, learnt: LearntWords | None, number: int, kept: Kept, confidence: float | None) -> Axis:
    judged = _judged(learnt)
    steps = _steps(judged)
    line = " ".join(f"{step.x:g},{step.right_y:g}" for step in steps if step.right_y is not None)
    columns, table = _table(request, axis, judged)
    percent = None if confidence is None else round(confidence * 100)
    return Axis(
        axis, str(TITLES[axis]), percent, number, learnt.figures if learnt else None, learnt.learned_at if learnt else None,
        steps, line, columns, table, kept,
    )  # fmt: skip


def _steps(judged: Sequence[Judged]) -> list[Step]:
    width = WIDTH / len(CONFIDENCES)
    made = []
    for place, confidence in enumerate(CONFIDENCES):
        found = at_confidence(judged, confidence)
        right = None if found.rightness is None else round(HEIGHT - HEIGHT * found.rightness, 1)
        made.append(Step(round((place + 0.5) * width, 1), round(HEIGHT - HEIGHT * found.share, 1), right, found, round(confidence * 100)))
    return made


def _label(request: ReaderRequest, axis: str, slug: str) -> str:
    if not slug:
        return _("nothing")
    return class_label(slug) if axis == CLASS else reference_of(request).catalogue.categories.get(slug, slug)


def _table(request: ReaderRequest, axis: str, judged: Sequence[Judged]) -> tuple[list[str], list[TruthRow]]:
    """The confusion table: down what it was, across what the words said."""
    cells = confusion(judged)
    truths = sorted({one.truth for one in judged}, key=lambda slug: -sum(one.truth == slug for one in judged))
    guesses = [*truths, *sorted({one.guess for one in judged} - set(truths))]
    asked = tuple(request.GET.get(name, "") for name in ("axis", "truth", "guess"))

    def cell(truth: str, guess: str) -> Cell | None:
        rows = cells.get((truth, guess))
        if not rows:
            return None
        url = f"{PAGE.url}?{urlencode({'axis': axis, 'truth': truth, 'guess': guess})}#cell"
        return Cell(len(rows), truth == guess, url, asked == (axis, truth, guess), _cell_title(request, axis, truth, guess))

    rows = [TruthRow(_label(request, axis, truth), [cell(truth, guess) for guess in guesses]) for truth in truths]
    return [_label(request, axis, guess) for guess in guesses], rows


def _cell_title(request: ReaderRequest, axis: str, truth: str, guess: str) -> str:
    return _("It was “%(truth)s”, the words said “%(guess)s”") % {
        "truth": _label(request, axis, truth), "guess": _label(request, axis, guess)
    }  # fmt: skip


def _opened(request: ReaderRequest) -> Opened | None:
    """The inquiries of the cell that the address names."""
    axis, truth, guess = (clean_text(request.GET.get(name), 120) for name in ("axis", "truth", "guess"))
    if axis not in AXES or not truth:
        return None
    judged = confusion(_judged(newest_word_figures().get(axis))).get((truth, guess), [])
    sample = sample_ids([one.id for one in judged], request.reader.staff)
    shown = examples(request.reader, sample, range(len(sample)), {}, None)
    return Opened(_cell_title(request, axis, truth, guess), shown, len(judged) - len(shown))
