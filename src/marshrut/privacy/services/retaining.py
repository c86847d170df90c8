"""What is not kept for ever: a rule says of what and for how many days, a job does it a little at a time."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.channels.queries.naming import count_unread
from marshrut.core.errors import Invalid
from marshrut.core.files import forget_file
from marshrut.core.history import forget_values, sign
from marshrut.privacy.facts import SUBJECTS
from marshrut.privacy.models import Act, RetentionRule
from marshrut.privacy.queries import due_ids, list_rules
from marshrut.privacy.services.erasing import erase

AT_ONCE = 200  # what one run of the job takes of each kind
LONGEST = 36_500  # days
RETENTION = system("retention")


@transaction.atomic
def set_rule(*, subject: str, days: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Set how long one kind of data is kept.

    Raises:
        Invalid: there is no such kind, or the days are not between 1 and LONGEST.
    """
    sign(by.label)
    if subject not in SUBJECTS:
        raise Invalid("no_such_subject", _("There is no such rule."), field="subject")
    if not 1 <= days <= LONGEST:
        raise Invalid("days_out_of_range", _("Write a number of days from 1 to %(most)s.") % {"most": LONGEST}, field="days")
    RetentionRule.objects.update_or_create(subject=subject, defaults={"days": days, "is_active": is_active})


def keep_retention(*, now: datetime) -> dict[str, int]:
    """Take what is due by the active rules, at most AT_ONCE of each kind; how much was taken."""
    taken = {}
    for rule in list_rules(now):
        if rule.is_active and not (rule.subject.endswith("_people") and count_unread()):  # they would leave letters behind
            found = due_ids(rule.subject, rule.days, now, AT_ONCE)
            taken[rule.subject] = sum(_take(rule.subject, one, now) for one in found)
    return taken


@transaction.atomic
def _take(subject: str, row_id: int, now: datetime) -> bool:
    sign(RETENTION.label)
    if subject.endswith("_people"):
        return _take_person(subject, row_id, now)
    table = "channels_rawmessage" if subject == "raw_bodies" else "intake_importrun"
    with connection.cursor() as cursor:
        if subject == "raw_bodies":
            cursor.execute("update channels_rawmessage set body = ''::bytea where id = %s returning file_id", [row_id])
        else:
            cursor.execute(
                "update intake_importrun set file_name = '—', figures = figures - array['samples', 'words'] where id = %s", [row_id]
            )
            cursor.execute("update intake_importproblem set value = '' where run_id = %s", [row_id])
        found = cursor.fetchone() if subject == "raw_bodies" else None
        if subject == "import_files":
            cursor.execute("select file_id from intake_importrun where id = %s", [row_id])
            found = cursor.fetchone()
    if found and found[0]:
        forget_file(int(found[0]))
    forget_values({table: [row_id]})
    return True


def _take_person(subject: str, person_id: int, now: datetime) -> bool:
    """Somebody may have come again since the list was read: asked once more under the lock."""
    with connection.cursor() as cursor:
        cursor.execute("select id from clients_person where id = %s and erased_at is null for update", [person_id])
        if cursor.fetchone() is None:
            return False
        cursor.execute("select exists (select from journal_dossier where person_id = %s and is_open)", [person_id])
        if cursor.fetchone()[0]:
            return False
    counts = erase(person_id=person_id, now=now)
    Act.objects.create(kind="erasure", person_id=person_id, at=now, by=RETENTION.label, ground=subject, counts=counts)
    return True
