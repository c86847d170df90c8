"""What a person says an inquiry is stays as an example to learn from, until it is taken back."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import NotFound, Refused
from marshrut.intake.models import Correction, Inquiry
from marshrut.intake.rules import AXES, CATEGORY, CLASS, origin_of, read_names

WAYS = DIALOG, PROPOSAL, CONFIRMED, BULK, SPAM, PROGRAM = ("dialog", "proposal", "confirmed", "bulk", "spam", "program")


def said_of(inquiry: Inquiry, axis: str) -> tuple[str, dict[str, Any]]:
    """The label of an inquiry on an axis ("" none), and where it is from."""
    if axis == CLASS:
        return inquiry.inquiry_class, inquiry.class_reason or {}
    return (inquiry.request or {}).get("category") or "", inquiry.category_reason or {}


def keep_example(*, inquiry: Inquiry, axis: str, label: str, way: str, by: Actor, now: datetime) -> Correction | None:
    """Keep what a person said of a locked inquiry, and let it be so; None when the same was said last and stands."""
    before, reason = said_of(inquiry, axis)
    last = _last(inquiry.pk, axis)
    if last is not None and last.after == label == before:
        return None
    kept = Correction.objects.create(
        inquiry=inquiry, axis=axis, before=before, after=label, reason_before=reason, way=way, at=now, by=by.label, by_name=by.name
    )
    if label != before or way == PROPOSAL:
        _let_be(inquiry, axis, label, {"code": "by_hand", "by": by.name})
    return kept


def take_back(*, correction_id: int, inquiry: Inquiry, by: Actor, now: datetime) -> Correction:
    """The correction counts no more, and what stood before it stands again. Refused when something else was said since."""
    kept = Correction.objects.filter(pk=correction_id, inquiry_id=inquiry.pk, undone_at__isnull=True).first()
    if kept is None:
        raise NotFound("no_such_correction", _("There is no such correction, or it was taken back already."))
    last = _last(inquiry.pk, kept.axis)
    if last is None or last.pk != kept.pk or said_of(inquiry, kept.axis)[0] != kept.after:
        raise Refused("changed_since", _("Somebody has changed it since; it stays as it is now."))
    kept.undone_at, kept.undone_by = now, by.name
    kept.save(update_fields=["undone_at", "undone_by"])
    _let_be(inquiry, kept.axis, kept.before, kept.reason_before)
    return kept


def take_spam_back(*, inquiry: Inquiry, by: Actor, now: datetime) -> None:
    """An inquiry that was marked as spam in one click is opened again: it was none, and is no example of it."""
    last = _last(inquiry.pk, CLASS)
    if last is not None and last.way == SPAM and inquiry.inquiry_class == last.after:
        take_back(correction_id=last.pk, inquiry=inquiry, by=by, now=now)


def _last(inquiry_id: int, axis: str) -> Correction | None:
    return Correction.objects.filter(inquiry_id=inquiry_id, axis=axis, undone_at__isnull=True).order_by("-pk").first()


def _let_be(inquiry: Inquiry, axis: str, label: str, reason: dict[str, Any]) -> None:
    """The label and its reason stand on the inquiry."""
    assert axis in AXES, "there are two"
    if axis == CATEGORY:
        inquiry.request = {**(inquiry.request or {}), "category": label or None}
        inquiry.category_reason = reason
        inquiry.request_origin = origin_of(inquiry.request, read_names(inquiry.request_origin) - {"category"})
        inquiry.save(update_fields=["request", "request_origin", "category_reason"])
    else:
        inquiry.inquiry_class, inquiry.class_reason = label, reason
        inquiry.save(update_fields=["inquiry_class", "class_reason"])
