"""What may come before a new inquiry is found by an index of its own: trouble on a trip, holds and payments."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0011_notices_that_wait")]
    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("kind__in", ["trouble", "hold", "payment"]), ("state", "pending")),
                fields=["due_at"],
                name="journal_task_pressing",
            ),
        ),
    ]
