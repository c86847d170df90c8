"""Indexes in the orders lists of clients are read in, and for what narrows them to few: a page is walked, not sorted out of everything."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0008_people_once_guards")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["search_name", "id"], name="clients_person_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["past_deals", "id"], name="clients_person_trips"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["created_at"], name="clients_person_created"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["language"], name="clients_person_language", condition=~models.Q(language="")),
        ),
    ]
