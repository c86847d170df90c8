"""Funnels whose stages are results, and the deals that pass through them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now


class Funnel(models.Model):
    slug = models.SlugField(unique=True)
    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True, db_default=True)


class Stage(models.Model):
    """A result reached. It tells the next target: the task that is set by itself when a deal comes to stand here."""

    funnel = models.ForeignKey(Funnel, models.CASCADE, related_name="stages")
    slug = models.SlugField()
    name = models.TextField()
    position = models.PositiveSmallIntegerField()
    task_title = models.TextField()
    task_kind = models.CharField(max_length=24, default="call")
    task_minutes = models.PositiveIntegerField(help_text="working minutes until the next action is due")
    required_facts = ArrayField(models.TextField(), default=list, help_text="facts a deal must have to stand here")
    hint = models.TextField(blank=True, default="")
    is_last = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(default=True, db_default=True, help_text="a stage no longer used keeps its past")
    longest_days = models.PositiveSmallIntegerField(null=True, help_text="a deal that stands here longer is stuck; empty: never")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["funnel", "slug"], name="deals_stage_slug"),
            models.UniqueConstraint(
                fields=["funnel", "position"], name="deals_stage_position", deferrable=models.Deferrable.DEFERRED
            ),
        ]


class LossReason(models.Model):
    slug = models.SlugField(unique=True)
    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True, db_default=True)


class DealState(models.TextChoices):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Deal(models.Model):
    """A matter on its way through a funnel. It hangs on the dossier of the inquiry it was born of."""

    dossier = models.ForeignKey("journal.Dossier", models.PROTECT, related_name="deals", db_index=False)
    inquiry = models.ForeignKey("intake.Inquiry", models.PROTECT, null=True, related_name="deals", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, db_index=False)
    stage_entered_at = models.DateTimeField()
    title = models.TextField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    margin = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="what stays with the agency, same currency")
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=4, choices=DealState.choices, default=DealState.OPEN)
    close_reason = models.TextField(blank=True, default="", db_default="")
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dossier"], name="deals_deal_dossier"),
            models.Index(fields=["inquiry"], name="deals_deal_inquiry"),
            # The orders of the list of deals; of the first also what burns: the open ones, the longest standing first.
            models.Index(fields=["state", "stage_entered_at", "id"], name="deals_deal_entered", include=["dossier", "stage"]),
            models.Index(fields=["state", "amount", "id"], name="deals_deal_amount", condition=Q(amount__isnull=False)),
            models.Index(fields=["opened_at", "id"], name="deals_deal_opened"),
            models.Index(fields=["closed_at"], name="deals_deal_closed", condition=Q(closed_at__isnull=False)),
            models.Index(Func("close_reason", models.Value(": "), models.Value(1), function="split_part"), name="deals_deal_reason",
                         condition=~Q(close_reason="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dossier"], name="deals_deal_one_open", condition=Q(state="open")),
            models.CheckConstraint(condition=Q(state__in=DealState.values), name="deals_deal_state"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="deals_deal_amount"),
            models.CheckConstraint(condition=~Q(state="lost") | ~Q(close_reason=""), name="deals_deal_lost_why"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="deals_deal_closed_pair",
            ),
        ]


class StageEntry(models.Model):
    """When a deal stood at a stage, and who brought it there."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="entries", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    by = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["deal", "entered_at"], name="deals_entry_story"),
            models.Index(fields=["entered_at"], name="deals_entry_when"),  # what moved in a period
        ]
        constraints = [
            models.UniqueConstraint(fields=["deal"], name="deals_entry_one_current", condition=Q(left_at__isnull=True)),
        ]


class Gate(models.Model):
    """A question a client has to be asked before a deal may stand at a stage: "agrees to meet in the office"."""

    stage = models.OneToOneField(Stage, models.CASCADE, related_name="gate")
    question = models.TextField()
    is_active = models.BooleanField(default=True, db_default=True)


class GateRule(models.Model):
    """What follows when a client refuses: the first rule in order that fits the gate, the source, the season and the worth."""

    position = models.PositiveSmallIntegerField()
    gate = models.ForeignKey(Gate, models.CASCADE, null=True, related_name="+")
    source = models.ForeignKey("marketing.Source", models.PROTECT, null=True, related_name="+")
    season_first = models.CharField(max_length=5, blank=True, default="", db_default="", help_text="month-day, empty: all the year")
    season_last = models.CharField(max_length=5, blank=True, default="", db_default="")
    worth_from = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="in the agency's currency")
    worth_below = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    consequence = models.CharField(max_length=6, help_text="go_on, wait, close or ask (the supervisor)")
    days = models.PositiveSmallIntegerField(null=True, help_text="how long it waits")
    reason = models.TextField(blank=True, default="", db_default="", help_text="the reason of loss it ends with")
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(consequence__in=["go_on", "wait", "close", "ask"]), name="deals_gaterule_consequence"),
            models.CheckConstraint(condition=~Q(consequence="wait") | Q(days__gte=1), name="deals_gaterule_days"),
            models.CheckConstraint(condition=~Q(consequence="close") | ~Q(reason=""), name="deals_gaterule_reason"),
            models.CheckConstraint(
                condition=Q(season_first="", season_last="") | (~Q(season_first="") & ~Q(season_last="")), name="deals_gaterule_season"
            ),
        ]


class GateAnswer(models.Model):
    """What a client said at a gate, and what followed."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="gate_answers", db_index=False)
    dossier = models.ForeignKey("journal.Dossier", models.CASCADE, related_name="+")
    gate = models.ForeignKey(Gate, models.CASCADE, related_name="+", db_index=False)
    agreed = models.BooleanField()
    words = models.TextField(blank=True, default="", db_default="")
    consequence = models.CharField(max_length=6, blank=True, default="", db_default="", help_text="of a refusal")
    rule = models.ForeignKey(GateRule, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.TextField()
    decision = models.TextField(blank=True, default="", db_default="", help_text="what the supervisor said, where it was theirs")
    decided_by = models.TextField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["deal", "gate", "-id"], name="deals_gateanswer_deal"),
                   models.Index(fields=["at"], name="deals_gateanswer_at"),
                   models.Index(fields=["at"], name="deals_gateanswer_asked", condition=Q(consequence="ask"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed=True, consequence="") | (Q(agreed=False) & ~Q(consequence="")), name="deals_gateanswer_how"
            ),
            # What was decided is not the supervisor's to decide any more.
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(consequence="ask")),
                name="deals_gateanswer_decided",
            ),
        ]


class StopReview(models.Model):
    """A supervisor has looked at the end of a matter that was not realised: it was right, or it was opened again."""

    dossier = models.ForeignKey("journal.Dossier", models.CASCADE, related_name="+", db_index=False)
    closed_at = models.DateTimeField(help_text="which end of the matter")
    verdict = models.CharField(max_length=8, help_text="right or reopened")
    note = models.TextField(blank=True, default="", db_default="")
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "closed_at"], name="deals_stopreview_once"),
            models.CheckConstraint(condition=Q(verdict__in=["right", "reopened"]), name="deals_stopreview_verdict"),
        ]


class BulkRun(models.Model):
    """One action on many rows of a list. Each row has its own result; what was cut off goes on where it stopped."""

    employee = models.ForeignKey("agency.Employee", models.PROTECT, related_name="+", db_index=False)
    page = models.CharField(max_length=10, help_text="inquiries, deals or clients")
    action = models.CharField(max_length=12)
    options = models.JSONField(default=dict, help_text="what the action was given, in the form it is done with")
    language = models.CharField(max_length=2, help_text="its results are said in")
    undo_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="deals_bulk_unfinished", condition=Q(finished_at__isnull=True)),
            models.Index(fields=["employee", "-created_at"], name="deals_bulk_newest"),
        ]


class BulkRow(models.Model):
    """What became of one row of a bulk action; `before` is what takes it back."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="its place in the selection")
    item_id = models.BigIntegerField(help_text="of the inquiry, deal or person")
    state = models.CharField(max_length=7, default="pending", db_default="pending", help_text="pending, done or refused")
    note = models.TextField(blank=True, default="", db_default="", help_text="why it was refused, in the language of the run")
    before = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="deals_bulkrow_pending", condition=Q(state="pending"))]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="deals_bulkrow_number"),
            models.UniqueConstraint(fields=["run", "item_id"], name="deals_bulkrow_once"),
            models.CheckConstraint(condition=Q(state__in=["pending", "done", "refused"]), name="deals_bulkrow_state"),
        ]
