"""The history: one row for every change of every tracked table, written by the database itself."""

from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """Who changed which row when. Inserts carry no diff: the row, or the later diffs of it, hold its first state."""

    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    table_name = models.TextField()
    row_id = models.BigIntegerField()
    op = models.CharField(max_length=1)
    diff = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["table_name", "row_id", "id"], name="core_change_row")]
