"""What moved in a period is asked by every report of a funnel."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0005_stages_in_use")]

    operations = [
        migrations.AddIndex(model_name="stageentry", index=models.Index(fields=["entered_at"], name="deals_entry_when")),
    ]
