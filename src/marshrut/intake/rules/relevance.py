"""Q02: how adequate a request is. A: can be sold as it stands; B: something is unclear or tight; C: as it stands it
cannot be fulfilled, and the first talk has to change it.

What the trip needs at least = floor of its direction and category × people × nights × season. The budget is held
against it, and an ordered list of criteria adds points: −1 for something tight, −2 for something that cannot be.
The sum gives the grade; without a budget and a party nobody can say A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshrut.catalog.rules import NO_FLOORS, PriceFloors
from marshrut.core.money import Money

from .conditions import Condition, ConditionCompiler, Reading, RulesetError
from .facts import CATEGORIES, InquiryFacts, Reason, RequestFacts
from .rulesets import Settings, number

WORKED_OUT = ("budget_ratio", "budget_per_person_night")
"""Measures a criterion of relevance may ask for besides those of every condition; money in the ruleset's currency."""
INFANT_UNTIL = 2  # years; infants fly on a lap and sleep in a cot


@dataclass(frozen=True, slots=True)
class Relevance:
    """The grade, the reasons (weightiest first) and the budget as a share of what such a trip needs at least."""

    grade: str
    reasons: tuple[Reason, ...]
    budget_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year, as (month, day) pairs, when prices differ; `factor` multiplies the floor."""

    slug: str
    first: tuple[int, int]
    last: tuple[int, int]
    factor: float

    def holds(self, day: date) -> bool:
        """Does the day fall into the season (which may run over New Year)?"""
        at = (day.month, day.day)
        return self.first <= at <= self.last if self.first <= self.last else at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One criterion, ready for use; `name` is the agency's own wording, if it has one."""

    code: str
    name: str
    points: int
    holds: Condition


@dataclass(frozen=True, slots=True)
class Need:
    """What a trip needs at least, in the ruleset's currency, and what had to be assumed for it."""

    least: float
    floor: float
    ratio: float
    nights: int
    is_assumed: bool


class RelevanceGrader:
    """The criteria and prices of an agency, compiled once."""

    def __init__(
        self,
        settings: _Settings,
        criteria: Sequence[_Criterion],
        compiler: ConditionCompiler,
        season_words: Mapping[int, str],
        hot_words: frozenset[int],
    ) -> None:
        self._settings = settings
        self._criteria = tuple(criteria)
        self._lexicon = compiler.lexicon
        self._season_words = season_words
        self._hot_words = hot_words

    def grade(self, facts: InquiryFacts, floors: PriceFloors = NO_FLOORS) -> Relevance:
        """The relevance of an inquiry. `floors`: the least price of a night for one person by direction, season and stars;
        directions without one take the ruleset's."""
        reading, need, season, is_hot = self._read(facts, floors)
        points = 0
        flaws: list[tuple[int, Reason]] = []
        merits: list[Reason] = []
        for criterion in self._criteria:
            matched = criterion.holds(reading)
            if matched is not None:
                points += criterion.points
                reason = self._reason(criterion.code, matched, facts, need)
                if criterion.name:
                    reason["name"] = criterion.name
                if criterion.points < 0:
                    flaws.append((criterion.points, reason))
                else:
                    merits.append(reason)
        flaws.sort(key=lambda flaw: flaw[0])
        missing = _missing(facts, bool(season or is_hot))
        grade = "C" if points <= self._settings.c_at_most else "A" if points >= 0 and not missing else "B"
        reasons = [reason for _, reason in flaws]
        if missing:
            reasons.append({"code": "incomplete", "missing": missing})
        reasons += merits
        if season:
            reasons.append({"code": "season", "season": season.slug, "matched": ""})
        return Relevance(grade, tuple(reasons), need.ratio if need else None)

    @property
    def size(self) -> int:
        """How many criteria there are."""
        return len(self._criteria)

    def criteria_met(self, facts: InquiryFacts, floors: PriceFloors = NO_FLOORS) -> set[int]:
        """The places of the criteria that hold, whatever they count for."""
        reading = self._read(facts, floors)[0]
        return {place for place, criterion in enumerate(self._criteria) if criterion.holds(reading) is not None}

    def _read(self, facts: InquiryFacts, floors: PriceFloors) -> tuple[Reading, Need | None, Season | None, bool]:
        """What the criteria look at; what the trip needs; the season; whether a last-minute offer is asked for."""
        found = self._lexicon.find(facts.words)
        season = self._season(facts, found)
        is_hot = not self._hot_words.isdisjoint(found)
        need = self._need(facts, floors, season, is_hot)
        worked_out = {"budget_ratio": need.ratio if need else None, "budget_per_person_night": self._settings.per_person_night(facts)}
        return Reading(facts, found, worked_out, season.slug if season else None), need, season, is_hot

    def _season(self, facts: InquiryFacts, found: Mapping[int, str]) -> Season | None:
        """By the date of departure; without one by the words of the message."""
        seasons = self._settings.seasons
        if facts.date_from:
            day = facts.date_from
            return next((season for season in seasons.values() if season.holds(day)), None)
        slug = next((self._season_words[entry] for entry in found if entry in self._season_words), None)
        return seasons[slug] if slug else None

    def _need(self, facts: InquiryFacts, floors: PriceFloors, season: Season | None, is_hot: bool) -> Need | None:
        """None where a budget, a party or a price of such things is not known."""
        settings = self._settings
        per, category_floor = settings.categories.get(facts.category or "package_tour", (None, 0.0))
        budget = settings.in_currency(facts.budget) if facts.budget else None
        if budget is None or not facts.adults or per is None:
            return None
        nights, dearer = facts.nights or settings.usual_nights, season.factor if season else 1.0
        least = category_floor * dearer
        if per == "person_night":  # what a night costs in the direction, in the measure of the category
            least = category_floor * self._night(facts, floors, dearer) / settings.usual_floor
        least *= settings.hot_factor if is_hot else 1
        units = {"person_night": settings.heads(facts) * nights, "person": settings.heads(facts), "request": 1}[per]
        is_assumed = facts.nights is None and per == "person_night"
        return Need(least * units, least, budget / (least * units), nights, is_assumed)

    def _night(self, facts: InquiryFacts, floors: PriceFloors, dearer: float) -> float:
        """A night of a tour for one person in the cheapest of the directions named: any of them would do. A price of the
        season itself is not raised for the season again."""
        settings, prices = self._settings, []
        for slug in facts.directions:
            known = floors.least(slug, facts.date_from, facts.stars_from or facts.stars_to)
            price = settings.in_currency(known.price) if known else settings.directions.get(slug)
            if price:
                prices.append(price if known and known.is_seasonal else price * dearer)
        return min(prices, default=settings.usual_floor * dearer)

    def _reason(self, code: str, matched: str, facts: InquiryFacts, need: Need | None) -> Reason:
        reason: Reason = {"code": code, "matched": matched}
        if code.startswith("budget") and need:
            percent = round(min(need.ratio, 99) * 100)
            reason |= {"least": _hundreds(need.least), "floor": _hundreds(need.floor), "percent": percent}
            reason |= {"nights": need.nights, "nights_assumed": need.is_assumed, "currency": self._settings.currency}
        elif code.startswith("crowded"):
            reason |= {"adults": facts.adults, "rooms": facts.rooms}
        elif code.startswith("stay"):
            reason |= {"nights": facts.nights}
        elif code.startswith("dates") and facts.date_from:
            reason |= {"date": facts.date_from.isoformat()}
        return reason


def _hundreds(amount: float) -> int:
    return round(amount / 100) * 100


def _missing(facts: InquiryFacts, has_season: bool) -> list[str]:
    """What stands between a request and grade A: the budget, the party, and one word on what, where or when."""
    missing = [name for name, known in (("budget", facts.budget), ("adults", facts.adults)) if not known]
    what = facts.directions or facts.date_from or facts.nights or (facts.category and facts.category != "other")
    return missing if what or has_season else [*missing, "directions"]


# --- reading the ruleset --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Settings:
    currency: str
    rates: Mapping[str, float]
    categories: Mapping[str, tuple[str | None, float]]
    directions: Mapping[str, float]
    seasons: Mapping[str, Season]
    usual_nights: int
    child_share: float
    infant_share: float
    hot_factor: float
    c_at_most: float

    @property
    def usual_floor(self) -> float:
        """What a night of a tour costs one person at least where no direction is named."""
        return self.categories["package_tour"][1]

    def heads(self, facts: RequestFacts) -> float:
        """How many adults the party comes to in price."""
        children = sum(self.infant_share if age < INFANT_UNTIL else self.child_share for age in facts.children_ages)
        return (facts.adults or 0) + children

    def per_person_night(self, facts: RequestFacts) -> float | None:
        """What the budget leaves for a night of one person; None without a budget, a party or the nights."""
        budget = self.in_currency(facts.budget) if facts.budget else None
        if budget is None or not facts.adults or not facts.nights:
            return None
        return budget / (self.heads(facts) * facts.nights)

    def in_currency(self, money: Money) -> float | None:
        """An amount in the ruleset's currency, by its rough rates; None for a currency without one."""
        rate = self.rates.get(money.currency)
        return float(money.amount) * rate if rate else None


def compile_relevance(data: Mapping[str, object]) -> RelevanceGrader:
    """A grader from {"settings": {…}, "criteria": [{"code", "conditions", "points"[, "name"]}, …]}; the shape of the settings is
    that of `intake/data/relevance.json`. Raises RulesetError."""
    if not isinstance(data, Mapping) or set(data) - {"about"} != {"settings", "criteria"}:
        raise RulesetError("relevance", "has settings and criteria, nothing else")
    raw = Settings(data["settings"], "settings")
    settings = _read_settings(raw)
    compiler = ConditionCompiler(WORKED_OUT, tuple(settings.seasons))
    add = compiler.lexicon.add
    season_words = {add(entry): row["slug"] for row in raw.value("seasons") for entry in row.get("words", ())}
    hot_words = frozenset(add(entry) for entry in raw.value("hot_words"))
    raw.finish()
    criteria = data["criteria"]
    if not isinstance(criteria, list | tuple):
        raise RulesetError("criteria", "must be a list")
    compiled = [_read_criterion(row, f"criteria[{place}]", compiler) for place, row in enumerate(criteria)]
    return RelevanceGrader(settings, compiled, compiler, season_words, hot_words)


def _read_criterion(row: Any, path: str, compiler: ConditionCompiler) -> _Criterion:
    if not isinstance(row, Mapping) or set(row) - {"name"} != {"code", "conditions", "points"}:
        raise RulesetError(path, "a criterion has a code, conditions, points and perhaps a name, nothing else")
    if not isinstance(row["code"], str) or not row["code"]:
        raise RulesetError(f"{path}.code", "must be a text")
    if not isinstance(row.get("name", ""), str):
        raise RulesetError(f"{path}.name", "must be a text")
    if isinstance(row["points"], bool) or not isinstance(row["points"], int):
        raise RulesetError(f"{path}.points", "must be a whole number")
    return _Criterion(row["code"], row.get("name", ""), row["points"], compiler.compile(row["conditions"], f"{path}.conditions"))


def _read_settings(raw: Settings) -> _Settings:
    currency, rates = str(raw.value("currency")), raw.numbers("rates", least=1e-9)
    if rates.get(currency) != 1:
        raise RulesetError(f"settings.rates.{currency}", "the ruleset's own currency has the rate 1")
    return _Settings(
        currency=currency,
        rates=rates,
        categories=_read_categories(raw.value("categories")),
        directions=raw.numbers("directions", least=1),
        seasons=_read_seasons(raw.value("seasons")),
        usual_nights=int(raw.number("usual_nights", least=1, most=90)),
        child_share=raw.number("child_share", most=1),
        infant_share=raw.number("infant_share", most=1),
        hot_factor=raw.number("hot_factor", least=0.1, most=2),
        c_at_most=raw.number("c_at_most", least=-10, most=-1),
    )


def _read_categories(data: Any) -> dict[str, tuple[str | None, float]]:
    categories: dict[str, tuple[str | None, float]] = {}
    if not isinstance(data, Mapping):
        raise RulesetError("settings.categories", "must be an object")
    for slug, row in data.items():
        path = f"settings.categories.{slug}"
        if slug not in CATEGORIES:
            raise RulesetError(path, "unknown category")
        read = Settings(row, path)
        if (per := read.value("per")) not in ("person_night", "person", "request"):
            raise RulesetError(f"{path}.per", "must be person_night, person or request")
        categories[slug] = (per, read.number("floor", least=1))
        read.finish()
    if categories.get("package_tour", ("", 0))[0] != "person_night":
        raise RulesetError("settings.categories.package_tour", "is required, per person_night")
    return categories


def _read_seasons(data: Any) -> dict[str, Season]:
    seasons = {}
    for place, row in enumerate(data if isinstance(data, list) else ()):
        path = f"settings.seasons[{place}]"
        read = Settings(row, path)
        slug = str(read.value("slug"))
        read.value("words", [])
        bounds = [_month_day(read.value(key), f"{path}.{key}") for key in ("from", "to")]
        seasons[slug] = Season(slug, bounds[0], bounds[1], number(read.value("factor"), f"{path}.factor", 0.1, 10))
        read.finish()
    return seasons


def _month_day(value: object, path: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{value}")
    except ValueError as error:
        raise RulesetError(path, "must be a month and a day, such as 12-25") from error
    return day.month, day.day
