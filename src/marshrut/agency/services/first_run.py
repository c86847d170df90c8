"""The first run: whoever reads the terminal sets the agency up, once."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from marshrut.agency.models import Agency, Employee, Office, Queue, Role
from marshrut.agency.permissions import system
from marshrut.agency.services.people import add_employee
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text

FIRST_RUN = system("first run")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none is taken for another
COUNTRIES = {"RU": ("RUB", "Europe/Moscow"), "UA": ("UAH", "Europe/Kyiv"), "KZ": ("KZT", "Asia/Almaty"), "BY": ("BYN", "Europe/Minsk")}
"""Country → its currency and the zone most of its agencies live in."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the first page asks for."""

    agency: str
    language: str
    office: str
    country: str
    time_zone: str
    name: str
    email: str
    password: str


@transaction.atomic
def issue_setup_code() -> str:
    """A new code for the first run; empty once somebody works here. Only its digest is kept; the former one is void."""
    sign(FIRST_RUN.label)
    agency = Agency.objects.select_for_update().get(pk=1)
    if agency.set_up_at or Employee.objects.filter(is_active=True).exists():
        return ""
    code = "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _part in range(3))
    agency.setup_digest = _digest(code)
    agency.save(update_fields=["setup_digest"])
    return code


@transaction.atomic
def set_up_agency(*, code: str, beginning: Beginning, now: datetime) -> Employee:
    """Name the agency and its first office, and make its owner. The code is good once.

    Raises:
        Refused: somebody has done it already. Invalid: the code is wrong, or a value is; the field is named.
    """
    sign(FIRST_RUN.label)
    agency = Agency.objects.select_for_update().get(pk=1)
    if agency.set_up_at or Employee.objects.filter(is_active=True).exists():
        raise Refused("set_up_already", _("This agency is set up already: log in, or ask its owner for an invitation."))
    if not agency.setup_digest or not hmac.compare_digest(bytes(agency.setup_digest), _digest(code)):
        raise Invalid("wrong_code", _("This is not the code that stands in the terminal; each start prints a new one."), field="code")
    known = _checked(beginning)
    agency.name, agency.language, agency.currency = known.agency, known.language, COUNTRIES[known.country][0]
    agency.setup_digest, agency.set_up_at = None, now
    agency.save()
    with override(known.language):
        Queue.objects.filter(slug="common").update(name=_("Common queue"))
    office = Office.objects.select_for_update().order_by("id")[0]
    office.name, office.country, office.time_zone = known.office, known.country, known.time_zone
    office.save()
    return add_employee(
        email=known.email, name=known.name, role=Role.OWNER, password=known.password, office=office.slug, by=FIRST_RUN, now=now
    )


def _checked(given: Beginning) -> Beginning:
    for field, value in (("agency", given.agency), ("office", given.office), ("name", given.name)):
        if not clean_text(value, 120):
            raise Invalid("empty", _("Fill this in."), field=field)
    email = read_email(given.email)
    if email is None:
        raise Invalid("not_an_address", _("Write an e-mail address, such as name@example.com."), field="email")
    if given.language not in ("ru", "uk", "en"):
        raise Invalid("no_such_language", _("Choose a language."), field="language")
    if given.country not in COUNTRIES:
        raise Invalid("no_such_country", _("Choose a country."), field="country")
    if given.time_zone not in available_timezones():
        raise Invalid("no_such_zone", _("Choose a time zone."), field="time_zone")
    return Beginning(
        clean_text(given.agency, 120), given.language, clean_text(given.office, 120), given.country, given.time_zone,
        clean_text(given.name, 120), email, given.password,
    )  # fmt: skip


def _digest(code: str) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter in _LETTERS)
    return hashlib.sha256(letters.encode()).digest()
