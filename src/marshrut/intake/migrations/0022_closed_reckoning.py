"""The reports' rows by when their matters ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0021_dropped")]

    operations = [
        migrations.AddIndex(
            model_name="reckoning",
            index=models.Index(fields=["closed_at"], name="intake_reckoning_closed", condition=models.Q(closed_at__isnull=False)),
        ),
    ]
