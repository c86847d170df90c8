"""What the demo's agency has decided for itself: gates and what a refusal leads to, price floors, costs, texts for the night."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from marshrut.agency.permissions import system
from marshrut.catalog.models import Direction
from marshrut.catalog.services import FloorValues, save_floor
from marshrut.core.money import Money
from marshrut.deals.models import Gate, GateRule, Stage
from marshrut.deals.services.gates import GateRuleValues, save_gate, save_gate_rule
from marshrut.intake.services.clock_settings import take_ready_texts
from marshrut.intake.services.learning_words import save_confidence
from marshrut.marketing.models import Source
from marshrut.marketing.services import save_cost

BY = system("demo")
MONTHS = 5
_SURE = "80"  # percent from which on words decide


@cache
def said() -> dict[str, Any]:
    """Everything the agency has set and said about refusals, costs and stopped matters."""
    return json.loads(Path(__file__).with_name("data").joinpath("rules.json").read_text("utf-8"))  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate of the demo by its stage, and the rules that may decide a refusal there, by what follows."""

    id: int
    stage_id: int
    question: str
    rules: dict[str, int]


def write_rules(now: datetime) -> None:
    """Set everything up, through the services a person's settings go through."""
    for gate in said()["gates"]:
        stage_id = Stage.objects.get(funnel__slug=gate["funnel"], slug=gate["stage"]).pk
        save_gate(gate_id=None, stage_id=stage_id, question=gate["question"], is_active=True, by=BY, now=now)
    for position, row in enumerate(said()["refusals"]):
        save_gate_rule(rule_id=None, values=_rule(position, row), by=BY, now=now)
    for row in said()["floors"]:
        values = FloorValues(Direction.objects.get(slug=row["direction"]).pk, row.get("season_first", ""), row.get("season_last", ""),
                             row.get("stars"), Money(Decimal(row["price"]), "RUB"), True)
        save_floor(floor_id=None, values=values, by=BY, now=now)
    _write_costs(now)
    take_ready_texts(by=BY, now=now)
    save_confidence(typed={"class": _SURE, "category": _SURE}, by=BY, now=now)


def _rule(position: int, row: dict[str, Any]) -> GateRuleValues:
    source = Source.objects.get(slug=row["source"]).pk if "source" in row else None
    least, below = (Decimal(row[name]) if name in row else None for name in ("worth_from", "worth_below"))
    return GateRuleValues(position, None, source, row.get("season_first", ""), row.get("season_last", ""), least, below,
                          row["consequence"], row.get("days"), row.get("reason", ""), True)


def _write_costs(now: datetime) -> None:
    """What advertising has cost, month by month, the present one until today."""
    chance = random.Random(7)
    ids = dict(Source.objects.values_list("slug", "id"))
    for first, last in _months(now.date()):
        share = Decimal((last - first).days + 1) / Decimal(30)
        for slug, (amount, currency, note) in said()["costs"].items():
            spent = (Decimal(amount) * share * Decimal(chance.randint(80, 125)) / 100).quantize(Decimal(10))
            save_cost(cost_id=None, source_id=ids[slug], first_day=first, last_day=last, spent=Money(max(spent, Decimal(10)), currency),
                      note=note, is_active=True, by=BY, now=now)  # fmt: skip


def _months(today: date) -> list[tuple[date, date]]:
    found, last = [], today
    for _month in range(MONTHS):
        first = last.replace(day=1)
        found.append((first, last))
        last = first - timedelta(days=1)
    return found[::-1]


def gates_of_stages() -> dict[int, GateRow]:
    """The gates by the id of their stage."""
    rules = {row.consequence: row.pk for row in GateRule.objects.order_by("-position")}
    return {row.stage_id: GateRow(row.pk, row.stage_id, row.question, rules) for row in Gate.objects.all()}
