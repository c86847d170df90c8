"""The mail server letters are handed over to."""

from datetime import datetime
from email.utils import parseaddr

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.models import MailServer
from marshrut.channels.queries.outbox import password_context, server_password
from marshrut.channels.smtp import PLAIN, STARTTLS, TLS
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
    row = MailServer.objects.select_for_update().first() or MailServer(pk=1)
    given_for, asked_for = (row.host, row.port, row.security, row.user), (named, int(port), security, clean_text(user, 300))
    if password is None and asked_for != given_for and server_password():
        raise Invalid(
            "password_of_another", _("The password was given for another server or login: type it again, or let it be forgotten."),
            field="password",
        )  # fmt: skip
    row.host, row.port, row.security, row.user = asked_for
    row.sender = box
    if password is not None:
        row.sealed_password = seal(password.encode(), "mail server", password_context(*asked_for)) if password else None
    row.save()
