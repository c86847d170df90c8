"""How inquiries have ended, held against grades and criteria: what does not separate buyers from the others is seen to be useless."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.web.pages import ReaderRequest
from marshrut.backoffice.web.settings.rule_pages import Choice, Rule, reference_of, title_of
from marshrut.core.shares import wilson
from marshrut.intake.queries.rule_lists import read_relevance_criteria
from marshrut.intake.queries.rule_samples import Sampled, sample_ended
from marshrut.intake.rules import RelevanceGrader, compile_relevance
from marshrut.intake.rules.previews import Ended, Separation, ended_by_grade, grades_of, separations
from marshrut.intake.services.criteria import relevance_settings
from marshrut.ui.wording import percent

GRADES = ("A", "B", "C")
WINDOWS = (30, 90, 365)
USUAL_WINDOW = 90
MOST_ENDED = 3000


def window_of(request: ReaderRequest) -> int:
    """How many days back inquiries are looked at; asked for in the address, else ninety."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, WINDOWS) else USUAL_WINDOW


def windows(request: ReaderRequest) -> list[tuple[Choice, bool]]:
    """The windows to choose from, and which is chosen."""
    labels = {30: _("30 days"), 90: _("90 days"), 365: _("a year")}
    return [(Choice(days, labels[days]), days == window_of(request)) for days in WINDOWS]


def ended_of(request: ReaderRequest) -> list[Sampled]:
    """Inquiries of the window that were won or lost; read once for a request."""
    if not hasattr(request, "ended_sample"):
        since = request.reader.now - timedelta(days=window_of(request))
        request.ended_sample = sample_ended(request.reader.staff, since, MOST_ENDED)  # type: ignore[attr-defined]
    return request.ended_sample  # type: ignore[attr-defined, no-any-return]


def ended_note(request: ReaderRequest) -> str:
    """What the figures are of."""
    number, days = len(ended_of(request)), window_of(request)
    said = _("Of %(number)s inquiries that came within %(days)s days and have ended, graded by the rules as they are now.")
    cut = _("Only the newest are looked at: there were more.") if number >= MOST_ENDED else ""
    return f"{said % {'number': number, 'days': days}} {cut}".rstrip()


@dataclass(frozen=True)
class Outcome:
    """How inquiries of one grade have ended; `span` is where the true share lies, in words."""

    grade: str
    ended: Ended
    span: str


def outcomes_of(request: ReaderRequest, grader: RelevanceGrader | None = None) -> list[Outcome]:
    """Grade × conversion of what has ended, by this grader or the rules in force."""
    reference, sample = reference_of(request), ended_of(request)
    grades = grades_of(grader or reference.rules.grader, [one.facts for one in sample], reference.catalogue.floors)
    found = ended_by_grade(grades, [one.outcome == "won" for one in sample])
    return [Outcome(grade, ended, _span(ended)) for grade in GRADES for ended in [found.get(grade, Ended())]]


def _span(ended: Ended) -> str:
    bounds = wilson(ended.won, ended.closed)
    return f"{percent(bounds[0])} – {percent(bounds[1])}" if bounds else ""


@dataclass(frozen=True)
class ComparedOutcome:
    """The conversion of one grade before and after a change of the rules, in words, and how many have ended of it then."""

    grade: str
    before: str
    after: str
    closed: int


def compared_outcomes(request: ReaderRequest, grader: RelevanceGrader) -> list[ComparedOutcome]:
    """Grade × conversion before and after."""
    pairs = zip(outcomes_of(request), outcomes_of(request, grader), strict=True)
    return [ComparedOutcome(old.grade, _share(old.ended), _share(new.ended), new.ended.closed) for old, new in pairs]


def _share(ended: Ended) -> str:
    return percent(ended.conversion) if ended.conversion is not None else "—"


@dataclass(frozen=True)
class Usefulness:
    """Whether what a criterion speaks of is bought more or less often than the rest, in words; `tone` colours it."""

    name: str
    found: Separation
    said: str
    tone: str


def usefulness_of(request: ReaderRequest) -> list[Usefulness]:
    """Each criterion that is asked."""
    rows = [row for row in read_relevance_criteria() if row.is_active]
    found = _separated(request, [row.as_rule() for row in rows])
    named = [(title_of(row.name, row.code), row.points) for row in rows]
    return [Usefulness(name, one, *_verdict(points, one)) for (name, points), one in zip(named, found, strict=True)]


def usefulness_of_rule(request: ReaderRequest, rule: Rule) -> Usefulness:
    """One criterion as it is being edited."""
    found = _separated(request, [rule])[0]
    return Usefulness(str(rule["name"]), found, *_verdict(int(rule["points"]), found))


def _separated(request: ReaderRequest, rules: Sequence[Any]) -> list[Separation]:
    reference = reference_of(request)
    grader = compile_relevance({"settings": relevance_settings(), "criteria": list(rules)})
    closed = [(one.facts, one.outcome == "won") for one in ended_of(request)]
    return separations(grader, closed, reference.catalogue.floors)


def _verdict(points: int, found: Separation) -> tuple[str, str]:
    if not found.closed:
        return _("nothing of it has ended yet"), ""
    difference = found.difference
    if difference is None or not difference.is_certain:
        return _("does not separate buyers from the others, as far as these numbers tell"), "warm" if points and found.is_enough else ""
    if points == 0 or (difference.points > 0) == (points > 0):
        return _("separates as it should"), "good"
    return _("separates the other way round"), "bad"
