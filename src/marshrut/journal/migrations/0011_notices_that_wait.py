"""Unseen notices by their moment: the bell's latest one and its number are read from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0010_logged_touches")]

    operations = [
        migrations.RemoveIndex(model_name="notice", name="journal_notice_unseen"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["employee", "-at", "-id"], name="journal_notice_waits", condition=models.Q(seen_at__isnull=True)
            ),
        ),
    ]
