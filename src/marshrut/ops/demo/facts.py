"""Facts a deal of the demo has by the stage it stands at, and what it is worth there."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal

from marshrut.core.money import Money

from .story import Story
from .talk import phrases

_USUAL = Money(Decimal(180_000), "RUB")


def facts_until(chance: random.Random, story: Story, budget: Money | None) -> tuple[Decimal | None, str, dict[str, str]]:
    """Amount, currency and facts: until an option is chosen the budget stands for the amount."""
    facts: dict[str, str] = {}
    worth = budget
    for stage, at in story.steps:
        for name in stage.required:
            if name == "amount":
                base = budget or _USUAL
                worth = Money((base.amount * Decimal(chance.randint(86, 112)) / 100).quantize(Decimal(1)), base.currency)
            else:
                facts[name] = _fact(chance, name, at, worth or _USUAL)
    return (worth.amount, worth.currency, facts) if worth else (None, "", facts)


def _fact(chance: random.Random, name: str, at: datetime, worth: Money) -> str:
    if name.endswith("_on"):
        return at.date().isoformat()
    if name == "prepayment":
        return f"{(worth.amount / 2).quantize(Decimal(1))} {worth.currency}"
    if name == "booking_number":
        return f"{chance.choice(('TT', 'AX', 'BG'))}-{chance.randrange(10**6):06}"
    return str(chance.choice(phrases()["facts"][name]))
