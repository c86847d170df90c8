"""Reasons in words: what rules stored as codes and values, said to the reader in their language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from babel.dates import format_datetime
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.agency.permissions import Actor
from marshrut.agency.wording import language_name
from marshrut.core.money import format_money
from marshrut.core.working_time import NoWorkingTime, WorkingCalendar
from marshrut.intake.rules.clock_policies import MISSED_CALL
from marshrut.intake.wording_chance import said_fact
from marshrut.marketing.queries import Sources

SENTENCES = {
    # classification
    "criterion": noop("Criterion “%(name)s”: %(matched)s"),
    "no_criterion": noop("No criterion matched"),
    "by_hand": noop("Set by hand: %(by)s"),
    "model": noop("Model: %(sure)s — %(words)s"),
    "stated": noop("Stated in the request"),
    # distribution
    "clients_manager": noop("The client's own manager %(name)s is at work"),
    "clients_manager_away": noop("The client's own manager %(name)s is away"),
    "clients_manager_full": noop("The client's own manager %(name)s has as much as they can carry"),
    "substitute": noop("%(name)s works for them meanwhile"),
    "colleague_left": noop("%(name)s has left; handed over"),
    "speaks": noop("The inquiry is in %(language)s; free and working in it: %(people)s"),
    "nobody_speaks": noop("The inquiry is in %(language)s; nobody free works in it, so it was not asked about"),
    "skilled": noop("Skilled in it and free: %(people)s"),
    "skilled_away": noop("Those skilled in it are away; given to whoever is free"),
    "generalists": noop("Nobody is skilled in it; given to those who sell everything"),
    "no_skill": noop("Nobody is skilled in it; given to whoever is free"),
    "other_office": noop("Nobody of the inquiry's office is skilled in it; given to another office"),
    "only_one": noop("%(name)s is the only one who can take it"),
    "fair_share": noop("Fair share: %(name)s has had %(given)s of %(total)s, a share of %(percent)s %%"),
    "nobody_on_shift": noop("Nobody is on shift: it waits in the queue and is given out first"),
    "waits_for_skill": noop("Nobody who is skilled in it is free: it waits in the queue for them"),
    "waits_for_language": noop("Nobody free works in %(language)s: it waits in the queue for whoever does"),
    "everybody_full": noop("Everybody on shift is full: it waits in the queue"),
    "nobody_else": noop("There is nobody else to give it to"),
    "corrected": noop("What it is about was corrected by %(by)s: given out again"),
    "joined": noop("It joined the client's open matter and stays with whoever has it"),
    "shift_ended": noop("The shift of %(name)s ended before the client was answered"),
    "holder_away": noop("%(name)s is away and has not answered the client"),
    "rerouted": noop("Not answered in time: given to somebody else"),
    "left_with_supervisor": noop("Not answered in time: it stays with the supervisor %(name)s"),
    "returned_owner_away": noop("It returned from waiting while its manager was away"),
    "given_by_hand": noop("Handed over by %(name)s: %(why)s"),
    "taken_by_hand": noop("Taken from the queue by hand: %(name)s"),
    "imported": noop("Imported history"),
    "taken_next": noop("Taken from the queue in its turn: %(name)s"),
    "left_in_queue": noop("Nobody answered in time, and nobody is at work: it stays in the queue"),
    "warn_owner": noop("The response clock is running out: the manager is warned"),
    "tell_supervisor": noop("The response clock is about to break: the supervisor is told"),
    "next_warn_owner": noop("The client has written again and waits: the manager is warned"),
    "next_tell_supervisor": noop("The client has written again and still waits: the supervisor is told"),
    "next_rerouted": noop("The client wrote again and was not answered in time: given to somebody else"),
    "next_missed": noop("The client wrote again and was not answered in time"),
    # relevance
    "incomplete": noop("Not said yet: %(missing)s"),
    "season": noop("Season: %(season)s, prices are higher"),
    "budget_fits": noop("The budget is enough: such a trip costs from %(least)s"),
    "budget_below": noop("The budget is %(percent)s %% of what such a trip costs at least, %(least)s"),
    "budget_far_below": noop("The budget is only %(percent)s %% of what such a trip costs at least, %(least)s"),
    "budget_implausible": noop("The budget is many times what such a trip costs: worth asking"),
    "crowded_room": noop("%(adults)s adults in %(rooms)s room(s)"),
    "crowded_family_room": noop("Many people in %(rooms)s room(s)"),
    "more_rooms_than_adults": noop("More rooms than adults"),
    "dates_past": noop("The date %(date)s has passed"),
    "dates_today": noop("Departure today or tomorrow"),
    "dates_far_ahead": noop("The date %(date)s is far ahead"),
    "stay_too_long": noop("A very long stay: %(nights)s nights"),
    "nobody_adult": noop("No adult travels"),
    "party_group": noop("A group"),
    # priority
    "source_chance": noop("Sources like this buy in %(percent)s %% of cases"),
    "channel_chance": noop("Inquiries of this channel buy in %(percent)s %% of cases"),
    "learned_chance": noop("Chance of a sale %(percent)s %%, the usual is %(usual)s %%"),
    "known_client": noop("A known client: buys in %(percent)s %% of cases"),
    "relevance": noop("Relevance %(grade)s"),
    "completeness": noop("%(percent)s %% of what a selection needs is said"),
    "reach": noop("Can be reached by %(way)s only"),
    "margin": noop("Expected margin %(amount)s"),
    "usual_margin": noop("Usual margin %(amount)s"),
    "duty": noop("Must be answered: %(amount)s is at stake"),
    "cooling": noop("An hour of delay costs %(percent)s %% of the chance"),
    "next_step": noop("The next step takes %(minutes)s min"),
    "vip": noop("VIP client"),
}
MISSING = {
    "phone": noop("phone"),
    "email": noop("e-mail"),
    "messenger": noop("messenger"),
    "none": noop("nothing"),
    "directions": noop("where to"),
    "category": noop("what kind of trip"),
    "dates": noop("when"),
    "nights": noop("how many nights"),
    "adults": noop("how many people"),
    "party": noop("how many people"),
    "budget": noop("budget"),
}
CLASSES = {
    "new_sale": noop("New sale"),
    "repeat": noop("Repeat client"),
    "open_matter": noop("Open matter"),
    "booking_question": noop("Question on a booking"),
    "trip_trouble": noop("Trouble on a trip"),
    "partner": noop("Partner"),
    "job": noop("Job seeker"),
    "spam": noop("Spam"),
    "other": noop("Other"),
}
DISPOSITIONS = {
    "spam": noop("Spam"),
    "duplicate": noop("Duplicate"),
    "wrong_number": noop("Wrong number"),
    "wrong_address": noop("Not for us"),
    "price_check": noop("Only a price check"),
}
CHANNELS = {
    "site_form": noop("Site"),
    "phone": noop("Phone"),
    "email": noop("E-mail"),
    "messenger": noop("Messenger"),
    "walk_in": noop("Walk-in"),
    "import": noop("Import"),
    "api": noop("Program"),
}
SEASONS = {"new_year": noop("New Year"), "may": noop("May holidays"), "summer": noop("summer")}
BOARDS = {
    "RO": noop("no meals"),
    "BB": noop("breakfast"),
    "HB": noop("half board"),
    "FB": noop("full board"),
    "AI": noop("all inclusive"),
    "UAI": noop("ultra all inclusive"),
}
_MONEY = ("amount", "least", "floor")
_TITLES = {
    "phone": noop("Call back"),
    "missed_call": noop("Call back: a call nobody took"),
    "site_form": noop("Call: an inquiry from the site"),
    "email": noop("Answer the letter"),
    "messenger": noop("Answer in the messenger"),
    "walk_in": noop("Talk to the visitor"),
    "other": noop("Contact the client"),
}


def say(reason: Mapping[str, Any], locale: str = "ru") -> str:
    """One reason as a sentence; an unknown code is shown as it is rather than hidden."""
    return _said(orjson.dumps(reason), get_language() or "", locale)


@lru_cache(maxsize=4096)
def _said(stored: bytes, language: str, locale: str) -> str:
    """The same reasons come again and again in a list; the language is part of what is remembered."""
    reason: dict[str, Any] = orjson.loads(stored)
    code = str(reason.get("code", ""))
    if code in ("fact_raises", "fact_lowers"):
        return said_fact(reason, fact_values())
    sentence = SENTENCES.get(code)
    if sentence is None:
        return str(reason.get("name") or code.replace("_", " "))
    values = _Lenient({name: _value(name, value, reason, locale) for name, value in reason.items()})
    return str(_(sentence) % values).rstrip(": ")


HIDDEN = {
    "margin": noop("The expected margin counts"),
    "usual_margin": noop("The usual margin of such trips counts"),
    "duty": noop("Must be answered"),
}
"""How reasons that name money are said to whoever may not see margins."""


def say_priority(reasons: Sequence[Mapping[str, Any]] | None, reader: Actor) -> list[str]:
    """Why this score, without sums for whoever may not see margins."""
    return say_all(reasons) if reader.shows("margin") else _without_money(reasons or [])


def _without_money(reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    return [_(HIDDEN[code]) if (code := str(reason.get("code"))) in HIDDEN else say(reason) for reason in reasons]


def say_all(reasons: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None, locale: str = "ru") -> list[str]:
    """Reasons as sentences, in their order."""
    listed = [reasons] if isinstance(reasons, Mapping) else reasons or []
    return [say(reason, locale) for reason in listed]


def say_stored(stored: str | None) -> tuple[str, ...]:
    """Reasons as sentences, from the text of their jsonb value: a list shows the same ones at every look."""
    return _stored_said(stored, get_language() or "", hides_money=False) if stored else ()


def say_stored_priority(stored: str | None, reader: Actor) -> tuple[str, ...]:
    """Why this score, from the text of its jsonb value; without sums for whoever may not see margins."""
    return _stored_said(stored, get_language() or "", hides_money=not reader.shows("margin")) if stored else ()


@lru_cache(maxsize=2048)
def _stored_said(stored: str, _language: str, *, hides_money: bool) -> tuple[str, ...]:
    reasons = orjson.loads(stored)
    return tuple(_without_money(reasons) if hides_money else say_all(reasons))


class _Lenient(dict[str, Any]):
    """A parameter an old reason lacks leaves a gap instead of an error."""

    def __missing__(self, key: str) -> str:
        return ""


def _value(name: str, value: Any, reason: Mapping[str, Any], locale: str) -> Any:
    if name in _MONEY and isinstance(value, (int, float)):
        return format_money(Decimal(str(value)), str(reason.get("currency", "RUB")), locale)
    if name == "language":
        return language_name(str(value))
    if name == "sure":
        return format_decimal(float(value or 0), "0.00", locale=locale)
    if name == "words" and isinstance(value, list):
        return ", ".join(_("“%(word)s”") % {"word": word} for word in value) or _("no one word more than others")
    if name == "season":
        return _(SEASONS[value]) if value in SEASONS else value
    if name in ("missing", "way"):
        items = value if isinstance(value, list) else [value]
        return ", ".join(missing_label(str(item)) for item in items)
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def board_label(code: str) -> str:
    """A kind of board by its code and in words: “AI, all inclusive”."""
    return f"{code}, {_(BOARDS[code])}" if code in BOARDS else code


def missing_label(name: str) -> str:
    """What is not said yet; a person's name is called by another word than a thing's."""
    if name == "name":
        return pgettext("of a person", "name")
    return _(MISSING[name]) if name in MISSING else name


def class_label(inquiry_class: str) -> str:
    return _(CLASSES.get(inquiry_class, inquiry_class))


EXCEPTIONS = {
    "call_now": (noop("A call on the line now"), noop("The client has called and is being talked to.")),
    "trip_trouble": (noop("Trouble on a trip"), noop("An action of this kind is planned; inquiries of this class get one by themselves.")),
    "due_today": (noop("A hold or a payment due today"),
                  noop("An action of the kind “Hold runs out” or “Payment is due” for today or earlier.")),
    "longest_wait": (noop("Past its longest wait"), noop("Work that is later than its kind may ever be.")),
    "": (noop("No exception"), noop("Nothing on the list covered it.")),
}


def exception_label(name: str) -> str:
    """What may come before a new inquiry; of an empty name, that nothing covered it."""
    return _(EXCEPTIONS[name][0]) if name in EXCEPTIONS else name


def exception_meaning(name: str) -> str:
    """When it holds."""
    return _(EXCEPTIONS[name][1]) if name in EXCEPTIONS else ""


def fact_values() -> dict[str, dict[str, str]]:
    """Values of facts that have words of their own, by fact and code."""
    return {"channel": {name: channel_label(name) for name in CHANNELS}, "class": {name: class_label(name) for name in CLASSES}}


def channel_label(channel: str) -> str:
    """A channel in words; of clocks and first actions also a call nobody took, which is a channel of its own there."""
    return _("Missed call") if channel == MISSED_CALL else _(CHANNELS.get(channel, channel))


def disposition_label(disposition: str) -> str:
    """How an inquiry ended that is neither realised nor lost; `imported`: a file of history did not say."""
    if disposition == "imported":
        return _("Imported, the outcome is not known")
    return _(DISPOSITIONS[disposition]) if disposition in DISPOSITIONS else disposition


def close_reason_label(reason: str) -> str:
    """Why nothing came of it, in whoever's words; of imported history that does not say, that."""
    return _("imported, the reason is not known") if reason == "imported" else reason


def first_action_title(channel: str, missing: Sequence[str], language: str = "ru") -> str:
    """The first next action of an inquiry, kept in the agency's language; what the contact set lacks is asked for in it."""
    with translation.override(language):
        return _asking(_(_TITLES.get(channel, _TITLES["other"])), missing)


def next_answer_title(channel: str, missing: Sequence[str] = (), language: str = "ru") -> str:
    """The next action when a client with an open matter has written or called again, in the agency's language; what the contact set
    still lacks is asked for in it."""
    with translation.override(language):
        return _asking(_("The client came again (%(channel)s): answer") % {"channel": channel_label(channel)}, missing)


def _asking(title: str, missing: Sequence[str]) -> str:
    asks = ", ".join(missing_label(name) for name in missing)
    return _("%(title)s; ask for: %(asks)s") % {"title": title, "asks": asks} if asks else title


def say_opening(calendar: WorkingCalendar, now: datetime, language: str) -> str:
    """When somebody works again, by their own clock, in the language of the text it is said in: "Monday 23 November, 09:00".

    While they work that is the next day's beginning; empty when they never do.
    """
    try:
        closed_at = calendar.local_day_bounds(now)[1] if calendar.is_open(now) else now
        local = calendar.next_opening(closed_at).astimezone(calendar.zone)
    except NoWorkingTime:
        return ""
    return str(format_datetime(local, "EEEE d MMMM, HH:mm", locale=language if language in ("ru", "uk") else "en_GB"))


def reply_title(language: str = "ru") -> str:
    """The next action when the client has written in the thread of an open matter, in the agency's language."""
    with translation.override(language):
        return _("Answer the client's letter")


def merged_words(sources: Sources, slug: str) -> str:
    """A sentence on a source that an address still names though it has gone into another; empty for any other."""
    if slug not in sources.spelled:
        return ""
    into = sources[sources.staying(slug)]
    names = {"old": sources.spelled[slug], "new": into.name}
    return _("The source “%(old)s” has become part of “%(new)s”: that is what you see here.") % names
