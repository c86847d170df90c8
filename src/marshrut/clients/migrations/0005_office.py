"""A small office finds its clients without reading everybody's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_first_day_guards")]

    operations = [
        migrations.AddIndex("person", models.Index(fields=["office"], name="clients_person_office")),
    ]
