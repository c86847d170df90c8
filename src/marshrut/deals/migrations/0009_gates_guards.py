from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("deals", "0008_gates"), ("agency", "0002_guards")]
    operations = [
        track("deals_gate"),
        raise_revision("deals_gate"),
        track("deals_gaterule"),
        raise_revision("deals_gaterule"),
        track("deals_stopreview"),
    ]
