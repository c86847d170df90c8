"""Nobody leaves with open matters in hand: asked when the transaction commits."""

from django.db import migrations

from marshrut.core.triggers import deferred, function

HANDED_OVER = """begin
    if old.is_active and not new.is_active then
        if exists (select from journal_dossier d where d.owner_id = new.id and d.is_open) then
            raise exception 'journal_left_matters: somebody who leaves holds open matters' using errcode = 'check_violation';
        end if;
        if exists (select from journal_task t where t.assignee_id = new.id and t.state = 'pending') then
            raise exception 'journal_left_tasks: somebody who leaves has planned actions' using errcode = 'check_violation';
        end if;
    end if;
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0007_ended"), ("agency", "0005_people")]
    operations = [
        function("journal_handed_over", HANDED_OVER),
        deferred("journal_employee_leaves", "agency_employee", "update of is_active", "journal_handed_over()"),
    ]
