"""Whether a deal may come to stand at a stage, and what has to be said first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marshrut.core.money import Money, read_money
from marshrut.core.names import clean_text

FACT_KINDS = {
    "amount": "money",
    "need": "text",
    "dates": "text",
    "party": "text",
    "selection": "text",
    "meeting_on": "date",
    "option": "text",
    "prepayment": "money",
    "passports": "text",
    "contract": "text",
    "booking_number": "text",
    "paid_on": "date",
    "documents_on": "date",
    "returned_on": "date",
    "feedback": "text",
}


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage as the rule sees it."""

    slug: str
    position: int
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """What is missing for a move; nothing missing means it may be made."""

    missing: tuple[str, ...]
    is_back: bool

    @property
    def is_allowed(self) -> bool:
        return not self.missing


def decide_move(present: StageFacts, target: StageFacts, facts: Mapping[str, Any], amount: Decimal | None, reason: str) -> Move:
    """A move forward needs the target's facts; a move back needs a reason, for a result that was reached is taken back."""
    is_back = target.position < present.position
    known = {name for name, value in facts.items() if value not in (None, "", [])} | ({"amount"} if amount is not None else set())
    missing = tuple(name for name in target.required if name not in known) if not is_back else ()
    return Move((*missing, *(("reason",) if is_back and not reason.strip() else ())), is_back)


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """Facts read from outside: values ready to keep, the deal's worth if it was given, and fields that could not be read."""

    values: dict[str, str]
    amount: Money | None
    unreadable: tuple[str, ...]


def read_facts(given: Mapping[str, Any], currency: str) -> GivenFacts:
    """Read facts as typed in a dialog or sent by a program. Money may be a text, a number or {amount, currency}."""
    values: dict[str, str] = {}
    unreadable: list[str] = []
    worth: Money | None = None
    for name, value in given.items():
        kind = FACT_KINDS.get(name)
        if kind is None or value is None or value == "":
            unreadable += [name] if kind is None else []
            continue
        if kind == "money":
            amount, unit = (value.get("amount"), value.get("currency")) if isinstance(value, Mapping) else (value, None)
            money, flaw = read_money(amount, unit or currency or "RUB")
            if money is None or flaw:
                unreadable.append(name)
            elif name == "amount":
                worth = money
            else:
                values[name] = f"{money.amount} {money.currency}"
        elif kind == "date":
            try:
                values[name] = date.fromisoformat(str(value)[:10]).isoformat()
            except ValueError:
                unreadable.append(name)
        else:
            text = clean_text(value if isinstance(value, str) else str(value), 500)
            if text:
                values[name] = text
    return GivenFacts(values, worth, tuple(unreadable))


def place_of(funnel_slug: str, stage_slug: str) -> str:
    """The name under which a dossier keeps where it stands."""
    return f"{funnel_slug}/{stage_slug}"
