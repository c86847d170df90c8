from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_live")]
    operations = [
        migrations.AddIndex(
            "task", models.Index(fields=["done_by", "done_at"], name="journal_task_done", condition=models.Q(state="done"))
        ),
    ]
