"""Reasons of loss."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.first_names import first_names
from marshrut.core.history import sign
from marshrut.core.slugs import required_name, slug_of
from marshrut.deals.models import LossReason


@transaction.atomic
def save_loss_reason(*, reason_id: int | None, name: str, position: int, is_active: bool, by: Actor, now: datetime) -> int:
    """Add a reason of loss, or change one. One that is not used any more stays with the deals it was given to."""
    kept = required_name(name)
    if LossReason.objects.exclude(pk=reason_id or 0).filter(name__iexact=kept).exists():
        raise Invalid("same_name", _("There is a reason of this name already."), field="name")
    if reason_id:
        row = LossReason.objects.select_for_update().filter(pk=reason_id).first()
        if row is None:
            raise NotFound("no_such_reason", _("There is no such reason."))
    else:
        row = LossReason(slug=slug_of(kept, set(LossReason.objects.values_list("slug", flat=True))))
    if not is_active and not LossReason.objects.exclude(pk=row.pk).filter(is_active=True).exists():
        raise Refused("last_reason", _("At least one reason has to be used: a lost deal needs one."))
    sign(by.label)
    row.name, row.position, row.is_active = kept, position, is_active
    row.save()
    return row.pk


@transaction.atomic
def name_first_reasons(*, language: str, by: Actor) -> None:
    """Say the reasons of loss a home begins with in the agency's language."""
    sign(by.label)
    for slug, name in first_names("deals", "loss_reasons", language).items():
        LossReason.objects.filter(slug=slug).update(name=name)
