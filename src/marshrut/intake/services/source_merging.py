"""Two spellings of one source become one: everything that goes by the one goes over to the other.

The source that goes stays as a row that points at the one that stays, so that whatever still names it (a program, a file
of leads) counts for that other. Raw messages keep the source they named, byte for byte.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.services.saved_views import replace_in_views
from marshrut.channels.services.site_forms import move_doors
from marshrut.core.errors import Refused
from marshrut.core.history import sign
from marshrut.intake.models import CategoryCriterion, Criterion, ImportRun, ImportState, RelevanceCriterion
from marshrut.intake.rules.condition_names import names_slug, with_slug
from marshrut.intake.services.rule_settings import hold_rules
from marshrut.marketing.services import mark_merged

MOVES: Mapping[str, str] = {
    "intake_inquiry.source_id": "settle_merged_sources",
    "intake_sourcetally.source_id": "the running sums follow the inquiries by trigger",
    "intake_reckoning.source_id": "what reports count follows the inquiries by trigger",
    "channels_form.source_slug": "move_doors",
    "channels_maildoor.source_slug": "move_doors",
    "agency_savedview.query": "replace_in_views",
    "intake_criterion.conditions": "_move_criteria",
    "intake_categorycriterion.conditions": "_move_criteria",
    "intake_relevancecriterion.conditions": "_move_criteria",
    "intake_importrun.source_slug": "counts for the one that stays: the same file must still be known by the key it came with",
    "intake_importmapping.mapping": "as above",
    "channels_rawmessage.source_slug": "what came in is kept as it came",
    "intake_sourcemerge.source_id": "the merge itself",
    "intake_sourcemerge.into_id": "the merge itself",
    "marketing_source.merged_into_id": "mark_merged",
    "marketing_sourcecost.source_id": "read through the pointer: what was paid stays entered where it was",
}
"""Where a source is named, and what becomes of it. A test looks that nothing is missing."""


@transaction.atomic
def merge_sources(*, source_id: int, into_id: int, by: Actor, now: datetime) -> None:
    """Make one source another spelling of a second one, with everything that belongs to it.

    NotFound for one that is merged already; Refused while a file of leads comes in, for it may bring more of it.
    """
    sign(by.label)
    if ImportRun.objects.filter(state__in=(ImportState.RUNNING, ImportState.UNDOING)).exists():
        raise Refused("import_running", _("A file of leads is coming in just now and may bring more of it. Try again when it is done."))
    gone, stays = mark_merged(source_id=source_id, into_id=into_id)
    move_doors(source_slug=gone.slug, into_slug=stays.slug, by=by)
    replace_in_views(name="source", old=gone.slug, new=stays.slug, by=by)
    _move_criteria(gone.slug, stays.slug)
    settle_merged_sources()


def _move_criteria(old: str, new: str) -> None:
    hold_rules()
    models: tuple[Any, ...] = (Criterion, CategoryCriterion, RelevanceCriterion)
    for row in (row for model in models for row in model.objects.all()):
        if names_slug(row.conditions, "source", old):
            row.conditions = with_slug(row.conditions, "source", old, new)
            row.save(update_fields=["conditions"])


@transaction.atomic
def settle_merged_sources() -> None:
    """Inquiries stand with the source theirs was merged into; those of a merge that was taken back stand with their own.

    Harmless when all is settled: asked after a merge, after its undo, and by `settle_late_inquiries`.
    """
    with connection.cursor() as cursor:
        cursor.execute("select set_config('marshrut.quiet', 'on', true)")  # nobody has to look at each of them anew
        cursor.execute(_TAKE_BACK)
        cursor.execute("delete from intake_sourcemerge m using marketing_source s where s.id = m.source_id and s.merged_into_id is null")
        cursor.execute(_BRING_OVER)


def settle_late_inquiries() -> None:
    """Bring over what came in under a source at the very moment it was merged; the running sums tell whether there is any."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select exists (select from marketing_source s join intake_sourcetally t on t.source_id = s.id
               where s.merged_into_id is not null group by s.id having sum(t.inquiries) <> 0)"""
        )
        if cursor.fetchone()[0]:
            settle_merged_sources()


_TAKE_BACK = """update intake_inquiry i set source_id = m.source_id
    from intake_sourcemerge m join marketing_source s on s.id = m.source_id and s.merged_into_id is null
    where i.raw_id = any(m.inquiries) and i.source_id <> m.source_id"""
_BRING_OVER = """with merged as materialized (
        select s.id, s.merged_into_id from marketing_source s where s.merged_into_id is not null),
    moved as (
        update intake_inquiry i set source_id = merged.merged_into_id from merged where i.source_id = merged.id
        returning i.raw_id, merged.id, merged.merged_into_id)
    insert into intake_sourcemerge(source_id, into_id, inquiries)
    select merged.id, merged.merged_into_id, array_agg(moved.raw_id) from merged join moved on moved.id = merged.id group by 1, 2
    on conflict (source_id) do update set inquiries = intake_sourcemerge.inquiries || excluded.inquiries"""
