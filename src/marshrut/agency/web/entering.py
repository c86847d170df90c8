"""The steps between the right password and a session: a half-open door that is good for ten minutes and for nothing else."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from marshrut.agency.models import Employee
from marshrut.agency.services.attempts import forget_failures, keys_of
from marshrut.agency.web.browsers import address_of

HALF = "half"
GOOD_FOR = timedelta(minutes=10)
KNOWN_COOKIE = "marshrut_known"
KNOWN_FOR = 400 * 24 * 3600  # seconds
MOST_KNOWN = 8  # people who use one browser


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody gave the right password and still owes the second factor."""

    employee_id: int
    target: str


def open_half(request: HttpRequest, employee_id: int, target: str, now: datetime) -> None:
    """Remember, in a session nobody is logged in with, who owes a second factor."""
    request.session.flush()
    request.session[HALF] = {"id": employee_id, "next": target, "until": (now + GOOD_FOR).timestamp()}


def half_of(request: HttpRequest, now: datetime) -> Half | None:
    """Who owes a second factor here; None when nobody does, or the ten minutes are over."""
    kept = request.session.get(HALF) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if not kept or kept["until"] < now.timestamp():
        return None
    return Half(kept["id"], kept["next"])


def finish(request: HttpRequest, employee: Employee) -> None:
    """Both steps are done: a session of its own key begins."""
    request.session.flush()
    login(request, employee, backend=settings.AUTHENTICATION_BACKENDS[0])


def tries(request: HttpRequest, door: str, account: str) -> list[tuple[bytes, int]]:
    """What a try at this door is counted by."""
    known = _known(request)
    mark = known["mark"] if _mark_of(account) in known["who"] else ""
    return keys_of(door, account, address_of(request), mark)


def remember_browser(request: HttpRequest, response: HttpResponseBase, account: str) -> None:
    """From now on this browser is one the person has logged in with: tries from elsewhere do not lock it out."""
    known = _known(request)
    forget_failures(tries(request, "login", account))
    who = [_mark_of(account), *(mark for mark in known["who"] if mark != _mark_of(account))][:MOST_KNOWN]
    response.set_cookie(
        KNOWN_COOKIE, signing.dumps({"mark": known["mark"] or secrets.token_urlsafe(12), "who": who}, salt=KNOWN_COOKIE),
        max_age=KNOWN_FOR, httponly=True, samesite="Lax", secure=request.is_secure(),
    )  # fmt: skip


def _known(request: HttpRequest) -> Any:
    try:
        return signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=KNOWN_COOKIE, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return {"mark": "", "who": []}


def _mark_of(account: str) -> str:
    return hashlib.sha256(account.encode(errors="replace")).hexdigest()[:20]
