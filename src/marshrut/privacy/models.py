"""The register of what was done with personal data on request, and how long things are kept."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ActKind(models.TextChoices):
    EXPORT = "export"
    ERASURE = "erasure"


class Act(models.Model):
    """Everything about a person was handed over or erased: who did it, when, on whose word, how much it was."""

    kind = models.CharField(max_length=8, choices=ActKind.choices)
    person = models.ForeignKey("clients.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    ground = models.TextField(help_text="on whose word, or by which rule")
    counts = models.JSONField(help_text="rows by table")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="privacy_act_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ActKind.values), name="privacy_act_kind"),
            models.CheckConstraint(condition=~Q(ground=""), name="privacy_act_ground"),
        ]


class RetentionRule(models.Model):
    """How long one kind of data is kept; an inactive rule keeps it for ever."""

    subject = models.CharField(max_length=16, unique=True, help_text="one of privacy.facts.SUBJECTS")
    days = models.PositiveIntegerField()
    is_active = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="privacy_rule_days")]


class Merge(models.Model):
    """Two records of one person became one: what moved, what was chosen, and what it takes to part them again.

    `moved` are the ids of the rows by "table.column"; `pairs` the rows of pairs as they stood; `dropped` the ways to reach
    them that both had; `before` and `after` the values of the persons themselves, by "kept" and "gone".
    """

    kept = models.ForeignKey("clients.Person", models.PROTECT, related_name="+")
    gone = models.ForeignKey("clients.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.TextField()
    moved = models.JSONField()
    pairs = models.JSONField()
    dropped = models.JSONField()
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=models.F("gone")), name="privacy_merge_of_two"),
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="privacy_merge_once"),
        ]
