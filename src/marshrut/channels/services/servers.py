"""The mail server letters are handed over to."""

import socket
from datetime import datetime
from email.utils import parseaddr
from ssl import SSLError

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.models import MailServer
from marshrut.channels.queries.outbox import password_context, server_password
from marshrut.channels.smtp import PLAIN, STARTTLS, TLS, Connection, Server, Undelivered
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.vault import seal

LOCAL = ("127.0.0.1", "localhost", "::1")


@transaction.atomic
def keep_server(
    *, host: str, port: str, security: str, user: str, password: str | None, sender: str, by: Actor, now: datetime
) -> None:
    """Say where letters are handed over. `password` None keeps the one that is there; empty forgets it.

    Invalid names the field: a password goes to another machine only over TLS, and one that is kept goes nowhere but where
    it was given for: with another server, port, protection or login it is given anew, or forgotten.
    """
    sign(by.label)
    asked_for, box = _read(host, port, security, user, sender)
    row = MailServer.objects.select_for_update().first() or MailServer(pk=1)
    if password is None and _is_of_another(asked_for, row):
        raise _needs_its_own()
    row.host, row.port, row.security, row.user = asked_for
    row.sender = box
    if password is not None:
        row.sealed_password = seal(password.encode(), "mail server", password_context(*asked_for)) if password else None
    row.save()


def check_server(*, host: str, port: str, security: str, user: str, password: str | None, sender: str, by: Actor, now: datetime) -> None:
    """Connect to a server as it was typed, log in and ask whether it takes the sender; nothing is sent and nothing kept.

    `password` None takes the one that is kept, if it was given for this very server. Invalid names the field, or says what
    the server answered; it may take up to three times smtp.TIMEOUT.
    """
    asked_for, box = _read(host, port, security, user, sender)
    if password is None and _is_of_another(asked_for, MailServer.objects.first() or MailServer(pk=1)):
        raise _needs_its_own()
    try:
        Connection(Server(*asked_for, server_password() if password is None else password, box)).look()
    except Undelivered as error:
        raise Invalid("server_refused", _("The server did not let us in: %(reason)s") % {"reason": _said(error)}) from error


def _said(error: Undelivered) -> str:
    """What is wrong, in the reader's language where it was no answer of the server's."""
    cause = error.__cause__
    if isinstance(cause, socket.gaierror | UnicodeError):
        return _("there is no server of this name.")
    if isinstance(cause, ConnectionRefusedError):
        return _("nobody answers at this port.")
    if isinstance(cause, TimeoutError):
        return _("no answer came in time.")
    if isinstance(cause, SSLError):
        return _("no protected connection came about: another port or kind of protection, or a certificate that is not believed.")
    return error.reason


_Place = tuple[str, int, str, str]


def _is_of_another(asked_for: _Place, row: MailServer) -> bool:
    """Whether a password is kept that was given for another server, port, protection or login."""
    return asked_for != (row.host, row.port, row.security, row.user) and bool(server_password())


def _needs_its_own() -> Invalid:
    sentence = _("The password was given for another server or login: type it again, or let it be forgotten.")
    return Invalid("password_of_another", sentence, field="password")


def _read(host: str, port: str, security: str, user: str, sender: str) -> tuple[_Place, str]:
    """(host, port, security, login) and the sender, as they were typed. Invalid names the field."""
    named, box = clean_text(host, 253), clean_text(sender, 300)
    if not named or " " in named:
        raise Invalid("host_missing", _("Name the server, such as smtp.example.com."), field="host", missing=("host",))
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Invalid("not_a_port", _("A port is a number from 1 to 65535."), field="port")
    if security not in (STARTTLS, TLS, PLAIN):
        raise Invalid("no_such_security", _("Choose how the connection is protected."), field="security")
    if security == PLAIN and user.strip() and named not in LOCAL:
        raise Invalid("password_in_the_clear", _("A password is not sent over an unprotected connection."), field="security")
    if read_email(parseaddr(box)[1]) is None:
        raise Invalid("not_an_address", _("Write an e-mail address, such as name@example.com."), field="sender", missing=("sender",))
    return (named, int(port), security, clean_text(user, 300)), box
