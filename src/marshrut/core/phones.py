"""Telephone numbers in any spelling → one number.

The common spellings of Russia, Ukraine, Kazakhstan and Belarus are read by arithmetic on the digits; whatever is
left goes to `phonenumbers`, tried with every region given (its parser alone misses "067 123-45-67" in region RU).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata

DEFAULT_REGIONS = ("RU", "UA", "KZ", "BY")
LONGEST_TEXT = 200
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # ITU-T E.164: at most fifteen digits with the country code

_EXTENSION = re.compile(r"(?:доб|дод|вн|ext|;ext=|[xх#])[\w.]{0,10}?[\s.:=]*(\d{1,6})\D*$", re.IGNORECASE)
_RUN = re.compile(r"[+(]*\d[\d\s().\-*_~]*\d")
_RUSSIAN_TYPED = re.compile(r"\+?[78][\s(\-]?")
_UNUSUAL_MINUS = {ord(sign): "-" for sign in "‐‑‒–—―−﹣-"}


@dataclass(frozen=True, slots=True)
class Phone:
    """One number. `e164` is empty for junk that cannot be dialled; `tail` is the last ten digits, used in search."""

    e164: str
    tail: str
    written: str
    is_junk: bool = False
    extension: str = ""


def read_phone(text: str, regions: Sequence[str] = DEFAULT_REGIONS) -> Phone | None:
    """The number written in `text`, or None when there is none. Where a spelling without a country code fits several
    countries, the first of `regions` wins. Junk such as 0000000000 comes back marked: it identifies nobody."""
    written = text[:LONGEST_TEXT].strip()
    plain = written if written.isascii() else _plain(written)
    extension = ""
    if not plain.isdigit() and (found := _EXTENSION.search(plain)):
        plain, extension = plain[: found.start()], found.group(1)
    for run in _RUN.findall(plain):
        digits = _digits_of(run)
        if len(digits) < FEWEST_DIGITS:
            continue
        e164 = _number(digits, "+" in run, regions)
        is_junk = _is_junk(digits, e164)
        if e164 or is_junk:
            return Phone(e164, (e164 or digits)[-10:].lstrip("+"), written, is_junk, extension)
    return None


def phone_digits_query(text: str) -> str | None:
    """What to look for at the end of stored numbers when `text` is a number or part of one: at most ten digits,
    without the country code. None when the text is not about digits or has fewer than three of them."""
    plain = text[:LONGEST_TEXT].strip()
    plain = plain if plain.isascii() else _plain(plain)
    if phone := read_phone(plain):
        return phone.tail
    digits = _digits_of(plain)
    if len(digits) < 3 or any(char.isalpha() for char in plain):
        return None
    if plain.startswith("+380") and len(digits) > 4:
        digits = digits[2:]
    elif typed := _RUSSIAN_TYPED.match(plain):
        grouped = not typed.group()[-1].isdigit()
        digits = digits[1:] if (grouped or plain.startswith("+")) and len(digits) > 3 else digits
    return digits[-10:]


def _plain(text: str) -> str:
    """Digits of every script as 0-9, every dash as a minus; what cannot be seen is left out."""
    chars = []
    for char in text.translate(_UNUSUAL_MINUS):
        if char.isdigit():
            chars.append(str(unicodedata.digit(char)))
        elif char == "\N{FULLWIDTH PLUS SIGN}":
            chars.append("+")
        elif unicodedata.category(char) not in ("Cf", "Cc", "Cs", "Mn"):
            chars.append(" " if char.isspace() else char)
    return "".join(chars)


def _digits_of(run: str) -> str:
    return run if run.isdigit() else "".join(filter(str.isdigit, run))


def _number(digits: str, has_plus: bool, regions: Sequence[str]) -> str:
    """E.164 of the digits, or an empty text."""
    if not has_plus:
        for prefix in ("810", "00"):  # the way out of the country: Russian "8 10", the rest of the world "00"
            if digits.startswith(prefix) and len(digits) > 11:
                digits, has_plus = digits[len(prefix) :], True
    return _common_number(digits, has_plus, regions) or _uncommon_number(digits, has_plus, regions)


def _common_number(digits: str, has_plus: bool, regions: Sequence[str]) -> str:
    """The spellings that make up nearly all of the traffic."""
    size, first = len(digits), digits[0]
    if size == 11:
        if first == "7" or (first == "8" and digits[1] != "0" and (not has_plus or digits[1] == "9")):
            return "+7" + digits[1:]
        if digits.startswith("80") and not has_plus:
            return "+375" + digits[2:]  # Belarus: 8 0XX XXX XX XX; no Russian code begins with 0
    elif size == 12:
        if digits.startswith(("380", "375")):
            return "+" + digits
        if digits.startswith("78"):
            return "+7" + digits[2:]  # "+7 8 926 …"
    elif size == 13 and digits.startswith("3800"):
        return "+380" + digits[4:]  # "+380 (0) 67 …"
    elif size == 10 and not has_plus:
        return _national_number(digits, first, regions)
    return ""


def _national_number(digits: str, first: str, regions: Sequence[str]) -> str:
    """Ten digits without a country code: what an exchange sends, or a Ukrainian number with its 0."""
    if first == "0":
        return "+38" + digits if "UA" in regions else ""
    for region in regions:
        if region in ("RU", "KZ") and _VALID[region].fullmatch(digits):
            return "+7" + digits
    return ""


def _uncommon_number(digits: str, has_plus: bool, regions: Sequence[str]) -> str:
    if len(digits) > MOST_DIGITS:
        head = digits[: 12 if digits.startswith(("380", "375")) else 11]  # two numbers run together: the first one
        return _common_number(head, has_plus, regions) if len(digits) - len(head) in (10, 11, 12) else ""
    attempts = [] if has_plus else [(digits, region) for region in regions]
    for text, region in (*attempts, ("+" + digits, None)):
        number = _parsed(text, region)
        if number and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if has_plus and number and phonenumbers.is_possible_number(number):
        return "+" + digits  # a range too new to be listed: taken at its word
    return ""


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


_COUNTINGS = ("01234567890123456789", "09876543210987654321")


def _is_junk(digits: str, e164: str) -> bool:
    """Typed to get past a required field: one digit over and over, or counting up or down."""
    if len(digits) > MOST_DIGITS:
        return False
    national = e164[2:] if e164.startswith("+7") else e164[4:] if e164.startswith(("+380", "+375")) else digits
    return (
        len(set(digits)) == 1
        or len(set(national)) == 1
        or national.endswith("0000000")
        or any(run in counting for run in (digits, national) for counting in _COUNTINGS)
    )


def _valid_pattern(region: str) -> re.Pattern[str]:
    """Every kind of number that exists in a region, from the metadata of `phonenumbers`."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    assert metadata is not None, region
    kinds = (metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.premium_rate, metadata.voip)
    patterns = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_VALID = {region: _valid_pattern(region) for region in ("RU", "KZ")}
