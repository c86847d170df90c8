from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agency", "0009_language_guards")]
    operations = [
        migrations.AddField(
            model_name="employee",
            name="newcomer_since",
            field=models.DateField(help_text="their share grows from this day on; empty: whole", null=True),
        ),
        migrations.AlterField(
            model_name="employee",
            name="capacity",
            field=models.PositiveIntegerField(
                help_text="open fresh inquiries by their effort, and overdue actions; empty: no limit", null=True
            ),
        ),
    ]
