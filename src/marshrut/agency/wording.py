"""Roles, reaches, fields, scopes and states in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

ROLES = {
    "manager": noop("Manager"),
    "senior": noop("Senior manager"),
    "supervisor": noop("Supervisor"),
    "marketer": noop("Marketer"),
    "accountant": noop("Accountant"),
    "owner": noop("Owner"),
    "administrator": noop("Administrator"),
}
ROLE_HINTS = {
    "manager": noop("Sells: their own clients and matters."),
    "senior": noop("Sells, and sees the matters of the whole team."),
    "supervisor": noop("Answers for an office: all its clients, absences, imports, exports."),
    "marketer": noop("Reads everything with phones hidden; sources and reports."),
    "accountant": noop("Reads everything with phones hidden; sums and margins."),
    "owner": noop("Everything."),
    "administrator": noop("People, rights and settings; reads no clients."),
}
REACHES = {
    "own": noop("Their own clients"),
    "team": noop("Clients of the team"),
    "office": noop("Clients of the office"),
    "all": noop("All clients"),
    "none": noop("No clients"),
}
FIELDS = {"phone": noop("Phones and e-mail"), "passport": noop("Passports"), "margin": noop("Margin")}
STATES = {"active": noop("Works"), "invited": noop("Invited"), "expired": noop("The invitation is over"), "left": noop("Has left")}
SCOPES = {
    "inquiries:write": noop("Bring in inquiries and change them"),
    "inquiries:read": noop("Read inquiries"),
    "deals:write": noop("Lead deals"),
    "deals:read": noop("Read deals"),
    "tasks:write": noop("Plan and complete actions"),
    "tasks:read": noop("Read actions"),
    "persons:read": noop("Read clients, their names and phones"),
    "persons:write": noop("Change clients"),
    "persons:merge": noop("Merge clients known twice"),
    "messages:write": noop("Write to clients"),
    "reports:read": noop("Read reports"),
    "exports:read": noop("Take lists out as files"),
    "imports:write": noop("Bring files in"),
    "absences:write": noop("Absences and shifts"),
    "staff:write": noop("People and their rights"),
    "settings:write": noop("Settings"),
    "marketing:write": noop("Advertising costs"),
    "privacy:write": noop("Consents, what is known of a person, erasure"),
}


LANGUAGE_NAMES = {
    "ru": noop("Russian"), "uk": noop("Ukrainian"), "en": noop("English"), "be": noop("Belarusian"), "kk": noop("Kazakh"),
}  # fmt: skip


def language_name(code: str) -> str:
    """A language as it is called in a sentence."""
    return _(LANGUAGE_NAMES[code]) if code in LANGUAGE_NAMES else code


def role_label(role: str) -> str:
    return _(ROLES[role]) if role in ROLES else role


def role_hint(role: str) -> str:
    return _(ROLE_HINTS[role]) if role in ROLE_HINTS else ""


def reach_label(reach: str) -> str:
    return _(REACHES[reach]) if reach in REACHES else reach


def field_label(field: str) -> str:
    return _(FIELDS[field]) if field in FIELDS else field


def state_label(state: str) -> str:
    return _(STATES[state]) if state in STATES else state


def scope_label(scope: str) -> str:
    return _(SCOPES[scope]) if scope in SCOPES else scope
