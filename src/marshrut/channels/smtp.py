"""Handing letters over for delivery: SMTP submission (RFC 6409), with the time limits of somebody who has more to do."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

TIMEOUT = 20.0  # seconds for each step
STARTTLS, TLS, PLAIN = "starttls", "tls", "none"


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter that is to go."""

    message_id: str
    to: str
    subject: str
    text: str
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[Enclosure] = ()
    is_automatic: bool = False
    reply_to: str = ""


_MESSAGE_ID = re.compile(r"(?!.*=\?)[!-;=?-~]+")  # visible ASCII without angle brackets, and no encoded word
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Undelivered(Exception):
    """It did not go. `is_final`: trying again would not help. `is_of_server`: the other side takes nothing just now."""

    def __init__(self, reason: str, *, is_final: bool, is_of_server: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_final, self.is_of_server = reason[:500], is_final, is_of_server


class Connection:
    """One connection to the server, for several letters; made when the first one goes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def send(self, letter: Outgoing, now: datetime) -> None:
        """Hand one letter over. Undelivered says why it did not go."""
        try:
            message = composed(letter, self._server.sender, now)
        except (ValueError, TypeError, LookupError, UnicodeError, MessageError) as error:
            raise Undelivered(f"the letter cannot be written: {error}", is_final=True) from error
        try:
            self._connected().send_message(message, to_addrs=[letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._refused(code, said) from error
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise Undelivered(_told(error.smtp_code, error.smtp_error), is_final=False, is_of_server=True) from error
        except smtplib.SMTPConnectError as error:
            self.close()
            raise Undelivered(_told(error.smtp_code, error.smtp_error), is_final=False, is_of_server=True) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            raise Undelivered(str(error) or type(error).__name__, is_final=False, is_of_server=True) from error

    def look(self) -> None:
        """Connect, log in, and ask whether the sender is taken, without handing anything over. Undelivered says what is wrong."""
        try:
            talk = self._connected()
            talk.ehlo_or_helo_if_needed()  # without a login nobody has greeted yet
            code, said = talk.mail(parseaddr(self._server.sender)[1])
            if code != 250:
                raise Undelivered(_told(code, said), is_final=False)
            talk.rset()
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPResponseException) as error:
            raise Undelivered(_told(error.smtp_code, error.smtp_error), is_final=False, is_of_server=True) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Undelivered(str(error) or type(error).__name__, is_final=False, is_of_server=True) from error
        finally:
            self.close()

    def _refused(self, code: int, said: bytes | str) -> Undelivered:
        self.close()  # a refusal half-way leaves the dialogue somewhere: begin anew
        return Undelivered(_told(code, said), is_final=500 <= code < 600, is_of_server=code == 421)

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            server = self._server
            if server.security == TLS:
                talk: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=ssl.create_default_context())
            else:
                talk = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
            self._open = talk
            if server.security == STARTTLS:
                talk.starttls(context=ssl.create_default_context())
            if server.user:
                talk.login(server.user, server.password)
        return self._open

    def close(self) -> None:
        """Take leave; what the other side thinks of it does not matter."""
        if self._open is not None:
            try:
                self._open.quit()
            except (smtplib.SMTPException, OSError):
                self._open.close()
            self._open = None


def composed(letter: Outgoing, sender: str, now: datetime) -> EmailMessage:
    """The letter in the form of RFC 5322, threaded to the one it answers."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, letter.to, _plain(letter.subject)
    message["Date"], message["Message-ID"] = format_datetime(now), f"<{letter.message_id}>"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if threaded := [id for id in (*letter.references, letter.in_reply_to) if _MESSAGE_ID.fullmatch(id)]:
        message["References"] = " ".join(f"<{id}>" for id in threaded[-20:])
        if threaded[-1] == letter.in_reply_to:
            message["In-Reply-To"] = f"<{letter.in_reply_to}>"
    if letter.is_automatic:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="base64" if not letter.text.isascii() else None)
    for file in letter.files:
        kind, _slash, subtype = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=kind or "application", subtype=subtype or "octet-stream", filename=_plain(file.name))
    return message


def _plain(text: str) -> str:
    """Words for a header. `EmailMessage` decodes encoded words (RFC 2047) even in what it is given, line ends in them too: a
    client's subject could so bring headers of its own into our answer. Broken up they are just letters.
    """
    return " ".join(_CONTROLS.sub(" ", text).split()).replace("=?", "= ?")


def _told(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(words.split())}"
