"""A letter that is being handed over says so itself: nobody repeats or cancels it meanwhile, and no second sweep takes it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0007_offices_of_what_waits")]

    operations = [
        migrations.AddField(
            model_name="sending",
            name="claimed_until",
            field=models.DateTimeField(null=True, help_text="so long somebody is handing it over; then they died doing it"),
        ),
    ]
