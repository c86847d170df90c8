"""A mail door of the tests, and letters to lay into it."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.cast import Cast

from marshrut.channels.models import MailDoor, RawMessage
from marshrut.core.clock import utc_now
from marshrut.core.files import read_file
from marshrut.intake.reference import read_reference
from marshrut.intake.services import read_doors

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "mail"


RUSSIAN = "Здравствуйте! Хотим в Турцию вдвоём, море и всё включено. Сколько будет стоить?"


@pytest.fixture
def door(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailDoor:
    """A Maildir of the office «Невский», empty."""
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return MailDoor.objects.create(
        name="Почта", kind="maildir", path=str(tmp_path / "box"), address="hello@nevsky.example", source_slug="email",
        office_id=cast.anna.office_id,
    )


def letter(text: str = RUSSIAN, *, sender: str = "Ирина Лебедева <irina@example.com>", id: str | None = "<one@example.com>",
           subject: str = "Тур в Турцию", **headers: str) -> EmailMessage:
    """A letter as a decent program writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "hello@nevsky.example", subject
    message["Date"] = "Sun, 22 Nov 2026 09:00:00 +0300"
    if id:
        message["Message-ID"] = id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def put(door: MailDoor, raw: bytes | EmailMessage, name: str = "1") -> bytes:
    """Lay a letter into the door's folder; its bytes."""
    data = raw if isinstance(raw, bytes) else raw.as_bytes()
    (Path(door.path) / "new" / name).write_bytes(data)
    return data


def look(minutes: int = 1) -> dict[str, int]:
    """The job looks into the doors."""
    return read_doors(reference=read_reference(), now=utc_now() + timedelta(minutes=minutes))


def kept(raw: RawMessage) -> bytes:
    return b"".join(read_file(raw.file_id))
