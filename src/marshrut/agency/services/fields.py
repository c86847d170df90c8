"""Fields an agency makes itself: of people or of matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.agency.models import CustomField, FieldKind
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.slugs import name_within, required_name, slug_of

MOST_FIELDS, MOST_CHOICES = 60, 100
SUBJECTS = ("person", "matter")


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field as it was typed."""

    subject: str
    name: str
    kind: str
    choices: tuple[str, ...] = ()
    position: int = 0
    in_list: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class FieldUse:
    """How many rows hold a value, and how many each value of a choice (counted by the rooms that keep them)."""

    values: int = 0
    by_choice: Mapping[str, int] | None = None


@transaction.atomic
def save_field(*, field_id: int | None, form: FieldForm, use: FieldUse, by: Actor, now: datetime) -> int:
    """Make a field, or change one. Its key never changes; its kind not once there are values. Invalid names the field."""
    name = required_name(form.name)
    field = _field(field_id) if field_id else _new(form, name)
    if form.kind not in FieldKind.values:
        raise Invalid("no_such_kind", _("Choose what kind of value it holds."), field="kind")
    if field_id and form.kind != field.kind and use.values:
        said = ngettext("%(num)s value is kept already", "%(num)s values are kept already", use.values) % {"num": use.values}
        raise Invalid(
            "kind_is_fixed", _("The kind cannot change: %(what)s. Make a new field instead.") % {"what": said}, field="kind"
        )
    choices = _choices(form.choices) if form.kind == FieldKind.CHOICE else []
    _keep_used(field, choices, use)
    if CustomField.objects.exclude(pk=field.pk).filter(subject=field.subject, name__iexact=name).exists():
        raise Invalid("same_name", _("There is a field of this name already."), field="name")
    sign(by.label)
    field.name, field.kind, field.choices = name, form.kind, choices
    field.position, field.in_list, field.is_active = form.position, form.in_list, form.is_active
    field.save()
    return field.pk


def _new(form: FieldForm, name: str) -> CustomField:
    if form.subject not in SUBJECTS:
        raise Invalid("no_such_subject", _("Choose whose field it is."), field="subject")
    present = set(CustomField.objects.filter(subject=form.subject).values_list("slug", flat=True))
    if len(present) >= MOST_FIELDS:
        raise Refused("too_many_fields", _("Sixty fields are enough: use one of those that are there."))
    return CustomField(subject=form.subject, slug=slug_of(name, present))


def _field(field_id: int) -> CustomField:
    field = CustomField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise NotFound("no_such_field", _("There is no such field."))
    return field


def _choices(given: Sequence[str]) -> list[str]:
    choices = list(dict.fromkeys(filter(None, (name_within(one, field="choices") for one in given))))
    if not choices:
        raise Invalid("choices_missing", _("Write what can be chosen, one in a line."), field="choices")
    if len(choices) > MOST_CHOICES:
        raise Invalid("too_many_choices", _("At most a hundred choices."), field="choices")
    return choices


def _keep_used(field: CustomField, choices: list[str], use: FieldUse) -> None:
    """A choice that somebody holds stays."""
    if field.kind != FieldKind.CHOICE:
        return
    for gone in [one for one in field.choices if one not in choices]:
        held = (use.by_choice or {}).get(gone, 0)
        if held:
            said = ngettext("%(num)s row has it", "%(num)s rows have it", held) % {"num": held}
            raise Invalid(
                "choice_in_use", _("“%(choice)s” cannot be removed: %(what)s.") % {"choice": gone, "what": said}, field="choices"
            )
