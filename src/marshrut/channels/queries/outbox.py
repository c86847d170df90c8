"""Reads of the outbox: what waits, went and failed, within reach; the server; the templates people write by."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.channels.models import MailServer, MessageTemplate
from marshrut.core.vault import Unsealable, unseal
from marshrut.journal.permissions import matters_in_reach

STATES = ("waiting", "sent", "failed", "cancelled")
HELD = "held"
"""What waited in an archive, among what was not sent: a narrower view of the list, no state of its own."""
NO_SERVER = "no_server"
"""The problem of what waits while no mail server is set."""
RESTORED = "restored"
"""The problem of what waited in an archive: after a restore nobody knows whether it has gone meanwhile."""


@dataclass(frozen=True, slots=True)
class SendingLine:
    """A message of the outbox, without its text."""

    id: int
    purpose: str
    dossier_id: int | None
    to: str
    subject: str
    state: str
    attempts: int
    try_at: datetime
    problem: str
    created_at: datetime
    created_by: str
    sent_at: datetime | None
    author: str | None
    can_repeat: bool
    claimed_until: datetime | None


_LINE = """select s.id, s.purpose, s.dossier_id, s."to", s.subject, s.state, s.attempts, s.try_at, s.problem, s.created_at,
    s.created_by, s.sent_at, e.name, length(s.sealed_text) > 0, s.claimed_until
    from channels_sending s left join agency_employee e on s.created_by = 'employee:' || e.id
    left join journal_dossier d on d.id = s.dossier_id"""


def sendings_in_reach(actor: Actor) -> tuple[str, list[Any]]:
    """Which messages an actor sees: those of matters within reach, their own, and of no matter for who keeps the settings."""
    reach, values = matters_in_reach(actor)
    of_none = "true" if actor.may("settings:write") else "s.created_by = %s"
    return f"(case when s.dossier_id is null then {of_none} else {reach} end)", [
        *([] if actor.may("settings:write") else [actor.label]),
        *values,
    ]


def list_sendings(actor: Actor, state: str = "", before_id: int | None = None, limit: int = 50) -> list[SendingLine]:
    """Messages within reach, the latest first; of one state (or HELD), and older than one message, if these are given."""
    reach, values = sendings_in_reach(actor)
    where, found = reach, list(values)
    if state in STATES:
        where, found = f"{where} and s.state = %s", [*found, state]
    if state == HELD:
        where, found = f"{where} and s.state = 'failed' and s.problem = %s", [*found, RESTORED]
    if before_id is not None:
        where, found = f"{where} and s.id < %s", [*found, before_id]
    return _lines(f"{where} order by s.id desc limit {int(limit)}", found)


def find_sendings(actor: Actor, sending_ids: Sequence[int]) -> dict[int, SendingLine]:
    """Those of these messages that are within reach, by id."""
    reach, values = sendings_in_reach(actor)
    return {line.id: line for line in _lines(f"s.id = any(%s) and {reach}", [list(sending_ids), *values])}


def find_sending(actor: Actor, sending_id: int) -> SendingLine | None:
    """One message; None when absent or out of reach."""
    reach, values = sendings_in_reach(actor)
    return next(iter(_lines(f"s.id = %s and {reach}", [sending_id, *values])), None)


def sendings_of(dossier_id: int) -> dict[int, SendingLine]:
    """Messages of a matter by id, the latest two hundred. The caller has checked the reach."""
    return {line.id: line for line in _lines("s.dossier_id = %s order by s.id desc limit 200", [dossier_id])}


def count_sendings(actor: Actor) -> dict[str, int]:
    """How many messages within reach are in each state, and how many of them are HELD."""
    reach, values = sendings_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select s.state, count(*), count(*) filter (where s.state = 'failed' and s.problem = %s)
                from channels_sending s left join journal_dossier d on d.id = s.dossier_id
                where {reach} group by s.state""",
            [RESTORED, *values],
        )
        rows = cursor.fetchall()
    return {**{state: number for state, number, _held in rows}, HELD: sum(held for _state, _number, held in rows)}


def count_failed_sendings(actor: Actor) -> int:
    """How many messages within reach could not be delivered and have been neither repeated nor put away."""
    reach, values = sendings_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) from channels_sending s left join journal_dossier d on d.id = s.dossier_id
                where s.state = 'failed' and {reach}""",
            values,
        )
        return int(cursor.fetchone()[0])


def oldest_waiting() -> datetime | None:
    """Since when the longest waiting message of the outbox waits; None when nothing does."""
    with connection.cursor() as cursor:
        cursor.execute("select min(created_at) from channels_sending where state = 'waiting'")
        at: datetime | None = cursor.fetchone()[0]
    return at


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies in the outbox, of everybody: how many wait, since when the oldest does, how many are HELD."""

    waiting: int
    since: datetime | None
    held: int


def outbox_backlog() -> Backlog:
    """What the mail server would be given at once, in numbers only."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*) filter (where state = 'waiting'), min(created_at) filter (where state = 'waiting'),
                   count(*) filter (where state = 'failed') from channels_sending
               where state = 'waiting' or (state = 'failed' and problem = %s)""",
            [RESTORED],
        )
        return Backlog(*cursor.fetchone())


def _lines(where: str, values: list[Any]) -> list[SendingLine]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_LINE} where {where}", values)
        return [SendingLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ServerCard:
    """The mail server as its page shows it: whether a password is kept, never the password."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    has_password: bool


def mail_server() -> ServerCard | None:
    """Where letters are handed over; None until somebody has said."""
    row = MailServer.objects.first()
    return ServerCard(row.host, row.port, row.security, row.user, row.sender, bool(server_password())) if row else None


def password_context(host: str, port: int, security: str, user: str) -> bytes:
    """What the password of the mail server is bound to: a server put back by an undo does not get another's."""
    return f"password for {user} at {host}:{port} by {security}".encode()


def server_password() -> str:
    """The password of the mail server; empty when there is none, it was given for another server, or its key is gone."""
    row = MailServer.objects.first()
    if row is None or not row.sealed_password:
        return ""
    bound = password_context(row.host, row.port, row.security, row.user)
    for context in (bound, b"password"):  # the second is how older versions sealed
        with suppress(Unsealable):
            return unseal(bytes(row.sealed_password), "mail server", context).decode()
    return ""


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """A text people send often."""

    id: int
    name: str
    language: str
    subject: str
    text: str


_TEMPLATE = ("id", "name", "language", "subject", "text")


def list_templates() -> list[TemplateCard]:
    """Templates in use, in their order."""
    rows = MessageTemplate.objects.filter(is_active=True).order_by("position", "id")
    return [TemplateCard(*row) for row in rows.values_list(*_TEMPLATE)]


def find_template(template_id: int | None) -> TemplateCard | None:
    """A template that is in use; None when there is none (any more)."""
    if template_id is None:
        return None
    row = MessageTemplate.objects.filter(pk=template_id, is_active=True).values_list(*_TEMPLATE).first()
    return TemplateCard(*row) if row else None
