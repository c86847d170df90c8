"""What the agency says of itself."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from babel.core import get_global
from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Agency, Office
from marshrut.agency.permissions import Actor
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.phones import DEFAULT_REGIONS, read_phone
from marshrut.core.slugs import required_name

LANGUAGES = ("ru", "uk", "en")
LONGEST_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """The agency's own line, as it was typed."""

    name: str
    language: str
    currency: str
    address: str = ""
    email: str = ""
    phone: str = ""
    needs_second_factor: bool = False


@transaction.atomic
def save_profile(*, profile: Profile, by: Actor, now: datetime) -> None:
    """What letters, papers and pages say of the agency. Invalid names the field."""
    row = Agency.objects.select_for_update().get(pk=1)
    row.name = required_name(profile.name)
    if profile.language not in LANGUAGES:
        raise Invalid("no_such_language", _("Choose one of the languages."), field="language")
    if profile.currency not in get_global("all_currencies"):
        raise Invalid("no_such_currency", _("There is no such currency: three letters, for example RUB."), field="currency")
    row.language, row.currency = profile.language, profile.currency
    row.address, row.email, row.phone = _address(profile.address), _email(profile.email), _phone(profile.phone)
    row.needs_second_factor = profile.needs_second_factor
    sign(by.label)
    row.save()


def check_profile() -> None:
    """The agency's own line stays. Refused otherwise (asked after an undo)."""
    if not Agency.objects.filter(pk=1).exists():
        raise Refused("agency_stays", _("The agency itself cannot be removed."))


def _address(text: str) -> str:
    """https://name, without a path. Empty is allowed: then links are made from the address people came by."""
    address = clean_text(text, LONGEST_ADDRESS).rstrip("/")
    if not address:
        return ""
    try:
        parts = urlsplit(address if "//" in address else f"https://{address}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise Invalid(
            "bad_address", _("Write the site's address as https://crm.example.com, without anything after it."), field="address"
        )
    return f"{parts.scheme}://{parts.hostname}{port}"


def _email(text: str) -> str:
    email = read_email(text) if text else ""
    if email is None:
        raise Invalid("bad_email", _("This is not an e-mail address: please check it."), field="email")
    return email


def _phone(text: str) -> str:
    if not text:
        return ""
    countries = list(dict.fromkeys([*Office.objects.order_by("id").values_list("country", flat=True), *DEFAULT_REGIONS]))
    phone = read_phone(text, countries)
    if phone is None or not phone.e164:
        raise Invalid("bad_phone", _("This is not a phone number: please check it."), field="phone")
    return phone.e164
