"""A short index of the few who still wait after their clock broke."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0009_merged_sources")]

    operations = [
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                fields=["dossier"],
                name="intake_inquiry_unanswered",
                condition=models.Q(state="open", clock_state="missed", answered_at__isnull=True),
            ),
        ),
    ]
