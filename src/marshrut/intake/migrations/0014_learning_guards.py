"""Learned numbers are reference data: every process reads the newest."""

from django.db import migrations

from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("intake", "0013_learning")]
    operations = [raise_revision("intake_learning")]
