"""The promises about the data: a name, the sentence that is kept, and the rows that would break it (one column)."""

from __future__ import annotations

FEWEST_VERSION = 150_000

GUARDS = {
    "journal_task_next_action": "journal_task",
    "journal_dossier_next_action": "journal_dossier",
    "intake_inquiry_next_action": "intake_inquiry",
    "intake_dossier_closes": "journal_dossier",
    "intake_dossier_classified": "journal_dossier",
    "deals_deal_next_action": "deals_deal",
    "deals_dossier_closes": "journal_dossier",
    "agency_employee_keep": "agency_employee",
}
"""Deferred triggers, by the table each stands on."""

UNTRACKED = frozenset({
    "core_change",                # the history itself
    "agency_revision",            # a number that says "read anew"
    "channels_idempotencykey",    # kept for a day
    "intake_shareledger",         # counters; the reason of each share stands on its inquiry
    "intake_taking", "intake_queuealarm", "intake_breach",  # say themselves who, when and why; nobody changes them
    "journal_tally", "intake_sourcetally",  # running sums of tracked rows
    "core_filepiece",             # the bytes of a tracked file
    "agency_loginsession",        # says itself who, when and from where
    "agency_loginattempt",        # failed tries at a door, kept for a day
    "clients_likeness",           # follows from tracked people, made by a job
    "clients_doublesearch",       # says itself who asked and when
    "privacy_merge",              # what went over; the rows themselves are tracked
    "clients_holding",            # follows from tracked dossiers, kept by a trigger
    "intake_nextanswer",          # says itself who wrote when, and how its clock went
    "intake_reckoning",           # follows from tracked inquiries and dossiers, kept by triggers
    "journal_notice",             # says itself when and to whom
    "agency_exportlog",           # says itself who took what out and when
    "deals_gateanswer",           # says itself what was said, to whom and when
    "deals_bulkrun", "deals_bulkrow",  # what was done to each row; the rows themselves are tracked
    "intake_learning",            # says itself when it was learned and from what; whether it counts is a tracked setting
    "intake_learningrun",         # says itself who asked for it and what came of it
    "intake_passedover",          # says itself who, when and over which inquiry
    "intake_sourcemerge",         # which inquiries a merge moved; they and the sources are tracked
    "intake_importedrow", "intake_importproblem",  # what a tracked import did, row by row
})
WITHOUT_INSERTS = frozenset({"journal_touch", "channels_rawmessage", "channels_letter", "channels_sending", "core_storedfile"})
"""Rows that are their own first history: they say who and when."""

_NO_TASK = "not exists (select from journal_task t where t.dossier_id = {id} and t.state = 'pending')"

PROMISES: tuple[tuple[str, str, str], ...] = (
    (
        "inquiry_planned",
        "Every open inquiry has a next action",
        f"select i.raw_id from intake_inquiry i where i.state = 'open' and {_NO_TASK.format(id='i.dossier_id')}",
    ),
    (
        "deal_planned",
        "Every open deal has a next action",
        f"select d.id from deals_deal d where d.state = 'open' and {_NO_TASK.format(id='d.dossier_id')}",
    ),
    (
        "matter_planned",
        "Every open matter has a next action",
        f"select d.id from journal_dossier d where d.is_open and {_NO_TASK.format(id='d.id')}",
    ),
    (
        "assigned_is_classified",
        "Every matter that is an inquiry and has a holder has an inquiry with a class",
        """select d.id from journal_dossier d where d.is_open and d.phase = 'inquiry'
           and not exists (select from intake_inquiry i where i.dossier_id = d.id and i.inquiry_class <> '')""",
    ),
    (
        "closed_has_no_plan",
        "Nothing is planned on a closed matter",
        """select t.id from journal_task t join journal_dossier d on d.id = t.dossier_id
           where t.state = 'pending' and not d.is_open""",
    ),
    (
        "matter_owned",
        "Every open matter is held by one manager or one named queue, and by one only",
        "select id from journal_dossier where is_open and num_nonnulls(owner_id, queue_id) <> 1",
    ),
    (
        "action_assigned",
        "Every next action is somebody's: a manager's or a named queue's",
        "select id from journal_task where state = 'pending' and num_nonnulls(assignee_id, queue_id) <> 1",
    ),
    (
        "open_inquiry_on_open_matter",
        "An inquiry that is open or joined stands on an open matter",
        """select i.raw_id from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
           where i.state in ('open', 'joined') and not d.is_open""",
    ),
    (
        "open_matter_has_reason",
        "An open matter has an open inquiry or an open deal",
        """select d.id from journal_dossier d where d.is_open
           and not exists (select from intake_inquiry i where i.dossier_id = d.id and i.state = 'open')
           and not exists (select from deals_deal l where l.dossier_id = d.id and l.state = 'open')""",
    ),
    (
        "open_deal_on_open_matter",
        "An open deal stands on an open matter, one on each",
        """select min(l.id) from deals_deal l join journal_dossier d on d.id = l.dossier_id where l.state = 'open'
           group by l.dossier_id having count(*) > 1 or not bool_and(d.is_open)""",
    ),
    (
        "deal_where_matter_stands",
        "A matter stands where its open deal stands",
        """select d.id from journal_dossier d left join (deals_deal l join deals_stage s on s.id = l.stage_id
               join deals_funnel f on f.id = s.funnel_id) on l.dossier_id = d.id and l.state = 'open'
           where d.is_open and (d.place is distinct from coalesce(f.slug || '/' || s.slug, 'inquiry')
               or (d.phase = 'inquiry') <> (l.id is null)
               or l.id is not null and (d.worth, d.currency) is distinct from (l.amount, l.currency))""",
    ),
    (
        "deal_stands_once",
        "Every deal stands at one stage: its current entry is one and is of that stage",
        """select l.id from deals_deal l left join deals_stageentry n on n.deal_id = l.id and n.left_at is null
           where l.state = 'open' group by l.id having count(n.id) <> 1 or bool_or(n.stage_id <> l.stage_id)""",
    ),
    (
        "understood_is_inquiry",
        "What came in and was understood became an inquiry, or is a letter of another kind: nothing acknowledged is lost",
        """select r.id from channels_rawmessage r where r.state = 'understood'
           and not exists (select from intake_inquiry i where i.raw_id = r.id)
           and not exists (select from channels_letter l where l.raw_id = r.id and l.kind <> 'inquiry')""",
    ),
    (
        "waiting_is_no_inquiry",
        "What waits in quarantine, or repeats another message, is no inquiry of its own",
        """select r.id from channels_rawmessage r where r.state <> 'understood'
           and exists (select from intake_inquiry i where i.raw_id = r.id)""",
    ),
    (
        "quarantine_has_reason",
        "What waits in quarantine says why",
        "select id from channels_rawmessage where state = 'quarantined' and reason = ''",
    ),
    (
        "external_id_once",
        "No source's own id came in twice: nothing is doubled",
        """select min(id) from channels_rawmessage where external_id is not null and state <> 'repeat'
           group by source_slug, external_id having count(*) > 1""",
    ),
    (
        "key_leads_somewhere",
        "Every idempotency key leads to the message it brought in",
        """select k.id from channels_idempotencykey k left join channels_rawmessage r on r.id = k.raw_id
           where r.id is null or r.state = 'repeat'""",
    ),
    (
        "closed_has_outcome",
        "A closed inquiry says how it ended, and why when nothing came of it",
        """select raw_id from intake_inquiry where state = 'closed' and (outcome is null and disposition = ''
               or outcome = 'lost' and close_reason = '')
           or state <> 'closed' and (outcome is not null or disposition <> '')""",
    ),
    (
        "outcome_of_deal",
        "A deal and the inquiry it was born of ended alike",
        """select l.id from deals_deal l join intake_inquiry i on i.raw_id = l.inquiry_id
           where l.state <> 'open' and l.id = (select max(id) from deals_deal x where x.inquiry_id = l.inquiry_id)
           and i.outcome is distinct from l.state""",
    ),
    (
        "joined_where",
        "An inquiry that joined another stands on the same matter",
        """select i.raw_id from intake_inquiry i join intake_inquiry l on l.raw_id = i.joined_to_id
           where i.state = 'joined' and i.dossier_id <> l.dossier_id""",
    ),
    (
        "clock_wakes",
        "A running response clock knows when it does something next, and runs on open inquiries only",
        """select raw_id from intake_inquiry where clock_state = 'running' and (warn_at is null or respond_by is null
               or state <> 'open')""",
    ),
    (
        "next_clock_wakes",
        "A running clock of a following answer knows when it does something next, and none runs beside that of the first",
        """select n.id from intake_nextanswer n where n.state = 'running' and (n.warn_at is null or exists (
               select from intake_inquiry i where i.dossier_id = n.dossier_id and i.clock_state = 'running'))""",
    ),
    (
        "token_named",
        "Every token has a name, a digest and scopes",
        """select id from agency_apitoken where name = '' or octet_length(digest) <> 32 or cardinality(scopes) = 0
           or reach = 'office' and office_id is null""",
    ),
    (
        "sums_of_matters",
        "The running sums of open matters equal the matters themselves",
        """select coalesce(k.place, '?') || ' ' || coalesce(k.owner_id::text, '-') || ' ' || coalesce(k.currency, '?') from (
               select place, owner_id, office_id, currency, sum(n) n, sum(a) a from (
                   select place, owner_id, office_id, currency, number n, amount a from journal_tally
                   union all
                   select place, owner_id, office_id, currency, -1, -coalesce(worth, 0) from journal_dossier where is_open) u
               group by 1, 2, 3, 4 having sum(n) <> 0 or sum(a) <> 0) k""",
    ),
    (
        "sums_of_sources",
        "The running sums by source and day equal the inquiries themselves",
        """select k.day || ' ' || k.source_id from (
               select day, source_id from (
                   select day, source_id, inquiries n, closed c, won w from intake_sourcetally
                   union all
                   select (received_at at time zone 'UTC')::date, source_id, -1, -(outcome is not null)::int,
                       -(outcome is not distinct from 'won')::int from intake_inquiry where received_at is not null) u
               group by 1, 2 having sum(n) <> 0 or sum(c) <> 0 or sum(w) <> 0) k""",
    ),
    (
        "reckoning_true",
        "What the reports count of an inquiry is what the inquiry and its matter say",
        """select coalesce(i.raw_id, k.raw_id) from (intake_inquiry i join journal_dossier d on d.id = i.dossier_id)
           full join intake_reckoning k on k.raw_id = i.raw_id
           where (k.raw_id, k.dossier_id, k.source_id, k.joined_to_id, k.owner_id, k.office_id, k.received_at, k.answered_at, k.closed_at,
                  k.answer_minutes, k.channel, k.clock_state, k.outcome, k.disposition, k.category, k.reason)
               is distinct from (i.raw_id, i.dossier_id, i.source_id, i.joined_to_id, d.owner_id, d.office_id, i.received_at,
                  i.answered_at, d.closed_at, i.answer_minutes, i.channel, i.clock_state, i.outcome, i.disposition,
                  i.request->>'category', btrim(split_part(i.close_reason, ':', 1)))""",
    ),
    (
        "number_found",
        "Every telephone number can be found by its last ten digits",
        """select id from clients_contactpoint
           where kind = 'phone' and tail <> right(regexp_replace(normal, '\\D', '', 'g'), 10)""",
    ),
)
