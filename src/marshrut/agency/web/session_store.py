"""Where sessions are kept: Django's table, under a digest of the key. Whoever reads the table can log in as nobody.

Named in `SESSION_ENGINE`. The site runs synchronously, and so do these four; Django's own do the rest.
"""

from base64 import urlsafe_b64encode
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session

from marshrut.agency.queries.sessions import digest_of_key

_BYTES = 30  # of SHA-256, as forty letters: all that Django's column holds


def name_of(session_key: str) -> str:
    """What a session lies under: the first 240 bits of the SHA-256 of its key. `migrations/0007` says the same in SQL."""
    return urlsafe_b64encode(digest_of_key(session_key)[:_BYTES]).decode()


class SessionStore(db.SessionStore):
    """Django's sessions, found and kept by `name_of` the key that the browser shows."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key
        self._session_key = name_of(key) if key else key
        kept: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        self._session_key = key if kept else None
        return kept

    def exists(self, session_key: str) -> bool:
        return super().exists(name_of(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = name_of(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(name_of(key))
