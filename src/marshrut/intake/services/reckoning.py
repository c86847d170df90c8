"""Priority over time: open inquiries are reckoned anew when the rules change, and while their clients wait and cool.

A change of weights, criteria, price floors, sources or of what counts of what was learned is noticed by its mark (`Reference.mark`),
however it came about: saved, taken back, learned at night. A run goes through what is open, a batch a transaction, and keeps how
far it is: killed, it goes on where it was.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from marshrut.agency.permissions import system
from marshrut.agency.queries import Staff
from marshrut.core.alone import alone
from marshrut.core.history import sign
from marshrut.intake.models import Inquiry, LearningRun
from marshrut.intake.queries.rule_samples import Sampled, sample_ids
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import Priority, Relevance
from marshrut.intake.services.matters import calendar_of

log = logging.getLogger(__name__)
RECKONER = system("reckoning")
RECKON = "reckon"
BATCH = 100
MOST_COOLED = 300
"""So many whose clock has broken are looked at in one go, the newest first: the others have long since cooled."""
_ONE_AT_A_TIME = 0x6D727433
Clock = Callable[[], datetime]


def valued(sample: Sampled, reference: Reference, now: datetime) -> tuple[Relevance, Priority]:
    """Relevance and priority of a stored inquiry by the present rules, as they stand now."""
    relevance = reference.rules.grader.grade(sample.facts, reference.catalogue.floors)
    arrival = sample.known_on_arrival
    if arrival is not None:
        arrival = {**arrival, "class": sample.inquiry_class, "relevance": relevance.grade}
        arrival |= {"category": sample.facts.category} if sample.facts.category else {}
    minutes = minutes_waited(sample, reference.staff, now)
    priority = reference.rules.priority
    return relevance, priority.score(sample.facts, sample.inquiry_class, relevance.grade, sample.source_chance, minutes, arrival)


def minutes_waited(sample: Sampled, staff: Staff, now: datetime) -> float:
    """Working minutes from receipt until somebody turned to the client, or until now; by the hours of whoever holds it."""
    if sample.answered_at is not None:
        return sample.answer_minutes or 0.0
    return calendar_of(staff, sample.owner_id, sample.office_id).working_minutes_between(sample.received_at, max(now, sample.received_at))


def keep_cooled(inquiry: Inquiry, minutes: float, reference: Reference) -> None:
    """A client who still waits after so many working minutes has cooled: the priority says so. The caller holds the inquiry."""
    cooled = _cooled(inquiry, minutes, reference)
    if cooled.score != inquiry.priority:
        inquiry.priority = cooled.score
        inquiry.priority_reasons, inquiry.priority_parts = list(cooled.reasons), list(cooled.parts)
        inquiry.save(update_fields=["priority", "priority_reasons", "priority_parts"])


def _cooled(inquiry: Inquiry, minutes: float, reference: Reference) -> Priority:
    known = Priority(inquiry.priority, 0.0, "", tuple(inquiry.priority_reasons), tuple(inquiry.priority_parts))
    return reference.rules.priority.cooled(known, inquiry.channel, minutes / 60)


def reckon_when_rules_change(clock: Clock) -> int:
    """Reckon open inquiries anew when the rules are others than those of the last run; how many were changed. Twice changes nothing."""
    with alone(_ONE_AT_A_TIME) as is_ours:
        if not is_ours:
            return 0
        reference = read_reference()
        run = _run_to_do(reference.mark, clock())
        return _work(run, reference, clock) if run else 0


def _run_to_do(mark: str, now: datetime) -> LearningRun | None:
    """The run of these rules that is not finished; a new one where they are others than those of the last."""
    last = LearningRun.objects.filter(kind=RECKON).order_by("-id").first()
    if last is not None and last.asked.get("mark") == mark:
        return None if last.finished_at else last
    LearningRun.objects.filter(kind=RECKON, finished_at__isnull=True).update(finished_at=now)  # overtaken by newer rules
    total = Inquiry.objects.filter(**_OPEN).count()
    counted = {"after": 0, "looked": 0, "changed": 0, "total": total}
    return LearningRun.objects.create(kind=RECKON, asked={"mark": mark}, result=counted, created_at=now, created_by=RECKONER.label)


_OPEN: dict[str, Any] = {"state": "open", "received_at__isnull": False, "dossier__is_open": True, "dossier__phase": "inquiry"}


def _work(run: LearningRun, reference: Reference, clock: Clock) -> int:
    told: dict[str, Any] = dict(run.result or {})
    while ids := list(Inquiry.objects.filter(pk__gt=told["after"], **_OPEN).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            changed = _reckon_some(ids, reference, clock())
            told = {**told, "after": ids[-1], "looked": told["looked"] + len(ids), "changed": told["changed"] + changed}
            share = min(0.99, told["looked"] / max(1, told["total"]))
            LearningRun.objects.filter(pk=run.pk).update(result=told, progress=share)
    LearningRun.objects.filter(pk=run.pk).update(progress=1, finished_at=clock())
    return int(told["changed"])


def _reckon_some(ids: Sequence[int], reference: Reference, now: datetime) -> int:
    """Reckon these anew; how many came out otherwise. They are locked before they are read, so that nobody's correction is lost."""
    sign(RECKONER.label)
    with connection.cursor() as cursor:
        cursor.execute("set local marshrut.quiet = 'on'")
        cursor.execute("select 1 from intake_inquiry where raw_id = any(%s) order by raw_id for no key update", [list(ids)])
    samples = sample_ids(ids, reference.staff)
    return _write([row for row in (_anew(sample, reference, now) for sample in samples) if row is not None])


def _anew(sample: Sampled, reference: Reference, now: datetime) -> dict[str, Any] | None:
    """What is written of one that comes out otherwise; None where nothing changes. One that cannot be reckoned holds up no other."""
    try:
        relevance, priority = valued(sample, reference, now)
    except Exception:
        log.exception("inquiry %s could not be reckoned anew", sample.id)
        return None
    if (relevance.grade, priority.score) == (sample.relevance, sample.priority):
        return None
    return {
        "raw_id": sample.id, "known": sample.priority, "relevance": relevance.grade, "relevance_reasons": relevance.reasons,
        **_kept(priority),
    }  # fmt: skip


def _kept(priority: Priority) -> dict[str, Any]:
    return {"priority": priority.score, "priority_reasons": priority.reasons, "priority_parts": priority.parts}


def _write(rows: Sequence[dict[str, Any]]) -> int:
    """Write these; where the priority is not the one they were reckoned from any more, somebody was faster, and it stays."""
    if not rows:
        return 0
    columns = [name for name in rows[0] if name not in ("raw_id", "known")]
    types = "relevance text, relevance_reasons jsonb, priority smallint, priority_reasons jsonb, priority_parts jsonb"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update intake_inquiry i set ({", ".join(columns)}) = row({", ".join(f"n.{name}" for name in columns)})
                from jsonb_to_recordset(%s::jsonb) n(raw_id bigint, known smallint, {types})
                where i.raw_id = n.raw_id and i.priority = n.known and i.state = 'open'""",
            [orjson.dumps(rows).decode()],
        )
        return int(cursor.rowcount)


@transaction.atomic
def cool_unanswered(*, reference: Reference, now: datetime) -> int:
    """Clients whose clock has broken and who still wait cool on; how many came out otherwise. The others are seen to by their clocks."""
    sign(RECKONER.label)
    waiting = Inquiry.objects.filter(state="open", clock_state="missed", answered_at__isnull=True, received_at__isnull=False)
    rows = []
    for inquiry in waiting.select_related("dossier").order_by("-pk")[:MOST_COOLED]:
        calendar, came = calendar_of(reference.staff, inquiry.dossier.owner_id, inquiry.dossier.office_id), inquiry.received_at or now
        cooled = _cooled(inquiry, calendar.working_minutes_between(came, max(now, came)), reference)
        if cooled.score != inquiry.priority:
            rows.append({"raw_id": inquiry.pk, "known": inquiry.priority, **_kept(cooled)})
    return _write(rows)
