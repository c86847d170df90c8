"""Reads of what burns: clocks, nobody's, stuck, late, over capacity, and whether the house itself is well."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.deals.queries.standing_still import stuck_sql
from marshrut.desk.queries import MatterRow, ranked_matters
from marshrut.journal.permissions import matters_in_reach

BROKEN, BREAKING, NOBODY, STUCK = range(4)
SOON = timedelta(minutes=10)
"""A response clock with no more than this left is about to break."""
SHOWN = 6

MOST = 1000
"""Up to here what burns is counted; nobody needs to know whether 4,000 or 5,000 wait."""

# Short indexes instead of all that is open: a running clock does something next before it breaks. Of a client who wrote again and
# again the last time stands for all, and none while their first answer is still missing.
_UNANSWERED = """
    select dossier_id, clock_state, respond_by, false as is_next from intake_inquiry
    where clock_state = 'running' and warn_at <= {soon} and respond_by <= {soon} and state = 'open' and answered_at is null
    union all
    select dossier_id, clock_state, respond_by, false from intake_inquiry
    where clock_state = 'missed' and state = 'open' and answered_at is null
    union all
    select n.dossier_id, n.state, n.respond_by, true from (
        select dossier_id, id, state, respond_by from intake_nextanswer
        where state = 'running' and warn_at <= {soon} and respond_by <= {soon}
        union all
        select dossier_id, id, state, respond_by from intake_nextanswer where state = 'missed' and answered_at is null) n
    where n.id = (select max(id) from intake_nextanswer where dossier_id = n.dossier_id) and not exists (
        select from intake_inquiry i where i.dossier_id = n.dossier_id and i.clock_state = 'missed' and i.state = 'open'
            and i.answered_at is null)"""
_WAITING = """from (select * from waiting where part = {part} order by respond_by, dossier_id offset 0) i
    join journal_dossier d on d.id = i.dossier_id
    where d.is_open and (i.is_next or d.place = 'inquiry') and d.waits_until is null and {reach}"""
_NOBODYS = "from journal_dossier d where d.is_open and d.queue_id is not null and d.waits_until is null and {reach}"
_STUCK = """from (select dossier_id, stage_id, stage_entered_at from deals_deal where state = 'open' order by stage_entered_at offset 0) l
    join deals_stage s on s.id = l.stage_id
    where (select d.is_open and {reach} and {stands_still} from journal_dossier d where d.id = l.dossier_id)"""
# Each block: its worst, walked in their order until there are enough, and their number, counted until it says enough.
_BLOCK = """
    select dossier_id, {part} as part, row_number() over (order by since, dossier_id) as rank,
        (select count(*) from (select {source} limit {most}) n) as total
    from (select {dossier} as dossier_id, {since} as since {source} order by {since}, {dossier} limit {shown}) worst"""


def list_burning(actor: Actor, now: datetime) -> list[MatterRow]:
    """The worst matters of each block within reach, in one statement; `group` is the block, `group_count` its whole number
    (`MOST` + 1 where there are more than `MOST`).

    Broken clocks whose client still waits, clocks about to break, matters in a queue, deals that stand too long.
    """
    reach, values = matters_in_reach(actor)
    waiting = f"""select dossier_id, respond_by, is_next,
            case when clock_state = 'missed' or respond_by <= {literal(now)} then {BROKEN} else {BREAKING} end as part
        from ({_UNANSWERED.format(soon=literal(now + SOON))}) u"""
    sources = (
        (BROKEN, "i.respond_by", "i.dossier_id", _WAITING.format(part=BROKEN, reach=reach)),
        (BREAKING, "i.respond_by", "i.dossier_id", _WAITING.format(part=BREAKING, reach=reach)),
        (NOBODY, "d.opened_at", "d.id", _NOBODYS.format(reach=reach)),
        (STUCK, "l.stage_entered_at", "l.dossier_id", _STUCK.format(reach=reach, stands_still=stuck_sql(now))),
    )
    blocks = " union all ".join(
        _BLOCK.format(part=part, since=since, dossier=dossier, source=source, shown=SHOWN, most=MOST + 1)
        for part, since, dossier, source in sources
    )
    return ranked_matters(f"with waiting as materialized ({waiting}) {blocks}", values * 2 * len(sources))


def literal(moment: datetime) -> str:
    """A moment as SQL text: a plan made once for any moment would read the whole table."""
    return f"timestamptz '{moment.isoformat()}'"


def count_burning(actor: Actor, now: datetime, most: int) -> int:
    """How many clients wait whose clock has broken or is about to, or who have nobody: the figure beside the page's name.

    Counted up to `most` and to the whole minute: it stands on every page, and one text of the statement is planned once.
    """
    reach, values = matters_in_reach(actor)
    soon = literal((now + SOON).replace(second=0, microsecond=0) + timedelta(minutes=1))
    waits = f"d.is_open and d.waits_until is null and {reach}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) from (
                (select d.id from journal_dossier d where d.queue_id is not null and d.place = 'inquiry' and {waits} limit {int(most)})
                union all
                (select d.id from ({_UNANSWERED.format(soon=soon)}) i join journal_dossier d on d.id = i.dossier_id
                 where d.queue_id is null and (i.is_next or d.place = 'inquiry') and {waits} limit {int(most)}) limit {int(most)}) n""",
            [*values, *values],
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class LateLine:
    """Overdue next actions of one manager (None: of a queue) and the oldest of them."""

    assignee_id: int | None
    count: int
    oldest: datetime


def late_by_manager(actor: Actor, now: datetime) -> list[LateLine]:
    """Who is late with how much, the most first."""
    reach, values = matters_in_reach(actor)
    # What waits is little; whoever sees all needs no look at the matters, else each is looked up by its id, not all that ever were.
    held = "true" if reach == "true" else f"(select {reach} from journal_dossier d where d.id = t.dossier_id)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.assignee_id, count(*), min(t.due_at) from journal_task t
                where t.state = 'pending' and t.due_at < {literal(now)} and {held}
                    and t.dossier_id not in (select id from journal_dossier where waits_until is not null)
                group by t.assignee_id order by 2 desc, 3""",
            values,
        )
        return [LateLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the house: ages are of the oldest case, None where there is none."""

    quarantined: int
    quarantined_since: datetime | None
    doors: int
    door: str | None
    doors_since: datetime | None
    failed_sendings: int
    failed_since: datetime | None
    late_sendings: int
    imports: int
    import_name: str | None
    workers: int
    failed_jobs: int


def read_trouble(actor: Actor, now: datetime) -> Trouble:
    """Quarantine, mail doors, outbox, imports of the actor's offices, and the worker's health; one statement."""
    if actor.reach == "all":
        own, values = "true", list[Any]()
    else:
        own, values = "(x.office_id is null or x.office_id = %s)", [actor.office_id]
    reach, reached = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select q.n, q.since, m.n, m.name, m.since, f.n, f.since, w.n, r.n, r.name,
                   (select count(*) from procrastinate_workers where last_heartbeat > now() - interval '30 seconds'),
                   (select count(*) from procrastinate_jobs where status = 'failed')
                from (select count(*) n, min(x.received_at) since from channels_rawmessage x where x.state = 'quarantined' and {own}) q,
                (select count(*) n, min(x.name) name, min(x.problem_since) since from channels_maildoor x
                    where x.is_active and x.problem <> '' and {own}) m,
                (select count(*) n, min(x.created_at) since from channels_sending x left join journal_dossier d on d.id = x.dossier_id
                    where x.state = 'failed' and (x.dossier_id is null or {reach})) f,
                (select count(*) n from channels_sending x where x.state = 'waiting'
                    and x.try_at < {literal(now)} - interval '15 minutes') w,
                (select count(*) n, min(x.file_name) name from intake_importrun x
                    where (x.state = 'failed' or (x.state = 'stopped' and x.finished_at is null)) and {own}) r""",
            [*values, *values, *reached, *values],
        )
        return Trouble(*cursor.fetchone())
