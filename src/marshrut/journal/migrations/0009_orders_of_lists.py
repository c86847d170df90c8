"""Indexes in the orders lists are read in: by what is due next, by what a matter is worth."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0008_left")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["due_at", "dossier"], name="journal_task_due", condition=models.Q(state="pending")),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["worth"], name="journal_dossier_worth", condition=models.Q(worth__isnull=False)),
        ),
    ]
