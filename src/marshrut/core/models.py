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
    transaction = models.BigIntegerField(null=True, help_text="changes of one transaction belong together; set by the database")

    class Meta:
        indexes = [models.Index(fields=["table_name", "row_id", "id"], name="core_change_row")]


class StoredFile(models.Model):
    """A file kept in the database, in sealed pieces: it is there exactly when the row that speaks of it is."""

    digest = models.BinaryField(max_length=32, help_text="HMAC-SHA-256 of the contents: tells equal files, reveals nothing")
    size = models.BigIntegerField(help_text="bytes of the contents")
    media_type = models.TextField(help_text="as found in the contents, not as the sender called it")
    created_at = models.DateTimeField(db_default=Now())


class FilePiece(models.Model):
    """At most one mebibyte of a file, sealed by core.vault."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pieces", db_index=False)
    position = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="core_piece_place")]
