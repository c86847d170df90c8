"""One matter of the demo written down: dossier, inquiry, deal, tasks and everything that was said."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from marshrut.agency.queries import Colleague, Staff
from marshrut.channels.models import Form
from marshrut.core.working_time import WorkingCalendar
from marshrut.deals.queries import StageCard
from marshrut.intake.reading import Submission
from marshrut.intake.rules import Moments, as_kept
from marshrut.intake.services.judging import Judged
from marshrut.intake.services.matters import calendar_of
from marshrut.intake.wording import first_action_title, next_answer_title
from marshrut.ops.rows import Rows

from .facts import facts_until
from .rules import GateRow, gates_of_stages, said
from .story import Story
from .talk import phrases

BY = "system:demo"
_BEFORE_GATE = 3
"""Stages a deal has passed when it comes to the first gate."""
_MARGINS = {"turkey": 0.085, "egypt": 0.08, "uae": 0.1, "maldives": 0.13, "bali": 0.12, "sochi": 0.07, "abkhazia": 0.06, "italy": 0.12}
"""The share that usually stays with the agency, by direction."""


@dataclass(frozen=True, slots=True)
class Page:
    """A matter with everything decided about it."""

    raw_id: int
    dossier_id: int
    deal_id: int | None
    person_id: int
    matched_by: str
    owner_id: int | None
    queue_id: int | None
    office_id: int
    owner: Colleague | None
    reasons: list[dict[str, Any]]
    clock: Moments
    submission: Submission
    judged: Judged
    story: Story
    funnel: frozenset[int] = frozenset()
    """Ids of the stages of its funnel."""

    @property
    def by(self) -> str:
        """Whoever worked on it, as history names them."""
        return f"employee:{self.owner_id}" if self.owner_id else BY


class Pen:
    """Writes pages into rows."""

    def __init__(self, rows: Rows, chance: random.Random, staff: Staff, now: datetime) -> None:
        self._rows, self._chance, self._staff, self._now = rows, chance, staff, now
        self._gates = gates_of_stages()
        self._consent = Form.objects.order_by("id").values_list("consent_text", "consent_version").first()

    def write(self, page: Page) -> None:
        """All rows of a matter."""
        budget = page.judged.facts.budget
        worth, currency, facts = facts_until(self._chance, page.story, budget)
        self._dossier(page, worth, currency)
        self._inquiry(page)
        if page.deal_id is not None:
            self._deal(page, page.deal_id, worth, currency, facts)
        self._tasks(page)
        self._touches(page)
        if page.story.outcome == "lost":
            self._review(page)
        if page.submission.channel == "site_form" and self._consent:
            self._rows.add("clients_consent", page.person_id, page.raw_id, *self._consent, "site_form", page.submission.received_at)

    def _dossier(self, page: Page, worth: Decimal | None, currency: str) -> None:
        story = page.story
        self._rows.named(
            "journal_dossier", id=page.dossier_id, person_id=page.person_id, owner_id=page.owner_id, queue_id=page.queue_id,
            office_id=page.office_id, phase="closed" if not story.is_open else "deal" if story.steps else "inquiry",
            place=story.steps[-1][0].place if story.steps else "inquiry", worth=worth, currency=currency, is_open=story.is_open,
            opened_at=page.submission.received_at, closed_at=story.ended_at)  # fmt: skip

    def _inquiry(self, page: Page) -> None:
        story, clock = page.story, page.clock
        is_running = story.is_open and story.answered_at is None
        step = (clock.warn_at <= self._now) + (clock.supervisor_at <= self._now) if is_running else 0
        state = "running" if is_running else "stopped" if story.answered_at is None else "met" if story.answered_at <= clock.breach_at \
            else "missed"
        self._rows.named(
            "intake_inquiry", **self._understood(page.raw_id, page.dossier_id, page.person_id, page.submission, page.judged),
            matched_by=page.matched_by, state="open" if story.is_open else "closed", owner_reason=_json(page.reasons),
            respond_by=clock.breach_at, clock_started_at=page.submission.received_at,
            warn_at=(clock.warn_at, clock.supervisor_at, clock.breach_at)[step] if is_running else None, clock_state=state,
            answered_at=story.answered_at, answer_minutes=self._answered_in(page), clock_step=step, outcome=story.outcome,
            disposition=story.disposition, close_reason=story.reason)  # fmt: skip

    def _answered_in(self, page: Page) -> float | None:
        """Working minutes until the answer, by the hours in which the response clock ran."""
        received_at, answered_at = page.submission.received_at, page.story.answered_at
        if received_at is None or answered_at is None:
            return None
        return calendar_of(self._staff, page.owner_id, page.office_id).working_minutes_between(received_at, answered_at)

    def _understood(self, raw_id: int, dossier_id: int, person_id: int, submission: Submission, judged: Judged) -> dict[str, Any]:
        """What an inquiry says and what the rules said of it."""
        budget = judged.facts.budget
        is_stated = bool(submission.request.category and judged.category)
        request, origin = as_kept(judged.facts, is_category_stated=is_stated, language=judged.spoken)
        return {
            "raw_id": raw_id, "dossier_id": dossier_id, "person_id": person_id, "channel": submission.channel,
            "source_id": judged.source_id, "received_at": submission.received_at,
            "inquiry_class": judged.classification.inquiry_class, "class_reason": _json(judged.classification.reason),
            "category_reason": _json(judged.category_reason), "message": submission.message, "request": _json(request), "flaws": "[]",
            "budget": budget.amount if budget else None,
            "currency": budget.currency if budget else "", "contact_missing": "{" + ",".join(judged.missing) + "}",
            "relevance": judged.relevance.grade, "relevance_reasons": _json(judged.relevance.reasons),
            "priority": judged.priority.score, "priority_reasons": _json(judged.priority.reasons), "utm": _json(submission.utm),
            "visitor": "", "reroutes": 0, "priority_parts": _json(judged.priority.parts), "arrival": _json(judged.arrival),
            "request_origin": _json(origin), "is_missed_call": submission.is_missed_call,
        }  # fmt: skip

    def join(self, page: Page, raw_id: int, person_id: int, submission: Submission, judged: Judged) -> None:
        """A second inquiry of somebody whose matter is open: it joins the story, and its holder is to answer."""
        at, is_open = submission.received_at, page.story.is_open
        self._rows.named(
            "intake_inquiry", **self._understood(raw_id, page.dossier_id, person_id, submission, judged), clock_step=0,
            disposition="" if is_open else "duplicate", close_reason="", matched_by="phone",
            state="joined" if is_open else "closed", joined_to_id=page.raw_id,
            owner_reason=_json([{"code": "joined"}]), clock_state="none")  # fmt: skip
        self._touch(page, "inquiry", "in", at, BY, submission.message, {"channel": submission.channel, "inquiry": raw_id})
        due = self._calendar(page).add_working_minutes(at, 15)
        answered = at + (due - at) * self._chance.uniform(0.2, 3)
        if is_open and answered > self._now:
            self._task(page, next_answer_title(submission.channel), "call", due, at)
            return
        end = min(answered, page.story.ended_at or answered)
        self._task(page, next_answer_title(submission.channel), "call", due, at, done_at=end)
        self._touch(page, "call_out", "out", end, page.by, self._said("call_out", page), None, is_answer=True)

    def _deal(self, page: Page, deal_id: int, worth: Decimal | None, currency: str, facts: dict[str, str]) -> None:
        story, entered = page.story, page.story.steps
        self._rows.named(
            "deals_deal", id=deal_id, dossier_id=page.dossier_id, inquiry_id=page.raw_id, stage_id=entered[-1][0].id,
            stage_entered_at=entered[-1][1], title=", ".join(page.judged.directions), amount=worth, currency=currency,
            facts=_json(facts), state=story.state, close_reason=story.reason, opened_at=entered[0][1], closed_at=story.ended_at,
            closed_by=page.by if story.ended_at else None, margin=self._margin(page, worth))  # fmt: skip
        lefts = [*(at for _, at in entered[1:]), None]
        for (stage, at), left in zip(entered, lefts, strict=True):
            self._rows.add("deals_stageentry", deal_id, stage.id, at, left, page.by)

        self._answers(page, deal_id)

    def _margin(self, page: Page, worth: Decimal | None) -> Decimal | None:
        """What stays of a realised deal: about a tenth; of a few nobody has written it down yet."""
        if page.story.outcome != "won" or worth is None or self._chance.random() < 0.08:
            return None
        share = _MARGINS.get(page.judged.directions[0] if page.judged.directions else "", 0.095) * self._chance.uniform(0.7, 1.3)
        return (worth * Decimal(share).quantize(Decimal("0.0001"))).quantize(Decimal(10))

    def _answers(self, page: Page, deal_id: int) -> None:
        """What the client said at the gates on the way; some of the lost ones ended there by rule."""
        story, passed = page.story, {stage.id: at for stage, at in page.story.steps}
        for gate in self._gates.values():
            if gate.stage_id in passed:
                agrees = self._chance.random() < 0.93
                self._answer(page, deal_id, gate, passed[gate.stage_id], "" if agrees else "go_on")
            elif self._ended_at(gate, page) and self._chance.random() < 0.3:
                self._answer(page, deal_id, gate, story.ended_at or self._now, "close")

    @staticmethod
    def _ended_at(gate: GateRow, page: Page) -> bool:
        """Did the deal end right before this gate?"""
        return page.story.outcome == "lost" and len(page.story.steps) == _BEFORE_GATE and gate.stage_id in page.funnel

    def _answer(self, page: Page, deal_id: int, gate: GateRow, at: datetime, consequence: str) -> None:
        words = str(self._chance.choice(said()["refused_words"])) if consequence else ""
        rule = gate.rules.get(consequence) if consequence == "close" else None
        self._rows.add("deals_gateanswer", deal_id, page.dossier_id, gate.id, not consequence, words, consequence, rule, at, page.by)
        about = {"deal": deal_id, "gate": gate.question, "agreed": not consequence, "consequence": consequence or "go_on"}
        self._touch(page, "gate", "none", at, page.by, words, about, is_answer=True)

    def _review(self, page: Page) -> None:
        """The office's supervisor has looked at most of what was stopped some days ago."""
        ended_at, supervisor = page.story.ended_at, self._staff.supervisor_of(page.office_id)
        if ended_at is None or supervisor is None or self._now - ended_at < timedelta(days=2) or self._chance.random() < 0.25:
            return
        at, note = ended_at + timedelta(hours=self._chance.randint(8, 46)), str(self._chance.choice(said()["reviews"]))
        by = f"employee:{supervisor.id}"
        self._rows.add("deals_stopreview", page.dossier_id, ended_at, "right", note, at, by)
        self._touch(page, "review", "none", at, by, note, {"verdict": "right"})

    def _tasks(self, page: Page) -> None:
        """What was planned and done at each step, and what comes next."""
        story, at = page.story, page.submission.received_at
        title = first_action_title(page.submission.channel, page.judged.missing)
        kind = "write" if page.submission.channel in ("email", "messenger") else "call"
        if story.is_open and story.answered_at is None:
            self._task(page, title, kind, page.clock.breach_at, at)
            return
        self._task(page, title, kind, page.clock.breach_at, at, done_at=story.answered_at or story.ended_at)
        ends = [*(entered for _, entered in story.steps[1:]), story.ended_at]
        for (stage, entered), end in zip(story.steps, ends, strict=False):
            due = self._calendar(page).add_working_minutes(entered, stage.task_minutes)
            if end is None:
                due = self._due_now(page, stage)
            self._task(page, stage.task_title, stage.task_kind, due, entered, done_at=end)
        if story.is_open and not story.steps:
            self._task(page, "Позвонить ещё раз: договориться о подборке", "call", self._due_now(page, None), story.answered_at or at)

    def _due_now(self, page: Page, stage: StageCard | None) -> datetime:
        """When the next action of an open matter is due: some are late, many are for today, the rest for the days ahead."""
        draw, calendar = self._chance.random(), self._calendar(page)
        if draw < 0.10:
            due = self._now - timedelta(minutes=self._chance.randint(20, 2600))
        else:
            due = calendar.add_working_minutes(self._now, self._chance.randint(10, 420) if draw < 0.5 else self._chance.randint(420, 3200))
        return due.replace(minute=due.minute // 15 * 15, second=0, microsecond=0)

    def _task(self, page: Page, title: str, kind: str, due_at: datetime, created_at: datetime, done_at: datetime | None = None) -> None:
        self._rows.named(
            "journal_task", dossier_id=page.dossier_id, kind=kind, title=title, due_at=due_at, state="done" if done_at else "pending",
            assignee_id=page.owner_id, queue_id=page.queue_id, result="", created_at=created_at, created_by=page.by, done_at=done_at,
            done_by=page.by if done_at else None)  # fmt: skip

    def _touches(self, page: Page) -> None:
        story, submission = page.story, page.submission
        self._touch(page, "inquiry", "in", submission.received_at, BY, submission.message, {"channel": submission.channel})
        if story.answered_at is not None:
            kind = "message_out" if submission.channel in ("email", "messenger") else "call_out"
            self._touch(page, kind, "out", story.answered_at, page.by, self._said(kind, page), None, is_answer=True)
        before: StageCard | None = None
        for stage, at in story.steps:
            about = {"deal": page.deal_id, "to": stage.name} | ({"from": before.name} if before else {})
            self._touch(page, "stage", "none", at, page.by, "", about, is_answer=before is None)
            if self._chance.random() < 0.45:
                self._between(page, at)
            before = stage
        if story.ended_at is not None:
            self._touch(page, "close", "none", story.ended_at, page.by, story.reason,
                        {"outcome": story.outcome, "disposition": story.disposition})

    def _between(self, page: Page, at: datetime) -> None:
        """Something said or noted soon after a step."""
        moment = at + timedelta(minutes=self._chance.randint(3, 240))
        if moment < (page.story.ended_at or self._now):
            kind, direction = self._chance.choice((("call_out", "out"), ("message_out", "out"), ("call_in", "in"), ("note", "none")))
            self._touch(page, kind, direction, moment, page.by, self._said(kind, page), None, is_answer=kind != "note")

    def _said(self, kind: str, page: Page) -> str:
        name = page.owner.name.split()[0] if page.owner else ""
        return str(self._chance.choice(phrases()["answers"][kind])).format(manager=name)

    def _touch(self, page: Page, kind: str, direction: str, at: datetime, by: str, body: str, data: dict[str, Any] | None, *,
               is_answer: bool = False) -> None:
        self._rows.add("journal_touch", page.dossier_id, kind, direction, at, by, body, _json(data) if data else None, is_answer)

    def _calendar(self, page: Page) -> WorkingCalendar:
        return page.owner.calendar if page.owner else self._staff.offices[page.office_id].calendar


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
