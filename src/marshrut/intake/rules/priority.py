"""P06, Q03: which inquiry first, in money.

    chance  = the agency's own learned chance, where it is in use; else
              the source's share (its own cases drawn to what is usual; a client's at least the class's)
              × grade × completeness × way to reach, at most `most_chance`
    margin  = budget × share, or the usual margin of the category (and of the direction, from own closed deals)
    cooling = share of the chance lost in the next hour if nobody answers
    money per hour = chance × margin × cooling ÷ (minutes of the next step ÷ 60)

that is, what an hour of a manager's work on it now saves from being lost in the next hour: the index by which a
queue of unequal jobs loses least (W. E. Smith, "Various optimizers for single-stage production", Naval Research
Logistics Quarterly 3 (1956) 59–66). On screen it is 0–100, even steps for even ratios. Duties (trouble in a trip, a
question on a booking) have what is at stake and how fast in place of a chance. Sources of the numbers stand in
`intake/data/priority.json`; own history (`learned`) stands over them with as much weight as it has cases. Without a learned
chance more completeness or relevance never lowers a score; more chance or margin never does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .chance import Arrival, ChanceModel, FactWeights, logistic
from .conditions import RulesetError
from .cooling import left_after
from .facts import CATEGORIES, CHANNELS, CLASSES, InquiryFacts, Reason
from .learned import NOTHING_LEARNED, Learned
from .rulesets import Settings, number
from .shrinking import Rate

MAIN_REASONS = 3
WAYS_TO_REACH = ("phone", "messenger", "email", "none")


@dataclass(frozen=True, slots=True)
class Priority:
    """The score 0–100, the money per hour it stands for, the three weightiest reasons, and what it was made of.

    `parts` are chance, margin, cooling and minutes in their order: {"part", "value", "from", …} with how many own cases stand
    behind the number and what it would be without them.
    """

    score: int
    money_per_hour: float
    currency: str
    reasons: tuple[Reason, ...]
    parts: tuple[Reason, ...]

    def part(self, name: str) -> float:
        """The value of one part."""
        return float(next(part["value"] for part in self.parts if part["part"] == name))


@dataclass(frozen=True, slots=True)
class _ClassWorth:
    is_duty: bool
    least_chance: float
    at_stake: float
    lost_in_hour: float


LEAST_LOST = 0.005
"""An hour costs at least this share of a chance: a flat curve of few cases must not make all inquiries equal."""
_FACTS_TOLD, _FACTS_KEPT, _TELLING = 2, 6, 0.05

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
    learned: Learned = NOTHING_LEARNED

    def score(
        self,
        facts: InquiryFacts,
        inquiry_class: str,
        grade: str,
        source_chance: float | None = None,
        age_minutes: float = 0,
        arrival: Arrival | None = None,
    ) -> Priority:
        """The priority of an inquiry of that class and relevance grade. `source_chance` is the chance the agency has typed for its
        source; `age_minutes` how long it has waited; `arrival` what a learned chance is reckoned from."""
        worth = self.classes[inquiry_class]
        if worth.is_duty:
            weighed: Weighed = [(10.0, self._duty_reason(inquiry_class, worth))]
            chance: Reason = {"part": "chance", "value": 1.0, "from": "duty"}
            margin: Reason = {"part": "margin", "value": worth.at_stake, "from": "duty"}
            cooling: Reason = {"part": "cooling", "value": worth.lost_in_hour, "from": "duty"}
        else:
            if self.learned.chance is not None and arrival is not None:
                chance, weighed = self._learned_chance(self.learned.chance, arrival)
            else:
                chance, weighed = self._chance(facts, worth, inquiry_class, grade, source_chance)
            margin, margin_reason = self._margin(facts)
            cooling = self._cooling(facts.channel, age_minutes / 60)
            weighed += [margin_reason, (0.5, {"code": "cooling", "percent": round(cooling["value"] * 100)})]
        if facts.person.is_vip:
            margin = margin | {"value": margin["value"] * self.vip_factor, "vip": self.vip_factor}
            weighed.append((math.log(self.vip_factor), {"code": "vip"}))
        minutes = self.minutes.get(facts.channel, self.minutes["default"])
        step: Reason = {"code": "next_step", "minutes": round(minutes)}
        weighed.append((0.1 + _weight(minutes, self.minutes["default"]) / 4, step))
        money = chance["value"] * margin["value"] * cooling["value"] / (minutes / 60)
        weighed.sort(key=lambda pair: -pair[0])
        reasons = tuple(reason for _, reason in weighed[:MAIN_REASONS])
        parts = (chance, margin, cooling, {"part": "minutes", "value": minutes, "from": "table"})
        return Priority(self.on_scale(money), round(money, 2), self.currency, reasons, parts)

    def _learned_chance(self, model: ChanceModel, arrival: Arrival) -> tuple[Reason, Weighed]:
        additions = model.additions(arrival)
        odds = model.usual + sum(one.adds for one in additions)
        chance = min(logistic(odds), self.most_chance)
        by_name = {fact.name: fact for fact in model.facts}
        told: list[Reason] = [
            {
                **_level_told(by_name[one.fact], one.level, self.learned.labels),
                "code": "fact_raises" if one.adds > 0 else "fact_lowers",
                "fact": self.learned.labels.get(one.fact, one.fact),
                "before": round(logistic(odds - one.adds) * 100),
                "after": round(logistic(odds) * 100),
            }
            for one in additions[:_FACTS_KEPT]
        ]
        weighed: Weighed = [
            (abs(one.adds), reason) for one, reason in zip(additions[:_FACTS_TOLD], told, strict=False) if abs(one.adds) > _TELLING
        ]
        usual = logistic(model.usual)
        said = {"code": "learned_chance", "percent": round(chance * 100), "usual": round(usual * 100)}
        weighed.append((0.6 + _weight(chance, usual) / 2, said))
        part = {
            "part": "chance",
            "value": round(chance, 4),
            "from": "learned",
            "usual": round(usual, 4),
            "facts": told,
        }
        return part, weighed

    def _chance(
        self, facts: InquiryFacts, worth: _ClassWorth, inquiry_class: str, grade: str, source_chance: float | None
    ) -> tuple[Reason, Weighed]:
        usual = self.channel_chance["site_form"]
        of_source, origin = self._base(facts, source_chance, usual)
        of_class = self.learned.classes.get(inquiry_class)
        base = max(of_source, of_class.share if of_class else worth.least_chance)
        reach = _way(facts)
        fullness = self.completeness_least + (1 - self.completeness_least) * facts.completeness
        chance = min(base * self.grade_factor[grade] * fullness * self.reach_factor[reach], self.most_chance)
        code = "channel_chance" if origin["from"] == "channel" else "source_chance"
        reason: Reason = {"code": code, "percent": round(base * 100), "channel": facts.channel}
        if base > of_source:
            reason |= {"code": "known_client", "inquiry_class": inquiry_class}
            origin = _told(of_class, "class") if of_class else {"from": "class", "cases": 0, "won": 0, "prior": worth.least_chance}
            origin |= {"inquiry_class": inquiry_class}
        full_percent = round(facts.completeness * 100)
        weighed: Weighed = [
            (_weight(base, usual), reason),
            (_weight(self.grade_factor[grade], 1), {"code": "relevance", "grade": grade}),
            (_weight(fullness, (1 + self.completeness_least) / 2), {"code": "completeness", "percent": full_percent}),
        ]
        if reach != "phone":
            weighed.append((_weight(self.reach_factor[reach], 1), {"code": "reach", "way": reach}))
        part = {
            **origin, "part": "chance", "value": round(chance, 4), "base": round(base, 4),
            "grade": grade, "grade_times": self.grade_factor[grade], "full_percent": full_percent, "full_times": round(fullness, 3),
            "way": reach, "way_times": self.reach_factor[reach],
        }  # fmt: skip
        return part, weighed

    def _base(self, facts: InquiryFacts, source_chance: float | None, usual: float) -> tuple[float, Reason]:
        """The chance before anything is known of the request: own cases of the source, else of the channel, else as typed."""
        own = self.learned.sources.get(facts.source_slug)
        if own is not None:
            return own.share, _told(own, "source")
        by_channel = self.learned.channels.get(facts.channel)
        if source_chance is not None:
            return source_chance, {"from": "source", "cases": 0, "won": 0, "prior": source_chance}
        if by_channel is not None:
            return by_channel.share, _told(by_channel, "channel")
        typed = self.channel_chance.get(facts.channel, usual)
        return typed, {"from": "channel", "cases": 0, "won": 0, "prior": typed}

    def _margin(self, facts: InquiryFacts) -> tuple[Reason, tuple[float, Reason]]:
        category = facts.category or "default"
        own = self.learned.margins
        rate = self.rates.get(facts.budget.currency) if facts.budget else None
        if facts.budget and rate:
            share = self.margin_share.get(category, self.margin_share["default"])
            kept = own.share.get(category) if own else None
            share = kept.value if kept else share
            margin = min(float(facts.budget.amount) * rate * share, self.most_margin)
            part: Reason = {"from": "budget", "share": round(share, 4), "deals": kept.deals if kept else 0}
        else:
            usual = self.usual_margin.get(category, self.usual_margin["default"])
            kept = own.usual.get(category) if own else None
            margin = kept.value if kept else usual
            part = {"from": "usual", "category": category, "deals": kept.deals if kept else 0, "prior": round(usual)}
            towards = own.direction.get(facts.directions[0]) if own and facts.directions else None
            if towards:
                margin = min(margin * towards.value, self.most_margin)
                part |= {"direction": facts.directions[0], "times": round(towards.value, 2), "direction_deals": towards.deals}
        code = "margin" if part["from"] == "budget" else "usual_margin"
        reason: Reason = {"code": code, "amount": round(margin), "currency": self.currency}
        weight = max(_weight(margin, self.usual_margin["default"]), 0.2)
        return {"part": "margin", "value": round(margin), **part}, (weight, reason)

    def _cooling(self, channel: str, hours: float) -> Reason:
        own = self.learned.curve_of(channel)
        points = own.points if own else self.cooling
        lost = left_after(points, hours) - left_after(points, hours + 1)
        if own:
            lost = max(lost, LEAST_LOST * left_after(points, hours))
        return {"part": "cooling", "value": round(lost, 5), "from": "own" if own else "published", "cases": own.cases if own else 0}

    def cooled(self, known: Priority, channel: str, hours: float) -> Priority:
        """The same priority after so many hours without an answer: its chance, margin and minutes stay what they were. A duty does not
        cool, nor does what was kept without its parts."""
        parts = {part.get("part"): part for part in known.parts}
        if set(parts) != {"chance", "margin", "cooling", "minutes"} or parts["cooling"].get("from") == "duty":
            return known
        cooling = self._cooling(channel, hours)
        money = known.part("chance") * known.part("margin") * cooling["value"] / (known.part("minutes") / 60)
        said = {"code": "cooling", "percent": round(cooling["value"] * 100)}
        reasons = tuple(said if reason.get("code") == "cooling" else reason for reason in known.reasons)
        return Priority(
            self.on_scale(money), round(money, 2), self.currency, reasons,
            tuple(cooling if part["part"] == "cooling" else part for part in known.parts),
        )  # fmt: skip

    def left(self, channel: str, hours: float) -> float:
        """The share of a chance that is left when an inquiry of this channel is answered after so many hours."""
        own = self.learned.curve_of(channel)
        return left_after(own.points if own else self.cooling, hours)

    def _duty_reason(self, inquiry_class: str, worth: _ClassWorth) -> Reason:
        return {"code": "duty", "inquiry_class": inquiry_class, "amount": round(worth.at_stake), "currency": self.currency}

    def on_scale(self, money: float) -> int:
        """Money per hour on the scale from 0 to 100: even steps for even ratios."""
        if money <= 0:
            return 0
        share = math.log1p(money / self.low) / math.log1p(self.high / self.low)
        return max(1, min(100, round(100 * share)))


def _told(own: Rate, origin: str) -> Reason:
    return {"from": origin, "cases": own.cases, "won": own.won, "prior": round(own.prior, 4)}


def _level_told(fact: FactWeights, level: str, labels: Mapping[str, str]) -> Reason:
    """A value as a reason tells it: a word that many shared, or the span of a number."""
    if not fact.is_number or not level:
        known = level in fact.levels or not level
        return {"value": labels.get(f"{fact.name}={level}", level)} if known else {"rare": True}
    place = int(level)
    low = {"low": fact.bounds[place - 1]} if place else {}
    return low | ({"high": fact.bounds[place]} if place < len(fact.bounds) else {})


def _way(facts: InquiryFacts) -> str:
    if facts.has_phone:
        return "phone"
    return "messenger" if facts.has_messenger else "email" if facts.has_email else "none"


def _weight(value: float, usual: float) -> float:
    return abs(math.log(value / usual)) if value > 0 and usual > 0 else 10.0


def compile_priority(data: Mapping[str, Any], learned: Learned = NOTHING_LEARNED) -> PriorityModel:
    """A model from data shaped as `intake/data/priority.json`, and what the agency's history says. Raises RulesetError."""
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
        learned=learned,
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
