"""Seals: what must not be read by whoever gets hold of the database. AES-256-GCM (NIST SP 800-38D); keys from settings.

Each purpose has keys of its own, derived by HKDF (RFC 5869), so that what is sealed for one is nothing for another.
A sealed value begins with a version byte and four bytes that name its key: new keys are put in front of old ones.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_VERSION = b"\x01"
_NAME, _NONCE = 4, 12  # bytes


class Unsealable(Exception):
    """It was altered, or sealed with a key or for a purpose that is not this one."""


def seal(plain: bytes, purpose: str, context: bytes = b"") -> bytes:
    """Seal bytes for a purpose. `context` (a row's id, a piece's place) is bound to it: elsewhere it cannot be opened."""
    key = _keys(purpose)[0]
    nonce = os.urandom(_NONCE)
    return _VERSION + _name(key) + nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(sealed: bytes, purpose: str, context: bytes = b"") -> bytes:
    """What was sealed for this purpose and context.

    Raises:
        Unsealable: it was altered, or the key it was sealed with is not here.
    """
    sealed = bytes(sealed)
    name, nonce, rest = sealed[1 : 1 + _NAME], sealed[1 + _NAME : 1 + _NAME + _NONCE], sealed[1 + _NAME + _NONCE :]
    for key in _keys(purpose):
        if sealed[:1] == _VERSION and hmac.compare_digest(_name(key), name):
            try:
                return AESGCM(key).decrypt(nonce, rest, context)
            except InvalidTag as error:
                raise Unsealable("altered, or sealed for something else") from error
    raise Unsealable("sealed with a key that is not here")


def fingerprint(plain: bytes, purpose: str) -> bytes:
    """HMAC-SHA-256 by the oldest key, which stays: equal values are found by it, and it says nothing of them."""
    return hmac.new(_keys(purpose)[-1], plain, hashlib.sha256).digest()


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"name" + key).digest()[:_NAME]


def _keys(purpose: str) -> tuple[bytes, ...]:
    return _derive(tuple(settings.DATA_KEYS), purpose)


@lru_cache(maxsize=64)
def _derive(masters: tuple[str, ...], purpose: str) -> tuple[bytes, ...]:
    if not masters:
        raise ImproperlyConfigured("MARSHRUT_DATA_KEYS is not set; ./marshrut sets it for everything it starts.")
    info = b"marshrut " + purpose.encode()
    return tuple(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master.encode()) for master in masters)
