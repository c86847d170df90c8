from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("marketing", "0001_initial"), ("agency", "0002_guards")]
    operations = [track("marketing_source"), raise_revision("marketing_source")]
