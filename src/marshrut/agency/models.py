"""Offices, their hours and queues, the people who work there, and the tokens of programs that work for them."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Role(models.TextChoices):
    MANAGER = "manager"
    SENIOR = "senior"
    SUPERVISOR = "supervisor"
    MARKETER = "marketer"
    ACCOUNTANT = "accountant"
    OWNER = "owner"
    ADMINISTRATOR = "administrator"


class Agency(models.Model):
    """The agency itself: one row. What its papers, letters and pages say of it unless somebody chose otherwise."""

    name = models.TextField(blank=True, default="", db_default="")
    language = models.CharField(max_length=2, default="ru", db_default="ru", help_text="ru, uk or en")
    currency = models.CharField(max_length=3, default="RUB", db_default="RUB")
    address = models.TextField(blank=True, default="", db_default="", help_text="where people reach this site: https://…")
    email = models.TextField(blank=True, default="", db_default="", help_text="what letters are sent from")
    phone = models.TextField(blank=True, default="", db_default="")
    needs_second_factor = models.BooleanField(default=False, db_default=False)
    setup_digest = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of the first-run code until it is used")
    set_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="agency_agency_alone"),
            models.CheckConstraint(condition=Q(language__in=["ru", "uk", "en"]), name="agency_agency_language"),
        ]


class Office(models.Model):
    slug = models.SlugField(unique=True)
    name = models.TextField()
    time_zone = models.TextField(default="Europe/Moscow")
    country = models.CharField(max_length=2, default="RU", help_text="ISO 3166-1: the region phones are read in first")
    is_active = models.BooleanField(default=True, db_default=True)


class Team(models.Model):
    """Managers who answer for one another's matters; a senior sees the whole team."""

    name = models.TextField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="agency_team_name")]


class Employee(AbstractBaseUser):
    """A person who works here and logs in with an e-mail address.

    Invited: not active, never joined. Left: not active, `left_at` set.
    """

    email = models.EmailField(unique=True)
    name = models.TextField()
    role = models.CharField(max_length=16, choices=Role.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="employees")
    is_active = models.BooleanField(default=True, db_default=True)
    capacity = models.PositiveIntegerField(
        null=True, help_text="open fresh inquiries by their effort, and overdue actions; empty: no limit"
    )
    share_weight = models.DecimalField(max_digits=4, decimal_places=2, default=1, db_default=1)
    newcomer_since = models.DateField(null=True, help_text="their share grows from this day on; empty: whole")
    is_on_duty = models.BooleanField(default=False, db_default=False, help_text="on shift round the clock")
    created_at = models.DateTimeField(db_default=Now())
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="members")
    reach = models.CharField(max_length=8, blank=True, default="", db_default="", help_text="empty: that of the role")
    unmasked = ArrayField(models.TextField(), null=True, help_text="fields seen in full: phone, passport, margin; empty: by role")
    language = models.CharField(max_length=2, blank=True, default="", db_default="", help_text="empty: the agency's")
    languages = ArrayField(models.CharField(max_length=2), default=list, db_default=[], help_text="they work in; none: any")
    quiet_from = models.TimeField(null=True, help_text="no sound and no notice between these, the person's own wish")
    quiet_until = models.TimeField(null=True)
    muted = ArrayField(models.TextField(), default=list, db_default=[], help_text="codes of notices this person does not want")
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    objects = BaseUserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="agency_employee_role"),
            models.CheckConstraint(condition=Q(share_weight__gt=0), name="agency_employee_weight"),
            models.CheckConstraint(condition=~Q(name=""), name="agency_employee_name"),
            models.CheckConstraint(condition=Q(reach__in=["", "own", "team", "office", "all", "none"]), name="agency_employee_reach"),
            models.CheckConstraint(condition=Q(language__in=["", "ru", "uk", "en"]), name="agency_employee_language"),
            models.CheckConstraint(condition=Q(left_at__isnull=True) | Q(is_active=False), name="agency_employee_left"),
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
    opens = models.TimeField(null=True, help_text="a short day's hours; both empty: closed all day")
    closes = models.TimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="agency_holiday_day"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__isnull=False, closes__isnull=False),
                name="agency_holiday_hours",
            ),
        ]


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
    reason = models.TextField(blank=True, default="", db_default="")
    substitute = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", help_text="who works for them meanwhile")

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
    created_by = models.TextField(blank=True, default="", db_default="", help_text="the actor who issued it")
    used_at = models.DateTimeField(null=True, help_text="to the quarter of an hour")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(reach__in=["office", "all"]), name="agency_token_reach")]


class AccessLink(models.Model):
    """A one-time link that lets somebody in: an invitation, or a new password. Only its digest is kept."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="access_links")
    kind = models.CharField(max_length=10, help_text="invitation or reset")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.TextField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=["invitation", "reset"]), name="agency_link_kind")]


class LoginSession(models.Model):
    """One browser somebody is logged in with. The key itself is the session's; here only its digest is kept."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="sessions")
    digest = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the session key")
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now(), help_text="to the quarter of an hour")
    address = models.TextField(blank=True, default="", db_default="")
    browser = models.TextField(blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True)


class LoginAttempt(models.Model):
    """A failed try at a door, by the digest of what was tried and from where; a day old, it is forgotten."""

    key = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="agency_attempt_recent")]


class Authenticator(models.Model):
    """An app that shows codes (RFC 6238). Its secret is sealed by core.vault."""

    employee = models.OneToOneField(Employee, models.CASCADE, related_name="authenticator")
    sealed_secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0, db_default=0, help_text="a code is good once: the last step that was used")


class Passkey(models.Model):
    """A key of a device or a browser (WebAuthn)."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0, db_default=0)
    name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A way in when phone and key are lost; each is good once."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "digest"], name="agency_recovery_once")]


class SavedView(models.Model):
    """Filters of a list somebody wants to see again: the query of its address. Shared: everybody who may see the list."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=24, help_text="url name of the list")
    name = models.TextField()
    query = models.TextField(help_text="what stands behind the question mark")
    is_shared = models.BooleanField(default=False, db_default=False)
    is_default = models.BooleanField(default=False, db_default=False, help_text="what the list's bare address shows its maker")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "page", "name"], name="agency_view_name"),
            models.UniqueConstraint(fields=["employee", "page"], condition=Q(is_default=True), name="agency_view_default"),
            models.CheckConstraint(condition=~Q(name=""), name="agency_view_named"),
        ]


class ExportLog(models.Model):
    """One list taken out as a file: by whom, narrowed to what, how many rows. Its own record; nothing is changed by it."""

    at = models.DateTimeField()
    by = models.TextField(help_text="the actor's label")
    page = models.CharField(max_length=24)
    query = models.TextField(blank=True, default="", db_default="")
    format = models.CharField(max_length=4, help_text="csv or xlsx")
    rows = models.PositiveIntegerField(default=0, db_default=0, help_text="that went out")
    finished_at = models.DateTimeField(null=True, help_text="empty: it was broken off")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="agency_export_newest")]


class FieldKind(models.TextChoices):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


class CustomField(models.Model):
    """A field the agency made itself: of people (clients.Person.custom) or of matters (journal.Dossier.custom)."""

    subject = models.CharField(max_length=8, help_text="person or matter")
    slug = models.SlugField(max_length=40, help_text="its key in the data; never changes")
    name = models.TextField()
    kind = models.CharField(max_length=8, choices=FieldKind.choices)
    choices = ArrayField(models.TextField(), default=list, help_text="of a choice, in order")
    position = models.PositiveSmallIntegerField(default=0)
    in_list = models.BooleanField(default=False, db_default=False, help_text="a column and a filter of the lists")
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "slug"], name="agency_field_slug"),
            models.CheckConstraint(condition=Q(subject__in=["person", "matter"]), name="agency_field_subject"),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="agency_field_kind"),
            models.CheckConstraint(condition=~Q(kind="choice") | ~Q(choices=[]), name="agency_field_choices"),
        ]


class Revision(models.Model):
    """One row, raised by triggers whenever reference data change: what a process has read is stale or not."""

    number = models.BigIntegerField(default=1)
