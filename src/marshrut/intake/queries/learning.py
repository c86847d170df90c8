"""Inquiries whose end is known, as learning sees them; what was learned; how far a job is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.queries import Staff
from marshrut.intake.models import Learning, LearningRun, RuleSetting
from marshrut.intake.rules import InquiryFacts, read_request
from marshrut.intake.rules.arrival import arrival_of
from marshrut.intake.rules.chance import Value
from marshrut.intake.rules.chance_judging import youngest_ripe
from marshrut.intake.rules.learned import USED_AS_DELIVERED

MOST_CASES = 20_000
_LATER_KNOWN = ("reach", "completeness", "past_deals")


@dataclass(frozen=True, slots=True)
class Ended:
    """An inquiry whose end is known."""

    id: int
    received_at: datetime | None  # None: history of which nobody knows when it was
    channel: str
    source: str
    inquiry_class: str
    is_won: bool
    answer_minutes: float | None
    arrival: dict[str, Value]


_ENDED = """
    select i.raw_id, i.received_at, i.channel, s.slug, i.inquiry_class, i.relevance, i.outcome = 'won', i.answer_minutes, i.request,
        left(i.message, 8000), i.arrival
    from intake_inquiry i join marketing_source s on s.id = i.source_id
    where i.outcome is not null and i.joined_to_id is null and {when}
    order by i.received_at desc, i.raw_id desc limit {limit}"""


def read_ended(staff: Staff, now: datetime, limit: int = MOST_CASES) -> list[Ended]:
    """The newest inquiries that were won or lost, in the order of their arrival, without the weeks that have not ended yet; history
    without dates is older than everything else, and in the order of its file."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED.format(when=f"i.received_at < timestamptz '{ripe_until(now).isoformat()}'", limit=int(limit)))
        rows = cursor.fetchall()
        if len(rows) < limit:
            cursor.execute(_ENDED.format(when="i.received_at is null", limit=int(limit) - len(rows)))
            rows += cursor.fetchall()
    return [_ended(row, staff) for row in reversed(rows)]


def ripe_until(now: datetime) -> datetime:
    """The beginning of the youngest weeks, in which fewer inquiries have ended than sooner or later do; now, when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select date_trunc('week', received_at), count(*), count(*) filter (where outcome is not null or disposition <> '')
               from intake_reckoning where received_at > %s and joined_to_id is null group by 1 order by 1 desc""",
            [now - timedelta(days=730)],
        )
        return youngest_ripe([(week, ended / inquiries) for week, inquiries, ended in cursor.fetchall()], now)


def _ended(row: Any, staff: Staff) -> Ended:
    number, received_at, channel, source, inquiry_class, relevance, is_won, minutes, request, message, kept = row
    arrival = _loaded(kept)
    if "channel" not in arrival:  # from before arrivals were kept, or history: what stands on the inquiry and never changes
        arrival = _arrival(_loaded(request), message, channel, source, inquiry_class, relevance, received_at, staff) | arrival
    return Ended(number, received_at, channel, source, inquiry_class, is_won, minutes, arrival)


def _arrival(
    request: dict[str, Any], message: str, channel: str, source: str, inquiry_class: str, grade: str, at: datetime | None,
    staff: Staff,
) -> dict[str, Value]:
    calendar = staff.first_office.calendar
    today = calendar.local_date(at) if at else date.min
    read, _flaws = read_request(request, today)
    facts = InquiryFacts.from_request(read, channel=channel, today=today, source_slug=source, message=message)
    found = arrival_of(facts, inquiry_class, grade, at.astimezone(calendar.zone) if at else None, {}, str(request.get("language") or ""))
    unknown = _LATER_KNOWN if at else (*_LATER_KNOWN, "days_ahead")
    return {name: value for name, value in found.items() if name not in unknown}


def _loaded(value: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(value) if isinstance(value, (str, bytes)) else value
    return loaded


@dataclass(frozen=True, slots=True)
class LearningCard:
    """What was learned of one kind: the numbers, how they were judged, and whether they may count."""

    id: int
    kind: str
    values: dict[str, Any]
    figures: dict[str, Any]
    may_be_used: bool
    learned_at: datetime


def newest_learned() -> dict[str, LearningCard]:
    """The newest of each kind."""
    return _cards(Learning.objects.order_by("kind", "-id").distinct("kind"))


def counting_learned() -> dict[str, dict[str, Any]]:
    """The values that count, by kind: the newest that may be used of each kind that is in use."""
    used = [kind for kind, is_used in used_kinds().items() if is_used]
    rows = Learning.objects.filter(kind__in=used, may_be_used=True).order_by("kind", "-id").distinct("kind")
    return dict(rows.values_list("kind", "values"))


def used_kinds() -> dict[str, bool]:
    """Which kinds are in use."""
    values = RuleSetting.objects.filter(slug="learned").values_list("values", flat=True).first()
    return {**USED_AS_DELIVERED, **(values if isinstance(values, dict) else {})}


def _cards(rows: Any) -> dict[str, LearningCard]:
    return {row.kind: LearningCard(row.pk, row.kind, row.values, row.figures, row.may_be_used, row.learned_at) for row in rows}


@dataclass(frozen=True, slots=True)
class RunCard:
    """How far a job is, and what came of it."""

    id: int
    kind: str
    asked: dict[str, Any]
    progress: float
    result: dict[str, Any] | None
    problem: str
    created_at: datetime
    finished_at: datetime | None


def find_run(run_id: int, kind: str) -> RunCard | None:
    """One run of this kind; None when there is none."""
    return next(_runs(LearningRun.objects.filter(pk=run_id, kind=kind)), None)


def was_replayed(changes: dict[str, Any]) -> bool:
    """Whether somebody has seen what these changes of priority would have done."""
    return LearningRun.objects.filter(kind="replay", asked__changes=changes, result__isnull=False).exists()


def latest_runs(kind: str, most: int = 10) -> list[RunCard]:
    """The newest jobs of a kind."""
    return list(_runs(LearningRun.objects.filter(kind=kind).order_by("-id")[:most]))


def _runs(rows: Any) -> Iterator[RunCard]:
    return (
        RunCard(row.pk, row.kind, row.asked, row.progress, row.result, row.problem, row.created_at, row.finished_at) for row in rows
    )
