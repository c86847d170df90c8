"""What a report is asked for: a period of whole days on the office's wall, and what it is narrowed to."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONGEST_DAYS = 1100
QUEUE = 0
"""The manager of what is nobody's: it waits in a queue."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period from `first` to `last`, both included, in the time zone of an office; and filters, empty: all.

    `basis` "each": what came is counted by the day received, what ended by the day closed; "received": what became, until
    now, of the inquiries received in the period. `owner_id` 0 means a queue.
    """

    first: date
    last: date
    zone: str
    preset: str = ""
    basis: str = "each"
    office_id: int | None = None
    owner_id: int | None = None
    source_id: int | None = None
    source: str = ""
    channel: str = ""
    category: str = ""
    funnel: str = ""
    stage: str = ""
    reason: str = ""
    weekday: int | None = None
    hour: int | None = None
    speed: int | None = None

    @property
    def since(self) -> datetime:
        """The office's midnight at which the first day begins."""
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The office's midnight at which the last day has ended."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Asked":
        """The same question about as many days right before."""
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1), preset="")

    def narrowed(self, **filters: Any) -> "Asked":
        """The same question about less."""
        return replace(self, **filters)

    def query(self, **more: Any) -> dict[str, str]:
        """The question as the query of an address; `more` is added to it, and None takes a part away."""
        owner = None if self.owner_id is None else "queue" if self.owner_id == QUEUE else self.owner_id
        period = {"period": self.preset} if self.preset else {"from": self.first.isoformat(), "to": self.last.isoformat()}
        parts: dict[str, Any] = {
            **period,
            "basis": self.basis if self.basis != "each" else None,
            "office": self.office_id,
            "manager": owner,
            "source": self.source,
            "channel": self.channel,
            "category": self.category,
            "funnel": self.funnel,
            "stage": self.stage,
            "reason": self.reason,
            "weekday": self.weekday,
            "hour": self.hour,
            "speed": self.speed,
            **more,
        }
        return {name: str(value) for name, value in parts.items() if value not in (None, "")}


SPEED_LIMITS = (5, 15, 60, 240)
"""Working minutes that part the bands of a first answer: up to five, up to a quarter of an hour, an hour, four; later; never."""
LATER, NEVER = len(SPEED_LIMITS), len(SPEED_LIMITS) + 1


def speed_sql(band: int) -> str:
    """The condition over i that a first answer falls into a band. Imported history, of which nobody knows it, falls into none."""
    if band == NEVER:
        return "(i.answered_at is null and i.clock_state <> 'none')"
    above = f"i.answer_minutes > {SPEED_LIMITS[band - 1]}" if band else "i.answer_minutes >= 0"
    below = "" if band == LATER else f" and i.answer_minutes <= {SPEED_LIMITS[band]}"
    return f"({above}{below})"


def midnight(day: date, zone: str) -> datetime:
    """The moment a day begins on the wall of that zone, in UTC; where midnight does not exist, the first moment after."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def period_of(preset: str, today: date) -> tuple[date, date] | None:
    """First and last day of a named period; None for a name that is none of ours."""
    month = today.replace(day=1)
    named = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "7d": (today - timedelta(days=6), today),
        "30d": (today - timedelta(days=29), today),
        "90d": (today - timedelta(days=89), today),
        "month": (month, today),
        "last_month": ((month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
        "year": (today.replace(month=1, day=1), today),
        "365d": (today - timedelta(days=364), today),
    }
    return named.get(preset)
