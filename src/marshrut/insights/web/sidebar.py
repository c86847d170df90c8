"""The pages of the reports in the sidebar."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marshrut.agency.permissions import Actor
from marshrut.ui.navigation import register_entry


def register_pages() -> None:
    """One entry: the overview leads to the others."""
    register_entry(
        _("Control"),
        _("Reports"),
        "reports",
        "chart-bar",
        60,
        allowed=_reads_reports,
        also=("report_sources", "report_answers", "report_funnel", "report_work", "reports_list", "report_measures"),
    )


def _reads_reports(request: HttpRequest) -> bool:
    actor: Actor | None = getattr(request, "actor", None)
    return bool(actor) and actor.reach != "none" and actor.may("reports:read")  # type: ignore[union-attr]
