from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import function, raise_revision


class Migration(migrations.Migration):
    dependencies = [("agency", "0001_initial"), ("core", "0002_guards")]
    operations = [
        # The number comes from a sequence: one that a rolled-back transaction has used is never used again, so what a
        # process kept under it can never be taken for something else.
        migrations.RunSQL(
            "create sequence agency_revision_number; insert into agency_revision(number) values (0);",
            "drop sequence agency_revision_number;",
        ),
        function(
            "agency_raise_revision", "begin update agency_revision set number = nextval('agency_revision_number'); return null; end"
        ),
        raise_revision("agency_office"),
        raise_revision("agency_employee", ["name", "role", "office_id", "is_active", "capacity", "share_weight", "is_on_duty"]),
        raise_revision("agency_workingwindow"),
        raise_revision("agency_holiday"),
        raise_revision("agency_shift"),
        raise_revision("agency_absence"),
        raise_revision("agency_queue"),
        track("agency_office"),
        track("agency_employee", skip=["password", "last_login"]),
        track("agency_workingwindow"),
        track("agency_holiday"),
        track("agency_shift"),
        track("agency_absence"),
        track("agency_queue"),
        track("agency_apitoken", skip=["digest"]),
    ]
