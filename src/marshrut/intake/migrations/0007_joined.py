from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_rule_names")]
    operations = [
        migrations.AddIndex(
            "inquiry",
            models.Index(fields=["joined_to"], name="intake_inquiry_joined", condition=models.Q(joined_to__isnull=False)),
        ),
    ]
