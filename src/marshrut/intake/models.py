"""The one queue: every inquiry, how it was understood, whose it is, and its response clock."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class InquiryState(models.TextChoices):
    OPEN = "open"
    JOINED = "joined"
    CLOSED = "closed"


class ClockState(models.TextChoices):
    NONE = "none"
    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


class InquiryClass(models.TextChoices):
    NEW_SALE = "new_sale"
    REPEAT = "repeat"
    OPEN_MATTER = "open_matter"
    BOOKING_QUESTION = "booking_question"
    TRIP_TROUBLE = "trip_trouble"
    PARTNER = "partner"
    JOB = "job"
    SPAM = "spam"
    OTHER = "other"


class Inquiry(models.Model):
    """One inquiry. Its id is that of the raw message it came with. Reasons are lists of {"code", **params}."""

    raw = models.OneToOneField("channels.RawMessage", models.PROTECT, primary_key=True)
    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, related_name="inquiries", db_index=False)
    person = models.ForeignKey("clients.Person", models.PROTECT, null=True, db_index=False)
    matched_by = models.CharField(max_length=12, blank=True, default="", db_default="")
    channel = models.CharField(max_length=16)
    source = models.ForeignKey("marketing.Source", models.PROTECT, db_index=False)
    external_id = models.TextField(null=True)
    received_at = models.DateTimeField(null=True, help_text="unknown in imported history")
    state = models.CharField(max_length=6, choices=InquiryState.choices, default=InquiryState.OPEN)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    inquiry_class = models.CharField(max_length=16, choices=InquiryClass.choices)
    class_reason = models.JSONField()
    message = models.TextField(blank=True, default="", db_default="")
    request = models.JSONField(default=dict)
    flaws = models.JSONField(default=list, help_text="fields that were dropped or cleaned, and why")
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    contact_missing = ArrayField(models.TextField(), default=list)
    relevance = models.CharField(max_length=1)
    relevance_reasons = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField()
    priority_reasons = models.JSONField(default=list)
    owner_reason = models.JSONField(default=dict)
    respond_by = models.DateTimeField(null=True)
    clock_started_at = models.DateTimeField(null=True, help_text="when the present holder's round began")
    warn_at = models.DateTimeField(null=True, help_text="the next moment the clock does something")
    clock_state = models.CharField(max_length=8, choices=ClockState.choices, default=ClockState.NONE, db_default="none")
    answered_at = models.DateTimeField(null=True)
    answer_minutes = models.FloatField(null=True, help_text="working minutes until the answer, by the holder's hours at that moment")
    clock_step = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="0 fresh, 1 owner warned, 2 supervisor warned")
    reroutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    outcome = models.CharField(max_length=4, null=True)
    disposition = models.CharField(max_length=16, blank=True, default="", db_default="")
    close_reason = models.TextField(blank=True, default="", db_default="")
    utm = models.JSONField(default=dict)
    visitor = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["dossier"], name="intake_inquiry_dossier"),
            models.Index(fields=["person"], name="intake_inquiry_person"),
            # Few are joined; without it whoever deletes an inquiry reads the whole table for those that joined it.
            models.Index(fields=["joined_to"], name="intake_inquiry_joined", condition=Q(joined_to__isnull=False)),
            models.Index(fields=["-received_at"], name="intake_inquiry_received"),
            models.Index(fields=["warn_at"], name="intake_inquiry_clock", condition=Q(clock_state="running")),
            # The few whose clock broke and who still wait: the figure beside "what burns" stands on every page of a supervisor.
            models.Index(
                fields=["dossier"], name="intake_inquiry_unanswered",
                condition=Q(state="open", clock_state="missed", answered_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InquiryState.values), name="intake_inquiry_state"),
            models.CheckConstraint(condition=Q(inquiry_class__in=InquiryClass.values), name="intake_inquiry_class"),
            models.CheckConstraint(condition=Q(relevance__in=["A", "B", "C"]), name="intake_inquiry_relevance"),
            models.CheckConstraint(condition=Q(priority__lte=100), name="intake_inquiry_priority"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True) | Q(outcome__in=["won", "lost"]), name="intake_inquiry_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(outcome__isnull=False) | ~Q(disposition=""), name="intake_inquiry_closed_how"
            ),
            models.CheckConstraint(condition=~Q(outcome="lost") | ~Q(close_reason=""), name="intake_inquiry_lost_why"),
            models.CheckConstraint(condition=~Q(state="joined") | Q(joined_to__isnull=False), name="intake_inquiry_joined_where"),
            models.CheckConstraint(condition=Q(budget__isnull=True) | Q(budget__gte=0), name="intake_inquiry_budget"),
            models.CheckConstraint(
                condition=Q(answer_minutes__isnull=True) | Q(answer_minutes__gte=0, answered_at__isnull=False),
                name="intake_inquiry_answer_minutes",
            ),
            # At most one inquiry leads a matter: a second one joins it.
            models.UniqueConstraint(fields=["dossier"], name="intake_inquiry_leads_once", condition=Q(state="open")),
        ]


class Criterion(models.Model):
    """One line of the ordered list by which inquiries are classified; the first that matches decides."""

    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    inquiry_class = models.CharField(max_length=16, choices=InquiryClass.choices)
    conditions = models.JSONField()
    is_active = models.BooleanField(default=True, db_default=True)


class RelevanceCriterion(models.Model):
    """A criterion the agency wrote itself: points for or against an inquiry's adequacy."""

    position = models.PositiveSmallIntegerField()
    code = models.SlugField()
    name = models.TextField(blank=True, default="", db_default="", help_text="how the reason reads; empty: by the code's own wording")
    conditions = models.JSONField()
    points = models.SmallIntegerField()
    is_active = models.BooleanField(default=True, db_default=True)


class ClockPolicy(models.Model):
    """Working minutes: warn the owner, warn the supervisor, break and re-route. One for all, or one for an office."""

    office = models.ForeignKey("agency.Office", models.CASCADE, null=True)
    warn_minutes = models.PositiveSmallIntegerField(default=5)
    escalate_minutes = models.PositiveSmallIntegerField(default=10)
    breach_minutes = models.PositiveSmallIntegerField(default=15)
    most_reroutes = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office"], name="intake_clock_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(warn_minutes__lte=models.F("escalate_minutes"), escalate_minutes__lte=models.F("breach_minutes")),
                name="intake_clock_order",
            ),
        ]


class ShareLedger(models.Model):
    """How many inquiries each of one set of equally eligible people was given: fair shares are counted from it."""

    pool = models.TextField(unique=True, help_text="the eligible people and their weights")
    given = models.JSONField(default=dict)
    total = models.IntegerField(default=0)


class SourceTally(models.Model):
    """Inquiries, closed and won by source and day (UTC) of receipt. Written by trigger, folded by a job."""

    day = models.DateField()
    source_id = models.BigIntegerField()
    inquiries = models.IntegerField()
    closed = models.IntegerField()
    won = models.IntegerField()


class Reckoning(models.Model):
    """What the reports count of one inquiry, and who holds its matter: a narrow row each, kept true by triggers on both."""

    raw_id = models.BigIntegerField(primary_key=True)
    dossier_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    joined_to_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answer_minutes = models.FloatField(null=True)
    channel = models.CharField(max_length=16)
    clock_state = models.CharField(max_length=8)
    outcome = models.CharField(max_length=4, null=True)
    disposition = models.CharField(max_length=16)
    category = models.TextField(null=True)
    reason = models.TextField(help_text="the named reason of a loss, without one's own words after it")

    class Meta:
        indexes = [
            models.Index(fields=["dossier_id"], name="intake_reckoning_dossier"),
            models.Index(fields=["received_at"], name="intake_reckoning_received"),
        ]


class SourceMerge(models.Model):
    """Which inquiries went over when one source became another spelling of a second one: so that it can be taken back."""

    source = models.OneToOneField("marketing.Source", models.PROTECT, related_name="+")
    into = models.ForeignKey("marketing.Source", models.PROTECT, related_name="+")
    inquiries = ArrayField(models.BigIntegerField(), default=list)


class ContactPolicy(models.Model):
    """What a full contact is for a channel and a class (empty: any). Each entry names alternatives joined by |."""

    channel = models.CharField(max_length=16, blank=True, default="")
    inquiry_class = models.CharField(max_length=16, blank=True, default="")
    required = ArrayField(models.TextField(), help_text="e.g. name, phone|messenger, dates")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "inquiry_class"], name="intake_contact_policy_once")]


class RuleSetting(models.Model):
    """Numbers and orders of one set of rules, as the agency changed them; what is not here is as delivered."""

    slug = models.SlugField(unique=True, help_text="priority, relevance or distribution")
    values = models.JSONField(default=dict)


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
