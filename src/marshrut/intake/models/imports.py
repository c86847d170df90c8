"""Files of leads on their way in: runs, what each row became, what could not be taken, mappings remembered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ImportState(models.TextChoices):
    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


class ImportRun(models.Model):
    """A file of leads on its way in, as inquiries or as history. It goes on where it stopped, and comes out whole."""

    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    file_name = models.TextField()
    mode = models.CharField(max_length=9, help_text="inquiries or history")
    mapping = models.JSONField(default=dict, help_text="column → what it is; also separator, encoding, sheet, value words")
    source_slug = models.CharField(max_length=120, blank=True, default="", db_default="", help_text="of rows that name none")
    office = models.ForeignKey("agency.Office", models.PROTECT, null=True)
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.DRAFT)
    total = models.PositiveIntegerField(null=True, help_text="rows with data")
    position = models.PositiveIntegerField(default=0, db_default=0, help_text="rows behind us: where it goes on")
    made = models.PositiveIntegerField(default=0, db_default=0)
    repeated = models.PositiveIntegerField(default=0, db_default=0, help_text="rows that were known already")
    refused = models.PositiveIntegerField(default=0, db_default=0)
    figures = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()),
                               help_text="what else was counted: people made, values dropped, matters kept; sources it made")
    problem = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.TextField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=["inquiries", "history"]), name="intake_import_mode"),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="intake_import_state"),
        ]


class ImportedRow(models.Model):
    """What one row of a file became; what it made anew goes when the import is taken out again."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="of the row in the file, the heading being 1")
    raw = models.ForeignKey("channels.RawMessage", models.PROTECT, null=True, db_index=False)
    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, null=True, db_index=False, help_text="if this row made it")
    person = models.ForeignKey("clients.Person", models.PROTECT, null=True, db_index=False, help_text="if this row made them")
    contacts = ArrayField(models.BigIntegerField(), null=True, help_text="ways to reach people that this row made")

    class Meta:
        indexes = [models.Index(fields=["person"], name="intake_imported_person", condition=Q(person__isnull=False)),
                   models.Index(fields=["raw"], name="intake_imported_raw"),
                   models.Index(fields=["dossier"], name="intake_imported_dossier")]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="intake_imported_once")]


class ImportProblem(models.Model):
    """Why a row, or a value of it, could not be taken."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="problems", db_index=False)
    number = models.PositiveIntegerField()
    column = models.TextField(blank=True, default="", db_default="")
    code = models.CharField(max_length=32)
    value = models.TextField(blank=True, default="", db_default="")
    is_refusal = models.BooleanField(default=False, db_default=False, help_text="the row stayed out; else only the value")

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="intake_problem_row")]


class ImportMapping(models.Model):
    """How a heading was mapped the last time: the next file with the same heading is mapped by itself."""

    heading_digest = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the heading's cells, folded")
    mapping = models.JSONField()
    used_at = models.DateTimeField()
