from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision

DOOR = ["name", "kind", "path", "address", "source_slug", "office_id", "is_active"]


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_first_day"), ("core", "0004_first_day_guards"), ("agency", "0004_first_day_guards")]
    operations = [
        track("channels_maildoor", skip=["checked_at"]),
        raise_revision("channels_maildoor", DOOR),
        track("channels_letter", skip=["digest"], inserts=False),
        track("channels_attachment"),
        track("channels_sending", skip=["sealed_text"], inserts=False),
        track("channels_messagetemplate"),
        raise_revision("channels_messagetemplate"),
        track("channels_mailserver", skip=["sealed_password"]),
    ]
