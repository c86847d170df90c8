import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agency", "0007_session_digests")]
    operations = [
        migrations.AddField(
            model_name="employee",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2), db_default=[], default=list, help_text="they work in; none: any", size=None
            ),
        ),
    ]
