"""People, the ways to reach them, suspected doubles, and the consents they gave."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Reverse


class ContactKind(models.TextChoices):
    PHONE = "phone"
    EMAIL = "email"
    MESSENGER = "messenger"


class Person(models.Model):
    """A client or one who may become one. `owner` is the manager this client is used to."""

    surname = models.TextField(blank=True, default="", db_default="")
    given_name = models.TextField(blank=True, default="", db_default="")
    patronymic = models.TextField(blank=True, default="", db_default="")
    display_name = models.TextField(help_text="as shown; never empty")
    search_name = models.TextField(help_text="normal form for search: core.names.search_name")
    owner = models.ForeignKey("agency.Employee", models.PROTECT, null=True, db_index=False)
    office = models.ForeignKey("agency.Office", models.PROTECT, null=True, db_index=False)
    past_deals = models.PositiveIntegerField(default=0, db_default=0, help_text="realised deals so far")
    language = models.CharField(max_length=2, blank=True, default="", db_default="", help_text="what they are written in; empty: unknown")
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="agency.CustomField by slug")
    born_on = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True, help_text="when everything about this person was erased")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, related_name="+",
                                    help_text="the person this record turned out to be; its own row stays, and is in no list")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            GinIndex(fields=["search_name"], opclasses=["gin_trgm_ops"], name="clients_person_search", fastupdate=False),
            models.Index(fields=["owner"], name="clients_person_owner"),
            models.Index(fields=["office"], name="clients_person_office"),
            # The orders of the list of clients, and what narrows it to few.
            models.Index(fields=["search_name", "id"], name="clients_person_name"),
            models.Index(fields=["past_deals", "id"], name="clients_person_trips"),
            models.Index(fields=["created_at"], name="clients_person_created"),
            models.Index(fields=["language"], name="clients_person_language", condition=~Q(language="")),
            GinIndex(OpClass("custom", name="jsonb_path_ops"), name="clients_person_custom", fastupdate=False,
                     condition=~Q(custom={})),
            models.Index(fields=["merged_into"], name="clients_person_merged", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(display_name=""), name="clients_person_named"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")), name="clients_person_not_into_self"
            ),
        ]


class ContactPoint(models.Model):
    """One way to reach a person. `normal` is E.164, a lower-case address, or kind:id of a messenger."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="contacts", db_index=False)
    kind = models.CharField(max_length=12, choices=ContactKind.choices)
    written = models.TextField(help_text="as the client wrote it")
    normal = models.TextField()
    tail = models.CharField(max_length=10, blank=True, default="", db_default="", help_text="a phone's last ten digits")
    is_shared = models.BooleanField(default=False, db_default=False, help_text="office, spouse, junk: identifies nobody")

    class Meta:
        indexes = [
            models.Index(fields=["normal", "kind"], name="clients_contact_normal"),
            models.Index(fields=["tail"], name="clients_contact_tail", condition=~Q(tail="")),
            # The last digits people remember: found as the beginning of the number read backwards.
            models.Index(OpClass(Reverse("tail"), name="text_pattern_ops"), name="clients_contact_ending"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "normal"], name="clients_contact_once"),
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="clients_contact_kind"),
        ]


class SuspectState(models.TextChoices):
    OPEN = "open"
    DIFFERENT = "different"
    MERGED = "merged"
    LINKED = "linked"
    SETTLED = "settled"


class SuspectKind(models.TextChoices):
    DOUBLE = "double"
    HOUSEHOLD = "household"
    NAME = "name"


class Suspect(models.Model):
    """Two records that may be one person, or of one household; or, without `other`, one number under two names.

    Nobody is merged automatically. A pair stands here once and for all, the older record first: what somebody said of it is not
    asked again.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+", null=True)
    kind = models.CharField(max_length=10, choices=SuspectKind.choices, default="double", db_default="double")
    reason = models.JSONField()
    score = models.FloatField(null=True, help_text="how likely it is so, 0 to 1, by clients.rules; null: seen, not reckoned")
    state = models.CharField(max_length=10, choices=SuspectState.choices, default="open", db_default="open")
    found_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True, default="", db_default="", help_text="the actor who said so")

    class Meta:
        indexes = [models.Index(fields=["-score", "-id"], name="clients_suspect_open", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="clients_suspect_once"),
            models.CheckConstraint(condition=Q(other__isnull=True) | Q(person__lt=models.F("other")), name="clients_suspect_order"),
            models.CheckConstraint(condition=Q(state__in=SuspectState.values), name="clients_suspect_state"),
            models.CheckConstraint(condition=Q(kind__in=SuspectKind.values), name="clients_suspect_kind"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="clients_suspect_settled",
            ),
        ]


class Likeness(models.Model):
    """Under which keys a person is found by likeness (clients.rules.keys), as numbers. Made and renewed by a job."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    keys = ArrayField(models.BigIntegerField())
    is_stale = models.BooleanField(default=False, db_default=False, help_text="the person was changed since")

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="clients_likeness_keys", fastupdate=False),
            models.Index(fields=["person"], name="clients_likeness_stale", condition=Q(is_stale=True)),
        ]


class DoubleSearch(models.Model):
    """One search of the whole base for people known twice: how far it is, what it found, what it learned."""

    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(default=0, db_default=0)
    done = models.PositiveIntegerField(default=0, db_default=0, help_text="people compared so far")
    found = models.PositiveIntegerField(default=0, db_default=0, help_text="pairs new to the list")
    weights = models.JSONField(null=True, help_text="clients.rules.Weights.as_json")
    problem = models.TextField(blank=True, default="", db_default="")


class RelationKind(models.TextChoices):
    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    COMPANION = "companion"
    PAYER = "payer"
    PAID_FOR = "paid_for"
    RELATIVE = "relative"


class Relation(models.Model):
    """Two clients who belong together: `other` is the person's spouse, child … Read from both sides, kept once."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=RelationKind.choices)
    noted_at = models.DateTimeField()
    noted_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other", "kind"], name="clients_relation_once"),
            models.CheckConstraint(condition=Q(person__lt=models.F("other")), name="clients_relation_order"),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="clients_relation_kind"),
        ]


class Consent(models.Model):
    """What somebody agreed to, word for word, when and through which door."""

    person = models.ForeignKey(Person, models.CASCADE, null=True)
    raw_id = models.BigIntegerField(null=True, help_text="the raw message it came with")
    text = models.TextField()
    version = models.TextField()
    channel = models.TextField()
    given_at = models.DateTimeField()
    purpose = models.CharField(max_length=12, default="processing", db_default="processing", help_text="processing or marketing")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(blank=True, default="", db_default="", help_text="the actor who wrote the withdrawal down")
    withdrawn_how = models.TextField(blank=True, default="", db_default="", help_text="through which channel, in their words")

    class Meta:
        indexes = [models.Index(fields=["person", "-given_at"], name="clients_consent_person")]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=["processing", "marketing"]), name="clients_consent_purpose"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")), name="clients_consent_order"
            ),
        ]


class Holding(models.Model):
    """Somebody holds an open matter of a client who is not their own: while they do, they find the client too.

    Written by a trigger on the journal's dossiers.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="holdings", db_index=False)
    owner_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    dossier_id = models.BigIntegerField(unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["person"], name="clients_holding_person"),
            models.Index(fields=["owner_id"], name="clients_holding_owner"),
        ]


class Tombstone(models.Model):
    """A way to reach somebody who was erased, as a keyed digest: an import must not bring them back."""

    digest = models.BinaryField(max_length=32, unique=True, help_text="core.vault.fingerprint of the normal form")
    erased_at = models.DateTimeField()
