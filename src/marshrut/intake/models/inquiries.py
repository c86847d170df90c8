"""The one queue: every inquiry, how it was understood, whose it is, and its response clock."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q
from django.db.models.fields.json import KT, KeyTransform


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
    is_missed_call = models.BooleanField(default=False, db_default=False, help_text="they called, and nobody took the call")
    source = models.ForeignKey("marketing.Source", models.PROTECT, db_index=False)
    external_id = models.TextField(null=True)
    received_at = models.DateTimeField(null=True, help_text="unknown in imported history")
    state = models.CharField(max_length=6, choices=InquiryState.choices, default=InquiryState.OPEN)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    inquiry_class = models.CharField(max_length=16, choices=InquiryClass.choices)
    class_reason = models.JSONField()
    category_reason = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()),
                                       help_text="where the category of the request is from: stated, a criterion, the words, a person")
    message = models.TextField(blank=True, default="", db_default="")
    request = models.JSONField(default=dict)
    request_origin = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), help_text="parallel to request: stated or read for every value"
    )
    flaws = models.JSONField(default=list, help_text="fields that were dropped or cleaned, and why")
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    contact_missing = ArrayField(models.TextField(), default=list)
    relevance = models.CharField(max_length=1)
    relevance_reasons = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField()
    priority_reasons = models.JSONField(default=list)
    priority_parts = models.JSONField(default=list, db_default=models.Value([], models.JSONField()),
                                      help_text="chance, margin, cooling, minutes: what the priority was made of, and where each is from")
    arrival = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()),
                               help_text="what was known on arrival, fact by fact: a chance of a sale is learned from it")
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
            # Lists: the orders they are read in, so that a page is walked and not sorted out of everything there is…
            models.Index(fields=["state", "priority", "raw"], name="intake_inquiry_priority"),
            models.Index(fields=["state", "respond_by", "raw"], name="intake_inquiry_respond", condition=Q(respond_by__isnull=False)),
            models.Index(fields=["-received_at", "-raw"], name="intake_inquiry_ended", condition=Q(state="closed")),
            # … and what finds the few that have a rare value, without walking past everybody else. Usual values stay out of them.
            models.Index(fields=["channel", "source"], name="intake_inquiry_door"),
            models.Index(fields=["source", "dossier"], name="intake_inquiry_open_source", condition=Q(state="open")),
            models.Index(KT("request__category"), name="intake_inquiry_category"),
            GinIndex(KeyTransform("directions", "request"), name="intake_inquiry_directions", fastupdate=False),
            models.Index(fields=["inquiry_class"], name="intake_inquiry_class", condition=~Q(inquiry_class="new_sale")),
            models.Index(fields=["state", "relevance"], name="intake_inquiry_relevance", condition=~Q(relevance="A")),
            models.Index(fields=["clock_state"], name="intake_inquiry_unclocked", condition=Q(clock_state__in=["none", "stopped"])),
            models.Index(fields=["disposition"], name="intake_inquiry_disposition", condition=~Q(disposition="")),
            models.Index(fields=["raw"], name="intake_inquiry_incomplete", condition=~Q(contact_missing=[])),
            models.Index(Func("close_reason", models.Value(": "), models.Value(1), function="split_part"), name="intake_inquiry_reason",
                         condition=~Q(close_reason="")),
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


class CategoryCriterion(models.Model):
    """One line of the ordered list by which a category is found where the request states none; the first that matches decides."""

    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    category = models.CharField(max_length=120, help_text="slug of a category of the catalogue")
    conditions = models.JSONField()
    is_active = models.BooleanField(default=True, db_default=True)


class Correction(models.Model):
    """What a person said an inquiry is, its class or its category: an example to learn from until it is taken back."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="corrections")
    axis = models.CharField(max_length=8, help_text="class or category")
    before = models.CharField(max_length=120, blank=True)
    after = models.CharField(max_length=120, blank=True, help_text="the same as before where it was confirmed")
    reason_before = models.JSONField(default=dict)
    way = models.CharField(max_length=9, help_text="dialog, proposal, confirmed, bulk, spam or program")
    at = models.DateTimeField()
    by = models.TextField()
    by_name = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["axis", "-at"], name="intake_correction_newest", condition=Q(undone_at__isnull=True))]
        constraints = [models.CheckConstraint(condition=Q(axis__in=["class", "category"]), name="intake_correction_axis")]


class RelevanceCriterion(models.Model):
    """A criterion the agency wrote itself: points for or against an inquiry's adequacy."""

    position = models.PositiveSmallIntegerField()
    code = models.SlugField()
    name = models.TextField(blank=True, default="", db_default="", help_text="how the reason reads; empty: by the code's own wording")
    conditions = models.JSONField()
    points = models.SmallIntegerField()
    is_active = models.BooleanField(default=True, db_default=True)


class ClockPolicy(models.Model):
    """Working minutes until the first answer and until each following one: warn the owner, tell the supervisor, break and
    re-route. For an office, a channel and a class, an empty one standing for any."""

    office = models.ForeignKey("agency.Office", models.CASCADE, null=True)
    channel = models.CharField(max_length=16, blank=True, default="", db_default="", help_text="a channel, or missed_call")
    inquiry_class = models.CharField(max_length=16, blank=True, default="", db_default="")
    warn_minutes = models.PositiveSmallIntegerField(default=5)
    escalate_minutes = models.PositiveSmallIntegerField(default=10)
    breach_minutes = models.PositiveSmallIntegerField(default=15)
    most_reroutes = models.PositiveSmallIntegerField(default=2)
    next_warn_minutes = models.PositiveSmallIntegerField(default=15, db_default=15)
    next_escalate_minutes = models.PositiveSmallIntegerField(default=30, db_default=30)
    next_breach_minutes = models.PositiveSmallIntegerField(default=60, db_default=60)
    next_most_reroutes = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "channel", "inquiry_class"], name="intake_clock_place_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(warn_minutes__lte=models.F("escalate_minutes"), escalate_minutes__lte=models.F("breach_minutes")),
                name="intake_clock_order",
            ),
            models.CheckConstraint(
                condition=Q(next_warn_minutes__lte=models.F("next_escalate_minutes"),
                            next_escalate_minutes__lte=models.F("next_breach_minutes")),
                name="intake_clock_next_order",
            ),
        ]


class NextAnswer(models.Model):
    """A client wrote again on an open matter: one waiting for the next answer, from their first words until a person's."""

    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16, help_text="how they wrote; with the class it says which clock counts")
    inquiry_class = models.CharField(max_length=16)
    since = models.DateTimeField(help_text="when the client wrote")
    started_at = models.DateTimeField(help_text="when the present holder's round began")
    respond_by = models.DateTimeField()
    warn_at = models.DateTimeField(null=True, help_text="the next moment the clock does something")
    state = models.CharField(max_length=8, choices=ClockState.choices, default=ClockState.RUNNING)
    step = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="0 fresh, 1 owner warned, 2 supervisor told")
    reroutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    answered_at = models.DateTimeField(null=True)
    answer_minutes = models.FloatField(null=True, help_text="working minutes until the answer, by the holder's hours at that moment")
    answered_for = models.BigIntegerField(null=True, help_text="the employee who held the matter when it was answered or broke")

    class Meta:
        indexes = [
            models.Index(fields=["warn_at"], name="intake_nextanswer_due", condition=Q(state="running")),
            models.Index(fields=["-since"], name="intake_nextanswer_newest"),
            models.Index(fields=["dossier"], name="intake_nextanswer_unanswered", condition=Q(state="missed", answered_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(state="none") & Q(state__in=ClockState.values), name="intake_nextanswer_state"),
            # However often they write meanwhile: they wait since the first time.
            models.UniqueConstraint(fields=["dossier"], name="intake_nextanswer_once", condition=Q(state="running")),
        ]


class QuietReply(models.Model):
    """What a client who writes outside working time is told at once, by office, channel and class; never an answer to the clock."""

    office = models.ForeignKey("agency.Office", models.CASCADE, null=True, db_index=False)
    channel = models.CharField(max_length=16, blank=True, default="", db_default="")
    inquiry_class = models.CharField(max_length=16, blank=True, default="", db_default="")
    in_russian = models.ForeignKey("channels.MessageTemplate", models.SET_NULL, null=True, related_name="+", db_index=False)
    in_ukrainian = models.ForeignKey("channels.MessageTemplate", models.SET_NULL, null=True, related_name="+", db_index=False)
    in_english = models.ForeignKey("channels.MessageTemplate", models.SET_NULL, null=True, related_name="+", db_index=False)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "channel", "inquiry_class"], name="intake_quiet_once", nulls_distinct=False)
        ]


class ShareLedger(models.Model):
    """How many inquiries each of one set of equally eligible people was given: fair shares are counted from it."""

    pool = models.TextField(unique=True, help_text="the eligible people and their weights")
    given = models.JSONField(default=dict)
    total = models.IntegerField(default=0)
    round = models.JSONField(null=True, help_text="where the weights that count now began to; empty: whole weights from the start")


class Taking(models.Model):
    """An inquiry that somebody took from a queue by hand: counted, so that nobody picks the easy ones unseen."""

    raw_id = models.BigIntegerField(help_text="of the inquiry, which may be gone")
    employee = models.ForeignKey("agency.Employee", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    waited_minutes = models.FloatField(help_text="working minutes of the queue until it was taken")
    priority = models.PositiveSmallIntegerField(help_text="of the inquiry at that moment")
    passed_over = models.PositiveIntegerField(help_text="how many of the same queue had waited longer")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="intake_taking_newest")]


class Breach(models.Model):
    """A first answer that did not come in time: in whose hands it was when its clock broke. Whoever gets it next did not let it break."""

    raw_id = models.BigIntegerField(help_text="of the inquiry, which may be gone")
    employee = models.ForeignKey("agency.Employee", models.CASCADE, null=True, related_name="+", db_index=False, help_text="empty: a queue")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["raw_id"], name="intake_breach_inquiry")]


class QueueAlarm(models.Model):
    """A time in which inquiries of an office, waiting in a queue, called for its supervisor: why, and how bad it was at most."""

    queue = models.ForeignKey("agency.Queue", models.CASCADE, related_name="+", db_index=False)
    office = models.ForeignKey("agency.Office", models.CASCADE, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=16, help_text="nobody_at_work, too_long or too_many")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    waiting = models.PositiveIntegerField(help_text="most that waited at once")
    longest_minutes = models.FloatField(help_text="working minutes of the longest waiting")

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="intake_alarm_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "office"], name="intake_alarm_once", condition=Q(ended_at__isnull=True), nulls_distinct=False
            )
        ]


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
            models.Index(fields=["owner_id", "received_at"], name="intake_reckoning_holder"),
            models.Index(fields=["closed_at"], name="intake_reckoning_closed", condition=Q(closed_at__isnull=False)),
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

    slug = models.SlugField(unique=True, help_text="priority, relevance, distribution, learned or exceptions")
    values = models.JSONField(default=dict)


LEARNED = ["chance", "rates", "cooling", "margin", "class", "category"]


class Learning(models.Model):
    """Numbers learned from the agency's own history, as plain JSON; the newest of a kind that may be used is what counts."""

    kind = models.CharField(max_length=8, help_text="chance, rates, cooling or margin; class or category")
    values = models.JSONField()
    figures = models.JSONField(help_text="how it was learned and judged: cases, from when to when, quality, what it has to beat")
    may_be_used = models.BooleanField(help_text="a chance that is no better than shares of sources may not")
    learned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="intake_learning_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LEARNED), name="intake_learning_kind"),
        ]


class LearningRun(models.Model):
    """A job that learns, or replays a period under other weights: how far it is, and what came of it."""

    kind = models.CharField(max_length=8, help_text="learning or replay")
    asked = models.JSONField(default=dict)
    progress = models.FloatField(default=0, db_default=0, help_text="0 to 1")
    result = models.JSONField(null=True)
    problem = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    created_by = models.TextField()
    finished_at = models.DateTimeField(null=True)


class PassedOver(models.Model):
    """Somebody worked on another matter while a new inquiry of theirs waited: under which exception, if any."""

    employee = models.ForeignKey("agency.Employee", models.CASCADE, related_name="+", db_index=False)
    dossier_id = models.BigIntegerField(help_text="of the matter that was worked on, which may be gone")
    raw_id = models.BigIntegerField(help_text="of the inquiry that waited, which may be gone")
    exception = models.CharField(max_length=16, blank=True, help_text="empty: none covered it")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="intake_passedover_newest")]
