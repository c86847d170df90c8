"""The dossier: the one thread a matter's story hangs on, its tasks, and everything said."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Phase(models.TextChoices):
    INQUIRY = "inquiry"
    DEAL = "deal"
    BOOKING = "booking"
    TRIP = "trip"
    CLOSED = "closed"


class Dossier(models.Model):
    """One matter of one client. The room in charge (intake, then deals) keeps phase, place and worth true.

    While open it is owned: by a manager or by a named queue, never by both, never by neither.
    """

    person = models.ForeignKey("clients.Person", models.PROTECT, null=True, db_index=False)
    owner = models.ForeignKey("agency.Employee", models.PROTECT, null=True, db_index=False)
    queue = models.ForeignKey("agency.Queue", models.PROTECT, null=True, db_index=False)
    office = models.ForeignKey("agency.Office", models.PROTECT, null=True, db_index=False)
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.INQUIRY)
    place = models.TextField(default="inquiry", help_text="where it stands: 'inquiry' or funnel/stage")
    worth = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    is_open = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    waits_until = models.DateTimeField(null=True, help_text="put aside until then; it comes back by itself")
    waits_for = models.TextField(blank=True, default="", db_default="", help_text="what for, e.g. a last-minute offer, payday")
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="returns", db_index=False,
                                 help_text="the closed matter this client came back from")
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="agency.CustomField by slug")

    class Meta:
        indexes = [
            models.Index(fields=["waits_until"], name="journal_dossier_waits", condition=Q(waits_until__isnull=False)),
            models.Index(fields=["previous"], name="journal_dossier_previous", condition=Q(previous__isnull=False)),
            GinIndex(OpClass("custom", name="jsonb_path_ops"), name="journal_dossier_custom", fastupdate=False,
                     condition=~Q(custom={})),
            models.Index(fields=["owner", "-opened_at"], name="journal_dossier_owner", condition=Q(is_open=True)),
            models.Index(
                fields=["queue", "opened_at"], name="journal_dossier_queue", condition=Q(is_open=True, queue__isnull=False)
            ),
            models.Index(fields=["owner", "place", "-opened_at"], name="journal_dossier_board", condition=Q(is_open=True)),
            models.Index(fields=["place", "-opened_at"], name="journal_dossier_place", condition=Q(is_open=True)),
            models.Index(fields=["person"], name="journal_dossier_person"),
            models.Index(fields=["-opened_at"], name="journal_dossier_newest", condition=Q(is_open=True)),
            models.Index(fields=["closed_at"], name="journal_dossier_closed", condition=Q(is_open=False)),
            models.Index(fields=["office", "-opened_at"], name="journal_dossier_office", condition=Q(is_open=True)),
            models.Index(fields=["owner", "-closed_at"], name="journal_dossier_ended", condition=Q(is_open=False)),
            models.Index(fields=["worth"], name="journal_dossier_worth", condition=Q(worth__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_open=False)
                | Q(owner__isnull=False, queue__isnull=True)
                | Q(owner__isnull=True, queue__isnull=False),
                name="journal_dossier_owned",
            ),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="journal_dossier_phase"),
            models.CheckConstraint(condition=Q(is_open=True) ^ Q(phase="closed"), name="journal_dossier_closed_phase"),
            models.CheckConstraint(condition=Q(is_open=True) ^ Q(closed_at__isnull=False), name="journal_dossier_closed_at"),
            models.CheckConstraint(condition=Q(worth__isnull=True) | Q(worth__gte=0), name="journal_dossier_worth"),
            models.CheckConstraint(condition=Q(waits_until__isnull=True) | Q(is_open=True), name="journal_dossier_waits_open"),
            models.CheckConstraint(condition=Q(waits_until__isnull=True) | ~Q(waits_for=""), name="journal_dossier_waits_why"),
        ]


class TaskState(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(models.Model):
    """A next action: what, by when, by whom (a manager, or a named queue)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="tasks", db_index=False)
    kind = models.CharField(max_length=24, default="call")
    title = models.TextField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="of a meeting: when it ends")
    place = models.TextField(blank=True, default="", db_default="", help_text="of a meeting: where, or a link")
    state = models.CharField(max_length=9, choices=TaskState.choices, default=TaskState.PENDING)
    assignee = models.ForeignKey("agency.Employee", models.PROTECT, null=True, db_index=False)
    queue = models.ForeignKey("agency.Queue", models.PROTECT, null=True, db_index=False)
    result = models.TextField(blank=True, default="", db_default="")
    postponed = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.TextField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dossier", "due_at", "id"], name="journal_task_next", condition=Q(state="pending")),
            models.Index(fields=["assignee", "due_at"], name="journal_task_assignee", condition=Q(state="pending")),
            models.Index(fields=["queue", "due_at"], name="journal_task_queue", condition=Q(state="pending", queue__isnull=False)),
            models.Index(fields=["due_at", "dossier"], name="journal_task_due", condition=Q(state="pending")),
            models.Index(fields=["dossier", "id"], name="journal_task_dossier"),
            # The few that may come before a new inquiry: every Inbox asks for them.
            models.Index(fields=["due_at"], name="journal_task_pressing",
                         condition=Q(state="pending", kind__in=["trouble", "hold", "payment"])),
            models.Index(fields=["done_by", "done_at"], name="journal_task_done", condition=Q(state="done")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(assignee__isnull=False, queue__isnull=True) | Q(assignee__isnull=True, queue__isnull=False),
                name="journal_task_somebodys",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="journal_task_titled"),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="journal_task_state"),
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("due_at")), name="journal_task_span"),
            models.CheckConstraint(
                condition=Q(state="pending", done_at__isnull=True, done_by__isnull=True)
                | (~Q(state="pending") & Q(done_at__isnull=False, done_by__isnull=False)),
                name="journal_task_done_pair",
            ),
        ]


class Touch(models.Model):
    """One thing said, done or noted. `is_answer`: a person of ours turned to the client; the response clock stops."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="touches", db_index=False)
    kind = models.CharField(
        max_length=24, help_text="inquiry, call, message, mail, meeting, note, task, stage, owner, clock, close"
    )
    direction = models.CharField(max_length=4, default="none", help_text="in, out or none")
    at = models.DateTimeField()
    by = models.TextField(help_text="who: the actor's label")
    body = models.TextField(blank=True, default="", db_default="")
    data = models.JSONField(null=True, help_text="what a later reader may word anew: codes and values")
    is_answer = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["dossier", "-at"], name="journal_touch_story"),
            # What people did towards the client, by when: none of it is written while an inquiry is taken in.
            models.Index(fields=["-at", "kind"], name="journal_touch_logged",
                         condition=Q(kind__in=["call_out", "call_in", "message_out", "email_out", "mail_out", "meeting"])),
        ]
        constraints = [models.CheckConstraint(condition=Q(direction__in=["in", "out", "none"]), name="journal_touch_direction")]


class Notice(models.Model):
    """Something one person should know: stays until it is seen. `code` and `data` are worded for the reader."""

    employee = models.ForeignKey("agency.Employee", models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=24)
    data = models.JSONField(default=dict)
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["employee", "-at"], name="journal_notice_newest"),
            models.Index(fields=["employee", "-at", "-id"], name="journal_notice_waits", condition=Q(seen_at__isnull=True)),
            models.Index(fields=["dossier"], name="journal_notice_dossier"),
        ]


class Tally(models.Model):
    """Running sums of open dossiers by place, owner, office and currency. Written by trigger, folded by a job."""

    place = models.TextField()
    owner_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    number = models.IntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
