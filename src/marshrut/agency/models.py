"""Offices, their hours and queues, the people who work there, and the tokens of programs that work for them."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Role(models.TextChoices):
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    OWNER = "owner"
    ADMINISTRATOR = "administrator"


class Office(models.Model):
    slug = models.SlugField(unique=True)
    name = models.TextField()
    time_zone = models.TextField(default="Europe/Moscow")
    country = models.CharField(max_length=2, default="RU", help_text="ISO 3166-1: the region phones are read in first")
    is_active = models.BooleanField(default=True, db_default=True)


class Employee(AbstractBaseUser):
    """A person who works here and logs in with an e-mail address."""

    email = models.EmailField(unique=True)
    name = models.TextField()
    role = models.CharField(max_length=16, choices=Role.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="employees")
    is_active = models.BooleanField(default=True, db_default=True)
    capacity = models.PositiveIntegerField(null=True, help_text="open fresh inquiries and overdue actions; empty: no limit")
    share_weight = models.DecimalField(max_digits=4, decimal_places=2, default=1, db_default=1)
    is_on_duty = models.BooleanField(default=False, db_default=False, help_text="on shift round the clock")
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    objects = BaseUserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="agency_employee_role"),
            models.CheckConstraint(condition=Q(share_weight__gt=0), name="agency_employee_weight"),
            models.CheckConstraint(condition=~Q(name=""), name="agency_employee_name"),
        ]


class WorkingWindow(models.Model):
    """One window of an office's working day; lunch is the gap between two."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    opens = models.TimeField()
    closes = models.TimeField(help_text="00:00 is midnight at the end of the day")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="agency_window_weekday")]


class Holiday(models.Model):
    office = models.ForeignKey(Office, models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "day"], name="agency_holiday_day")]


class Shift(models.Model):
    """Hours of one employee on a weekday. Who has none works the office's hours."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="agency_shift_weekday")]


class Absence(models.Model):
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="agency_absence_span")]


class Queue(models.Model):
    """A named place where a matter waits when no manager can take it; it has its own clock."""

    slug = models.SlugField(unique=True)
    name = models.TextField()
    office = models.ForeignKey(Office, models.PROTECT, null=True)


class ApiToken(models.Model):
    """A service account. Only the SHA-256 of the secret is kept. The same name may be used again."""

    name = models.TextField()
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.TextField())
    reach = models.CharField(max_length=8, default="all")
    office = models.ForeignKey(Office, models.PROTECT, null=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(reach__in=["office", "all"]), name="agency_token_reach")]


class Revision(models.Model):
    """One row, raised by triggers whenever reference data change: what a process has read is stale or not."""

    number = models.BigIntegerField(default=1)
