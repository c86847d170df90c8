"""Response times against the clock: how fast, how often in time, by whom, from where and at what hour."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.queries import Colleague
from marshrut.core.working_time import WorkingCalendar
from marshrut.insights import wording
from marshrut.insights.queries.answers import AnswerLine, answer_lines
from marshrut.insights.reports.shapes import Cell, Column, Figure, Question, Report, Row, Table, columns, number_cell, share_cell
from marshrut.insights.reports.sources import tone_of
from marshrut.insights.rules import WorkedTime, median, percentile
from marshrut.intake.wording import channel_label

CODES = ("inquiries", "answered", "silent", "kept", "missed", "kept_share", "median", "ninetieth")
LEVELS = 5
Named = Callable[[Any], tuple[str, dict[str, Any]]]


@dataclass(slots=True)
class Speed:
    """How a group of inquiries was answered; minutes are working ones."""

    inquiries: int = 0
    kept: int = 0
    missed: int = 0
    answered: int = 0
    silent: int = 0
    minutes: list[float] = field(default_factory=list)

    def sort(self) -> "Speed":
        """Put the minutes in order once, for all the percentiles asked of them."""
        self.minutes.sort()
        return self

    def take(self, line: AnswerLine, minutes: float | None) -> None:
        self.inquiries += 1
        self.kept += line.clock == "met"
        self.missed += line.clock == "missed"
        self.silent += line.is_silent
        if minutes is not None:
            self.answered += 1
            self.minutes.append(minutes)


def answers_report(question: Question) -> Report:
    """The whole report; two statements, one of them of the period before."""
    timed = timed_lines(question)
    before = speed_of(timed_lines(question.before()))
    total = speed_of(timed)
    heat, whole = heat_of(question, timed), Row("total", _("Together"), _cells(question, total, {}))

    def by(code: str, title: str, heading: str, key_of: Callable[[AnswerLine], Any], named: Named) -> Table:
        return _table(question, timed, code, title, heading, key_of, named, whole)

    tables = [
        by("managers", _("By manager"), _("Manager"), lambda line: line.owner_id or 0,
           lambda key: (question.person(key), {"manager": key or "queue"})),
        by("sources", _("By source"), _("Source"), lambda line: line.source_id, lambda key: _source(question, key)),
        by("channels", _("By channel"), _("Channel"), lambda line: line.channel, lambda key: (channel_label(key), {"channel": key})),
        *_heat_tables(heat),
    ]  # fmt: skip
    return Report("answers", _("Response times"), figures_of(question, total, before), tables, {"heat": heat})


def timed_lines(question: Question) -> list[tuple[AnswerLine, float | None]]:
    """Every inquiry of the period with the working minutes until its first answer; None while there is none."""
    lines = answer_lines(question.actor, question.asked)
    clocks = _Clocks(question, min((line.received for line in lines), default=0.0))
    return [(line, clocks.minutes(line) if line.answered is not None else None) for line in lines]


class _Clocks:
    """Working time of everybody whose inquiries are counted, each calendar laid out once."""

    def __init__(self, question: Question, first: float) -> None:
        self._staff, self._first, self._now = question.staff, datetime.fromtimestamp(first, UTC), question.now
        self._laid: dict[int, WorkedTime] = {}

    def minutes(self, line: AnswerLine) -> float:
        colleague: Colleague | None = self._staff.colleagues.get(line.owner_id or 0)
        office = self._staff.offices.get(line.office_id or 0) or self._staff.first_office
        calendar = colleague.response_calendar if colleague else office.calendar
        if colleague is not None and colleague.is_on_duty:
            return max(0.0, (line.answered or 0.0) - line.received) / 60
        return self._worked(calendar).minutes(line.received, line.answered or line.received)

    def _worked(self, calendar: WorkingCalendar) -> WorkedTime:
        laid = self._laid.get(id(calendar))
        if laid is None:
            laid = self._laid[id(calendar)] = WorkedTime(calendar.open_spans(self._first, self._now))
        return laid


def speed_of(timed: Iterable[tuple[AnswerLine, float | None]]) -> Speed:
    speed = Speed()
    for line, minutes in timed:
        speed.take(line, minutes)
    return speed.sort()


def figures_of(question: Question, total: Speed, before: Speed) -> list[Figure]:
    """Median, nine of ten, kept in time, not answered."""
    middle, then = median(total.minutes), median(before.minutes)
    ended, ended_then = total.kept + total.missed, before.kept + before.missed
    kept, kept_then = (total.kept / ended if ended else None), (before.kept / ended_then if ended_then else None)
    return [
        Figure(
            "median",
            _("Median answer"),
            wording.minutes(middle),
            wording.change(middle, then),
            tone_of(middle, then, less_is_better=True),
            _("of %(count)s answered") % {"count": total.answered},
            question.address("answered"),
        ),
        Figure(
            "ninetieth",
            _("90 % within"),
            wording.minutes(percentile(total.minutes, 0.9)),
            "",
            "",
            _("working time"),
            question.address("answered"),
        ),
        Figure(
            "kept_share",
            _("Kept in time"),
            wording.share_of(total.kept, ended),
            wording.change_of_share(kept, kept_then),
            tone_of(kept, kept_then),
            _("%(count)s too late") % {"count": total.missed},
            question.address("timed"),
        ),
        Figure(
            "silent",
            _("Without an answer"),
            wording.number(total.silent),
            wording.change(total.silent, before.silent),
            tone_of(total.silent, before.silent, less_is_better=True),
            _("of %(count)s inquiries") % {"count": total.inquiries},
            question.address("silent"),
        ),
    ]


def _table(
    question: Question,
    timed: list[tuple[AnswerLine, float | None]],
    code: str,
    title: str,
    heading: str,
    key_of: Callable[[AnswerLine], Any],
    named: Named,
    total: Row,
) -> Table:
    groups: dict[Any, Speed] = defaultdict(Speed)
    for line, minutes in timed:
        groups[key_of(line)].take(line, minutes)
    rows = []
    for key, speed in sorted(groups.items(), key=lambda item: (-item[1].inquiries, str(item[0]))):
        label, narrowed = named(key)
        rows.append(Row(str(key), label, _cells(question, speed.sort(), narrowed)))
    return Table(code, title, heading, columns(CODES), rows, total)


def _cells(question: Question, speed: Speed, narrowed: dict[str, Any]) -> tuple[Cell, ...]:
    numbers = [
        number_cell(question, code, getattr(speed, code), **narrowed)
        for code in ("inquiries", "answered", "silent", "kept", "missed")
    ]
    answered = question.address("answered", **narrowed) if speed.answered else ""
    middle, most = median(speed.minutes), percentile(speed.minutes, 0.9)
    return (
        *numbers,
        share_cell(question, "timed", speed.kept, speed.kept + speed.missed, **narrowed),
        Cell(_rounded(middle), wording.minutes(middle), answered),
        Cell(_rounded(most), wording.minutes(most), answered),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _source(question: Question, id: int) -> tuple[str, dict[str, Any]]:
    card = question.sources.get(id)
    return (card.name, {"source": card.slug}) if card else (str(id), {})


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of one weekday: how many came, how long the middle one waited; levels 0 to 5 for the colours."""

    count: int
    minutes: float | None
    text: str
    level: int
    slow: int
    href: str


def heat_of(question: Question, timed: list[tuple[AnswerLine, float | None]]) -> list[list[HeatCell]]:
    """Seven weekdays of twenty-four hours on the office's wall."""
    groups: dict[tuple[int, int], Speed] = defaultdict(Speed)
    for line, minutes in timed:
        groups[line.weekday, line.hour].take(line, minutes)
    most = max((speed.inquiries for speed in groups.values()), default=0)
    return [[_heat_cell(question, groups.get((day, hour)), day, hour, most) for hour in range(24)] for day in range(7)]


def _heat_cell(question: Question, speed: Speed | None, day: int, hour: int, most: int) -> HeatCell:
    if speed is None:
        return HeatCell(0, None, "", 0, 0, "")
    middle = median(speed.minutes)
    level = -(-speed.inquiries * LEVELS // most)
    slow = 0 if middle is None else next((n for n, limit in enumerate((2, 5, 10, 15), 1) if middle <= limit), LEVELS)
    return HeatCell(
        speed.inquiries,
        _rounded(middle),
        wording.minutes(middle) if middle is not None else wording.NONE,
        level,
        slow,
        question.address("inquiries", weekday=day, hour=hour),
    )


def _heat_tables(heat: list[list[HeatCell]]) -> list[Table]:
    """The heat map as tables, for files and programs."""
    names = wording.weekdays("wide")
    hours = tuple(Column(f"hour-{hour}", f"{hour:02}", "number") for hour in range(24))
    came = [
        Row(str(day), names[day], tuple(Cell(cell.count, str(cell.count), cell.href) for cell in line))
        for day, line in enumerate(heat)
    ]
    waited = [
        Row(str(day), names[day], tuple(Cell(cell.minutes, cell.text, cell.href) for cell in line)) for day, line in enumerate(heat)
    ]
    return [
        Table("arrivals", _("Arrivals by weekday and hour"), _("Weekday"), hours, came),
        Table("waiting", _("Median answer by weekday and hour, minutes"), _("Weekday"), hours, waited),
    ]
