"""Tries at the door are counted where every process sees them; tokens say who issued and when they were used last;
somebody who can let people in always remains."""

from django.db import migrations, models

from marshrut.core.history import track
from marshrut.core.triggers import deferred, function

# The lock makes two transactions that let go of each other's owner wait for one another: the second sees the first.
KEEP_SOMEBODY = """begin
    if old.is_active and old.role in ('owner', 'administrator')
            and (tg_op = 'DELETE' or not new.is_active or new.role <> old.role) then
        perform pg_advisory_xact_lock(hashtext('agency_keep_somebody'));
        if old.role = 'owner' and not exists (select from agency_employee where is_active and role = 'owner') then
            raise exception 'agency_last_owner: the last owner cannot go' using errcode = 'check_violation';
        end if;
        if not exists (select from agency_employee where is_active and role in ('owner', 'administrator')) then
            raise exception 'agency_last_keeper: somebody who can let people in must remain' using errcode = 'check_violation';
        end if;
    end if;
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0004_first_day_guards"), ("core", "0004_first_day_guards")]
    operations = [
        migrations.CreateModel(
            name="LoginAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["key", "at"], name="agency_attempt_recent")]},
        ),
        migrations.AddField(
            "apitoken",
            "created_by",
            models.TextField(blank=True, default="", db_default="", help_text="the actor who issued it"),
        ),
        migrations.AddField(
            "apitoken", "used_at", models.DateTimeField(null=True, help_text="to the quarter of an hour")
        ),
        migrations.RunSQL(
            "".join(f"drop function agency_apitoken_history_{event} cascade;" for event in ("insert", "update", "delete")),
            track("agency_apitoken", skip=["digest"]).sql,
        ),
        track("agency_apitoken", skip=["digest", "used_at"]),
        function("agency_keep_somebody", KEEP_SOMEBODY),
        deferred("agency_employee_keep", "agency_employee", "update of role, is_active or delete", "agency_keep_somebody()"),
    ]
