from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_importing")]
    operations = [
        migrations.AddField(
            model_name="relevancecriterion",
            name="name",
            field=models.TextField(
                blank=True, db_default="", default="", help_text="how the reason reads; empty: by the code's own wording"
            ),
        ),
    ]
