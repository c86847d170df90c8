"""Values may be taken out of the history of a person who is erased; that there was a change, by whom and when, stays."""

from django.db import migrations

from marshrut.core.history import track

# The application can add to history and nothing else: this one thing it may ask of the tables' owner.
FORGET = """
create function core_forget_values(which text, ids bigint[]) returns void language plpgsql security definer as $forget$
begin
    update core_change set diff = null where table_name = which and row_id = any(ids) and diff is not null;
end $forget$;
do $pin$ begin
    execute format('alter function core_forget_values(text, bigint[]) set search_path = %I, pg_temp', current_schema());
end $pin$;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("core", "0004_first_day_guards"), ("agency", "0004_first_day_guards")]
    operations = [
        migrations.RunSQL(FORGET, "drop function core_forget_values(text, bigint[]);"),
        track("privacy_act"),
        track("privacy_retentionrule"),
    ]
