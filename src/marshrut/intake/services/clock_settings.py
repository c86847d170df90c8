"""Writes of the response clocks, and of what is said outside working time: by office, channel and class.

Nothing is kept that would not compile. What is delivered has no row until the agency writes its own in its place.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.channels.queries import find_template
from marshrut.channels.rules.templates import unfilled
from marshrut.channels.services.templates import TemplateForm, save_template
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.intake.models import ClockPolicy as ClockPolicyRow
from marshrut.intake.models import QuietReply
from marshrut.intake.rules import CLASSES, ClockPolicy
from marshrut.intake.rules.clock_policies import CLOCK_CHANNELS, AnswerPolicy, ClockPlace
from marshrut.intake.rules.quiet import QUIET_CHANNELS, SILENT_CLASSES, QuietPlace
from marshrut.intake.services.quiet_replies import KNOWN
from marshrut.intake.services.rule_settings import hold_rules

LONGEST_CLOCK = 10_080  # working minutes
MOST_REROUTES = 20
STEPS = ("warn", "escalate", "breach", "reroutes")
FIELDS = (*STEPS, *(f"next_{step}" for step in STEPS))
"""Numbers of a clock as a form names them: of the first answer, then of each following one."""
_COLUMNS = dict(zip(FIELDS, ("warn_minutes", "escalate_minutes", "breach_minutes", "most_reroutes", "next_warn_minutes",
                             "next_escalate_minutes", "next_breach_minutes", "next_most_reroutes"), strict=True))  # fmt: skip
TEXTS = {"ru": "in_russian", "uk": "in_ukrainian", "en": "in_english"}
"""Columns of the texts, by language."""


def try_clock(minutes: Mapping[str, int | None]) -> AnswerPolicy:
    """The clock of these numbers (by FIELDS), sound. Raises Invalid that names the field."""
    return AnswerPolicy(_steps(minutes, ""), _steps(minutes, "next_"))


def _steps(minutes: Mapping[str, int | None], prefix: str) -> ClockPolicy:
    numbers = []
    for step in STEPS:
        least, most = (0, MOST_REROUTES) if step == "reroutes" else (1, LONGEST_CLOCK)
        value = minutes.get(f"{prefix}{step}")
        if value is None or not least <= value <= most:
            sentence = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
            raise Invalid("minutes_out_of_range", sentence, field=f"{prefix}{step}")
        numbers.append(value)
    warn, escalate, breach, reroutes = numbers
    if escalate < warn:
        raise Invalid("clock_order", _("The supervisor is told after the manager, not before."), field=f"{prefix}escalate")
    if breach < escalate:
        raise Invalid("clock_order", _("The breach comes after the supervisor is told, not before."), field=f"{prefix}breach")
    return ClockPolicy(warn, escalate, breach, reroutes)


def try_place(office_id: int | None, channel: str, inquiry_class: str) -> ClockPlace:
    """Whom a clock is for, sound. Raises Invalid that names the field."""
    _check_office(office_id)
    if channel and channel not in CLOCK_CHANNELS:
        raise Invalid("no_such_channel", _("Choose the channel."), field="channel")
    if inquiry_class and inquiry_class not in CLASSES:
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class")
    return ClockPlace(office_id, channel, inquiry_class)


def _check_office(office_id: int | None) -> None:
    if office_id is not None and office_id not in read_staff(read_revision()).offices:
        raise Invalid("no_such_office", _("There is no such office."), field="office")


@transaction.atomic
def save_clock(*, place: ClockPlace, minutes: Mapping[str, int | None], by: Actor, now: datetime, was: ClockPlace | None = None) -> None:
    """The response clock of an office, a channel and a class. Clocks that run take the new minutes at their next step.

    `was` names the row that is changed, when it was for something else before. Invalid names the field.
    """
    sign(by.label)
    hold_rules()
    place, policy = try_place(*place), try_clock(minutes)
    values = {**{_COLUMNS[name]: value for name, value in minutes.items() if name in _COLUMNS}, **_place(place)}
    if was is not None and was != place:
        if _rows(place).exists():
            raise Invalid("clock_there", _("There is a clock for this already: change that one."), field="channel")
        if _rows(was).update(**values):
            return
    policy.check()
    if not _rows(place).update(**values):
        ClockPolicyRow.objects.create(**values)


def _place(place: ClockPlace) -> dict[str, Any]:
    return {"office_id": place.office_id, "channel": place.channel, "inquiry_class": place.inquiry_class}


def _rows(place: ClockPlace) -> Any:
    of_office = {"office_id": place.office_id} if place.office_id is not None else {"office__isnull": True}
    return ClockPolicyRow.objects.filter(channel=place.channel, inquiry_class=place.inquiry_class, **of_office)


@transaction.atomic
def drop_clock(*, policy_id: int, by: Actor, now: datetime) -> None:
    """The row counts no more: what is wider does, or what is delivered."""
    sign(by.label)
    hold_rules()
    if not ClockPolicyRow.objects.filter(pk=policy_id).delete()[0]:
        raise NotFound("no_such_clock", _("There is no such clock."))


def try_quiet_reply(place: QuietPlace, texts: Mapping[str, int | None], *, is_active: bool) -> dict[str, Any]:
    """A row of what is said outside working time, as its columns. Raises Invalid that names the field."""
    _check_office(place.office_id)
    if place.channel and place.channel not in QUIET_CHANNELS:
        raise Invalid("no_such_channel", _("Choose the channel."), field="channel")
    if place.inquiry_class and (place.inquiry_class not in CLASSES or place.inquiry_class in SILENT_CLASSES):
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class")
    if is_active and not any(texts.values()):
        raise Invalid("text_missing", _("Choose a text in at least one language."), field="ru")
    for language, number in texts.items():
        if number is not None:
            _check_text(language, number)
    columns = {f"{TEXTS[language]}_id": texts.get(language) for language in TEXTS}
    return {**place._asdict(), "is_active": is_active, **columns}


def _check_text(language: str, number: int) -> None:
    template = find_template(number)
    if template is None or template.language != language:
        raise Invalid("no_such_template", _("Choose a text that is in use, in this language."), field=language)
    unknown = [place for place in unfilled(f"{template.subject} {template.text}") if place not in KNOWN]
    if unknown:
        said = {"place": f"{{{unknown[0]}}}", "known": ", ".join(f"{{{place}}}" for place in KNOWN)}
        sentence = _("Nobody holds the pen at night: %(place)s cannot be filled. An automatic text may have %(known)s.") % said
        raise Invalid("place_unknown_at_night", sentence, field=language)


@transaction.atomic
def save_quiet_reply(
    *, reply_id: int | None, place: QuietPlace, texts: Mapping[str, int | None], is_active: bool, by: Actor, now: datetime
) -> None:
    """What is said outside working time in an office, a channel and a class. Without the tick nothing is said there, whatever is said
    elsewhere. Refused when another row is for the same."""
    sign(by.label)
    hold_rules()
    values = try_quiet_reply(place, texts, is_active=is_active)
    of_office = {"office_id": place.office_id} if place.office_id is not None else {"office__isnull": True}
    same = QuietReply.objects.filter(channel=place.channel, inquiry_class=place.inquiry_class, **of_office)
    if same.exclude(pk=reply_id or 0).exists():
        raise Refused("reply_there", _("There is a row for this office, channel and class already: change that one."), field="channel")
    if reply_id is None:
        QuietReply.objects.create(**values)
    elif not QuietReply.objects.filter(pk=reply_id).update(**values):
        raise NotFound("no_such_reply", _("There is no such row."))


@transaction.atomic
def take_ready_texts(*, by: Actor, now: datetime) -> None:
    """Begin with what is delivered: a text in each language among the templates, said in every office and channel.

    Refused when something is said in every office and channel already.
    """
    sign(by.label)
    hold_rules()
    if QuietReply.objects.filter(office__isnull=True, channel="", inquiry_class="").exists():
        raise Refused("reply_there", _("There is a row for this office, channel and class already: change that one."))
    ready = json.loads((files("marshrut.intake") / "data" / "quiet_texts.json").read_text("utf-8"))
    made = {
        language: save_template(template_id=None, form=TemplateForm(language=language, position=200, **text), by=by, now=now)
        for language, text in ready.items()
    }
    QuietReply.objects.create(**{f"{TEXTS[language]}_id": number for language, number in made.items()})


@transaction.atomic
def drop_quiet_reply(*, reply_id: int, by: Actor, now: datetime) -> None:
    """The row counts no more; a wider one does."""
    sign(by.label)
    hold_rules()
    if not QuietReply.objects.filter(pk=reply_id).delete()[0]:
        raise NotFound("no_such_reply", _("There is no such row."))
