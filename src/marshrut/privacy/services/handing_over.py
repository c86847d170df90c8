"""Everything about a person in one file that other programs can read (GDPR art. 15 and 20; 152-FZ art. 14)."""

import re
import tempfile
import zipfile
from datetime import datetime
from typing import IO

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.services.outbox import SEALED_FOR
from marshrut.core.errors import Invalid
from marshrut.core.files import read_file
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.vault import unseal
from marshrut.privacy.models import Act
from marshrut.privacy.queries import Ids, everything_about, find_person, ids_about, require_all_read

_IN_MEMORY = 4 << 20  # bytes; a larger archive is written to a temporary file


@transaction.atomic
def hand_over_everything(*, person_id: int, ground: str, by: Actor, now: datetime) -> IO[bytes]:
    """A ZIP: data.json with every row about the person, the raw messages, letters and files. The register notes it.

    Refused while old letters are still being looked through for whom they name.
    """
    sign(by.label)
    person = find_person(by, person_id)
    ground = clean_text(ground, 500)
    if not ground:
        raise Invalid("ground_missing", _("Say on whose word it is done."), field="ground")
    require_all_read()
    rows, ids = everything_about(person.id), ids_about(person.id)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        archive.writestr("README.txt", _explanation(person.name, now))
        _add_messages(archive, ids)
        _add_letters(archive, ids)
        _add_files(archive, ids)
    counts = {table: len(found) for table, found in rows.items() if found}
    Act.objects.create(kind="export", person_id=person.id, at=now, by=by.label, ground=ground, counts=counts)
    file.seek(0)
    return file


def _explanation(name: str, now: datetime) -> str:
    return _(
        "Everything that is kept about %(name)s as of %(now)s (UTC).\n"
        "data.json: the records. messages: what came in, as it came. sent: what was sent. files: attachments.\n"
    ) % {"name": name, "now": f"{now:%Y-%m-%d %H:%M}"}


def _add_messages(archive: zipfile.ZipFile, ids: Ids) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select id, body, file_id from channels_rawmessage where id = any(%s) order by id", [ids["raw"]])
        for raw_id, body, file_id in cursor.fetchall():
            ending = "eml" if file_id else "json" if bytes(body[:1]) == b"{" else "txt"
            _write(archive, f"messages/{raw_id}.{ending}", file_id, bytes(body))


def _add_letters(archive: zipfile.ZipFile, ids: Ids) -> None:
    """What we sent, opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, sealed_text, message_id from channels_sending where dossier_id = any(%s) order by id", [ids["dossier"]]
        )
        for sending_id, sealed, message_id in cursor.fetchall():
            text = unseal(sealed, SEALED_FOR, message_id.encode()) if sealed else b""
            archive.writestr(f"sent/{sending_id}.txt", text)


def _add_files(archive: zipfile.ZipFile, ids: Ids) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, name, file_id from channels_attachment where id = any(%s) order by id", [ids["attachment"]]
        )
        for attachment_id, name, file_id in cursor.fetchall():
            safe = re.sub(r"[^\w.() -]", "_", name)[-100:].lstrip(".") or "file"
            _write(archive, f"files/{attachment_id} {safe}", file_id, b"")


def _write(archive: zipfile.ZipFile, name: str, file_id: int | None, body: bytes) -> None:
    with archive.open(name, "w", force_zip64=True) as member:
        for piece in read_file(file_id) if file_id else (body,):
            member.write(piece)
