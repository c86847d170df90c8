"""The pages of the back office in the sidebar."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marshrut.backoffice.web.settings import pages as _pages  # noqa: F401  registers them
from marshrut.backoffice.web.settings.frame import settings_pages
from marshrut.ui.navigation import register_entry

SECTION = _("Agency")


def register_pages() -> None:
    """People and their rights for whoever manages them; absences for whoever answers for an office."""
    register_entry(SECTION, _("People"), "staff", "users", 300, allowed=lambda request: _may(request, "staff:write"),
                   also=("colleague",))
    register_entry(SECTION, _("Tokens"), "tokens", "key", 315, allowed=lambda request: _may(request, "staff:write"))
    register_entry(SECTION, _("Exports"), "exports", "file-text", 335, allowed=lambda request: _may(request, "staff:write"))
    register_entry(SECTION, _("Absences"), "absences", "beach", 310, allowed=lambda request: _may(request, "absences:write"))
    register_entry(SECTION, _("Outbox"), "outbox", "mail-forward", 330,
                   allowed=lambda request: _may(request, "messages:write") or _may(request, "settings:write"))
    register_entry(SECTION, _("Files of leads"), "imports", "file-import", 320, allowed=lambda request: _may(request, "imports:write"),
                   also=("import",))
    register_entry(SECTION, _("Advertising costs"), "settings_costs", "coins", 340,
                   allowed=lambda request: _may(request, "marketing:write") and not _may(request, "settings:write"))
    register_entry(SECTION, _("Settings"), "settings", "settings", 390, allowed=lambda request: _may(request, "settings:write"),
                   also=("settings_calendar", *(page.url_name for page in settings_pages())))


def _may(request: HttpRequest, scope: str) -> bool:
    actor = getattr(request, "actor", None)
    return bool(actor) and actor.may(scope)  # type: ignore[union-attr]