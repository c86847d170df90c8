"""Writes about sources."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.first_names import first_names
from marshrut.core.history import sign
from marshrut.core.money import Money
from marshrut.core.names import clean_text
from marshrut.core.slugs import required_name, slug_of
from marshrut.marketing.models import Source, SourceCost
from marshrut.marketing.queries import SourceCard, costs_entered
from marshrut.marketing.rules import MOST_LINES, EnteredCost, PastedCost


def keep_unknown_source(*, slug: str, name: str = "") -> SourceCard:
    """Keep a source nobody has named yet, so that nothing it brings is refused; it is shown to be named.

    `name` is how it was written where it came from.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into marketing_source(slug, name, is_named) values (%s, %s, false)
               on conflict (slug) do update set slug = excluded.slug
               returning id, slug, name, is_named, chance, is_active, merged_into_id""",
            [slug, name or slug],
        )
        row = cursor.fetchone()
        if row[6] is not None:  # merged a moment ago, by somebody this reader has not heard of yet
            cursor.execute("select id, slug, name, is_named, chance, is_active from marketing_source where id = %s", [row[6]])
            row = cursor.fetchone()
    return SourceCard(row[0], row[1], row[2], row[3], float(row[4]), row[5])


def forget_unnamed_sources(*, ids: Sequence[int]) -> None:
    """Take away sources that nobody has named since they were kept. The caller knows that nothing came from them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """delete from marketing_source s where id = any(%s) and not is_named and merged_into_id is null
               and not exists (select from marketing_source where merged_into_id = s.id)""",
            [list(ids)],
        )


@transaction.atomic
def save_source(*, source_id: int | None, name: str, chance: Decimal, is_active: bool, by: Actor, now: datetime) -> int:
    """Add a source, name one that came by itself, change its prior chance of a sale (0 to 1). The slug stays."""
    kept = required_name(name)
    if not 0 < chance < 1:
        raise Invalid("bad_chance", _("Between 0 and 100 percent, for example 15."), field="chance")
    others = Source.objects.exclude(pk=source_id) if source_id else Source.objects.all()
    if others.filter(name__iexact=kept, is_named=True, merged_into=None).exists():
        raise Invalid("same_name", _("There is a source of this name already."), field="name")
    sign(by.label)
    if source_id:
        row = Source.objects.select_for_update().filter(pk=source_id, merged_into=None).first()
        if row is None:
            raise NotFound("no_such_source", _("There is no such source."))
    else:
        row = Source(slug=slug_of(kept, set(Source.objects.values_list("slug", flat=True))))
    row.name, row.chance, row.is_active, row.is_named = kept, chance, is_active, True
    row.save()
    return row.pk


@transaction.atomic
def mark_merged(*, source_id: int, into_id: int) -> tuple[SourceCard, SourceCard]:
    """Make one source another spelling of a second one, and of all that were spellings of it. Both as they were, locked.

    The caller moves what belongs to it. Inquiries that come in meanwhile are not held up.
    """
    if source_id == into_id:
        raise Invalid("same_source", _("Choose another source."), field="into")
    rows = {row.pk: row for row in Source.objects.select_for_update(no_key=True).filter(pk__in=(source_id, into_id)).order_by("pk")}
    if len(rows) < 2 or any(row.merged_into_id for row in rows.values()):
        raise NotFound("no_such_source", _("There is no such source."))
    Source.objects.filter(Q(pk=source_id) | Q(merged_into=source_id)).update(merged_into=into_id)
    gone, stays = (rows[pk] for pk in (source_id, into_id))
    return _card(gone), _card(stays)


def _card(row: Source) -> SourceCard:
    return SourceCard(row.pk, row.slug, row.name, row.is_named, float(row.chance), row.is_active)


@transaction.atomic
def name_first_sources(*, language: str, by: Actor) -> None:
    """Say the sources a home begins with in the agency's language."""
    sign(by.label)
    for slug, name in first_names("marketing", "sources", language).items():
        Source.objects.filter(slug=slug).update(name=name)


LONGEST_COST = 1100  # days


def try_cost(*, first_day: date, last_day: date, spent: Money | None) -> Money:
    """A cost that makes sense. Raises Invalid that names the field."""
    if spent is None or spent.amount <= 0:
        raise Invalid("no_amount", _("Say how much was spent, for example 30 000."), field="amount")
    if last_day < first_day:
        raise Invalid("reversed", _("The last day is before the first."), field="last_day")
    if (last_day - first_day).days >= LONGEST_COST:
        raise Invalid("too_long", _("At most three years: enter longer ones in parts."), field="last_day")
    return spent


@transaction.atomic
def save_cost(
    *, cost_id: int | None, source_id: int, first_day: date, last_day: date, spent: Money | None, note: str, is_active: bool,
    by: Actor, now: datetime,
) -> int:  # fmt: skip
    """Enter what a source cost over some days, or correct it. One entered by mistake stays, uncounted."""
    money = try_cost(first_day=first_day, last_day=last_day, spent=spent)
    if not Source.objects.filter(pk=source_id, merged_into=None).exists():
        raise Invalid("no_such_source", _("Choose the source."), field="source")
    sign(by.label)
    row = SourceCost.objects.select_for_update().filter(pk=cost_id).first() if cost_id else SourceCost()
    if row is None:
        raise NotFound("no_such_cost", _("There is no such cost."))
    row.source_id, row.first_day, row.last_day, row.is_active = source_id, first_day, last_day, is_active
    row.amount, row.currency, row.note = money.amount, money.currency, clean_text(note, 300)
    row.save()
    return row.pk


@transaction.atomic
def add_costs(*, costs: Sequence[PastedCost], by: Actor, now: datetime) -> int:
    """Enter many months at once, all or none; how many were new. One that stands already for the same source, days and sum is left.

    Invalid names the first line that cannot be read.
    """
    wrong = next((cost for cost in costs if cost.flaw), None)
    if wrong is not None:
        raise Invalid("line_unreadable", _("Line %(number)s cannot be read.") % {"number": wrong.number}, field="rows")
    if not costs:
        raise Invalid("no_lines", _("Paste at least one line."), field="rows")
    if len(costs) > MOST_LINES:
        raise Invalid("too_many", _("At most %(most)s lines at once.") % {"most": MOST_LINES}, field="rows")
    sign(by.label)
    new = new_costs(costs, costs_entered())
    SourceCost.objects.bulk_create(
        SourceCost(source_id=key.source_id, first_day=key.first_day, last_day=key.last_day, amount=key.amount, currency=key.currency,
                   note=clean_text(cost.note, 300))
        for key, cost in new.items()
    )  # fmt: skip
    return len(new)


def new_costs(costs: Sequence[PastedCost], entered: Collection[EnteredCost]) -> dict[EnteredCost, PastedCost]:
    """Those that do not stand yet, each once."""
    found: dict[EnteredCost, PastedCost] = {}
    for cost in costs:
        key = cost.entered
        if key is not None and key not in entered:
            found.setdefault(key, cost)
    return found
