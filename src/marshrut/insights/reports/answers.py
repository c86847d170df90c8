"""Response times against the clock: how fast, how often in time, by whom, from where and at what hour."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marshrut.insights import wording
from marshrut.insights.queries.answers import Broken, Speed, answer_speeds, broken_in_hands
from marshrut.insights.queries.speed import read_next_answers, read_speed_piles
from marshrut.insights.reports.shapes import Cell, Column, Figure, Question, Report, Row, Table, columns, number_cell, share_cell
from marshrut.insights.reports.sources import tone_of
from marshrut.insights.reports.speed import next_table, speed_sentence, speed_table
from marshrut.intake.wording import channel_label
from marshrut.ui.wording import percent

CODES = ("inquiries", "answered", "silent", "kept", "missed", "kept_share", "median", "ninetieth")
LEVELS = 5
Named = Callable[[Any], tuple[str, dict[str, Any]]]


def answers_report(question: Question) -> Report:
    """The whole report; six statements, one of them of the period before."""
    speeds = answer_speeds(question.actor, question.asked, "owner", "source", "channel", "hour")
    total, before = speeds["all"][0], total_speed(question.before())
    piles = read_speed_piles(question.actor, question.asked, question.now)
    heat, whole = heat_of(question, speeds["hour"]), Row("total", _("Together"), _cells(question, total, {}))

    def table(code: str, title: str, heading: str, found: dict[Any, Speed], named: Named) -> Table:
        rows = []
        for key, speed in sorted(found.items(), key=lambda item: (-item[1].inquiries, str(item[0]))):
            label, narrowed = named(key)
            rows.append(Row(str(key), label, _cells(question, speed, narrowed)))
        return Table(code, title, heading, columns(CODES), rows, whole)

    tables = [
        table("managers", _("By manager"), _("Manager"), speeds["owner"],
              lambda key: (question.person(key), {"manager": key or "queue"})),
        table("sources", _("By source"), _("Source"), speeds["source"], lambda key: _source(question, key)),
        table("channels", _("By channel"), _("Channel"), speeds["channel"], lambda key: (channel_label(key), {"channel": key})),
        _broken_table(question, broken_in_hands(question.actor, question.asked)),
        next_table(question, read_next_answers(question.actor, question.asked)),
        speed_table(question, piles),
        *_heat_tables(heat),
    ]  # fmt: skip
    pictures = {"heat": heat, "speed": speed_sentence(piles)}
    return Report("answers", _("Response times"), figures_of(question, total, before), tables, pictures)


def _broken_table(question: Question, found: list[Broken]) -> Table:
    """Whoever gets an inquiry after its clock has broken did not let it break: this is counted where it happened."""
    heads = (Column("broke", _("Broke in their hands"), "number"), Column("passed_on", _("Somebody else has it now"), "number"))
    rows = [
        Row(str(one.owner_id), question.person(one.owner_id),
            tuple(Cell(number, wording.number(number)) for number in (one.broke, one.passed_on)))
        for one in found
    ]  # fmt: skip
    return Table("broken", _("Clocks that broke, by whose hands they were in"), _("Manager"), heads, rows)


def total_speed(question: Question) -> Speed:
    """How fast all of them were answered; one statement."""
    return answer_speeds(question.actor, question.asked)["all"][0]


def figures_of(question: Question, total: Speed, before: Speed) -> list[Figure]:
    """Median, nine of ten, kept in time, not answered."""
    middle, then = total.median, before.median
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
            wording.minutes(total.ninetieth),
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


def _cells(question: Question, speed: Speed, narrowed: dict[str, Any]) -> tuple[Cell, ...]:
    numbers = [
        number_cell(question, code, getattr(speed, code), **narrowed)
        for code in ("inquiries", "answered", "silent", "kept", "missed")
    ]
    answered = question.address("answered", **narrowed) if speed.answered else ""
    return (
        *numbers,
        share_cell(question, "timed", speed.kept, speed.kept + speed.missed, **narrowed),
        Cell(_rounded(speed.median), wording.minutes(speed.median), answered),
        Cell(_rounded(speed.ninetieth), wording.minutes(speed.ninetieth), answered),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _source(question: Question, id: int) -> tuple[str, dict[str, Any]]:
    card = question.sources.get(id)
    return (card.name, {"source": card.slug}) if card else (str(id), {})


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of one weekday: how many came, how long the middle one and the ninth of ten waited, the share kept in time;
    levels 0 to 5 for the colours."""

    count: int
    minutes: float | None
    text: str
    level: int
    slow: int
    href: str
    ninetieth: float | None = None
    slowest: int = 0
    kept: float | None = None
    broken: int = 0

    def shown(self, mode: str) -> str:
        """The figure of a mode of the map: arrivals, waiting, ninetieth or kept."""
        if mode == "arrivals":
            return str(self.count)
        value = {"waiting": self.minutes, "ninetieth": self.ninetieth, "kept": None if self.kept is None else 100 * self.kept}[mode]
        return "·" if value is None else f"{value:.0f}"

    def colour(self, mode: str) -> str:
        """The class of its colour in a mode."""
        if mode == "arrivals":
            return f"heat-{self.level}"
        return f"slow-{ {'waiting': self.slow, 'ninetieth': self.slowest, 'kept': self.broken}[mode] }"


def heat_of(question: Question, hours: dict[int, Speed]) -> list[list[HeatCell]]:
    """Seven weekdays of twenty-four hours on the office's wall, of speeds by the hour of the week."""
    most = max((speed.inquiries for speed in hours.values()), default=0)
    return [[_heat_cell(question, hours.get(day * 24 + hour), day, hour, most) for hour in range(24)] for day in range(7)]


def _heat_cell(question: Question, speed: Speed | None, day: int, hour: int, most: int) -> HeatCell:
    if speed is None:
        return HeatCell(0, None, "", 0, 0, "")
    middle = speed.median
    level = -(-speed.inquiries * LEVELS // most)
    ended = speed.kept + speed.missed
    kept = speed.kept / ended if ended else None
    return HeatCell(
        speed.inquiries,
        _rounded(middle),
        wording.minutes(middle) if middle is not None else wording.NONE,
        level,
        _slowness(middle),
        question.address("inquiries", weekday=day, hour=hour),
        _rounded(speed.ninetieth),
        _slowness(speed.ninetieth),
        kept,
        0 if kept is None else next((n for n, least in enumerate((0.95, 0.85, 0.7, 0.5), 1) if kept >= least), LEVELS),
    )


def _slowness(minutes: float | None) -> int:
    return 0 if minutes is None else next((n for n, limit in enumerate((2, 5, 10, 15), 1) if minutes <= limit), LEVELS)


def _hours(kind: str) -> tuple[Column, ...]:
    return tuple(Column(f"hour-{hour}", f"{hour:02}", kind) for hour in range(24))


def _heat_tables(heat: list[list[HeatCell]]) -> list[Table]:
    """The heat map as tables, for files and programs."""
    names = wording.weekdays("wide")
    hours = _hours("number")
    came = [
        Row(str(day), names[day], tuple(Cell(cell.count, str(cell.count), cell.href) for cell in line))
        for day, line in enumerate(heat)
    ]
    waited = [
        Row(str(day), names[day], tuple(Cell(cell.minutes, cell.text, cell.href) for cell in line)) for day, line in enumerate(heat)
    ]
    slowest = [
        Row(str(day), names[day], tuple(Cell(cell.ninetieth, wording.minutes(cell.ninetieth)) for cell in line))
        for day, line in enumerate(heat)
    ]
    kept = [
        Row(str(day), names[day], tuple(Cell(cell.kept, wording.NONE if cell.kept is None else percent(cell.kept)) for cell in line))
        for day, line in enumerate(heat)
    ]
    return [
        Table("arrivals", _("Arrivals by weekday and hour"), _("Weekday"), hours, came),
        Table("waiting", _("Median answer by weekday and hour, minutes"), _("Weekday"), hours, waited),
        Table("ninetieth", _("90 % answered within, by weekday and hour, minutes"), _("Weekday"), _hours("minutes"), slowest),
        Table("kept", _("Kept in time by weekday and hour"), _("Weekday"), _hours("share"), kept),
    ]
