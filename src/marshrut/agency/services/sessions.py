"""Writes about sessions: somebody has logged in; a session ends, and with it the streams opened under it."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Employee, LoginAttempt, LoginSession
from marshrut.agency.permissions import Actor, may_manage
from marshrut.agency.queries.sessions import digest_of_key, whose_session
from marshrut.core.errors import NotFound
from marshrut.core.history import sign
from marshrut.ui.live import announce_access_changed

KEPT = timedelta(days=90)  # ended sessions, for whoever asks who was here


@transaction.atomic
def start_session(*, employee_id: int, session_key: str, address: str = "", browser: str = "", now: datetime) -> None:
    """Remember that somebody logged in: from where, and with which browser (in words)."""
    LoginSession.objects.update_or_create(
        digest=digest_of_key(session_key),
        defaults={"employee_id": employee_id, "started_at": now, "seen_at": now, "address": address, "browser": browser, "ended_at": None},
    )


def note_seen(session_id: int) -> None:
    """The session is in use; asked at most every quarter of an hour. Whoever wrote it down first has done it for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update agency_loginsession set seen_at = now() where id = %s and seen_at < now() - interval '15 minutes'", [session_id]
        )


@transaction.atomic
def end_session_of_key(*, session_key: str, now: datetime) -> None:
    """Somebody logs out."""
    for session in LoginSession.objects.filter(digest=digest_of_key(session_key), ended_at=None):
        LoginSession.objects.filter(pk=session.pk).update(ended_at=now)
        announce_access_changed(session.employee_id)


@transaction.atomic
def end_session(*, session_id: int, by: Actor, now: datetime) -> None:
    """End one session: one's own, or a colleague's by whoever manages staff. NotFound for anybody else."""
    whose = whose_session(session_id)
    if whose is None or not (whose[0] == by.id or may_manage(by, whose[1])):
        raise NotFound("no_such_session", _("There is no such session."))
    sign(by.label)
    LoginSession.objects.filter(pk=session_id, ended_at=None).update(ended_at=now)
    announce_access_changed(whose[0])


@transaction.atomic
def end_sessions(*, employee_id: int, by: Actor, now: datetime, except_key: str = "") -> int:
    """End every session of somebody, but for the one under `except_key`; how many there were."""
    sign(by.label)
    open_ones = LoginSession.objects.filter(employee_id=employee_id, ended_at=None)
    ended = open_ones.exclude(digest=digest_of_key(except_key)).update(ended_at=now)
    announce_access_changed(employee_id)
    return ended


@transaction.atomic
def end_all_sessions(*, by: Actor, now: datetime) -> int:
    """End every session of everybody; how many there were. For a home that has come back out of an archive."""
    sign(by.label)
    ended = LoginSession.objects.filter(ended_at=None).update(ended_at=now)
    Session.objects.all().delete()
    for employee_id in Employee.objects.values_list("id", flat=True):
        announce_access_changed(employee_id)
    return ended


@transaction.atomic
def forget_old_sessions(*, now: datetime) -> int:
    """What ended long ago, or was not seen for as long, and old tries at the door, are forgotten."""
    LoginAttempt.objects.filter(at__lt=now - timedelta(days=1)).delete()
    return LoginSession.objects.filter(seen_at__lt=now - KEPT).delete()[0]
