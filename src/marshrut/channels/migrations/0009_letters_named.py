"""Letters that hang on no matter are found by whom they are about: keyed digests of addresses, for their bytes are sealed.

Those that were kept before are looked through by a job (`channels.look_through_letters`).
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from marshrut.core.history import track

BEFORE = track("channels_letter", skip=["digest"], inserts=False)


class Migration(migrations.Migration):
    dependencies = [("channels", "0008_claims")]
    operations = [
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        track("channels_letter", skip=["digest", "named"], inserts=False),
        migrations.AddField(
            model_name="letter",
            name="named",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BinaryField(),
                null=True,
                size=None,
                help_text="whom it is about, beside its sender: keyed digests of their addresses; null until it has been looked through",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["id"], name="channels_letter_unread", condition=models.Q(named__isnull=True)),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["named"], name="channels_letter_named", condition=models.Q(dossier__isnull=True)
            ),
        ),
    ]
