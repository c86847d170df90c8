"""What inquiries of the bench say: some hundreds of requests of sources of different worth, each judged by the real rules."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from marshrut.intake.reading import read_submission
from marshrut.intake.reference import Reference
from marshrut.intake.services.judging import facts_of, judge

SOURCES: tuple[tuple[str, str, int, float], ...] = (
    # slug, channel, share of inquiries in percent, conversion of closed ones
    ("site", "site_form", 24, 0.22),
    ("phone", "phone", 16, 0.30),
    ("yandex-direct", "site_form", 14, 0.12),
    ("instagram", "messenger", 12, 0.09),
    ("telegram", "messenger", 9, 0.18),
    ("recommendation", "phone", 8, 0.46),
    ("walk_in", "walk_in", 7, 0.40),
    ("email", "email", 6, 0.16),
    ("aggregator", "api", 4, 0.05),
)
_DIRECTIONS = ("turkey", "egypt", "sochi", "georgia", "thailand", "uae", "abkhazia", "greece", "russia", "tunisia")
_MESSAGES = (
    "Здравствуйте! Хотим на море на {nights} ночей, {adults} взрослых. Что есть до {budget} ₽?",
    "Подберите, пожалуйста, отель первой линии, всё включено. Нас {adults}, бюджет {budget} ₽.",
    "Добрий день! Цікавить відпочинок на {nights} ночей для {adults}, бюджет до {budget}.",
    "Сколько стоит тур на {nights} ночей? Вылет в выходные, {adults} человека.",
    "Посоветуйте спокойное место без шумных дискотек. Бюджет около {budget} ₽.",
    "Нужен тур с детьми, анимация и горки. {nights} ночей, до {budget} ₽.",
)
PATTERNS_EACH = 40


@dataclass(frozen=True, slots=True)
class Pattern:
    """One request as it came and as the rules judged it; JSON is kept as texts, ready for COPY."""

    source_slug: str
    source_id: int
    channel: str
    conversion: float
    direction: str
    budget: int
    message: str
    body: str
    request: str
    flaws: str
    missing: str
    inquiry_class: str
    class_reason: str
    category_reason: str
    grade: str
    relevance_reasons: str
    priority: int
    priority_reasons: str
    priority_parts: str
    arrival: str


def make_patterns(reference: Reference, chance: random.Random, now: datetime) -> list[list[Pattern]]:
    """Patterns by source, in the order of `SOURCES`."""
    return [
        [_pattern(reference, chance, slug, channel, conversion, now) for _ in range(PATTERNS_EACH)]
        for slug, channel, _share, conversion in SOURCES
    ]


def _pattern(reference: Reference, chance: random.Random, slug: str, channel: str, conversion: float, now: datetime) -> Pattern:
    data = _data(chance, slug, channel, now)
    submission = read_submission(data, regions=("RU", "UA"), today=now.date(), now=now)
    judged = judge(facts_of(submission, reference, None, None), submission, reference)
    budget = submission.request.budget
    request = {**submission.request.as_json(), "category": judged.category, "directions": list(judged.directions)}
    return Pattern(
        slug, judged.source_id, channel, conversion, judged.directions[0], int(budget.amount) if budget else 0,
        submission.message, orjson.dumps(data).decode(), _text(request), "[]", "{" + ",".join(judged.missing) + "}",
        judged.classification.inquiry_class, _text(judged.classification.reason), _text(judged.category_reason),
        judged.relevance.grade,
        _text(judged.relevance.reasons), judged.priority.score, _text(judged.priority.reasons), _text(judged.priority.parts),
        _text(judged.arrival),
    )  # fmt: skip


def _data(chance: random.Random, slug: str, channel: str, now: datetime) -> dict[str, Any]:
    """The JSON a door would have been given, with marks where each person's own name and number go."""
    nights, adults = chance.choice((5, 7, 7, 10, 14)), chance.choice((1, 2, 2, 2, 3, 4))
    budget = chance.randrange(60, 420, 5) * 1000
    start = (now + timedelta(days=chance.randrange(20, 200))).date()
    return {
        "channel": channel,
        "source": slug,
        "contact": {"name": "Имя Фамилия", "phone": "+79161234567"},
        "message": chance.choice(_MESSAGES).format(nights=nights, adults=adults, budget=budget),
        "request": {
            "category": "package_tour", "directions": [chance.choice(_DIRECTIONS)],
            "dates": {"from": start.isoformat(), "to": (start + timedelta(days=30)).isoformat()},
            "nights": {"from": nights, "to": nights + 2}, "adults": adults,
            "budget": {"amount": budget, "currency": "RUB"},
        },
    }  # fmt: skip


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
