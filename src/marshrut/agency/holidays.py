"""Public holidays of a country by law, to fill an office's calendar with.

Ukraine's come from a file of our own (article 73 of its labour code): under martial law they are ordinary working
days and the library therefore knows none, but an agency decides for itself whether it opens.
"""

import json
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

LANGUAGES = {"RU": "ru", "KZ": "ru", "BY": "ru"}
_UKRAINE = Path(__file__).parent / "data" / "holidays_ua.json"


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> dict[date, str]:
    """Days off by law with their names; none for a country we do not know. Moved working days are not told apart."""
    if country == "UA":
        return _of_ukraine(year)
    import holidays  # here, for it takes 60 ms to load and hardly any process asks for a year of days

    try:
        found = holidays.country_holidays(country, years=year, language=LANGUAGES.get(country))
    except NotImplementedError:
        return {}
    return {day: str(name) for day, name in sorted(found.items()) if day.year == year}


def _of_ukraine(year: int) -> dict[date, str]:
    found: dict[date, str] = {}
    for rule in json.loads(_UKRAINE.read_text("utf-8")):
        moves = rule.get("easter")
        day = date(year, rule["month"], rule["day"]) if moves is None else orthodox_easter(year) + timedelta(days=moves)
        found.setdefault(day, rule["name"])
    return dict(sorted(found.items()))


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Eastern churches (Meeus' Julian reckoning), as a date of our calendar; 1900 to 2099."""
    moon = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + weekday + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)
