"""A deal at its stage: found and locked, its facts kept, its task set. What every write of deals stands on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff, read_revision, read_staff
from marshrut.core.errors import Invalid, NotFound
from marshrut.deals.models import Deal, StageEntry
from marshrut.deals.queries import FunnelCard, StageCard, read_funnels
from marshrut.deals.rules import read_facts
from marshrut.journal.services import Matter, NextAction, lock_matter


def funnel_and_staff(funnel: str) -> tuple[Staff, FunnelCard]:
    """The staff and the funnel of this slug, of one revision; Invalid when there is none, or it has no stage."""
    revision = read_revision()
    chosen = read_funnels(revision).get(funnel)
    if chosen is None or not chosen.stages:
        raise Invalid(
            "no_such_funnel", _("There is no funnel “%(funnel)s”.") % {"funnel": funnel}, field="funnel", missing=("funnel",)
        )
    return read_staff(revision), chosen


def stage_action(stage: StageCard, owner_id: int | None, staff: Staff, now: datetime) -> NextAction:
    """The stage tells the next target: its task is due after so many working minutes of whoever holds the matter."""
    owner = staff.colleagues.get(owner_id or 0)
    calendar = owner.calendar if owner else staff.first_office.calendar
    return NextAction(stage.task_title, calendar.add_working_minutes(now, stage.task_minutes), stage.task_kind)


def lock_deal(deal_id: int, by: Actor) -> tuple[Deal, Matter]:
    """The deal and its matter, locked; NotFound when absent or out of reach."""
    deal = Deal.objects.filter(pk=deal_id).select_related("stage__funnel").first()
    if deal is None:
        raise NotFound("no_such_deal", _("There is no such deal within your reach."))
    matter = lock_matter(dossier_id=deal.dossier_id, by=by)
    deal.refresh_from_db()
    return deal, matter


def keep_facts(deal: Deal, given: Mapping[str, Any]) -> None:
    """Put what was said into the deal's facts. Raises Invalid that names what cannot be read."""
    read = read_facts(given, deal.currency)
    if read.unreadable:
        raise Invalid(
            "fact_unreadable",
            _("This cannot be read: %(names)s.") % {"names": ", ".join(read.unreadable)},
            field=f"facts.{read.unreadable[0]}",
            missing=read.unreadable,
        )
    deal.facts = {**deal.facts, **read.values}
    if read.amount:
        deal.amount, deal.currency = read.amount.amount, read.amount.currency


def enter_stage(deal: Deal, stage: StageCard, by: Actor, now: datetime) -> None:
    """The deal stands at this stage from now on; its time at the former one ends."""
    if deal.stage_id != stage.id:
        StageEntry.objects.filter(deal=deal, left_at__isnull=True).update(left_at=now)
        StageEntry.objects.create(deal=deal, stage_id=stage.id, entered_at=now, by=by.label)
        deal.stage_id, deal.stage_entered_at = stage.id, now
    deal.save(update_fields=["stage_id", "stage_entered_at", "facts", "amount", "currency"])


def refuse_missing(target: StageCard, missing: tuple[str, ...]) -> None:
    """Invalid that names exactly what has to be said before a deal stands at the stage."""
    if missing:
        sentence = _("To stand at “%(stage)s” something has to be said first.") % {"stage": target.name}
        raise Invalid("facts_missing", sentence, field=missing[0], missing=missing)
