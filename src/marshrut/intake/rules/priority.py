"""P06, Q03: which inquiry first, in money.

    chance  = source's chance (its own conversion, else the channel's usual one; a client's at least the class's)
              × grade × completeness × way to reach, at most `most_chance`
    margin  = budget × share, or the usual margin of the category
    cooling = share of the chance lost in the next hour if nobody answers
    money per hour = chance × margin × cooling ÷ (minutes of the next step ÷ 60)

that is, what an hour of a manager's work on it now saves from being lost in the next hour: the index by which a
queue of unequal jobs loses least (W. E. Smith, "Various optimizers for single-stage production", Naval Research
Logistics Quarterly 3 (1956) 59–66). On screen it is 0–100, even steps for even ratios. Duties (trouble in a trip, a
question on a booking) have what is at stake and how fast in place of a chance. Sources of the numbers stand in
`intake/data/priority.json`. More chance, margin, completeness or relevance never lowers a score.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .conditions import RulesetError
from .facts import CATEGORIES, CHANNELS, CLASSES, InquiryFacts, Reason
from .rulesets import Settings, number

MAIN_REASONS = 3
WAYS_TO_REACH = ("phone", "messenger", "email", "none")


@dataclass(frozen=True, slots=True)
class Priority:
    """The score 0–100, the money per hour it stands for, the three weightiest reasons and all factors."""

    score: int
    money_per_hour: float
    currency: str
    reasons: tuple[Reason, ...]
    derivation: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _ClassWorth:
    is_duty: bool
    least_chance: float
    at_stake: float
    lost_in_hour: float


Weighed = list[tuple[float, Reason]]
"""Reasons with their weight: how far, in ratio, they move the result from the usual."""


@dataclass(frozen=True, slots=True)
class PriorityModel:
    """The numbers of an agency, read once."""

    currency: str
    rates: Mapping[str, float]
    channel_chance: Mapping[str, float]
    grade_factor: Mapping[str, float]
    completeness_least: float
    reach_factor: Mapping[str, float]
    most_chance: float
    margin_share: Mapping[str, float]
    usual_margin: Mapping[str, float]
    most_margin: float
    cooling: Sequence[tuple[float, float]]
    minutes: Mapping[str, float]
    classes: Mapping[str, _ClassWorth]
    vip_factor: float
    low: float
    high: float

    def score(
        self,
        facts: InquiryFacts,
        inquiry_class: str,
        grade: str,
        source_chance: float | None = None,
        age_minutes: float = 0,
    ) -> Priority:
        """The priority of an inquiry of that class and relevance grade. `source_chance` is the share of the source's
        inquiries that end in a sale, where it is known; `age_minutes` how long it has waited."""
        worth = self.classes[inquiry_class]
        if worth.is_duty:
            chance, at_stake, cooling = 1.0, worth.at_stake, worth.lost_in_hour
            weighed = self._duty_reasons(inquiry_class, at_stake)
        else:
            chance, weighed = self._chance(facts, worth, inquiry_class, grade, source_chance)
            at_stake, margin_reason = self._margin(facts)
            weighed.append(margin_reason)
            cooling = self._lost_in_next_hour(age_minutes / 60)
            weighed.append((0.5, {"code": "cooling", "percent": round(cooling * 100)}))
        if facts.person.is_vip:
            at_stake *= self.vip_factor
            weighed.append((math.log(self.vip_factor), {"code": "vip"}))
        minutes = self.minutes.get(facts.channel, self.minutes["default"])
        step: Reason = {"code": "next_step", "minutes": round(minutes)}
        weighed.append((0.1 + _weight(minutes, self.minutes["default"]) / 4, step))
        money = chance * at_stake * cooling / (minutes / 60)
        weighed.sort(key=lambda pair: -pair[0])
        reasons = tuple(reason for _, reason in weighed[:MAIN_REASONS])
        derivation = {"chance": chance, "margin": at_stake, "cooling": cooling, "minutes": minutes}
        return Priority(self._on_scale(money), round(money, 2), self.currency, reasons, derivation)

    def _chance(
        self, facts: InquiryFacts, worth: _ClassWorth, inquiry_class: str, grade: str, source_chance: float | None
    ) -> tuple[float, Weighed]:
        usual = self.channel_chance["site_form"]
        of_source = source_chance if source_chance is not None else self.channel_chance.get(facts.channel, usual)
        base = max(of_source, worth.least_chance)
        reach = _way(facts)
        fullness = self.completeness_least + (1 - self.completeness_least) * facts.completeness
        chance = min(base * self.grade_factor[grade] * fullness * self.reach_factor[reach], self.most_chance)
        code = "channel_chance" if source_chance is None else "source_chance"
        reason: Reason = {"code": code, "percent": round(base * 100), "channel": facts.channel}
        if base > of_source:
            reason |= {"code": "known_client", "inquiry_class": inquiry_class}
        full_percent = round(facts.completeness * 100)
        weighed: Weighed = [
            (_weight(base, usual), reason),
            (_weight(self.grade_factor[grade], 1), {"code": "relevance", "grade": grade}),
            (_weight(fullness, (1 + self.completeness_least) / 2), {"code": "completeness", "percent": full_percent}),
        ]
        if reach != "phone":
            weighed.append((_weight(self.reach_factor[reach], 1), {"code": "reach", "way": reach}))
        return chance, weighed

    def _margin(self, facts: InquiryFacts) -> tuple[float, tuple[float, Reason]]:
        category = facts.category or "default"
        usual = self.usual_margin.get(category, self.usual_margin["default"])
        rate = self.rates.get(facts.budget.currency) if facts.budget else None
        code, margin = "usual_margin", usual
        if facts.budget and rate:
            share = self.margin_share.get(category, self.margin_share["default"])
            code, margin = "margin", min(float(facts.budget.amount) * rate * share, self.most_margin)
        reason: Reason = {"code": code, "amount": round(margin), "currency": self.currency}
        return margin, (max(_weight(margin, self.usual_margin["default"]), 0.2), reason)

    def _duty_reasons(self, inquiry_class: str, at_stake: float) -> Weighed:
        about = {"inquiry_class": inquiry_class, "amount": round(at_stake), "currency": self.currency}
        return [(10.0, {"code": "duty", **about})]

    def _lost_in_next_hour(self, hours: float) -> float:
        return self._left(hours) - self._left(hours + 1)

    def _left(self, hours: float) -> float:
        """The share of chances left after so many hours; between the points of the table even in ratio."""
        for (start, before), (end, after) in pairwise(self.cooling):
            if hours <= end:
                return float(before * (after / before) ** ((hours - start) / (end - start)))
        return self.cooling[-1][1] * self.cooling[-1][0] / hours

    def _on_scale(self, money: float) -> int:
        if money <= 0:
            return 0
        share = math.log1p(money / self.low) / math.log1p(self.high / self.low)
        return max(1, min(100, round(100 * share)))


def _way(facts: InquiryFacts) -> str:
    if facts.has_phone:
        return "phone"
    return "messenger" if facts.has_messenger else "email" if facts.has_email else "none"


def _weight(value: float, usual: float) -> float:
    return abs(math.log(value / usual)) if value > 0 and usual > 0 else 10.0


def compile_priority(data: Mapping[str, Any]) -> PriorityModel:
    """A model from data shaped as `intake/data/priority.json`. Raises RulesetError."""
    raw = Settings(data, "priority")
    scale = Settings(raw.value("scale"), "priority.scale")
    model = PriorityModel(
        currency=str(raw.value("currency")),
        rates=raw.numbers("rates", least=1e-9),
        channel_chance=_complete(raw.numbers("channel_chance", most=1), CHANNELS, "priority.channel_chance"),
        grade_factor=_complete(raw.numbers("grade_factor", most=10), ("A", "B", "C"), "priority.grade_factor"),
        completeness_least=raw.number("completeness_least", most=1),
        reach_factor=_complete(raw.numbers("reach_factor", most=1), WAYS_TO_REACH, "priority.reach_factor"),
        most_chance=raw.number("most_chance", most=1),
        margin_share=_partial(raw.numbers("margin_share", most=1), CATEGORIES, "priority.margin_share"),
        usual_margin=_partial(raw.numbers("usual_margin"), CATEGORIES, "priority.usual_margin"),
        most_margin=raw.number("most_margin"),
        cooling=_read_cooling(raw.value("cooling")),
        minutes=_partial(raw.numbers("minutes", least=1), CHANNELS, "priority.minutes"),
        classes=_read_classes(raw.value("classes")),
        vip_factor=raw.number("vip_factor", least=1, most=100),
        low=scale.number("low", least=0.01),
        high=scale.number("high", least=1),
    )
    scale.finish()
    raw.finish()
    return model


def _complete(table: dict[str, float], names: Iterable[str], path: str) -> dict[str, float]:
    """The table, whose keys are exactly `names`."""
    if missing := sorted(set(names) - set(table)):
        raise RulesetError(f"{path}.{missing[0]}", "is missing")
    if unknown := sorted(set(table) - set(names)):
        raise RulesetError(f"{path}.{unknown[0]}", "unknown key")
    return table


def _partial(table: dict[str, float], names: Iterable[str], path: str) -> dict[str, float]:
    """The table, whose keys are "default" and some of `names`."""
    return _complete(table, {"default", *(set(names) & set(table))}, path)


def _read_cooling(value: Any) -> tuple[tuple[float, float], ...]:
    path = "priority.cooling"
    is_table = isinstance(value, list) and all(isinstance(point, list) and len(point) == 2 for point in value)
    if not is_table or len(value) < 2:
        raise RulesetError(path, "must be a list of [hours, share left], two or more")
    points = tuple((number(hours, path, 0, 1e5), number(left, path, 1e-9, 1)) for hours, left in value)
    if points[0] != (0, 1) or any(a[0] >= b[0] or a[1] < b[1] for a, b in pairwise(points)):
        raise RulesetError(path, "starts at [0, 1]; hours rise and what is left falls")
    return points


def _read_classes(value: Any) -> dict[str, _ClassWorth]:
    path = "priority.classes"
    if not isinstance(value, Mapping) or set(value) != set(CLASSES):
        raise RulesetError(path, "must name every class once")
    classes = {}
    for slug, row in value.items():
        read = Settings(row, f"{path}.{slug}")
        kind = read.value("kind")
        if kind not in ("sale", "duty"):
            raise RulesetError(f"{path}.{slug}.kind", "must be sale or duty")
        classes[slug] = _ClassWorth(
            is_duty=kind == "duty",
            least_chance=read.number("least_chance", 0.0, most=1),
            at_stake=read.number("at_stake", 0.0),
            lost_in_hour=read.number("lost_in_hour", 0.0, most=1),
        )
        read.finish()
    return classes
