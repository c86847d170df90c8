"""Writes of the agency's own numbers and orders: priority, relevance, the contact set, distribution.

Nothing is kept that would not compile, so that no bad value can reach intake. Of what is delivered only the differences
are kept; a set that is as delivered has no row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.intake.models import ContactPolicy, RuleSetting
from marshrut.intake.rules import (
    CHANNELS,
    CLASSES,
    RulesetError,
    compile_distribution,
    compile_priority,
    compile_relevance,
    completed,
    default_distribution,
    default_priority,
    default_relevance,
    read_required,
)
from marshrut.intake.rules.adjusting import NumberField, adjusted, changes_of, number_fields, with_numbers
from marshrut.intake.rules.defaults import default_exceptions
from marshrut.intake.rules.exceptions import EXCEPTIONS, compile_exceptions
from marshrut.intake.wording_rules import number_refusal


def hold_rules() -> None:
    """Whoever changes rules does it alone until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('intake_rules', 0))")


def changes_kept(slug: str) -> dict[str, Any]:
    """What the agency has changed of a rule set; empty while it is as delivered."""
    values = RuleSetting.objects.filter(slug=slug).values_list("values", flat=True).first()
    return values if isinstance(values, dict) else {}


def keep_changes(slug: str, changes: Mapping[str, Any]) -> None:
    """Keep what differs from the delivered values. The caller has signed, and holds the rules."""
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


def changes_tried(typed: Mapping[str, str], fields: Sequence[NumberField]) -> dict[str, Any]:
    """What would be kept of the numbers of priority as typed. Raises Invalid that names the field."""
    return changes_of(default_priority(), try_priority(typed, fields))


def _refusal(error: RulesetError, prefix: str) -> Invalid:
    field = error.path.removeprefix(prefix)
    return Invalid("number_unusable", number_refusal(error), field=field, missing=(field,))


@transaction.atomic
def save_priority(*, typed: Mapping[str, str], fields: Sequence[NumberField], by: Actor, now: datetime) -> None:
    """Change numbers of the priority model. Refused with the field named when one is empty, negative or no number."""
    sign(by.label)
    hold_rules()
    keep_changes("priority", changes_tried(typed, fields))


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


def try_exceptions(on: Sequence[str], typed: Mapping[str, str]) -> dict[str, Any]:
    """What would be kept of the list of exceptions; empty when it is as delivered. `typed` are hours by `hours.<kind>`, and
    `late_at_once`. Raises Invalid that names the field."""
    present = adjusted(default_exceptions(), changes_kept("exceptions"))
    form = {"hours": present["longest_hours"], "late_at_once": present["late_at_once"]}
    try:
        given = with_numbers(form, list(number_fields(form)), typed)
        wanted = {
            "on": [name for name in EXCEPTIONS if name in on], "longest_hours": given["hours"], "late_at_once": given["late_at_once"],
        }  # fmt: skip
        compile_exceptions(wanted)
    except RulesetError as error:
        field = error.path.replace("exceptions.longest_hours", "hours").removeprefix("exceptions.")
        raise _refusal(RulesetError(field, error.sentence), "") from error
    return changes_of({name: value for name, value in default_exceptions().items() if name != "about"}, wanted)


@transaction.atomic
def save_exceptions(*, on: Sequence[str], typed: Mapping[str, str], by: Actor, now: datetime) -> None:
    """Change what may come before a new inquiry, how late each kind of work may be, and how much of what is later stands first."""
    sign(by.label)
    hold_rules()
    keep_changes("exceptions", try_exceptions(on, typed))


@transaction.atomic
def save_relevance(
    *, typed: Mapping[str, str], fields: Sequence[NumberField], texts: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    """Change thresholds, prices and seasons of relevance."""
    sign(by.label)
    hold_rules()
    keep_changes("relevance", changes_of(default_relevance()["settings"], try_relevance(typed, fields, texts)))


def try_distribution(choices: Mapping[str, Any], typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What would be kept of distribution: these choices (by key) and typed numbers (by dotted path) over the present ones; empty
    when it is as delivered. Raises Invalid that names the field."""
    present = adjusted(default_distribution(), changes_kept("distribution"))
    wanted = {**present, **choices}
    wanted |= {key: sorted(wanted[key]) for key in ("off", "strict")}
    try:
        wanted = with_numbers(wanted, list(number_fields(present)), typed or {})
        compile_distribution(wanted)
    except RulesetError as error:
        field = error.path.removeprefix("distribution.")
        if field in ("order", "off", "strict"):
            raise Invalid("order_unusable", _("Each step stands in the order once."), field=field) from error
        raise _refusal(error, "distribution.") from error
    return changes_of(default_distribution(), {**wanted, "order": completed(wanted["order"])})


@transaction.atomic
def save_distribution(*, choices: Mapping[str, Any], typed: Mapping[str, str] | None = None, by: Actor, now: datetime) -> None:
    """Change how inquiries are given out: the steps and their order, what an inquiry weighs, newcomers, alarms, taking by hand."""
    sign(by.label)
    hold_rules()
    keep_changes("distribution", try_distribution(choices, typed))


@transaction.atomic
def switch_distribution(*, changes: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Go over to a plan that was tried before, as it was kept then (`try_distribution`). Invalid when it cannot be used any more."""
    sign(by.label)
    hold_rules()
    try:
        compile_distribution(adjusted(default_distribution(), changes))
    except RulesetError as error:
        raise _refusal(error, "distribution.") from error
    keep_changes("distribution", changes)


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
