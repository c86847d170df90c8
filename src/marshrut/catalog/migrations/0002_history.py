from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("agency", "0002_guards")]
    operations = [
        operation(table)
        for table in ("catalog_category", "catalog_direction", "catalog_skill")
        for operation in (track, raise_revision)
    ]
