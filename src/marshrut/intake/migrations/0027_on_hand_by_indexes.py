"""What managers have on their hands is counted through the indexes even by a plan that was made while the tables were empty.

A session keeps its plan of a function. Of two empty tables PostgreSQL would read all of one for every row of the other, and went
on so, thousands of rows later, until statistics were gathered: here every inner row is asked for by its key.
"""

from django.db import migrations

from marshrut.core.triggers import function

ARGUMENTS = "people bigint[], moment timestamptz, alone boolean"
ON_HAND = """begin
    if alone then
        perform pg_advisory_xact_lock(hashtextextended('intake_capacity', 0));
    end if;
    return query
        select e.id, h.inquiry_class, h.category, h.number
        from unnest(people) e(id) cross join lateral (
            select i.inquiry_class, i.category, count(*) as number
            from (select d.id from journal_dossier d where d.owner_id = e.id and d.is_open and d.place = 'inquiry'
                  and d.waits_until is null offset 0) d
            left join lateral (select o.inquiry_class::text, o.request->>'category' as category from intake_inquiry o
                               where o.dossier_id = d.id and o.state = 'open' limit 1) i on true group by 1, 2
            union all
            select 'overdue', null, count(*)
            from (select t.dossier_id from journal_task t where t.assignee_id = e.id and t.state = 'pending' and t.due_at < moment
                  offset 0) t
            join lateral (select from journal_dossier d where d.id = t.dossier_id and d.place <> 'inquiry' limit 1) d on true) h;
end"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0026_breaches")]
    operations = [
        migrations.RunSQL(f"drop function intake_on_hand({ARGUMENTS});", migrations.RunSQL.noop),
        function(
            "intake_on_hand",
            ON_HAND,
            arguments=ARGUMENTS,
            returns="table(employee_id bigint, inquiry_class text, category text, number bigint)",
        ),
    ]
