"""What an import works with: its run, how its file is read, whose name it acts in, what the words in it stand for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from django.db import connection, transaction

from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import actor_of_employee, custom_fields_of, read_revision
from marshrut.clients.queries import erased_among
from marshrut.core.files import open_file
from marshrut.core.history import sign
from marshrut.core.names import clean_text, search_name
from marshrut.core.tables import TableShape, as_text, read_table
from marshrut.core.typed_values import FieldSpec, read_value
from marshrut.intake.models import ImportRun
from marshrut.intake.reading import UNKNOWN_SOURCE
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules.importing import Layout, Lead, read_lead
from marshrut.marketing.queries import Sources
from marshrut.marketing.services import keep_unknown_source

MOST_SOURCES = 300
"""More new sources than that in one file: the column is no source."""


@dataclass
class Setting:
    """One run at work. `sources` grows while words come that no source is known by."""

    run_id: int
    mode: str
    office_id: int | None
    file_id: int
    shape: TableShape
    layout: Layout
    reference: Reference
    by: Actor
    label: str
    source_slug: str
    sources: dict[str, int] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    managers: dict[str, int] = field(default_factory=dict)
    receivers: frozenset[int] = frozenset()

    def slug_of(self, lead: Lead) -> str:
        """The source of a row: what its word was said to mean, a source of that name or slug, else the word itself."""
        if not lead.source:
            return self.source_slug
        said = self.layout.words.get("source", {}).get(lead.source.lower()[:120])
        return said or self.slugs.get(search_name(lead.source)) or lead.source.lower()[:120].rstrip()

    def key_of(self, lead: Lead) -> tuple[str, str]:
        """What makes a row known: its source, and its own id there or else all that stands in it."""
        return self.slug_of(lead), lead.external_id or f"row:{lead.digest}"

    def heading_of(self, target: str) -> str:
        """The column that was said to be this."""
        return next((heading for heading, one in zip(self.layout.headings, self.layout.targets, strict=False) if one == target), "")

    def also_of(self, lead: Lead) -> dict[str, str]:
        """What stands in the columns of a row that were taken for nothing; a chance of a sale may be learned from it."""
        unread = (heading for heading, target in zip(self.layout.headings, self.layout.targets, strict=False) if not target)
        return {heading: lead.raw[heading] for heading in unread if lead.raw.get(heading)}

    def manager_of(self, lead: Lead) -> int | None:
        """The colleague a row names, if the importer may give them anything."""
        found = self.managers.get(search_name(lead.manager)) if lead.manager else None
        return found if found in self.receivers else None

    def flaw_of_manager(self, lead: Lead) -> str:
        """Why the colleague a row names does not get it; empty when they do, or none is named."""
        if not lead.manager or self.manager_of(lead) is not None:
            return ""
        return "foreign_manager" if search_name(lead.manager) in self.managers else "unknown_manager"


def set_up(run: ImportRun) -> Setting:
    """Everything a run is done with, read once."""
    revision = read_revision()
    reference = read_reference(revision)
    mapping = run.mapping
    office = reference.staff.offices.get(run.office_id or 0) or reference.staff.first_office
    layout = Layout(
        headings=tuple(mapping["headings"]),
        targets=tuple(mapping["targets"]),
        day_first=bool(mapping.get("day_first", True)),
        words=mapping.get("words", {}),
        currency=mapping.get("currency") or "RUB",
        zone=office.time_zone,
        regions=tuple(dict.fromkeys([office.country, *reference.staff.regions])),
        own=partial(_own_value, {f"{s.subject}.{s.slug}": s for one in ("person", "matter") for s in custom_fields_of(one, revision)}),
    )
    managers = {search_name(name): c.id for c in reference.staff.colleagues.values() for name in (c.name,)}
    with connection.cursor() as cursor:
        cursor.execute("select lower(email), id from agency_employee where is_active")
        managers |= {search_name(email): number for email, number in cursor.fetchall()}
    by = actor_of(run.created_by)
    return Setting(
        run.pk, run.mode, run.office_id, run.file_id, TableShape(**{**mapping["shape"], "sheets": tuple(mapping["shape"]["sheets"])}),
        layout, reference, by, run.created_by, run.source_slug or UNKNOWN_SOURCE,
        _ids_of(reference.sources),
        {search_name(name): slug for slug, one in _names_of(reference.sources).items() for name in (one, slug)},
        managers, frozenset(c.id for c in reference.staff.colleagues.values() if c.id == by.id or by.sees(c.id, c.office_id)),
    )  # fmt: skip


def _ids_of(sources: Sources) -> dict[str, int]:
    """Slug → the source it counts for: rows keep the slug they were known by, so that the same file makes nothing twice."""
    found = {slug: sources.find(slug) for slug in (*sources, *sources.spelled)}
    return {slug: card.id for slug, card in found.items() if card}


def _names_of(sources: Sources) -> dict[str, str]:
    return {**sources.spelled, **{slug: card.name for slug, card in sources.items()}}


def _own_value(specs: Mapping[str, FieldSpec], target: str, value: object) -> Any:
    spec = specs.get(target)
    return read_value(spec, value) if spec else None


def actor_of(label: str) -> Actor:
    """Who started a run; the system, when they no longer work here."""
    kind, _colon, number = label.partition(":")
    found = actor_of_employee(int(number)) if kind == "employee" and number.isdigit() else None
    return found or system("import")


def read_leads(setting: Setting, after: int, clock: Callable[[], datetime]) -> Iterator[Lead]:
    """The rows of a run's file behind the heading and the first `after` rows, understood one by one."""
    rows = read_table(open_file(setting.file_id), setting.shape)
    next(rows, None)
    now = clock()
    for place, (number, cells) in enumerate(rows):
        if place >= after:
            yield read_lead(number, [as_text(cell) for cell in cells], cells, setting.layout, now)


def batches(leads: Iterator[Lead], size: int) -> Iterator[list[Lead]]:
    """Rows by so many at once."""
    held: list[Lead] = []
    for lead in leads:
        held.append(lead)
        if len(held) >= size:
            yield held
            held = []
    if held:
        yield held


def body_of(lead: Lead) -> bytes:
    """A row as it is kept raw: its headings and values as JSON."""
    return orjson.dumps(lead.raw)


def keep_sources(setting: Setting, leads: Sequence[Lead]) -> None:
    """Keep the sources these rows name for the first time; the run remembers those it made."""
    new = sorted({setting.slug_of(lead) for lead in leads} - setting.sources.keys())
    if not new:
        return
    words = {setting.slug_of(lead): clean_text(lead.source, 120) for lead in leads}
    with transaction.atomic():
        sign(setting.label)
        run = ImportRun.objects.select_for_update().get(pk=setting.run_id)
        made = run.figures.setdefault("sources", [])
        for slug in new:
            card = keep_unknown_source(slug=slug, name=words.get(slug, ""))
            setting.sources[slug] = card.id
            made.append(card.id)
        run.save(update_fields=["figures"])


def erased_of(identities: Sequence[str]) -> set[str]:
    """Which of these ways to reach somebody belong to people who were erased and must not come back."""
    return {erased.decode() for erased in erased_among(normal.encode() for normal in identities)}
