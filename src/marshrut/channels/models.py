"""The doors: what came in, stored raw before anything else, and the forms through which it comes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RawState(models.TextChoices):
    UNDERSTOOD = "understood"
    QUARANTINED = "quarantined"
    REPEAT = "repeat"
    DISCARDED = "discarded"


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
    file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, db_index=False,
                             help_text="where a body too big or too private for the row is kept, sealed; `body` is empty then")
    office = models.ForeignKey("agency.Office", models.PROTECT, null=True, db_index=False, help_text="whose door it came through")
    verdict = models.TextField(blank=True, default="", db_default="", help_text="why a person discarded it; `reason` says why it waited")

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="channels_raw_quarantine", condition=Q(state="quarantined")),
            models.Index(fields=["-id"], name="channels_raw_discarded", condition=Q(state="discarded")),
        ]
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


class MailDoor(models.Model):
    """A folder that mail comes into: a Maildir, or a folder into which .eml files are dropped."""

    name = models.TextField()
    kind = models.CharField(max_length=8, help_text="maildir or drop")
    path = models.TextField(unique=True)
    address = models.TextField(blank=True, default="", db_default="", help_text="the mailbox's own address")
    source_slug = models.CharField(max_length=120)
    office = models.ForeignKey("agency.Office", models.PROTECT, null=True)
    takes_subaddresses = models.BooleanField(default=False, db_default=False,
                                             help_text="the server delivers box+anything@ into this mailbox, too (RFC 5233)")
    is_active = models.BooleanField(default=True, db_default=True)
    checked_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="", db_default="", help_text="why it could not be read the last time")
    problem_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=["maildir", "drop"]), name="channels_door_kind")]


class LetterKind(models.TextChoices):
    INQUIRY = "inquiry"
    REPLY = "reply"
    SENT = "sent"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    BULK = "bulk"


class Letter(models.Model):
    """One letter that came or went: what threads it to the others. Unique by Message-ID and digest together."""

    raw = models.OneToOneField(RawMessage, models.PROTECT, null=True, related_name="letter", help_text="of one that came")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    message_id = models.TextField(blank=True, default="", db_default="", help_text="without brackets; empty when it has none")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the raw bytes")
    references = ArrayField(models.TextField(), default=list, help_text="In-Reply-To and References, the nearest first")
    sender = models.TextField(blank=True, default="", db_default="")
    subject = models.TextField(blank=True, default="", db_default="")
    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, null=True, related_name="letters", db_index=False)
    named = ArrayField(models.BinaryField(), null=True, help_text="whom it is about, beside its sender: keyed digests of their "
                       "addresses; null until it has been looked through")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["message_id"], name="channels_letter_message"),
            models.Index(fields=["dossier"], name="channels_letter_dossier"),
            models.Index(fields=["id"], name="channels_letter_unread", condition=Q(named__isnull=True)),
            GinIndex(fields=["named"], name="channels_letter_named", condition=Q(dossier__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message_id", "digest"], name="channels_letter_once"),
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="channels_letter_kind"),
        ]


class Attachment(models.Model):
    """A file that came or goes with a message. Passports come by mail: what looks like one is `is_private`."""

    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="attachments")
    sending = models.ForeignKey("channels.Sending", models.PROTECT, null=True, related_name="attachments")
    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, null=True, related_name="attachments", db_index=False)
    name = models.TextField(help_text="as the sender called it, cleaned")
    is_private = models.BooleanField(default=False, db_default=False, help_text="needs the right to see passports")
    position = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [models.Index(fields=["dossier"], name="channels_attachment_dossier")]


class SendingState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Sending(models.Model):
    """One message in the outbox: put there in the transaction that wants it sent, tried again until it is."""

    channel = models.CharField(max_length=12, default="email", db_default="email")
    purpose = models.CharField(max_length=12, help_text="message, invitation, reset, notice, auto or test")
    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, null=True, related_name="sendings", db_index=False)
    to = models.TextField()
    subject = models.TextField(blank=True, default="", db_default="")
    sealed_text = models.BinaryField(help_text="what is said, sealed: an invitation holds a secret; emptied of it once sent")
    message_id = models.TextField(unique=True)
    in_reply_to = models.TextField(blank=True, default="", db_default="")
    state = models.CharField(max_length=9, choices=SendingState.choices, default=SendingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    try_at = models.DateTimeField(help_text="not before this moment")
    claimed_until = models.DateTimeField(null=True, help_text="so long somebody is handing it over; then they died doing it")
    problem = models.TextField(blank=True, default="", db_default="", help_text="what the other side said the last time")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.TextField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["try_at"], name="channels_sending_due", condition=Q(state="waiting")),
            models.Index(fields=["dossier"], name="channels_sending_dossier"),
            models.Index(fields=["-id"], name="channels_sending_failed", condition=Q(state="failed")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SendingState.values), name="channels_sending_state"),
            models.CheckConstraint(condition=Q(sent_at__isnull=False) ^ ~Q(state="sent"), name="channels_sending_sent_at"),
        ]


class MessageTemplate(models.Model):
    """A text people send often. {name}, {manager}, {agency}, {trip} and the like stand for what is known."""

    name = models.TextField()
    language = models.CharField(max_length=2, default="ru")
    subject = models.TextField(blank=True, default="", db_default="")
    text = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name="") & ~Q(text=""), name="channels_template_filled")]


class MailServer(models.Model):
    """Where letters are handed over for delivery (SMTP submission): one row. The password is sealed by core.vault."""

    host = models.TextField()
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, default="starttls", help_text="starttls, tls or none")
    user = models.TextField(blank=True, default="", db_default="")
    sealed_password = models.BinaryField(null=True)
    sender = models.TextField(help_text="From: a name and an address")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="channels_server_alone"),
            models.CheckConstraint(condition=Q(security__in=["starttls", "tls", "none"]), name="channels_server_security"),
        ]
