"""Writes of the agency's own numbers and orders: priority, relevance, the contact set, distribution, clocks.

Nothing is kept that would not compile, so that no bad value can reach intake. Of what is delivered only the differences
are kept; a set that is as delivered has no row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.intake.models import ClockPolicy, ContactPolicy, RuleSetting
from marshrut.intake.rules import (
    CHANNELS,
    CLASSES,
    STEPS,
    RulesetError,
    compile_distribution,
    compile_priority,
    compile_relevance,
    default_priority,
    default_relevance,
    read_required,
)
from marshrut.intake.rules.adjusting import NumberField, adjusted, changes_of, with_numbers
from marshrut.intake.wording_rules import number_refusal

LONGEST_CLOCK = 10_080
MOST_REROUTES = 20


def hold_rules() -> None:
    """Whoever changes rules does it alone until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('intake_rules', 0))")


def changes_kept(slug: str) -> dict[str, Any]:
    """What the agency has changed of a rule set; empty while it is as delivered."""
    values = RuleSetting.objects.filter(slug=slug).values_list("values", flat=True).first()
    return values if isinstance(values, dict) else {}


def _keep(slug: str, changes: Mapping[str, Any]) -> None:
    kept = RuleSetting.objects.filter(slug=slug).first()
    if kept is None and changes:
        RuleSetting.objects.create(slug=slug, values=dict(changes))
    elif kept is not None and kept.values != changes:
        kept.values = dict(changes)
        kept.save(update_fields=["values"])


def try_priority(typed: Mapping[str, str], fields: Sequence[NumberField]) -> dict[str, Any]:
    """The numbers of priority with what was typed over the present ones, sound. Raises Invalid that names the field."""
    present = adjusted(default_priority(), changes_kept("priority"))
    try:
        wanted = with_numbers(present, fields, typed)
        compile_priority(wanted)
    except RulesetError as error:
        raise _refusal(error, "priority.") from error
    return wanted


def _refusal(error: RulesetError, prefix: str) -> Invalid:
    field = error.path.removeprefix(prefix)
    return Invalid("number_unusable", number_refusal(error), field=field, missing=(field,))


@transaction.atomic
def save_priority(*, typed: Mapping[str, str], fields: Sequence[NumberField], by: Actor, now: datetime) -> None:
    """Change numbers of the priority model. Refused with the field named when one is empty, negative or no number."""
    sign(by.label)
    hold_rules()
    _keep("priority", changes_of(default_priority(), try_priority(typed, fields)))


def try_relevance(typed: Mapping[str, str], fields: Sequence[NumberField], texts: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of relevance with what was typed over the present ones, sound. `texts` are values that are no numbers,
    by dotted path (days of seasons, lists of words). Raises Invalid that names the field."""
    present = adjusted(default_relevance()["settings"], changes_kept("relevance"))
    try:
        wanted = with_numbers(present, fields, typed)
        for path, value in texts.items():
            _put(wanted, path, value)
        compile_relevance({"settings": wanted, "criteria": []})
    except RulesetError as error:
        raise _refusal(error, "settings.") from error
    except ValueError as error:  # a word list holds something that is no word
        raise Invalid("words_unusable", _("There is an entry without a word."), field="hot_words") from error
    return wanted


def _put(data: Any, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data[step]
    data[last] = value


@transaction.atomic
def save_relevance(
    *, typed: Mapping[str, str], fields: Sequence[NumberField], texts: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    """Change thresholds, prices and seasons of relevance."""
    sign(by.label)
    hold_rules()
    _keep("relevance", changes_of(default_relevance()["settings"], try_relevance(typed, fields, texts)))


def try_distribution(order: Sequence[str], off: Sequence[str], take_by_hand: bool) -> dict[str, Any]:
    """The order of distribution as it would be kept; empty when it is as delivered. Raises Invalid."""
    wanted = {"order": list(order), "off": sorted(off), "take_by_hand": take_by_hand}
    try:
        compile_distribution(wanted)
    except RulesetError as error:
        raise Invalid("order_unusable", _("Each step stands in the order once."), field=error.path.removeprefix("distribution.")) from error
    return changes_of(delivered_distribution(), wanted)


def delivered_distribution() -> dict[str, Any]:
    """Which steps are asked and in which order, as delivered."""
    return {"order": list(STEPS), "off": [], "take_by_hand": True}


@transaction.atomic
def save_distribution(*, order: Sequence[str], off: Sequence[str], take_by_hand: bool, by: Actor, now: datetime) -> None:
    """Change which steps of distribution are asked and in which order; the rest of it cannot be switched off."""
    sign(by.label)
    hold_rules()
    _keep("distribution", try_distribution(order, off, take_by_hand))


@transaction.atomic
def restore_delivered(*, slug: str, by: Actor, now: datetime) -> None:
    """A rule set is as delivered again."""
    sign(by.label)
    hold_rules()
    RuleSetting.objects.filter(slug=slug).delete()


def try_contact_policy(channel: str, inquiry_class: str, required: Sequence[str]) -> tuple[str, str, list[str]]:
    """A row of the minimum contact set, sound. Raises Invalid that names the field."""
    if channel and channel not in CHANNELS:
        raise Invalid("no_such_channel", _("Choose the channel."), field="channel")
    if inquiry_class and inquiry_class not in CLASSES:
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class")
    try:
        ways = read_required(required)
    except RulesetError as error:
        raise Invalid("nothing_required", _("Say at least one thing that has to be known."), field="required") from error
    return channel, inquiry_class, ["|".join(alternatives) for alternatives in ways]


@transaction.atomic
def save_contact_policy(*, channel: str, inquiry_class: str, required: Sequence[str], by: Actor, now: datetime) -> None:
    """What has to be known of an inquiry of a channel and a class, an empty one standing for any."""
    sign(by.label)
    hold_rules()
    channel, inquiry_class, kept = try_contact_policy(channel, inquiry_class, required)
    if not ContactPolicy.objects.filter(channel=channel, inquiry_class=inquiry_class).update(required=kept):
        ContactPolicy.objects.create(channel=channel, inquiry_class=inquiry_class, required=kept)


@transaction.atomic
def drop_contact_policy(*, policy_id: int, by: Actor, now: datetime) -> None:
    """The row counts no more; what is delivered or wider does."""
    sign(by.label)
    hold_rules()
    if not ContactPolicy.objects.filter(pk=policy_id).delete()[0]:
        raise NotFound("no_such_policy", _("There is no such row."))


def try_clock(warn: int | None, escalate: int | None, breach: int | None, reroutes: int | None) -> tuple[int, int, int, int]:
    """Working minutes of a clock, sound. Raises Invalid that names the field."""
    for field, value, least, most in (("warn", warn, 1, LONGEST_CLOCK), ("escalate", escalate, 1, LONGEST_CLOCK),
                                      ("breach", breach, 1, LONGEST_CLOCK), ("reroutes", reroutes, 0, MOST_REROUTES)):  # fmt: skip
        if value is None or not least <= value <= most:
            sentence = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
            raise Invalid("minutes_out_of_range", sentence, field=field)
    minutes = warn or 0, escalate or 0, breach or 0, reroutes or 0
    if minutes[1] < minutes[0]:
        raise Invalid("clock_order", _("The supervisor is told after the manager, not before."), field="escalate")
    if minutes[2] < minutes[1]:
        raise Invalid("clock_order", _("The breach comes after the supervisor is told, not before."), field="breach")
    return minutes


@transaction.atomic
def save_clock(
    *, office_id: int | None, warn: int | None, escalate: int | None, breach: int | None, reroutes: int | None, by: Actor, now: datetime
) -> None:
    """The response clock of all offices (office_id None) or of one. Clocks that run take the new minutes at their next step."""
    sign(by.label)
    hold_rules()
    minutes = try_clock(warn, escalate, breach, reroutes)
    if office_id is not None and office_id not in read_staff(read_revision()).offices:
        raise NotFound("no_such_office", _("There is no such office."))
    values = dict(zip(("warn_minutes", "escalate_minutes", "breach_minutes", "most_reroutes"), minutes, strict=True))
    kept = ClockPolicy.objects.filter(office_id=office_id) if office_id is not None else ClockPolicy.objects.filter(office__isnull=True)
    if not kept.update(**values):
        ClockPolicy.objects.create(office_id=office_id, **values)


@transaction.atomic
def drop_clock(*, office_id: int, by: Actor, now: datetime) -> None:
    """The office goes by the clock of all again."""
    sign(by.label)
    hold_rules()
    if not ClockPolicy.objects.filter(office_id=office_id).delete()[0]:
        raise NotFound("no_such_clock", _("This office has no clock of its own."))
