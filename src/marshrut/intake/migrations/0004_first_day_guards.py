from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision

COUNTERS = ["position", "made", "repeated", "refused", "total"]


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_first_day"), ("core", "0004_first_day_guards"), ("agency", "0004_first_day_guards")]
    operations = [
        *(make(table) for table in ("intake_contactpolicy", "intake_rulesetting") for make in (track, raise_revision)),
        track("intake_importrun", skip=COUNTERS),
        track("intake_importmapping", skip=["heading_digest", "used_at"]),
    ]
