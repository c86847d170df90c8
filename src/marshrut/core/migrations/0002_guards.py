from django.db import migrations

from marshrut.core.triggers import function, keep_from_truncate


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        function("core_refuse_truncate", """begin
    raise exception using errcode = '42501', message = format('%I cannot be truncated: its rows guard one another', tg_table_name);
end"""),
        # History is only added to; the tables' owner alone may prune it.
        function("core_keep_history", """begin
    if pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        return coalesce(new, old);
    end if;
    raise exception using errcode = '42501', message = 'history is only added to';
end"""),
        migrations.RunSQL(
            "create trigger core_change_kept before update or delete on core_change for each row execute function core_keep_history();",
            "drop trigger core_change_kept on core_change;",
        ),
        keep_from_truncate("core_change"),
    ]
