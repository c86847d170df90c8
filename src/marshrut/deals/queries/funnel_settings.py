"""Reads for the settings of funnels: all of them, stages no longer used included, with how many deals stand where."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from marshrut.agency.permissions import system
from marshrut.deals.models import Funnel, Stage
from marshrut.deals.rules import place_of
from marshrut.journal.queries import sum_places


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as it is edited, and how many open deals stand there."""

    id: int
    funnel_id: int
    slug: str
    name: str
    position: int
    task_title: str
    task_kind: str
    task_minutes: int
    required_facts: tuple[str, ...]
    hint: str
    longest_days: int | None
    is_last: bool
    is_active: bool
    deals: int


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """A funnel as it is edited: its stages in order, those no longer used after them."""

    id: int
    slug: str
    name: str
    is_active: bool
    stages: tuple[StageRow, ...]
    retired: tuple[StageRow, ...]

    @property
    def deals(self) -> int:
        """How many open deals are in this funnel."""
        return sum(stage.deals for stage in (*self.stages, *self.retired))


def read_all_funnels() -> list[FunnelRow]:
    """Every funnel in order; three statements, whatever there are. Counts are of the whole agency: numbers, no clients."""
    counts: dict[str, int] = {}
    for one in sum_places(system("settings")):
        counts[one.place] = counts.get(one.place, 0) + one.number + one.waiting
    stages: dict[int, list[StageRow]] = {}
    for s in Stage.objects.select_related("funnel").order_by("position"):
        stages.setdefault(s.funnel_id, []).append(
            StageRow(
                s.id, s.funnel_id, s.slug, s.name, s.position, s.task_title, s.task_kind, s.task_minutes, tuple(s.required_facts), s.hint,
                s.longest_days, s.is_last, s.is_active, counts.get(place_of(s.funnel.slug, s.slug), 0),
            )
        )  # fmt: skip
    return [
        FunnelRow(
            f.id, f.slug, f.name, f.is_active,
            tuple(s for s in stages.get(f.id, ()) if s.is_active), tuple(s for s in stages.get(f.id, ()) if not s.is_active),
        )
        for f in Funnel.objects.order_by("-is_active", "position", "id")
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StageAge:
    """How long open deals stand at a stage: the middle one's days, and how many stand longer than they should."""

    days: float
    stuck: int


def read_stage_ages(funnel_id: int, now: datetime) -> dict[int, StageAge]:
    """By stage of one funnel, where any deal stands; one statement over open deals."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select d.stage_id, percentile_cont(0.5) within group (order by extract(epoch from %s - d.stage_entered_at) / 86400),
                   count(*) filter (where s.longest_days is not null and d.stage_entered_at < %s - make_interval(days => s.longest_days))
               from deals_deal d join deals_stage s on s.id = d.stage_id
               where d.state = 'open' and s.funnel_id = %s group by d.stage_id""",
            [now, now, funnel_id],
        )
        return {row[0]: StageAge(float(row[1]), row[2]) for row in cursor.fetchall()}
