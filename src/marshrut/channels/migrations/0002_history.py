from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("agency", "0002_guards")]
    operations = [
        # An inquiry carries the id of its raw message, and people say it aloud: five digits from the first.
        migrations.RunSQL("alter table channels_rawmessage alter column id restart with 10001;", migrations.RunSQL.noop),
        track("channels_form"),
        raise_revision("channels_form"),
        track("channels_rawmessage", skip=["body", "body_digest"], inserts=False),
    ]
