"""Time zones as people choose them: cities in the reader's language, ours first, each zone once."""

from functools import cache
from zoneinfo import available_timezones

from babel.core import Locale, get_global

_FIRST = ("RU", "UA", "KZ", "BY")  # where most agencies are
_PLACES = str.maketrans({"Є": "Ея", "І": "Ия", "Ї": "Ияя", "Ґ": "Гя"})  # of Ukrainian letters among the others
_CONTINENTS = ("Europe/", "Asia/", "Africa/", "America/", "Atlantic/", "Australia/", "Indian/", "Pacific/")


@cache
def offered_zones(language: str) -> tuple[tuple[str, str], ...]:
    """(IANA name, city) of every zone by its present name: Kyiv, and not Kiev as well. By city, ours before all others."""
    territories, former = get_global("zone_territories"), get_global("zone_aliases")
    zones = [zone for zone in available_timezones() if zone.startswith(_CONTINENTS) and zone not in former]
    named = [(zone, _city(zone, language)) for zone in zones]
    return tuple(sorted(named, key=lambda pair: (territories.get(pair[0]) not in _FIRST, pair[1].translate(_PLACES))))


def _city(zone: str, language: str) -> str:
    """The city in the reader's language; the names of some are kept under what their zone was called before."""
    named = Locale.parse(language).time_zones
    former = [old for old, present in get_global("zone_aliases").items() if present == zone]
    cities = (named.get(name, {}).get("city") for name in (zone, *former))
    return next(filter(None, cities), zone.rpartition("/")[2].replace("_", " "))
