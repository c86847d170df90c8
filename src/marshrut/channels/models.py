"""The doors: what came in, stored raw before anything else, and the forms through which it comes."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RawState(models.TextChoices):
    UNDERSTOOD = "understood"
    QUARANTINED = "quarantined"
    REPEAT = "repeat"


class Form(models.Model):
    """A public site form. The key in its address is no secret; it only names the form."""

    key = models.SlugField(unique=True)
    name = models.TextField()
    source_slug = models.CharField(max_length=120)
    office = models.ForeignKey("agency.Office", models.PROTECT, null=True)
    consent_text = models.TextField()
    consent_version = models.TextField()
    is_active = models.BooleanField(default=True, db_default=True)


class RawMessage(models.Model):
    """What came through a door, byte for byte. Its id is the inquiry's id from the door on."""

    channel = models.CharField(max_length=16)
    source_slug = models.CharField(max_length=120)
    external_id = models.TextField(null=True)
    body = models.BinaryField()
    body_digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=12, choices=RawState.choices, default=RawState.UNDERSTOOD)
    reason = models.TextField(blank=True, default="", db_default="")
    by = models.TextField(help_text="who handed it in: the actor's label or form:key")

    class Meta:
        indexes = [models.Index(fields=["id"], name="channels_raw_quarantine", condition=Q(state="quarantined"))]
        constraints = [
            models.UniqueConstraint(
                fields=["source_slug", "external_id"],
                name="channels_raw_once",
                condition=Q(external_id__isnull=False) & ~Q(state="repeat"),
            ),
            models.CheckConstraint(condition=Q(state__in=RawState.values), name="channels_raw_state"),
        ]


class IdempotencyKey(models.Model):
    """Same key, same body: the first answer. Same key, other body: a conflict. Kept for a day."""

    token = models.ForeignKey("agency.ApiToken", models.CASCADE, db_index=False)
    key = models.CharField(max_length=255)
    body_digest = models.BinaryField(max_length=32)
    raw = models.ForeignKey(RawMessage, models.CASCADE, db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="channels_key_once")]
        indexes = [models.Index(fields=["created_at"], name="channels_key_age")]
