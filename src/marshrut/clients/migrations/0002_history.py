from django.db import migrations

from marshrut.core.history import track


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial"), ("core", "0002_guards")]
    operations = [
        track("clients_person", skip=["search_name"]),
        track("clients_contactpoint"),
        track("clients_suspect"),
        track("clients_consent"),
    ]
