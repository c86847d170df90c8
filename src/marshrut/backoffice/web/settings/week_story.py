"""Hours and days off in history, as people speak of them: what a day's hours were and what they became.

A week is kept as windows that are added and removed; what stood on a day at the time of a save is worked out from all
that ever happened to them. Their tables are small.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from babel.dates import format_date, get_day_names
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.story import Line, Stored, Together, office_name, rows_ever
from marshrut.core.hours import say_hours
from marshrut.core.saves import read_past
from marshrut.core.undo import Past
from marshrut.ui.wording import language

MOST_DAYS = 6


def told_weeks(table: str, whose: str, hours: tuple[str, str], named: Callable[[Any, Reader], str], empty: Callable[[], str]) -> Together:
    """Tells windows of a table: `whose` is the column of the office or person, `hours` the columns of a window's ends."""

    def together(saves: Sequence[Sequence[Past]], reader: Reader) -> list[list[Line]]:
        past = read_past(table)
        rows, lives = rows_ever(table, past), _lives(past)

        def week_at(change: int, owner: Any, day: int) -> str:
            windows = [_window(row, hours) for number, row in rows.items()
                       if (row[whose], row["weekday"]) == (owner, day) and _stood(lives.get(number, ()), change)]  # fmt: skip
            return say_hours(sorted(windows)) or empty()

        def lines(pasts: Sequence[Past]) -> list[Line]:
            if not pasts:
                return []
            first, last = min(one.id for one in pasts) - 1, max(one.id for one in pasts)
            touched = sorted({(rows[one.row_id][whose], rows[one.row_id]["weekday"]) for one in pasts if one.row_id in rows})
            alike: dict[tuple[Any, str, str], list[int]] = {}
            for owner, day in touched:
                alike.setdefault((owner, week_at(first, owner, day), week_at(last, owner, day)), []).append(day)
            return [Line(f"{named(owner, reader)}, {say_days(days)}", old, new) for (owner, old, new), days in alike.items() if old != new]

        return [lines(pasts) for pasts in saves]

    return together


def _lives(past: Iterable[Past]) -> dict[int, list[tuple[int, str]]]:
    lives: dict[int, list[tuple[int, str]]] = {}
    for one in past:
        if one.op != "U":
            lives.setdefault(one.row_id, []).append((one.id, one.op))
    return lives


def _stood(life: Sequence[tuple[int, str]], change: int) -> bool:
    """Whether a row was there right after a change; one that was never noted was there always."""
    before = [op for number, op in life if number <= change]
    return before[-1] == "I" if before else not life or life[0][1] == "D"


def _window(row: Stored, hours: tuple[str, str]) -> tuple[time, time]:
    return time.fromisoformat(str(row[hours[0]])), time.fromisoformat(str(row[hours[1]]))


def say_days(days: Sequence[int]) -> str:
    """`Monday`; of several `Mon–Wed, Fri`: weekdays, 0 is Monday."""
    if len(days) == 1:
        name: str = get_day_names("wide", context="stand-alone", locale=language())[days[0]]
        return name
    short = get_day_names("abbreviated", context="stand-alone", locale=language())
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{short[run[0]]}–{short[run[-1]]}" if len(run) > 2 else ", ".join(short[day] for day in run) for run in runs)


def told_days_off(saves: Sequence[Sequence[Past]], reader: Reader) -> list[list[Line]]:
    """Days off that came or went in one line for an office; one whose hours or name changed in a line of its own."""
    past = read_past("agency_holiday")
    rows = rows_ever("agency_holiday", past)
    return [_days_off(pasts, rows, past, reader) for pasts in saves]


def _days_off(pasts: Sequence[Past], rows: Mapping[int, Stored], history: Sequence[Past], reader: Reader) -> list[Line]:
    lines: list[Line] = []
    moved: dict[tuple[str, Any], list[Stored]] = {}
    for past in pasts:
        row = rows.get(past.row_id)
        if row is None:
            continue
        if past.op == "U":
            lines += _changed_day(row, past.diff or {}, reader)
        else:
            moved.setdefault((past.op, row["office_id"]), []).append(_as_it_was(past, row, history) if past.op == "I" else row)
    said = {"I": _("%(office)s, days off added: %(days)s"), "D": _("%(office)s, days off removed: %(days)s")}
    return [Line(said[op] % {"office": office_name(office, reader), "days": _listed(some)}) for (op, office), some in moved.items()] + lines


def _as_it_was(added: Past, row: Stored, history: Sequence[Past]) -> Stored:
    """A row when it was added: what it is now, with every later change of it undone."""
    later = [one for one in history if one.row_id == added.row_id and one.id > added.id and one.op == "U"]
    return {**row, **{column: pair[0] for one in reversed(later) for column, pair in (one.diff or {}).items()}}


def _listed(rows: Sequence[Stored]) -> str:
    ordered = sorted(rows, key=lambda row: str(row["day"]))
    said = [" ".join(filter(None, (_day(row), row["name"], _short(row)))) for row in ordered[:MOST_DAYS]]
    rest = len(ordered) - MOST_DAYS
    return ", ".join(said) + (f" {ngettext('and %(num)s more', 'and %(num)s more', rest) % {'num': rest}}" if rest > 0 else "")


def _day(row: Stored) -> str:
    return format_date(date.fromisoformat(str(row["day"])), "d MMMM y", locale=language())


def _short(row: Stored) -> str:
    return say_hours([_window(row, ("opens", "closes"))]) if row["opens"] else ""


def _changed_day(row: Stored, diff: Mapping[str, Any], reader: Reader) -> list[Line]:
    title, lines = f"{office_name(row['office_id'], reader)}, {_day(row)}", []
    if "opens" in diff or "closes" in diff:
        old, new = ({name: diff.get(name, (row[name], row[name]))[place] for name in ("opens", "closes")} for place in (0, 1))
        lines.append(Line(title, _short(old) or _("closed"), _short(new) or _("closed")))
    if "name" in diff:
        lines.append(Line(f"{title}: {_('name')}", *(str(one or _("empty")) for one in diff["name"])))
    return lines
