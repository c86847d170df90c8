"""When: two days of one trip, or a window in which it should lie.

A stated first and last day («с 5 по 12 июня») are the trip itself. A month, a season, a holiday, «в начале июня» and «5–7
июня» with nights beside them are a window: `flexible`. A day without a year is the next such day from today on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from . import calendar_days as days
from .line import Line
from .signs import SIGNS, pattern

MOST_AHEAD = timedelta(days=3 * 366)

_DAY = "<number|ordinal>"
_MONTH = "<month|month_short>"
_TO = "(?:<by|till|dash|slash>|<dash><dash>|<dot><by>)"
_YEAR = "(?:<number>(?:<year|year_short>)?|<next|this><year>)"


@dataclass(frozen=True, slots=True)
class When:
    """The earliest start and the latest end; None is open. `is_flexible`: a window, not the trip's own first and last day."""

    start: date | None
    end: date | None
    is_flexible: bool
    said: tuple[int, int]


_WINDOW_WORDS = ("период", "період", "диапазон", "діапазон", "промежут", "проміж", "интервал")
_Reading = Callable[["_Dates", re.Match[str]], "When | None"]


def read_when(line: Line, today: date) -> When | None:
    """The dates, or None. The first pattern that holds decides: they stand from the plainest to the vaguest."""
    reader = _Dates(line, today)
    for needed, written, read in _PATTERNS:
        if not line.has(needed):
            continue
        for found in line.find(written):
            if line.is_used(*found.span()):
                continue
            when = read(reader, found)
            if when is not None and reader.is_sound(when):
                line.use(*when.said)
                return reader.clipped(when)
    return None


class _Dates:
    """The line and the day on which it is read."""

    def __init__(self, line: Line, today: date) -> None:
        self.line, self.today = line, today

    def is_sound(self, when: When) -> bool:
        """Neither past nor too far, nor the wrong way round."""
        last = when.end or when.start
        first = when.start or when.end
        if last is None or first is None or last < self.today or first > self.today + MOST_AHEAD:
            return False
        return when.is_flexible or when.end is None or when.start is None or when.start <= when.end

    def clipped(self, when: When) -> When:
        """A window that has begun already begins today."""
        if when.is_flexible and when.start is not None and when.start < self.today:
            return When(self.today, when.end, True, when.said)
        return when

    # --- parts

    def day(self, at: int) -> int | None:
        number = self.line.whole(at)
        return number if number is not None and 1 <= number <= 31 else None

    def month(self, at: int) -> int:
        return int(self.line.tokens[at].value)

    def year(self, at: int, end: int) -> tuple[int | None, int]:
        """A year that follows, and where the words end: 2027, 2027 года, следующего года, 27 г."""
        found = pattern(_YEAR).match(self.line.signs, at)
        if found is None:
            return None, end
        sign = self.line.signs[at]
        if sign == SIGNS["next"]:
            return self.today.year + 1, found.end()
        if sign == SIGNS["this"]:
            return self.today.year, found.end()
        number = self.line.whole(at)
        if number is not None and self.today.year <= number <= self.today.year + 3 and self.line.tokens[at].value != "grouped":
            return number, found.end()
        return None, end

    def year_before(self, start: int) -> int | None:
        """«Следующим летом», «в следующем июне»."""
        return self.today.year + 1 if self.line.before(start, "<next>") else None

    def dated(self, at: int) -> tuple[int, int, int | None]:
        day, month, year = self.line.tokens[at].value
        return day, month, year

    # --- plain days

    def range_of_months(self, found: re.Match[str]) -> When | None:
        """«С 28 июня по 5 июля», «5–12 июня»."""
        first, second = self.day(found.start("first")), self.day(found.start("second"))
        if first is None or second is None:
            return None
        late = self.month(found.start("late"))
        early = self.month(found.start("early")) if found.start("early") >= 0 else late
        year, end = self.year(found.end(), found.end())
        if found.start("early") < 0 and self.is_counted(found):
            return None
        return self.between((first, early, None), (second, late, year), (found.start(), end))

    def is_counted(self, found: re.Match[str]) -> bool:
        return self.line.before(found.start(), "<price>") is not None

    def range_of_dates(self, found: re.Match[str]) -> When | None:
        """«10.07–20.07», «5–12.06»."""
        second = self.dated(found.start("second"))
        at = found.start("first")
        if self.line.signs[at] == SIGNS["date"]:
            first = self.dated(at)
        else:
            day = self.day(at)
            if day is None or (day > second[0]):
                return None
            first = (day, second[1], None)
        return self.between(first, second, found.span())

    def between(
        self, first: tuple[int, int, int | None], second: tuple[int, int, int | None], said: tuple[int, int]
    ) -> When | None:
        day, month, year = second
        start_year = first[2] if first[2] is not None else year
        if start_year is not None and first[2] is None and (first[1], first[0]) > (month, day):
            start_year -= 1
        start = days.next_day(self.today, first[1], first[0], start_year)
        if start is None:
            return None
        end = days.day_of(year, month, day) if year is not None else days.next_day(start, month, day)
        if end is None or not start <= end or end - start > timedelta(days=200):
            return None
        is_window = end - start > timedelta(days=45) or any(
            token.word.startswith(_WINDOW_WORDS) for token in self.line.tokens[max(0, said[0] - 3) : said[0]]
        )
        return When(start, end, is_window, self.widened(said))

    def there_and_back(self, found: re.Match[str]) -> When | None:
        """«Улетаем 12 декабря, возвращаемся 20 декабря»."""
        if not any("back" in token.marks for token in self.line.tokens[found.start("gap") : found.end("gap")]):
            return None
        ends = []
        for name, of in (("day", "month"), ("day2", "month2")):
            at = found.start(name)
            if self.line.signs[at] == SIGNS["date"]:
                ends.append(self.dated(at))
            else:
                ends.append((self.day(at) or 0, self.month(found.start(of)), None))
        return self.between(ends[0], ends[1], found.span())

    def back_in_the_month(self, found: re.Match[str]) -> When | None:
        """«7-го мая улететь и 16-го вернуться»: the same month, or the next."""
        first, month, second = self.day(found.start("day")), self.month(found.start("month")), self.day(found.start("day2"))
        near = self.line.tokens[found.start("gap") : found.end() + 1]
        if first is None or second is None or not any("back" in token.marks for token in near):
            return None
        return self.between((first, month, None), (second, month + (second <= first) if month < 12 else month, None), found.span())

    def single(self, found: re.Match[str]) -> When | None:
        """«15 июня», «до 20 августа», «после 20-го июля»."""
        number = self.day(found.start("day"))
        before = self.line.tokens[max(0, found.start() - 2) : found.start()]
        if any("born" in token.marks for token in before):  # «у нас свадьба 12 июня»
            self.line.use(*found.span())
            return None
        if number is None:
            return None
        month = self.month(found.start("month"))
        year, end = self.year(found.end(), found.end())
        if (month, number) in ((3, 8), (2, 23)) and self.line.before(found.start(), "<on>"):
            window = days.holiday_window(self.today, "women" if month == 3 else "defenders", year)
            return When(*window, True, (found.start(), end))
        return self.one_day(days.next_day(self.today, month, number, year), (found.start(), end))

    def single_date(self, found: re.Match[str]) -> When | None:
        day, month, year = self.dated(found.start())
        if self.is_not_travel(found):
            return None
        return self.one_day(days.next_day(self.today, month, day, year), found.span())

    def is_not_travel(self, found: re.Match[str]) -> bool:
        """Of birth, of an order, a rating, an hour."""
        at = found.start()
        near = self.line.tokens[max(0, at - 3) : at] + self.line.tokens[at + 1 : at + 3]
        if any({"born", "order", "measure"} & token.marks for token in near):
            return True
        if self.line.tokens[at].value[2] is None and self.line.before(at, "<into|from>"):
            return True
        return self.line.before(at, "<from>") is not None and self.line.follows(at + 1, "<till|by|dash>") is None

    def one_day(self, day: date | None, said: tuple[int, int]) -> When | None:
        if day is None:
            return None
        start = said[0]
        if self.line.before(start, "<till>|<not>?<at_most>|<by>"):
            return When(None, day, True, (start - 1, said[1]))
        if self.line.before(start, "<since|from|after>"):
            is_window = self.line.before(start, "<after>") is not None or not self.line.has("night|night_short|day|week")
            return When(day, None, is_window, (start - 1, said[1]))
        return When(day, None, False, self.widened(said))

    def choice(self, found: re.Match[str]) -> When | None:
        """«5, 6 или 7 июня»: a window to leave in."""
        numbers = [
            self.day(at)
            for at in range(found.start(), found.start("month"))
            if self.line.signs[at] in (SIGNS["number"], SIGNS["ordinal"])
        ]
        known = [number for number in numbers if number is not None]
        if len(known) < 2 or len(known) != len(numbers):
            return None
        year, end = self.year(found.end(), found.end())
        window = days.days_of_month(self.today, self.month(found.start("month")), min(known), max(known), year)
        return When(*window, True, (found.start(), end))

    def days_of_dates(self, found: re.Match[str]) -> When | None:
        """«С 15 по 22 числа», «с 15 числа»."""
        first = self.day(found.start("first"))
        second = self.day(found.start("second")) if found.start("second") >= 0 else None
        if first is None or (found.start("second") >= 0 and second is None):
            return None
        start = self.next_of_month(self.today, first)
        if start is None:
            return None
        end = self.next_of_month(start, second) if second is not None else None
        return When(start, end, second is None, found.span())

    @staticmethod
    def next_of_month(since: date, day: int) -> date | None:
        for month in range(4):
            ahead = days.months_later(since.replace(day=1), month)
            found = days.day_of(ahead.year, ahead.month, day)
            if found is not None and found >= since:
                return found
        return None

    # --- windows

    def parts(self, found: re.Match[str]) -> When | None:
        """«В начале июня», «конец июля – начало августа», «до конца августа»."""
        part = _PART_NAMES[self.line.signs[found.start("part")]]
        start, end = self.part_window(found.start("part"), found.start("month"), part)
        last = found.end()
        if found.start("part2") >= 0:
            at = found.start("month2") if found.start("month2") >= 0 else found.start("month")
            end = self.part_window(found.start("part2"), at, _PART_NAMES[self.line.signs[found.start("part2")]])[1]
            if end < start:
                start = self.part_window(found.start("part"), found.start("month"), part)[0]
        year, last = self.year(last, last)
        if year is not None:
            start, end = _in_year(start, year), _in_year(end, year)
        return self.bounded(start, end, (found.start(), last))

    def part_window(self, part_at: int, month_at: int, part: str) -> days.Window:
        token = self.line.tokens[month_at]
        if token.sign == SIGNS["season"]:
            start, _end = days.season_window(self.today, token.value, self.year_before(month_at))
            third = {"beginning": 0, "middle": 1, "ending": 2}[part]
            first = days.months_later(start, third)
            return first, days.months_later(first, 1) - timedelta(days=1)
        return days.part_of_month(self.today, self.month(month_at), part, self.year_before(month_at))

    def bounded(self, start: date, end: date, said: tuple[int, int]) -> When:
        """«До конца августа», «после середины июля», else the window itself."""
        if self.line.before(said[0], "<till>|<not>?<at_most>"):
            return When(None, end, True, (said[0] - 1, said[1]))
        if self.line.before(said[0], "<since|from>"):
            return When(start, None, True, (said[0] - 1, said[1]))
        if self.line.before(said[0], "<after>"):
            return When(end + timedelta(days=1), None, True, (said[0] - 1, said[1]))
        return When(start, end, True, said)

    def half(self, found: re.Match[str]) -> When | None:
        """«В первой половине июля»; «первые числа июня», «20-е числа»."""
        number, month = self.line.whole(found.start("which")), self.month(found.start("month"))
        if found.start("half") >= 0:
            spans = {1: (1, 15), 2: (16, 31)}
        elif found.start("decade") >= 0:
            spans = {1: (1, 10), 2: (11, 20), 3: (21, 31)}
        else:
            spans = {1: (1, 5), 10: (10, 19), 20: (20, 31)}
        if number not in spans:
            return None
        year, end = self.year(found.end(), found.end())
        return self.bounded(*days.days_of_month(self.today, month, *spans[number], year), (found.start(), end))

    def months(self, found: re.Match[str]) -> When | None:
        """«Июль–август», «с июля по сентябрь», «в июне или июле»."""
        first, last = self.month(found.start("early")), self.month(found.start("late"))
        if (last - first) % 12 > 6:
            return None
        year, end = self.year(found.end(), found.end())
        return When(*days.month_window(self.today, first, last, year), True, (found.start(), end))

    def month_alone(self, found: re.Match[str]) -> When | None:
        """«В июле», «на июль 2027»."""
        month = self.month(found.start())
        if self.line.follows(found.end(), "<word>?<not><unsure|wish|go>") or self.line.before(found.start(), "<year><into>"):
            return None  # «в июне не можем», «ребёнку будет два года в мае»
        year, end = self.year(found.end(), found.end())
        year = year if year is not None else self.year_before(found.start())
        return self.bounded(*days.month_window(self.today, month, month, year), (found.start(), end))

    def season(self, found: re.Match[str]) -> When | None:
        year, end = self.year(found.end(), found.end())
        if year is None and self.line.before(found.start(), "<next>"):
            this = days.season_window(self.today, self.line.tokens[found.start()].value)
            year = this[0].year + (this[0] <= self.today)
        return self.bounded(*days.season_window(self.today, self.line.tokens[found.start()].value, year), (found.start(), end))

    def vacation(self, found: re.Match[str]) -> When | None:
        first, last = days.VACATIONS[self.line.tokens[found.start()].value]
        return When(*days.span_of_days(self.today, first, last), True, found.span())

    def holiday(self, found: re.Match[str]) -> When | None:
        at = found.start("holiday")
        name = str(self.line.tokens[at].value)
        which = self.line.tokens[at - 1].number if at and self.line.signs[at - 1] == SIGNS["ordinal"] else None
        if name == "may" and which in (1, 2):
            name = "may_first" if which == 1 else "may_second"
        start, end = days.holiday_window(self.today, name)
        if self.line.before(found.start(), "<after>"):
            return When(
                end + timedelta(days=1) if name != "new_year" else date(end.year, 1, 2),
                None,
                True,
                (found.start() - 1, found.end()),
            )
        if self.line.before(found.start(), "<till>") and name == "new_year":
            return When(None, date(start.year, 12, 31), True, (found.start() - 1, found.end()))
        return When(start, end, True, found.span())

    # --- counted from today

    def through(self, found: re.Match[str]) -> When | None:
        """«Через две недели», «через месяц»."""
        at = found.start("count")
        count = self.line.whole(at) if at >= 0 else 1
        if count is None or not 1 <= count <= 60:
            return None
        unit = self.line.signs[found.start("unit")]
        if unit == SIGNS["month_unit"]:
            day = days.months_later(self.today, count)
            return When(day - timedelta(days=7), day + timedelta(days=7), True, found.span())
        if unit == SIGNS["year"]:
            return None
        ahead = self.today + timedelta(days=count * 7 if unit == SIGNS["week"] else count)
        around = timedelta(days=3 if unit == SIGNS["week"] else 0)
        return When(ahead - around, ahead + around, True, found.span()) if around else When(ahead, None, False, found.span())

    def tomorrow(self, found: re.Match[str]) -> When | None:
        at = found.end() - 1
        return When(self.today + timedelta(days=int(self.line.tokens[at].value)), None, False, found.span())

    def weekend(self, found: re.Match[str]) -> When | None:
        is_next = self.line.before(found.end() - 1, "<next>") is not None
        return When(*days.weekend_after(self.today, 1 if is_next else 0), False, found.span())

    def next_unit(self, found: re.Match[str]) -> When | None:
        """«На следующей неделе», «в следующем месяце»."""
        is_next = self.line.signs[found.end() - 2] == SIGNS["next"]
        if self.line.signs[found.end() - 1] == SIGNS["week"]:
            return When(*days.week_after(self.today, 1 if is_next else 0), True, found.span())
        first = days.months_later(self.today.replace(day=1), 1 if is_next else 0)
        return When(first, days.months_later(first, 1) - timedelta(days=1), True, found.span())

    def widened(self, said: tuple[int, int]) -> tuple[int, int]:
        """«С» and «вылет» belong to the words."""
        if found := self.line.before(said[0], "<since|from>"):
            return said[0] - len(found.group()), said[1]
        return said


def _in_year(day: date, year: int) -> date:
    return days.day_of(year, day.month, day.day) or date(year, day.month, 28)


_PART_NAMES = {SIGNS[name]: name for name in ("beginning", "middle", "ending")}
_PART, _OF = "<beginning|middle|ending>", "<month|season>"
_PATTERNS: tuple[tuple[str, str, _Reading], ...] = (
    (
        "month|month_short",
        f"(?P<first>{_DAY})<dates>?(?P<early>{_MONTH})?<dot>?<number>?<year_short>?(?:<comma>?{_TO})(?P<second>{_DAY})<dates>?(?P<late>{_MONTH})<dot>?",
        _Dates.range_of_months,
    ),
    ("date", f"(?P<first><date>|{_DAY})<year|year_short>?<comma>?{_TO}(?P<second><date>)", _Dates.range_of_dates),
    ("month|month_short", f"{_DAY}(?:(?:<comma|or>|<comma><or>){_DAY}){{1,5}}(?P<month>{_MONTH})<dot>?", _Dates.choice),
    (
        "half|decade|dates",
        f"(?P<which><ordinal|number>)(?:(?P<half><half>)|(?P<decade><decade>)|<dates>)(?P<month>{_MONTH})",
        _Dates.half,
    ),
    (
        "month|month_short|date",
        f"(?P<day>{_DAY})<dates>?(?P<month>{_MONTH})<dot>?(?P<gap><!dot|end_mark|line>{{1,4}}?)(?P<day2>{_DAY})<dates>?(?P<month2>{_MONTH})<dot>?",
        _Dates.there_and_back,
    ),
    ("month|month_short|date", "(?P<day><date>)(?P<gap><!dot|end_mark|line>{1,4}?)(?P<day2><date>)", _Dates.there_and_back),
    (
        "month|month_short",
        f"<since>(?P<first>{_DAY})<dates>?(?P<early>{_MONTH})?<dot>?<on>(?P<second>{_DAY})<dates>?(?P<late>{_MONTH})<dot>?",
        _Dates.range_of_months,
    ),
    (
        "month|month_short",
        f"(?P<day>{_DAY})<dates>?(?P<month>{_MONTH})<dot>?(?P<gap><!dot|end_mark|line>{{1,5}}?)(?P<day2><ordinal>)(?!<dates>?<month|month_short>)",
        _Dates.back_in_the_month,
    ),
    (
        "month|month_short",
        f"<since>(?P<first>{_DAY})(?P<early>(?!))?<by|till>(?P<second>{_DAY})<comma><into>?(?P<late><month>)",
        _Dates.range_of_months,
    ),
    ("month|month_short", f"(?P<day>{_DAY})<dates>?(?P<month>{_MONTH})<dot>?", _Dates.single),
    ("date", "<date>", _Dates.single_date),
    ("dates|ordinal", f"<since|by>(?P<first>{_DAY})<dates>?(?:{_TO})(?P<second>{_DAY})<dates>", _Dates.days_of_dates),
    ("dates|ordinal", "<since>(?P<first><ordinal>)<by|till>(?P<second><ordinal>)(?!<month|month_short>)", _Dates.days_of_dates),
    (
        "beginning|middle|ending",
        f"(?P<part>{_PART})(?P<month>{_OF})(?:<into>?(?:<dash|slash|comma|or>|<comma><or>)?<into>?(?P<part2>{_PART})(?P<month2>{_OF}))?",
        _Dates.parts,
    ),
    ("beginning|middle|ending", f"(?P<part>{_PART})(?:<dash|slash|or>)<into>?(?P<part2>{_PART})(?P<month>{_OF})", _Dates.parts),
    ("month", "(?P<early><month>)(?:<dash|slash|or|comma|by>|<comma><or>|<or><into>)(?P<late><month>)", _Dates.months),
    ("month", "<month>", _Dates.month_alone),
    ("dates|ordinal", "<since|into>(?P<first><number|ordinal>)<dates>(?P<second>(?!))?", _Dates.days_of_dates),
    ("vacation", "<season_adjective><vacation>", _Dates.vacation),
    ("holiday", "(?P<holiday><holiday>)", _Dates.holiday),
    ("season", "<season>", _Dates.season),
    ("through", "<through>(?P<count><number|collective|pair>)?(?P<unit><day|week|month_unit>)", _Dates.through),
    ("next|this", "<into|on><next|this><week|month_unit>", _Dates.next_unit),
    ("tomorrow", "<on|since|flight><tomorrow>", _Dates.tomorrow),
    ("weekend", "<on><this|next>?<weekend>", _Dates.weekend),
)
