"""What managers have on their hands, asked by distribution one inquiry after another where capacities are limited.

Whoever asks for itself alone holds a lock until its transaction ends, and counts only then: two inquiries that come in at the
same moment never both see the last free place. A statement of its own would have to be sent for the lock; a function counts
by a new snapshot.
"""

from django.db import migrations

from marshrut.core.triggers import function

ON_HAND = """begin
    if alone then
        perform pg_advisory_xact_lock(hashtextextended('intake_capacity', 0));
    end if;
    return query  -- person by person, through the indexes on owner and assignee, however little is known of the tables
        select e.id, h.inquiry_class, h.category, h.number
        from unnest(people) e(id) cross join lateral (
            select i.inquiry_class::text, i.request->>'category' as category, count(*) as number from journal_dossier d
            left join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
            where d.owner_id = e.id and d.is_open and d.place = 'inquiry' and d.waits_until is null group by 1, 2
            union all
            select 'overdue', null, count(*) from journal_task t join journal_dossier d on d.id = t.dossier_id and d.place <> 'inquiry'
            where t.assignee_id = e.id and t.state = 'pending' and t.due_at < moment) h;
end"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0011_distribution_in_full")]
    operations = [
        function(
            "intake_on_hand",
            ON_HAND,
            arguments="people bigint[], moment timestamptz, alone boolean",
            returns="table(employee_id bigint, inquiry_class text, category text, number bigint)",
        ),
    ]
