"""The list behind a number: the same condition that counted it, a page of it, and how many there are."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked
from marshrut.insights.queries.counting import Chosen, choose_measure, rows_of


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One thing that was counted, and the matter it belongs to."""

    unit_id: int
    at: datetime
    what: str
    dossier_id: int
    is_open: bool
    inquiry_id: int | None
    deal_id: int | None
    person: str | None
    title: str | None
    owner_id: int | None
    queue_id: int | None
    worth: Decimal | None
    currency: str
    channel: str | None
    source_id: int | None
    outcome: str | None
    disposition: str | None
    deal_state: str | None
    close_reason: str | None
    stage: str | None


def list_counted(
    actor: Actor, asked: Asked, code: str, now: datetime, *, position: int = 0, limit: int = 50, offset: int = 0
) -> list[ListedLine]:
    """A page of what a measure counts, the latest first; one statement."""
    chosen = choose_measure(actor, asked, code, now, position)
    unit = chosen.unit
    rows = rows_of(
        f"""select c.id, c.at, c.what, d.id, d.is_open, i.raw_id, l.id, p.display_name, l.title, d.owner_id, d.queue_id, d.worth,
                d.currency,
                i.channel, i.source_id, i.outcome, i.disposition, l.state, coalesce(nullif(l.close_reason, ''), i.close_reason), s.name
            from (select {unit.key} as id, {unit.at} as at, {unit.what} as what, {unit.matter} as dossier_id {_own(chosen)} {chosen.source}
                  order by {unit.at} desc, {unit.key} desc limit {int(limit)} offset {int(offset)}) c
            join journal_dossier d on d.id = c.dossier_id
            left join clients_person p on p.id = d.person_id
            left join lateral (select * from intake_inquiry where dossier_id = d.id and (c.inquiry_id is null or raw_id = c.inquiry_id)
                               order by (joined_to_id is null) desc, raw_id limit 1) i on true
            left join lateral (select * from deals_deal where dossier_id = d.id and (c.deal_id is null or id = c.deal_id)
                               order by id desc limit 1) l on true
            left join deals_stage s on s.id = l.stage_id
            order by c.at desc, c.id desc""",
        chosen.values,
    )
    return [ListedLine(*row) for row in rows]


def _own(chosen: Chosen) -> str:
    """Which inquiry and which deal of the matter is meant, where the unit says it."""
    inquiry = "i.raw_id" if chosen.unit.is_inquiry else "null::bigint"
    deal = "l.id" if chosen.unit.is_deal else "null::bigint"
    return f", {inquiry} as inquiry_id, {deal} as deal_id"


def count_listed(actor: Actor, asked: Asked, code: str, now: datetime, position: int = 0, most: int | None = None) -> int:
    """How many there are in all; counted no further than `most`, if that is given."""
    chosen = choose_measure(actor, asked, code, now, position)
    limit = "" if most is None else f" limit {int(most)}"
    return int(rows_of(f"select count(*) from (select {chosen.source}{limit}) n", chosen.values)[0][0])
