from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision

STAFF_BEFORE = ["name", "role", "office_id", "is_active", "capacity", "share_weight", "is_on_duty"]
STAFF = [*STAFF_BEFORE, "team_id", "reach", "unmasked", "language", "left_at", "muted", "quiet_from", "quiet_until"]


class Migration(migrations.Migration):
    dependencies = [("agency", "0003_first_day"), ("core", "0004_first_day_guards")]
    operations = [
        migrations.RunSQL(
            "drop trigger agency_employee_revision on agency_employee;", raise_revision("agency_employee", STAFF_BEFORE).sql
        ),
        raise_revision("agency_employee", STAFF),
        raise_revision("agency_agency"),
        raise_revision("agency_team"),
        raise_revision("agency_customfield"),
        track("agency_agency", skip=["setup_digest"]),
        track("agency_team"),
        track("agency_customfield"),
        track("agency_savedview"),
        track("agency_accesslink", skip=["digest"]),
        track("agency_authenticator", skip=["sealed_secret", "last_step"]),
        track("agency_passkey", skip=["credential_id", "public_key", "sign_count", "used_at"]),
        track("agency_recoverycode", skip=["digest"]),
        # The one row; who works here already has joined.
        migrations.RunSQL(
            """insert into agency_agency(id) values (1);
               update agency_employee set joined_at = created_at where is_active;""",
            "delete from agency_agency;",
        ),
    ]
