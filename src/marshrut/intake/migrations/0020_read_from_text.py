"""What of a request was read out of the message, beside what was stated."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0019_orders_of_lists")]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="request_origin",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="parallel to request: stated or read for every value",
            ),
        ),
    ]
