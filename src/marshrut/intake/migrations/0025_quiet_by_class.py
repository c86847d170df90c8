"""What is said outside working time, by class, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0024_classified")]

    operations = [
        migrations.AddField(
            "quietreply", "inquiry_class", models.CharField(blank=True, db_default="", default="", max_length=16)
        ),
        migrations.RemoveConstraint("quietreply", "intake_quiet_place_once"),
        migrations.AddConstraint(
            "quietreply",
            models.UniqueConstraint(
                fields=("office", "channel", "inquiry_class"), name="intake_quiet_once", nulls_distinct=False
            ),
        ),
    ]
