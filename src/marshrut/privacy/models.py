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
