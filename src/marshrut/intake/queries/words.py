"""What people said inquiries are, as examples to learn words from; what was learned of them; corrections of one inquiry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.intake.models import Correction, Learning
from marshrut.intake.rules import AXES
from marshrut.intake.rules.word_judging import Judged, read_judged
from marshrut.intake.rules.word_learning import Example

MOST_EXAMPLES = 4000
_EXAMPLES = """
    select * from (
        select distinct on (c.inquiry_id) left(i.message, 8000), c.after, c.inquiry_id, i.received_at
        from intake_correction c join intake_inquiry i on i.raw_id = c.inquiry_id
        where c.axis = %s and c.undone_at is null and c.after <> '' and i.message <> '' and i.received_at is not null
        order by c.inquiry_id, c.id desc) e
    order by received_at desc, inquiry_id desc limit %s"""


def read_examples(axis: str) -> list[Example]:
    """The newest messages whose class or category a person named or confirmed, in the order in which they came."""
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, [axis, MOST_EXAMPLES])
        return [Example(message, label, number) for message, label, number, _at in reversed(cursor.fetchall())]


def newest_word_models() -> dict[str, dict[str, Any]]:
    """The newest model of each axis, as it is kept."""
    rows = Learning.objects.filter(kind__in=AXES).order_by("kind", "-id").distinct("kind")
    return dict(rows.values_list("kind", "values"))


@dataclass(frozen=True, slots=True)
class LearntWords:
    """What was learned of one axis: its figures, and when."""

    figures: dict[str, Any]
    learned_at: datetime


def newest_word_figures() -> dict[str, LearntWords]:
    """The newest of each axis, as it is told."""
    rows = Learning.objects.filter(kind__in=AXES).order_by("kind", "-id").distinct("kind")
    return {row.kind: LearntWords(row.figures, row.learned_at) for row in rows}


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One correction as the card shows it."""

    id: int
    axis: str
    before: str
    after: str
    way: str
    at: datetime
    by: str
    is_undone: bool
    undone_by: str


def corrections_of(inquiry_id: int) -> list[CorrectionLine]:
    """What people said of an inquiry's class and category, the latest first; one statement."""
    rows = Correction.objects.filter(inquiry_id=inquiry_id).order_by("-id")[:20]
    return [
        CorrectionLine(row.pk, row.axis, row.before, row.after, row.way, row.at, row.by_name, row.undone_at is not None, row.undone_by)
        for row in rows
    ]


def count_examples() -> dict[str, int]:
    """How many inquiries of each axis there are to learn from; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("select axis, count(distinct inquiry_id) from intake_correction where undone_at is null group by axis")
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of inquiries received since a moment, on one axis: how many the model decided, how many of these people changed, how
    many of its proposals they accepted."""

    decided: int = 0
    changed: int = 0
    accepted: int = 0


def count_kept(since: datetime) -> dict[str, Kept]:
    """By axis; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) filter (where class_reason->>'code' = 'model'),
                    count(*) filter (where category_reason->>'code' = 'model')
                from intake_inquiry where received_at >= timestamptz '{since.isoformat()}'"""
        )
        still = dict(zip(AXES, cursor.fetchone(), strict=True))
        cursor.execute(
            """select c.axis, count(*) filter (where c.reason_before->>'code' = 'model' and c.before <> c.after),
                   count(*) filter (where c.way = 'proposal')
               from intake_correction c join intake_inquiry i on i.raw_id = c.inquiry_id
               where i.received_at >= %s and c.undone_at is null group by c.axis""",
            [since],
        )
        said = {axis: (changed, accepted) for axis, changed, accepted in cursor.fetchall()}
    # What people confirmed is the model's decision still, and stands on the inquiry as such.
    return {axis: Kept(still[axis] + changed, changed, accepted) for axis in AXES for changed, accepted in [said.get(axis, (0, 0))]}


def read_judged_of(learnt: LearntWords) -> list[Judged]:
    """How the later messages were judged when it was learned."""
    return read_judged(learnt.figures.get("judged", []))
