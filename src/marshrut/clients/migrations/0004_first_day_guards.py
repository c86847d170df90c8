from django.db import migrations

from marshrut.core.history import track


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_first_day"), ("core", "0004_first_day_guards")]
    operations = [track("clients_tombstone", skip=["digest"])]
