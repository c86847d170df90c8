import django.contrib.postgres.fields
from django.db import migrations, models

from marshrut.core.history import track

STATES = ["draft", "checking", "checked", "running", "stopped", "done", "failed", "undoing", "undone"]
COUNTERS = ["position", "made", "repeated", "refused", "total"]


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_first_day_guards")]
    operations = [
        migrations.AddField(
            "importedrow",
            "contacts",
            django.contrib.postgres.fields.ArrayField(
                models.BigIntegerField(), null=True, help_text="ways to reach people that this row made", size=None
            ),
        ),
        migrations.AlterField(
            "importedrow",
            "dossier",
            models.ForeignKey(
                "journal.Dossier", models.PROTECT, null=True, db_index=False, help_text="if this row made it"
            ),
        ),
        migrations.AddField(
            "importrun",
            "figures",
            models.JSONField(
                default=dict,
                db_default=models.Value({}, models.JSONField()),
                help_text="what else was counted: people made, values dropped, matters kept; sources it made",
            ),
        ),
        migrations.RemoveConstraint("importrun", "intake_import_state"),
        migrations.AlterField(
            "importrun", "state", models.CharField(max_length=8, choices=[(s, s.title()) for s in STATES], default="draft")
        ),
        migrations.AddConstraint(
            "importrun", models.CheckConstraint(condition=models.Q(state__in=STATES), name="intake_import_state")
        ),
        # What is counted on the way is no history: a long import would write a line for each of its batches.
        migrations.RunSQL(
            "drop function intake_importrun_history_insert() cascade; drop function intake_importrun_history_update() cascade; "
            "drop function intake_importrun_history_delete() cascade;",
            track("intake_importrun", skip=COUNTERS).sql,
        ),
        track("intake_importrun", skip=[*COUNTERS, "figures"]),
    ]
