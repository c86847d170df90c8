"""The rows of one matter of the bench: a person, an inquiry, what became of it, and the same in the floor's two tables."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marshrut.core.names import search_name
from marshrut.deals.queries import StageCard
from marshrut.ops.demo.people import Somebody, make_somebody
from marshrut.ops.rows import Rows

from .patterns import SOURCES, Pattern

SPAN = timedelta(days=3 * 365)
STAGES = 9
BY = "system:bench"
_OPEN_DAYS = 165.0  # how fast matters end: of those this old, one in e is still open
_OPEN_DEALS, _LOST_DEALS, _DISPOSITIONS = 0.60, 0.36, 0.12
_REASONS = ("expensive", "other_agency", "by_oneself", "postponed", "no_contact", "changed_mind")
_WEIGHTS = [share for _slug, _channel, share, _conversion in SOURCES]


@dataclass(frozen=True, slots=True)
class Setting:
    """What all matters of a load share: managers (id, office), the stages of one funnel, the moment it is."""

    managers: Sequence[int]
    office_id: int
    stages: Sequence[StageCard]
    patterns: Sequence[Sequence[Pattern]]
    owner_reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids of one matter, taken from the sequences beforehand."""

    person: int
    raw: int
    dossier: int
    deal: int


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as drawn: `state` is open, won, lost or dropped (a disposition); `stage` 0 is an inquiry without a deal."""

    pattern: Pattern
    somebody: Somebody
    manager: int
    received_at: datetime
    answered_at: datetime
    ended_at: datetime | None
    state: str
    stage: int

    @property
    def outcome(self) -> str | None:
        return self.state if self.state in ("won", "lost") else None


def draw_matter(chance: random.Random, setting: Setting) -> Matter:
    """The next matter; the same state of `chance` draws the same."""
    source = chance.choices(range(len(SOURCES)), _WEIGHTS)[0]
    pattern = chance.choice(setting.patterns[source])
    age = SPAN * chance.random() + timedelta(minutes=20)
    received = setting.now - age
    answered = received + timedelta(minutes=2 + 40 * chance.random() ** 3)
    state, stage = _ending(chance, pattern, age)
    ended = None if state == "open" else min(answered + age * chance.random() * 0.2, setting.now)
    somebody = make_somebody(chance, "uk" if chance.random() < 0.25 else "ru")
    return Matter(pattern, somebody, chance.choice(setting.managers), received, answered, ended, state, stage)


def _ending(chance: random.Random, pattern: Pattern, age: timedelta) -> tuple[str, int]:
    """Open ones are young; closed ones are won as often as their source is worth."""
    if chance.random() < 2.718281828 ** (-age.days / _OPEN_DAYS):
        return "open", chance.randint(1, STAGES) if chance.random() < _OPEN_DEALS else 0
    if chance.random() < pattern.conversion:
        return "won", STAGES
    if chance.random() < _LOST_DEALS:
        return "lost", chance.randint(1, STAGES - 2)
    return ("dropped" if chance.random() < _DISPOSITIONS else "lost"), 0


def add_matter(rows: Rows, matter: Matter, ids: Ids, setting: Setting, chance: random.Random) -> None:
    """All rows of a matter."""
    _add_person(rows, matter, ids, setting)
    _add_raw(rows, matter, ids)
    place, reason = _place(matter, setting), chance.choice(_REASONS) if matter.state == "lost" else ""
    is_open, budget = matter.state == "open", matter.pattern.budget
    rows.add("journal_dossier", ids.dossier, ids.person, matter.manager, None, setting.office_id,
             "closed" if not is_open else "deal" if matter.stage else "inquiry", place, budget, "RUB", is_open,
             matter.received_at, matter.ended_at)
    _add_inquiry(rows, matter, ids, setting, reason)
    last_step = matter.received_at
    if matter.stage:
        last_step = _add_deal(rows, matter, ids, setting, reason)
    _add_tasks(rows, matter, ids, setting, chance)
    _add_touches(rows, matter, ids, last_step, reason)


def _place(matter: Matter, setting: Setting) -> str:
    return setting.stages[matter.stage - 1].place if matter.stage else "inquiry"


def _add_person(rows: Rows, matter: Matter, ids: Ids, setting: Setting) -> None:
    somebody = matter.somebody
    rows.add("clients_person", ids.person, somebody.surname, somebody.given_name, somebody.patronymic, somebody.name,
             search_name(somebody.name), matter.manager, setting.office_id, int(matter.state == "won"), matter.received_at)
    rows.add("clients_contactpoint", ids.person, "phone", somebody.written, somebody.phone, somebody.phone[-10:])
    if ids.person % 2:
        rows.add("clients_contactpoint", ids.person, "email", somebody.email, somebody.email, "")


def _add_raw(rows: Rows, matter: Matter, ids: Ids) -> None:
    pattern, somebody = matter.pattern, matter.somebody
    body = pattern.body.replace("Имя Фамилия", somebody.name, 1).replace("+79161234567", somebody.written, 1).encode()
    rows.add("channels_rawmessage", ids.raw, pattern.channel, pattern.source_slug, None, body, hashlib.sha256(body).digest(),
             matter.received_at, "understood", "", BY)


def _add_inquiry(rows: Rows, matter: Matter, ids: Ids, setting: Setting, reason: str) -> None:
    pattern, is_open = matter.pattern, matter.state == "open"
    respond_by = matter.received_at + timedelta(minutes=15)
    rows.add(
        "intake_inquiry", ids.raw, ids.dossier, ids.person, "new", pattern.channel, pattern.source_id, None, matter.received_at,
        "open" if is_open else "closed", None, pattern.inquiry_class, pattern.class_reason, pattern.category_reason,
        pattern.message, pattern.request, pattern.flaws, pattern.budget, "RUB", pattern.missing, pattern.grade, pattern.relevance_reasons,
        pattern.priority,
        pattern.priority_reasons, setting.owner_reason, respond_by, matter.received_at, None,
        "met" if matter.answered_at <= respond_by else "missed", matter.answered_at,
        (matter.answered_at - matter.received_at) / timedelta(minutes=1), 0, 0, matter.outcome,
        "price_check" if matter.state == "dropped" else "", reason, "{}", "",
        pattern.priority_parts, pattern.arrival, "{}", False,
    )  # fmt: skip


def _add_deal(rows: Rows, matter: Matter, ids: Ids, setting: Setting, reason: str) -> datetime:
    """The deal and the stages it passed; gives when it came to stand where it stands."""
    pattern, ended = matter.pattern, matter.ended_at
    step = ((ended or setting.now) - matter.answered_at) / (matter.stage + 1)
    entered = [matter.answered_at + step * n for n in range(matter.stage)]
    rows.add("deals_deal", ids.deal, ids.dossier, ids.raw, setting.stages[matter.stage - 1].id, entered[-1], pattern.direction,
             pattern.budget, "RUB", "{}", "open" if ended is None else matter.state, reason, matter.answered_at, ended,
             None if ended is None else BY, None)
    lefts = [*entered[1:], None]
    rows.add_many("deals_stageentry", ((ids.deal, stage.id, at, left, BY)
                                       for stage, at, left in zip(setting.stages, entered, lefts, strict=False)))
    return entered[-1]


def _add_tasks(rows: Rows, matter: Matter, ids: Ids, setting: Setting, chance: random.Random) -> None:
    if matter.ended_at is not None:
        rows.add("journal_task", ids.dossier, "call", "Позвонить клиенту", matter.received_at + timedelta(minutes=15), "done",
                 matter.manager, None, "", matter.received_at, BY, matter.answered_at, BY)
        return
    stage = setting.stages[matter.stage - 1] if matter.stage else None
    due = setting.now + timedelta(minutes=chance.randint(-2000, 8000))
    rows.add("journal_task", ids.dossier, stage.task_kind if stage else "call", stage.task_title if stage else "Позвонить ещё раз",
             due, "pending", matter.manager, None, "", matter.answered_at, BY, None, None)


def _add_touches(rows: Rows, matter: Matter, ids: Ids, last_step: datetime, reason: str) -> None:
    by = f"employee:{matter.manager}"
    rows.add("journal_touch", ids.dossier, "inquiry", "in", matter.received_at, BY, matter.pattern.message, "{}", False)
    rows.add("journal_touch", ids.dossier, "call_out", "out", matter.answered_at, by, "Ответили, уточнили даты и состав", None, True)
    if matter.ended_at is not None:
        rows.add("journal_touch", ids.dossier, "close", "none", matter.ended_at, by, reason, None, False)
    else:
        rows.add("journal_touch", ids.dossier, "note", "none", last_step, by, "Ждёт подборку к выходным", None, False)
