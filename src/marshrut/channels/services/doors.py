"""Mail doors: folders that are read, and what is said of their health."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.folders import DROP, MAILDIR, ready
from marshrut.channels.models import MailDoor
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.names import clean_text


@transaction.atomic
def keep_door(
    *,
    door_id: int | None,
    name: str,
    kind: str,
    path: str,
    address: str,
    source_slug: str,
    office_id: int | None,
    is_active: bool,
    takes_subaddresses: bool = False,
    by: Actor,
    now: datetime,
) -> int:
    """Make a mail door, or change the one of this id; its id. The folders it needs are made.

    Invalid names the field: a folder outside the allowed roots, one that another door reads, an address that is none (or
    is missing where `takes_subaddresses` needs it).
    """
    sign(by.label)
    named, folder = clean_text(name, 200), path.strip().rstrip("/")
    if not named:
        raise Invalid("name_missing", _("Give it a name."), field="name", missing=("name",))
    if kind not in (MAILDIR, DROP):
        raise Invalid("no_such_kind", _("Choose what kind of folder it is."), field="kind")
    own = read_email(address) or ""
    if (address.strip() or takes_subaddresses) and not own:
        raise Invalid("not_an_address", _("Write an e-mail address, such as name@example.com."), field="address")
    ready(kind, folder)
    if MailDoor.objects.filter(path=folder).exclude(pk=door_id or 0).exists():
        raise Invalid("path_taken", _("Another door reads this folder already."), field="path")
    values = {
        "name": named,
        "kind": kind,
        "path": folder,
        "address": own,
        "source_slug": clean_text(source_slug, 120).lower() or "email",
        "office_id": office_id,
        "is_active": is_active,
        "takes_subaddresses": takes_subaddresses,
    }
    if door_id is None:
        return int(MailDoor.objects.create(**values).pk)
    if not MailDoor.objects.filter(pk=door_id).update(**values):
        raise NotFound("no_such_door", _("There is no such mail door."))
    return door_id


@transaction.atomic
def note_door(*, door_id: int, problem: str, now: datetime) -> None:
    """Write down that a door was looked at, and what is wrong with it; empty when nothing is."""
    sign("system:mail")
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_maildoor set checked_at = %s, problem = %s,
                   problem_since = case when %s = '' then null else coalesce(problem_since, %s) end
               where id = %s""",
            [now, problem, problem, now, door_id],
        )
