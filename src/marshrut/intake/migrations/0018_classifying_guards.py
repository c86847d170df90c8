"""Criteria of category are reference data; what people corrected is told like every change."""

from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("intake", "0017_classifying")]
    operations = [track("intake_categorycriterion"), raise_revision("intake_categorycriterion"), track("intake_correction")]
