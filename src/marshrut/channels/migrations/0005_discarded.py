from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits in quarantine may be discarded with a reason: spam is mail too."""

    dependencies = [("channels", "0004_first_day_guards")]
    operations = [
        migrations.AlterField(
            model_name="rawmessage",
            name="state",
            field=models.CharField(
                choices=[("understood", "Understood"), ("quarantined", "Quarantined"), ("repeat", "Repeat"), ("discarded", "Discarded")],
                default="understood",
                max_length=12,
            ),
        ),
        migrations.RemoveConstraint("rawmessage", "channels_raw_state"),
        migrations.AddConstraint(
            "rawmessage",
            models.CheckConstraint(
                condition=models.Q(state__in=["understood", "quarantined", "repeat", "discarded"]), name="channels_raw_state"
            ),
        ),
    ]
