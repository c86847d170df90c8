"""Whoever says since when somebody is new here changes what distribution goes by."""

from django.db import migrations

from marshrut.core.triggers import raise_revision

STAFF_BEFORE = ["name", "role", "office_id", "is_active", "capacity", "share_weight", "is_on_duty", "team_id", "reach", "unmasked",
                "language", "left_at", "muted", "quiet_from", "quiet_until", "languages"]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("agency", "0010_newcomers")]
    operations = [
        migrations.RunSQL(
            "drop trigger agency_employee_revision on agency_employee;", raise_revision("agency_employee", STAFF_BEFORE).sql
        ),
        raise_revision("agency_employee", [*STAFF_BEFORE, "newcomer_since"]),
    ]
