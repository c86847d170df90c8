"""Two plans of distribution beside each other: last month's stream, or a made-up one, given out by the present and by another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from marshrut.agency.queries import Staff
from marshrut.intake.queries.pace import read_pace
from marshrut.intake.queries.rule_samples import Sampled, sample_between
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Candidate, Demand, compile_distribution, default_distribution, spoken
from marshrut.intake.rules.adjusting import adjusted
from marshrut.intake.rules.clock_policies import Kind
from marshrut.intake.rules.replay import Clock, percentile
from marshrut.intake.rules.simulation import Circumstances, Coming, Outcome, Worker, simulate
from marshrut.intake.rules.streams import HOURS_OF_WEEK, generated, weekly_profile
from marshrut.intake.services.replaying import working_spans

MOST_TRIED = 20_000
DAYS, WEEKS = 30, 4
MONTH, MADE_UP = "month", "made_up"
AFTERWARDS = timedelta(days=7)
_STRETCHES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_FITTED_ON = 1000
_LEAST_EFFORT = 0.25
Progress = Callable[[float], None]


def try_plans(*, asked: Mapping[str, Any], reference: Reference, now: datetime, progress: Progress) -> dict[str, Any]:
    """Try what `asked` names: `changes` of the plan from the delivered one (absent: the present plan), the `stream` (month or
    made_up, with `volume` in per cent of the usual and a `seed`), how many are `added` and who is `away`.

    Who is added or away counts for both plans when they differ, else for the second alone. In figures, for both.
    """
    staff, start = reference.staff, now - timedelta(days=DAYS)
    sample = [one for one in sample_between(staff, start, now, MOST_TRIED) if not one.is_joined]
    sample.reverse()
    if not sample:
        return {"total": 0}
    progress(0.05)
    present = reference.rules.distribution
    wanted = compile_distribution(adjusted(default_distribution(), asked["changes"])) if asked.get("changes") is not None else present
    first, stream = _stream(asked, sample, reference, now)
    about = _circumstances(reference, first, sample, now)
    about = replace(about, stretch=_fitted(sample, reference, about, now))
    changed = replace(about, workers=_changed(about.workers, asked, reference, about))
    progress(0.1)
    before = simulate(stream, present, about if wanted == present else changed, lambda share: progress(0.1 + 0.44 * share))
    after = simulate(stream, wanted, changed, lambda share: progress(0.55 + 0.44 * share))
    return {
        "total": len(stream),
        "from": first.isoformat(),
        "minutes": round(read_pace(start).minutes, 1),
        "stretch": about.stretch,
        "on_hand": round(about.on_hand),
        "is_same_plan": wanted == present,
        "names": {str(one.card.employee_id): one.card.name for one in about.workers},
        "before": _told(before),
        "after": _told(after),
    }


def _stream(asked: Mapping[str, Any], sample: Sequence[Sampled], reference: Reference, now: datetime) -> tuple[datetime, list[Coming]]:
    """The first moment of the stream, at midnight of the first office, and its inquiries in order."""
    calendar = reference.staff.first_office.calendar
    pace = read_pace(now - timedelta(days=DAYS)).minutes
    if asked.get("stream") != MADE_UP:
        first = calendar.local_day_bounds(sample[0].received_at)[0]
        return first, [_coming(one, (one.received_at - first).total_seconds() / 60, reference, pace) for one in sample]
    monday = calendar.local_date(now) + timedelta(days=7 - calendar.local_date(now).weekday())
    first = calendar.local_day_bounds(datetime.combine(monday, datetime.min.time(), calendar.zone))[0]
    hours = [_hour_of_week(one.received_at.astimezone(calendar.zone)) for one in sample]
    moments = generated(weekly_profile(hours, DAYS / 7), WEEKS, float(asked.get("volume", 100)) / 100, int(asked.get("seed", 1)))
    chance = Random(int(asked.get("seed", 1)))
    return first, [_coming(chance.choice(sample), at, reference, pace) for at in moments[:MOST_TRIED]]


def _coming(one: Sampled, at: float, reference: Reference, pace: float) -> Coming:
    said = spoken(one.facts.message, "", "")
    demand = Demand(one.office_id, one.facts.category, one.facts.directions, one.keeper_id, language=said.language if said else "")
    clock = reference.rules.clock_of(one.office_id, Kind(one.facts.channel, one.inquiry_class))
    effort = max(_LEAST_EFFORT, reference.rules.distribution.effort.of(one.inquiry_class, one.facts.category))
    return Coming(at, demand, one.inquiry_class, one.priority, pace * effort, clock.breach, clock.max_reroutes)


def _hour_of_week(local: datetime) -> int:
    return (local.weekday() * 24 + local.hour) % HOURS_OF_WEEK


def _circumstances(reference: Reference, first: datetime, sample: Sequence[Sampled], now: datetime) -> Circumstances:
    """The people and hours of the stream. How long an answered inquiry stays on somebody's hands follows from how many are open
    now and how many come: as many as come in that time are open at once."""
    staff, until = reference.staff, first + timedelta(days=DAYS) + AFTERWARDS
    zone, hours = staff.first_office.calendar.zone, staff.first_office.calendar
    open_now, since = read_pace(now - timedelta(days=DAYS)).open_now, now - timedelta(days=DAYS)
    return Circumstances(
        _workers(reference, first, until),
        {None: Clock(_minutes(hours.open_spans(first, until), first)), **_offices(staff, first, until)},
        first.astimezone(zone).date(),
        timedelta(days=DAYS) / timedelta(minutes=1),
        open_now * hours.working_minutes_between(since, now) / len(sample),
        lambda at: _hour_of_week((first + timedelta(minutes=at)).astimezone(zone)),
    )


def _offices(staff: Staff, first: datetime, until: datetime) -> dict[int | None, Clock]:
    return {office.id: Clock(_minutes(office.calendar.open_spans(first, until), first)) for office in staff.offices.values()}


def _workers(reference: Reference, first: datetime, until: datetime) -> list[Worker]:
    skills = reference.catalogue.skills
    return [
        Worker(
            Candidate(c.id, c.name, c.office_id, False, 0, c.capacity, c.weight, skills.get(c.id, frozenset()), c.is_on_duty,
                      languages=c.languages),
            _minutes(working_spans(c.response_calendar, c.absences, first, until), first),
            c.newcomer_since,
        )
        for c in reference.staff.sellers
    ]  # fmt: skip


def _minutes(spans: Iterable[tuple[datetime, datetime]], first: datetime) -> list[tuple[float, float]]:
    return [((start - first).total_seconds() / 60, (end - first).total_seconds() / 60) for start, end in spans]


def _changed(workers: Sequence[Worker], asked: Mapping[str, Any], reference: Reference, about: Circumstances) -> list[Worker]:
    """With those who are away without hours, and with those who are added: of the first office, selling everything, carrying as
    much as others usually do."""
    away, office = {int(one) for one in asked.get("away", ())}, reference.staff.first_office
    capacities = [worker.card.capacity for worker in workers if worker.card.capacity is not None]
    usual = int(median(capacities)) if capacities else None
    first = datetime.combine(about.first_day, datetime.min.time(), office.calendar.zone)
    hours = _minutes(office.calendar.open_spans(first, first + timedelta(days=DAYS) + AFTERWARDS), first)
    added = [
        Worker(Candidate(-number, "", office.id, False, 0, usual), hours)
        for number in range(1, int(asked.get("added", 0)) + 1)
    ]
    return [*(replace(worker, spans=()) if worker.card.employee_id in away else worker for worker in workers), *added]


def _fitted(sample: Sequence[Sampled], reference: Reference, about: Circumstances, now: datetime) -> float:
    """How far everything else stretches an answer, so that the present plan waits as long as was really seen; 1 where nobody
    knows."""
    seen = [minutes for one in sample if (minutes := one.answer_minutes) is not None]
    if not seen:
        return 1.0
    first, stream = _stream({}, sample[-_FITTED_ON:], reference, now)
    then = replace(_circumstances(reference, first, sample, now), on_hand=about.on_hand)
    waited = percentile(seen, 50)
    off = {
        stretch: abs(percentile(simulate(stream, reference.rules.distribution, replace(then, stretch=stretch)).waits, 50) - waited)
        for stretch in _STRETCHES
    }
    return min(off, key=off.__getitem__)


def _told(outcome: Outcome) -> dict[str, Any]:
    """An outcome as it is kept."""
    mean = [round(total / hours, 2) if hours else 0 for total, hours in zip(outcome.queue_sum, outcome.hours, strict=True)]
    return {
        "people": {
            str(number): {
                "given": got.given, "effort": round(got.effort, 1), "drawn": got.drawn, "share": round(got.share, 1),
                "answered": got.answered, "minutes": round(got.minutes),
            }
            for number, got in outcome.got.items()
        },
        "median": round(percentile(outcome.waits, 50), 1),
        "ninetieth": round(percentile(outcome.waits, 90), 1),
        "breaches": outcome.breaches, "rerouted": outcome.rerouted, "handed_on": outcome.handed_on, "supervisors": outcome.supervisors,
        "never": outcome.never, "queued": outcome.queued, "queue_median": round(percentile(outcome.queue_waits, 50), 1),
        "queue_ninetieth": round(percentile(outcome.queue_waits, 90), 1), "queue_mean": mean, "queue_most": outcome.queue_most,
    }  # fmt: skip
