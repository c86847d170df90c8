"""For how much: amounts of money that are meant for the trip, apart from all other numbers and prices.

An amount needs money beside it (a currency, «тыс», «тр») or a word that speaks of a budget before it. What was paid, seen
elsewhere or costs something else is left alone, and so are several amounts none of which is called the budget.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from marshrut.core.money import CENT, MOST, Money

from .line import Line
from .signs import SIGNS, pattern

_NUMBER = "<number|decimal|date>"
_TIMES = "(?:<thousand|thousand_roubles|thousand_short>)"
_UNIT = f"(?:<dot>?(?:{_TIMES})(?:<dot>?<currency|rouble_short>)?|<currency|rouble_short>)"
_AMOUNT = pattern(
    f"(?P<sign><currency>)?(?P<low>{_NUMBER})(?P<low_unit>{_UNIT})?"
    f"(?:(?:<dash|till|by|slash|or>|<dash><dash>)(?P<sign2><currency>)?(?P<high>{_NUMBER})(?P<high_unit>{_UNIT})?)?"
    f"|(?P<turned><thousand>)(?:<aside|till|about|by|on>)?(?P<turned_number><number>)(?P<turned_unit><currency|rouble_short>)?"
    f"|(?P<half><half_million>)(?P<half_unit><currency|rouble_short>)?|(?P<alone><thousand>)(?P<alone_unit><currency|rouble_short>)"
)
_BACK = 9  # tokens in which a word says what the amount is
_LEAST = {"RUB": 1000, "UAH": 1000, "KZT": 10_000, "BYN": 100, "USD": 100, "EUR": 100, "PLN": 200}
_BARE_LEAST = 10_000  # an amount with no currency at all, after «до»


@dataclass(frozen=True, slots=True)
class Budget:
    """The most meant for the whole party, or for one person; `least` when a range was said."""

    amount: Money
    least: Money | None
    is_per_person: bool
    said: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Amount:
    low: float
    high: float
    currency: str | None
    start: int
    end: int
    is_marked: bool


def read_budget(line: Line, currency: str) -> Budget | None:
    """The budget; `currency` stands where none is said."""
    if not line.has("currency|rouble_short|thousand|thousand_short|thousand_roubles|half_million|budget|till|at_most|people|about"):
        return None
    weighed = [
        (weight, one)
        for one in (_in_thousands(line, each, currency) for each in _amounts(line))
        if (weight := _weight(line, one, currency))
    ]
    if not weighed:
        return None
    best = max(weight for weight, _one in weighed)
    chosen = [one for weight, one in weighed if weight == best]
    if best < 2 and len({(one.high, one.currency) for one in chosen}) > 1:
        return None
    return _told(line, chosen[0], currency)


def _told(line: Line, amount: _Amount, currency: str) -> Budget | None:
    code = amount.currency or currency
    high, low = _cents(amount.high), _cents(amount.low)
    if high is None or low is None:
        return None
    start, end = amount.start, amount.end
    if before := line.before(
        start, "<budget>?(?:<word|colon|dash|on|into|by>)?(?:<not>?<at_most>|<till>|<about>|<from>)?(?:<about>)?"
    ):
        start -= (
            len(before.group())
            if before.group() and line.signs[start - len(before.group())] not in (SIGNS["word"], SIGNS["dash"])
            else 0
        )
    per_person = _is_per_person(line, amount)
    line.use(start, end)
    return Budget(Money(high, code), Money(low, code) if low < high else None, per_person, (start, end))


def _cents(number: float) -> Decimal | None:
    exact = Decimal(str(round(number, 2))).quantize(CENT)
    return exact if 0 < exact <= MOST else None


def _amounts(line: Line) -> list[_Amount]:
    listed = []
    for found in _AMOUNT.finditer(line.signs):
        amount = _amount(line, found)
        if amount is not None:
            listed.append(amount)
    return listed


def _amount(line: Line, found: re.Match[str]) -> _Amount | None:
    start, end = found.span()
    if found.group("half"):
        code, _times, _marked = _unit(line, found, "half_unit")
        return _Amount(500_000, 500_000, code, start, end, is_marked=True)
    if found.group("turned"):  # «тысяч за 200»
        number, times = line.number(found.start("turned_number")), float(line.tokens[start].value)
        code, _times, _marked = _unit(line, found, "turned_unit")
        return _Amount(number * times, number * times, code, start, end, is_marked=True) if number < 1000 else None
    if found.group("alone"):
        code, _times, _marked = _unit(line, found, "alone_unit")
        value = float(line.tokens[start].value)
        return _Amount(value, value, code, start, end, is_marked=True)
    code, times, is_marked = _unit(line, found, "low_unit")
    low = high = line.number(found.start("low"))
    if low != low:
        return None
    low *= times
    high = low
    if found.group("high"):
        high_code, high_times, high_marked = _unit(line, found, "high_unit")
        high = line.number(found.start("high")) * high_times
        if not is_marked and high_marked:
            low *= high_times
        elif is_marked and not high_marked and high < low:
            high *= times
        if low < 1000 <= high and low * 1000 <= high and not is_marked:  # «100-150 000»
            low *= 1000
        code, is_marked = code or high_code, is_marked or high_marked
        if low > high:
            low = high
    for name in ("sign", "sign2"):
        if found.group(name):
            code, is_marked = str(line.tokens[found.start(name)].value), True
    return _Amount(low, high, code, start, end, is_marked)


def _unit(line: Line, found: re.Match[str], name: str) -> tuple[str | None, float, bool]:
    """Currency, multiplier, and whether anything said that this is money."""
    code: str | None = None
    times, is_marked = 1.0, False
    for at in range(found.start(name), found.end(name)) if found.group(name) else ():
        token = line.tokens[at]
        if token.sign in (SIGNS["thousand"], SIGNS["thousand_short"], SIGNS["thousand_roubles"]):
            if token.sign == SIGNS["thousand_short"] and not _is_thousand(line, at):
                continue
            times, is_marked = float(token.value), True
            code = "RUB" if token.sign == SIGNS["thousand_roubles"] else code
        elif token.sign in (SIGNS["currency"], SIGNS["rouble_short"]):
            code, is_marked = str(token.value), True
    return code, times, is_marked


def _in_thousands(line: Line, amount: _Amount, currency: str) -> _Amount:
    """«Бюджет 250» in roubles can only be thousands of them."""
    is_bare = not amount.is_marked and amount.currency is None and currency == "RUB" and 30 <= amount.low <= amount.high < 1000
    if not is_bare or _counts_other(line, amount.end) or _said_before(line, amount) != "budget":
        return amount
    return replace(amount, low=amount.low * 1000, high=amount.high * 1000)


def _is_thousand(line: Line, at: int) -> bool:
    """«300к», «300 т»; not «300 к морю»."""
    token, before = line.tokens[at], line.tokens[at - 1]
    if token.start == before.end:
        return True
    following = line.signs[at + 1 : at + 2]
    return token.word == "т" or not following or following in (SIGNS["currency"], SIGNS["comma"], SIGNS["line"], SIGNS["dot"])


def _weight(line: Line, amount: _Amount, currency: str) -> int:
    """How surely it is the budget: 0 not at all, 1 by itself, 2 limited («до»), 3 called so."""
    if line.is_used(amount.start, amount.end) or _is_else(line, amount):
        return 0
    said = _said_before(line, amount)
    if said == "paid" or line.before(amount.start, "<not><till|about>?"):  # «не 100, а 150 тысяч»
        return 0
    is_limited = bool(line.before(amount.start, "(?:<not>?<at_most>|<till>|<about>)(?:<about|dash|colon>)?(?:<from>)?"))
    code = amount.currency or currency
    if not amount.is_marked:
        is_named = said == "budget" and amount.high >= _LEAST.get(code, 1)
        is_each = amount.high >= _BARE_LEAST and _is_per_person(line, amount)
        if not is_named and not is_each and not (is_limited and amount.high >= _BARE_LEAST):
            return 0
        if amount.high >= 10**8 or _counts_other(line, amount.end):
            return 0
    elif amount.high < _LEAST.get(code, 1):
        return 0
    if said == "price" and not is_limited:
        return 0
    return 3 if said == "budget" else 2 if is_limited or said == "price" else 1


def _counts_other(line: Line, at: int) -> bool:
    return at < len(line.tokens) and ("measure" in line.tokens[at].marks or bool(
        line.follows(at, "<night|day|week|people|year|month|month_short|star|adult|child|dates>")))  # fmt: skip


def _is_else(line: Line, amount: _Amount) -> bool:
    """For a night, for an excursion, an amount in a number of an order, a phone."""
    after = line.tokens[amount.end : amount.end + 3]
    if line.follows(amount.end, "<slash|by|for|into|aside|since><night|day>|<slash><night_short>|<into><number>?<day>"):
        return True
    if after and "paid" in after[0].marks:
        return True
    if len(after) > 1 and after[0].sign in (SIGNS["aside"], SIGNS["on"]) and "paid" in after[1].marks:
        return True
    before = line.tokens[max(0, amount.start - 2) : amount.start]
    return any("order" in token.marks for token in before)


def _said_before(line: Line, amount: _Amount) -> str:
    """What the nearest telling word before it in its part of the sentence says: budget, price, paid or nothing."""
    for at in range(amount.start - 1, max(-1, amount.start - 1 - _BACK), -1):
        token = line.tokens[at]
        if token.sign == SIGNS["budget"]:
            return "budget"
        if token.sign in (SIGNS["dot"], SIGNS["end_mark"], SIGNS["line"], SIGNS["semicolon"], SIGNS["wish"], SIGNS["now"]):
            return ""
        if "paid" in token.marks:
            return "paid"
        if token.sign == SIGNS["price"]:
            return "price"
    return ""


def _is_per_person(line: Line, amount: _Amount) -> bool:
    """«150000 на человека», «с человека», «/чел», «на каждого до 100 тыс»."""
    for at in range(amount.end, min(amount.end + 4, len(line.tokens))):
        token = line.tokens[at]
        if "per_head" in token.marks or token.word in ("pp", "пп"):
            before = line.tokens[at - 1]
            return before.sign in (SIGNS["on"], SIGNS["since"], SIGNS["for"], SIGNS["slash"], SIGNS["by"], SIGNS["aside"]) or (
                before.number == 1 or before.word in ("одного", "каждого", "кожного"))  # fmt: skip
        if token.sign not in (SIGNS["on"], SIGNS["since"], SIGNS["for"], SIGNS["slash"], SIGNS["by"], SIGNS["aside"], SIGNS["number"],
                              SIGNS["word"], SIGNS["dot"], SIGNS["open"]):  # fmt: skip
            return False
        if token.sign == SIGNS["number"] and token.number != 1:
            return False
        if token.number == 1 and token.text[0].isalpha() and line.follows(at + 1, "<comma|dot|end_mark|line|close>|$"):
            return line.before(at, "<on|since|for|by|aside>") is not None  # «80 тысяч на одного»
    return bool(line.before(amount.start, "<on|since><word|people>(?:<till|dash|about>)?")) and any(
        "per_head" in token.marks for token in line.tokens[max(0, amount.start - 3) : amount.start])  # fmt: skip
