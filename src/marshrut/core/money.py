"""Money: an exact amount with its currency; read leniently, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import format_decimal, get_currency_symbol

MOST = Decimal("999999999999.99")  # fourteen digits: what the columns hold
CENT = Decimal("0.01")

_CURRENCIES = frozenset(get_global("all_currencies"))
_SIGNS = {
    "₽": "RUB",
    "р": "RUB",
    "руб": "RUB",
    "рублей": "RUB",
    "рубля": "RUB",
    "rur": "RUB",
    "₴": "UAH",
    "грн": "UAH",
    "гривень": "UAH",
    "$": "USD",
    "usd": "USD",
    "долл": "USD",
    "€": "EUR",
    "евро": "EUR",
    "євро": "EUR",
    "₸": "KZT",
    "тг": "KZT",
    "тенге": "KZT",
    "br": "BYN",
}
_TIMES = {"тыс": 1000, "тис": 1000, "т": 1000, "тр": 1000, "к": 1000, "k": 1000, "млн": 10**6, "m": 10**6, "м": 10**6}
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")  # "300.000" is a budget, not three hundred to three places
_AMOUNT = re.compile(r"([-−+]?)\s*([\d\s'’.,]*\d)\s*([^\W\d_]*)\.?\s*([^\W\d_]*)\.?\s*([^\W\d_]*|[₽₴$€₸])\.?")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole cents at most and a currency as three letters of ISO 4217."""

    amount: Decimal
    currency: str

    def as_json(self) -> dict[str, str]:
        """For jsonb: the amount as a text, exact."""
        return {"amount": f"{self.amount.normalize():f}", "currency": self.currency}


def read_money(
    amount: object, currency: object = None, default_currency: str = "RUB"
) -> tuple[Money | None, str | None]:
    """What a stranger's form or program says an amount is → (money, None), or (None, flaw) where the flaw is one of
    not_a_number, negative, zero, too_large, unknown_currency; (None, None) when there is no amount at all.
    Texts such as "300 000 ₽", "1,5 млн" and "300 т.р." are understood."""
    if amount is None or amount == "":
        return None, None
    number, sign = _read_number(amount)
    if number is None or not number.is_finite():
        return None, "not_a_number"
    if number <= 0:
        return None, "negative" if number < 0 else "zero"
    if number > MOST:
        return None, "too_large"
    code = _read_currency(currency) if currency not in (None, "") else sign or default_currency
    if code is None:
        return None, "unknown_currency"
    cents = number.quantize(CENT)
    return (Money(cents, code), None) if cents else (None, "zero")


def _read_number(amount: object) -> tuple[Decimal | None, str | None]:
    """The number, and the currency when it is written beside it."""
    if isinstance(amount, bool):
        return None, None
    if isinstance(amount, int | float | Decimal):
        try:
            return Decimal(str(amount)), None
        except (InvalidOperation, ValueError):  # ValueError: an integer of thousands of digits
            return None, None
    if not isinstance(amount, str) or len(amount) > 100:
        return None, None
    text = amount.strip().lower()
    try:
        return _read_words(text) if _GROUPED.fullmatch(text) else (Decimal(text), None)
    except InvalidOperation:
        return _read_words(text)


def _read_words(text: str) -> tuple[Decimal | None, str | None]:
    """ "300 000 ₽", "300.000,50", "1,5 млн руб", "300 т.р."."""
    lead = text.lstrip("$€₴₽ ")
    sign = _SIGNS.get(text[:1]) if lead != text else None
    found = _AMOUNT.fullmatch(lead)
    if not found:
        return None, None
    minus, digits, *words = found.groups()
    number = _plain_number(digits)
    if number is None:
        return None, None
    for word in filter(None, words):
        if word in _TIMES and number < 10**6:
            number *= _TIMES[word]
        elif word in _SIGNS or word.upper() in _CURRENCIES:
            sign = _SIGNS.get(word) or word.upper()
        else:
            return None, None
    return -number if minus in "-−" and minus else number, sign


def _plain_number(digits: str) -> Decimal | None:
    """Digits with any grouping; the last point or comma is decimal when one or two digits follow it."""
    whole, mark, fraction = re.sub(r"[\s'’]", "", digits).replace(",", ".").rpartition(".")
    if not mark or len(fraction) > 2:
        whole, fraction = whole + fraction, ""
    try:
        return Decimal(f"{whole.replace('.', '')}.{fraction or '0'}")
    except InvalidOperation:
        return None


def _read_currency(currency: object) -> str | None:
    if not isinstance(currency, str) or len(currency) > 20:
        return None
    text = currency.strip().rstrip(".")
    code = _SIGNS.get(text.lower()) or text.upper()
    return code if code in _CURRENCIES else None


@lru_cache(maxsize=4096)  # budgets are round: the same few are said again and again
def format_money(amount: Decimal | int, currency: str, locale: str = "ru") -> str:
    """For people: "612 000 ₽" (no-break spaces, the reader's own order); cents only when there are any."""
    return format_decimal(amount, _pattern(currency, locale, amount % 1 == 0), locale=locale)


_WRITTEN = {"RUB": "₽", "UAH": "₴", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br"}  # alike in every language


@lru_cache(maxsize=256)
def _pattern(currency: str, locale: str, is_whole: bool) -> str:
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    sign = _WRITTEN.get(currency) or get_currency_symbol(currency, locale)
    return (pattern.replace(".00", "") if is_whole else pattern).replace("¤", sign)
