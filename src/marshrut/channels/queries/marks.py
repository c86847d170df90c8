"""Addresses that name a matter: where its client's answers go, and which matter an answer names when its thread is lost."""

import base64
import hmac
from collections.abc import Sequence

from django.db import connection

from marshrut.channels.queries.mail import Thread
from marshrut.channels.rules.subaddresses import marked, marks_in
from marshrut.core.vault import fingerprint

_PROOF = 10  # bytes: nobody tries 2^79 letters


def reply_address(dossier_id: int) -> str | None:
    """Where answers to a matter's letters go: its mailbox with the matter's mark; None where no mail door takes that.

    The door of the matter's office is taken before the one we send as, that before one of no office, that before any other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """select m.address from channels_maildoor m cross join journal_dossier d
               left join channels_mailserver s on position(m.address in lower(s.sender)) > 0
               where d.id = %s and m.is_active and m.takes_subaddresses and m.address <> ''
               order by m.office_id is distinct from d.office_id, s.id is null, m.office_id is not null, m.id limit 1""",
            [dossier_id],
        )
        row = cursor.fetchone()
    return marked(row[0], dossier_id, _proof(dossier_id)) if row else None


def find_marked(recipients: Sequence[str]) -> Thread | None:
    """The matter that one of a letter's own recipients names with a proof of ours; a forged or foreign one names none."""
    for dossier_id, proof in marks_in(recipients):
        if hmac.compare_digest(_proof(dossier_id), proof) and _is_there(dossier_id):
            return Thread(dossier_id, None)
    return None


def _proof(dossier_id: int) -> str:
    """By the oldest key, which stays: letters are answered years later."""
    return base64.b32encode(fingerprint(str(dossier_id).encode(), "reply address")[:_PROOF]).decode().lower()


def _is_there(dossier_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from journal_dossier where id = %s)", [dossier_id])
        return bool(cursor.fetchone()[0])
