"""Writes about second factors: an app that shows codes, keys of devices, and codes for the day both are lost."""

import hashlib
import re
import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Authenticator, Passkey, RecoveryCode
from marshrut.agency.permissions import Actor
from marshrut.agency.services.people import lock_managed
from marshrut.agency.services.sessions import end_sessions
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.vault import seal, unseal

PURPOSE = "second factor"
STEP = 30  # seconds a code stands (RFC 6238)
DRIFT = 1  # steps a phone's clock may be wrong, either way
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


@transaction.atomic
def begin_authenticator(*, by: Actor, now: datetime) -> str:
    """The secret to show as a picture; the same until it is confirmed. Refused when an app is connected already."""
    kept = Authenticator.objects.select_for_update().filter(employee_id=by.id).first()
    if kept and kept.confirmed_at:
        raise Refused("connected", _("An app is connected already. Disconnect it first."))
    if kept:
        return _open(kept)
    secret = pyotp.random_base32()
    sign(by.label)
    Authenticator.objects.create(employee_id=by.id, sealed_secret=seal(secret.encode(), PURPOSE, str(by.id).encode()))
    return secret


@transaction.atomic
def confirm_authenticator(*, code: str, by: Actor, now: datetime) -> list[str]:
    """The app shows the right code, so it is connected. Recovery codes come with it, if there are none yet.

    Raises:
        Invalid: the code is not the one of this moment.
    """
    kept = Authenticator.objects.select_for_update().filter(employee_id=by.id, confirmed_at=None).first()
    if kept is None:
        raise Refused("connected", _("An app is connected already. Disconnect it first."))
    step = _step_of(_open(kept), code, now)
    if step is None:
        raise Invalid(
            "wrong_code", _("This is not the code of this minute. Check the clock of the phone and try the next one."), field="code"
        )
    sign(by.label)
    kept.confirmed_at, kept.last_step = now, step
    kept.save(update_fields=["confirmed_at", "last_step"])
    return _first_codes(by)


@transaction.atomic
def check_code(*, employee_id: int, code: str, now: datetime) -> bool:
    """Whether it is a code of this minute nobody has used yet, or a recovery code; using it up."""
    given = re.sub(r"\s", "", code)
    if re.fullmatch(r"\d{6}", given):
        return _use_code(employee_id, given, now)
    unused = RecoveryCode.objects.filter(employee_id=employee_id, used_at=None, digest=_digest(employee_id, code))
    return unused.update(used_at=now) == 1


def _use_code(employee_id: int, code: str, now: datetime) -> bool:
    """A code is good once: it must be of a later step than the last one used, even for two who type it at once."""
    kept = Authenticator.objects.select_for_update().filter(employee_id=employee_id, confirmed_at__isnull=False).first()
    step = _step_of(_open(kept), code, now) if kept else None
    if kept is None or step is None or step <= kept.last_step:
        return False
    kept.last_step = step
    kept.save(update_fields=["last_step"])
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step this code belongs to, at most one away from now."""
    present, given = int(now.timestamp()) // STEP, re.sub(r"\s", "", code)
    code_of = pyotp.TOTP(secret).generate_otp
    steps = [
        step
        for step in range(present - DRIFT, present + DRIFT + 1)
        if secrets.compare_digest(code_of(step).encode(), given.encode())
    ]
    return steps[-1] if steps else None


def _open(kept: Authenticator) -> str:
    return unseal(bytes(kept.sealed_secret), PURPOSE, str(kept.employee_id).encode()).decode()


@transaction.atomic
def renew_recovery_codes(*, by: Actor) -> list[str]:
    """Ten new codes, shown once; the old ones are good for nothing."""
    sign(by.label)
    RecoveryCode.objects.filter(employee_id=by.id).delete()
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _part in range(2)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(employee_id=by.id, digest=_digest(by.id, code)) for code in codes)
    return codes


def _first_codes(by: Actor) -> list[str]:
    return [] if RecoveryCode.objects.filter(employee_id=by.id, used_at=None).exists() else renew_recovery_codes(by=by)


def _digest(employee_id: int, code: str) -> bytes:
    plain = re.sub(r"[^a-z0-9]", "", code.lower())
    return hashlib.sha256(f"{employee_id}:{plain}".encode()).digest()


@transaction.atomic
def remove_authenticator(*, by: Actor, now: datetime) -> None:
    """The app is disconnected."""
    sign(by.label)
    Authenticator.objects.filter(employee_id=by.id).delete()
    _drop_codes_of_nothing(by.id)


@transaction.atomic
def add_passkey(*, credential_id: bytes, public_key: bytes, sign_count: int, name: str, by: Actor, now: datetime) -> list[str]:
    """A key of a device, as the browser has proved it. Recovery codes come with the first factor."""
    if Passkey.objects.filter(credential_id=credential_id).exists():
        raise Refused("known_key", _("This key is connected already."))
    sign(by.label)
    Passkey.objects.create(
        employee_id=by.id, credential_id=credential_id, public_key=public_key, sign_count=sign_count,
        name=clean_text(name, 80) or _("Passkey"), created_at=now,
    )  # fmt: skip
    return _first_codes(by)


@transaction.atomic
def note_passkey_used(*, passkey_id: int, sign_count: int, now: datetime) -> None:
    """A key has opened the door."""
    Passkey.objects.filter(pk=passkey_id).update(sign_count=sign_count, used_at=now)


@transaction.atomic
def remove_passkey(*, passkey_id: int, by: Actor, now: datetime) -> None:
    """One's own key is disconnected."""
    sign(by.label)
    if not Passkey.objects.filter(pk=passkey_id, employee_id=by.id).delete()[0]:
        raise NotFound("no_such_key", _("There is no such key."))
    _drop_codes_of_nothing(by.id)


def _drop_codes_of_nothing(employee_id: int) -> None:
    """Recovery codes stand in for a factor; without one they would be a second password nobody asks for."""
    has_app = Authenticator.objects.filter(employee_id=employee_id, confirmed_at__isnull=False).exists()
    if not has_app and not Passkey.objects.filter(employee_id=employee_id).exists():
        RecoveryCode.objects.filter(employee_id=employee_id).delete()


@transaction.atomic
def reset_second_factor(*, employee_id: int, by: Actor, now: datetime) -> None:
    """Somebody lost phone and key: app, keys and codes are forgotten, every session ends. By whoever manages staff."""
    employee = lock_managed(employee_id, by)
    if employee.id == by.id:
        raise Refused("own_factor", _("Disconnect your own factors on the page “My security”."))
    sign(by.label)
    for factor in (Authenticator, Passkey, RecoveryCode):
        factor.objects.filter(employee_id=employee_id).delete()
    end_sessions(employee_id=employee_id, by=by, now=now)
