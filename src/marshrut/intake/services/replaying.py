"""A past period worked through again by the present numbers of priority and by those being tried."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.queries.rule_samples import Sampled, sample_between
from marshrut.intake.reference import Reference
from marshrut.intake.rules import PriorityModel, compile_priority, default_priority
from marshrut.intake.rules.adjusting import adjusted
from marshrut.intake.rules.replay import (
    Arrived,
    Clock,
    Compared,
    Order,
    Seen,
    compare_waits,
    lost_table,
    measured_pace,
    percentile,
    work_through,
)

MOST_REPLAYED = 20_000
DAYS = 30
_AFTERWARDS = timedelta(days=7)
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Valued:
    """One inquiry by one model: chance × margin, and that per minute of its next step."""

    money: float
    per_minute: float
    minutes: float


def replay_period(*, asked: Mapping[str, Any], reference: Reference, now: datetime, progress: Progress) -> dict[str, Any]:
    """Replay what `asked` names: `changes` of priority's numbers from the delivered ones, `from` and `until` (moments in ISO
    form; without them the last thirty days). What came of it, in figures and as the inquiries that move most."""
    until = _moment(asked.get("until")) or now
    start = _moment(asked.get("from")) or until - timedelta(days=DAYS)
    sample = [one for one in sample_between(reference.staff, start, until, MOST_REPLAYED) if not one.is_joined]
    sample.reverse()
    progress(0.1)
    present = reference.rules.priority
    wanted = compile_priority(adjusted(default_priority(), asked.get("changes") or {}), present.learned)
    if not sample:
        return {"total": 0}
    values = {"before": _values(present, sample), "after": _values(wanted, sample)}
    progress(0.4)
    clocks = _clocks(reference, start, until + _AFTERWARDS)
    arrived = _arrivals(sample, values["before"], reference, start, clocks)
    curves = [one.facts.channel for one in sample]
    orders = {
        name: Order([one.per_minute for one in values[name]], curves, {c: lost_table(partial(model.left, c)) for c in set(curves)})
        for name, model in (("before", present), ("after", wanted))
    }
    pace = measured_pace(_seen(sample, values["before"], start, clocks))
    progress(0.5)
    before = work_through(arrived, orders["before"], clocks, pace, lambda n: progress(0.5 + 0.2 * n / len(arrived)))
    after = work_through(arrived, orders["after"], clocks, pace, lambda n: progress(0.7 + 0.2 * n / len(arrived)))
    judged = {
        name: compare_waits(before, after, [one.money for one in values[name]], [partial(model.left, c) for c in curves])
        for name, model in (("before", present), ("after", wanted))
    }
    waited = [one.answer_minutes for one in sample if one.answer_minutes is not None]
    return {
        "total": len(sample),
        "from": start.isoformat(),
        "until": until.isoformat(),
        "lag": round(pace.lag, 1),
        "stretch": round(pace.stretch, 2),
        "seen_median": round(percentile(waited, 50), 1),
        "answered": len(waited),
        "people": len({one.server for one in arrived}),
        "left_over": [before.left_over, after.left_over],
        "currency": present.currency,
        "by_present": _told(judged["before"], sample),
        "by_wanted": _told(judged["after"], sample),
    }


def _moment(written: object) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) and written else None


def _values(model: PriorityModel, sample: Sequence[Sampled]) -> list[_Valued]:
    found = []
    for one in sample:
        score = model.score(one.facts, one.inquiry_class, one.relevance, one.source_chance, arrival=one.known_on_arrival)
        money, minutes = score.part("chance") * score.part("margin"), score.part("minutes")
        duty = score.part("cooling") if model.classes[one.inquiry_class].is_duty else 1.0
        found.append(_Valued(money * duty, money * duty / minutes, minutes))
    return found


def _clocks(reference: Reference, start: datetime, until: datetime) -> dict[int, Clock]:
    """When everybody who sells worked, absences taken out, in minutes from the start."""
    clocks = {}
    for colleague in reference.staff.colleagues.values():
        if spans := working_spans(colleague.response_calendar, colleague.absences, start, until):
            clocks[colleague.id] = Clock([((a - start).total_seconds() / 60, (b - start).total_seconds() / 60) for a, b in spans])
    return clocks


def working_spans(
    calendar: WorkingCalendar, absences: Sequence[tuple[datetime, datetime]], start: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When somebody was or will be at work between two moments, absences taken out."""
    spans = list(calendar.open_spans(start, until))
    for gone, back in absences:
        spans = [piece for a, b in spans for piece in ((a, min(b, gone)), (max(a, back), b)) if piece[0] < piece[1]]
    return spans


def _arrivals(
    sample: Sequence[Sampled], values: Sequence[_Valued], reference: Reference, start: datetime, clocks: Mapping[int, Clock]
) -> list[Arrived]:
    """Whom each inquiry waited for: its holder, else whoever of the office has the least to do so far."""
    sellers = [colleague for colleague in reference.staff.sellers if colleague.id in clocks]
    load = {colleague.id: 0.0 for colleague in sellers}
    found = []
    for one, value in zip(sample, values, strict=True):
        near = [c.id for c in sellers if c.office_id == one.office_id] or [c.id for c in sellers]
        holder = one.owner_id or 0
        server = holder if holder in clocks else min(near, key=load.__getitem__, default=0)
        load[server] = load.get(server, 0.0) + value.minutes
        found.append(Arrived((one.received_at - start).total_seconds() / 60, server, value.minutes))
    return found


def _seen(sample: Sequence[Sampled], values: Sequence[_Valued], start: datetime, clocks: Mapping[int, Clock]) -> list[Seen]:
    """Answers as they were, in the working minutes of whoever gave them."""
    found = []
    for one, value in zip(sample, values, strict=True):
        clock = clocks.get(one.owner_id or 0)
        if one.answered_at is not None and clock is not None:
            came, answered = ((at - start).total_seconds() / 60 for at in (one.received_at, one.answered_at))
            found.append(Seen(one.owner_id or 0, clock.worked(came), clock.worked(answered), value.minutes))
    return found


def _told(compared: Compared, sample: Sequence[Sampled]) -> dict[str, Any]:
    return {
        "earlier": compared.earlier, "later": compared.later, "same": compared.same, "median": _rounded(compared.median),
        "ninetieth": _rounded(compared.ninetieth), "saved": round(compared.saved), "lost": round(compared.lost),
        "by_worth": [[number, *_rounded(waits)] for number, *waits in compared.by_worth],
        "movers": [[sample[place].id, *_rounded((old, new)), round(gain)] for place, old, new, gain in compared.movers],
    }  # fmt: skip


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 1) for value in values]
