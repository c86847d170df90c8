"""The care of personal data in the sidebar, for whoever answers for it."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marshrut.agency.permissions import Actor
from marshrut.privacy.permissions import SCOPE
from marshrut.ui.navigation import register_entry


def register_pages() -> None:
    """One entry."""
    register_entry(_("Agency"), _("Personal data"), "privacy", "shield-lock", 90, allowed=_cares, also=("consents", "person_care"))


def _cares(request: HttpRequest) -> bool:
    actor: Actor | None = getattr(request, "actor", None)
    return actor.may(SCOPE) if actor else False
