"""Roles in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

ROLES = {
    "manager": noop("Manager"),
    "supervisor": noop("Supervisor"),
    "owner": noop("Owner"),
    "administrator": noop("Administrator"),
}


def role_label(role: str) -> str:
    return _(ROLES[role]) if role in ROLES else role
