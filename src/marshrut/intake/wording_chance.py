"""The chance of a sale in words: facts and their values, and where each part of a priority comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.agency.wording import language_name

FACTS = {
    "channel": noop("Channel"),
    "source": noop("Source"),
    "class": noop("Class"),
    "relevance": noop("Relevance"),
    "category": noop("Category"),
    "direction": noop("Direction"),
    "days_ahead": noop("Days until departure"),
    "nights": noop("Nights"),
    "party": noop("Travellers"),
    "children": noop("Children"),
    "budget": noop("Budget"),
    "currency": noop("Currency"),
    "completeness": noop("Said of six things a selection needs"),
    "reach": noop("Can be reached by"),
    "past_deals": noop("Bought before, times"),
    "words": noop("Words in the message"),
    "language": noop("Language"),
    "hour": noop("Hour of the day"),
    "weekday": noop("Day of the week"),
}
_WAYS = {"phone": noop("phone"), "email": noop("e-mail"), "messenger": noop("messenger"), "none": noop("nothing")}


def chance_fact(name: str) -> str:
    """What a fact is called; one of the agency's own under the name it has there."""
    return _(FACTS[name]) if name in FACTS else name.partition(".")[2] or name


def chance_value(fact: str, reason: Mapping[str, Any], said: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """A value of a fact: {"value": word}, {"low", "high"} of a span, {"rare": true}. `said` words values of channel, class,
    source, category, direction by their codes."""
    if reason.get("rare"):
        return _("another one")
    low, high = reason.get("low"), reason.get("high")
    if low is not None or high is not None:
        return _span(low, high)
    value = str(reason.get("value", ""))
    return _("nothing said of it") if not value else (said or {}).get(fact, {}).get(value) or _worded(fact, value)


def _span(low: float | None, high: float | None) -> str:
    if low is None:
        return _("up to %(high)s") % {"high": _figure(high)}
    if high is None:
        return _("over %(low)s") % {"low": _figure(low)}
    return f"{_figure(low)}–{_figure(high)}"


def _figure(value: float | None) -> str:
    number = value or 0.0
    return f"{number:,.0f}".replace(",", "\u202f") if abs(number) >= 100 or number == int(number) else f"{number:g}"


def _worded(fact: str, value: str) -> str:
    if fact == "weekday" and value.isdigit():
        return str(get_day_names("abbreviated", locale=get_language() or "en")[(int(value) - 1) % 7])
    if fact == "hour" and value.isdigit():
        return f"{value}–{(int(value) + 3) % 24:02}"
    if fact == "reach":
        return " + ".join(_(_WAYS[way]) if way in _WAYS else way for way in value.split("+"))
    if fact == "language":
        return language_name(value)
    return value.upper() if fact in ("relevance", "currency") else value


def said_fact(reason: Mapping[str, Any], said: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """`Source: referral raises the chance from 12 % to 21 %`."""
    rises = _("%(fact)s “%(value)s”: the chance rises from %(before)s %% to %(after)s %%")
    falls = _("%(fact)s “%(value)s”: the chance falls from %(before)s %% to %(after)s %%")
    sentence = rises if reason.get("code") == "fact_raises" else falls
    fact = str(reason.get("fact", ""))
    return sentence % {
        "fact": chance_fact(fact), "value": chance_value(fact, reason, said), "before": reason.get("before", ""),
        "after": reason.get("after", ""),
    }  # fmt: skip


def told_origin(part: Mapping[str, Any]) -> str:
    """Where one part of a priority comes from: own cases and how many, or the table."""
    origin, cases = part.get("from"), int(part.get("cases") or part.get("deals") or 0)
    if part.get("part") == "chance":
        return _chance_origin(part, str(origin), cases)
    if origin == "duty":
        return _("set for this class")
    if part.get("part") == "margin":
        return _margin_origin(part, cases)
    if part.get("part") == "cooling":
        return (
            _("own answers: %(cases)s, drawn to the published curve") % {"cases": cases}
            if origin == "own"
            else _("published studies")
        )
    return _("set for this channel")


def _chance_origin(part: Mapping[str, Any], origin: str, cases: int) -> str:
    if origin == "duty":
        return _("a duty, not a sale: no chance is asked")
    if origin == "learned":
        return _("learned from own history; the usual inquiry: %(usual)s %%") % {"usual": _percent(part.get("usual"))}
    of = {"source": _("the source"), "channel": _("the channel"), "class": _("clients of this class")}.get(origin, origin)
    if not cases:
        return _("%(of)s: %(prior)s %%, no own cases yet") % {"of": of, "prior": _percent(part.get("prior"))}
    return _("%(of)s: %(won)s of %(cases)s, drawn to %(prior)s %%") % {
        "of": of, "won": part.get("won", 0), "cases": cases, "prior": _percent(part.get("prior")),
    }  # fmt: skip


def _margin_origin(part: Mapping[str, Any], deals: int) -> str:
    if part.get("from") == "budget":
        told = _("%(share)s %% of the budget") % {"share": _percent(part.get("share"))}
    else:
        told = _("the usual of this category")
    if deals:
        told += ", " + _("own deals: %(deals)s") % {"deals": deals}
    if part.get("times"):
        told += ", " + _("this direction × %(times)s") % {"times": part["times"]}
    if part.get("vip"):
        told += ", " + _("VIP × %(times)s") % {"times": part["vip"]}
    return told


def chance_steps(part: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands between the first share and the chance: label and factor; empty for a learned chance and a duty."""
    if "base" not in part:
        return []
    rows: Sequence[tuple[str, Any]] = (
        (_("Relevance %(grade)s") % {"grade": part.get("grade", "")}, part.get("grade_times")),
        (_("%(percent)s %% of what a selection needs is said") % {"percent": part.get("full_percent", "")}, part.get("full_times")),
        (_("Can be reached by %(way)s") % {"way": _(_WAYS.get(str(part.get("way")), "phone"))}, part.get("way_times")),
    )
    return [(label, f"× {times:g}") for label, times in rows if times is not None]


def _percent(share: Any) -> str:
    value = float(share or 0) * 100
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
