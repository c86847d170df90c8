"""What was stopped lately, by the day it was stopped: few rows of many, and none while an inquiry is open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0020_read_from_text")]
    operations = [
        migrations.AddIndex(
            model_name="reckoning",
            index=models.Index(fields=["-closed_at", "-raw_id"], name="intake_reckoning_dropped", condition=models.Q(outcome="lost")),
        ),
    ]
