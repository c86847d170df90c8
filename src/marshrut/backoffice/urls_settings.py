"""Addresses of the settings."""

from django.urls import path

from marshrut.backoffice import urls_rules
from marshrut.backoffice.web.settings import (
    agency,
    calendars,
    catalogue,
    costs,
    costs_pasted,
    fields,
    floors,
    gates,
    index,
    mail,
    offices,
    reasons,
    site_forms,
    skills,
    sources,
    templates,
    workload,
)
from marshrut.backoffice.web.settings.rolls import roll_urls
from marshrut.ui import addresses as _addresses  # noqa: F401  <id:…>

urlpatterns = [
    path("settings", index.settings, name="settings"),
    path("settings/history/<slug:slug>", index.history, name="settings_history"),
    path("settings/history/<slug:slug>/<id:pk>/undo", index.undo, name="settings_undo"),
    path("settings/agency", agency.agency, name="settings_agency"),
    *roll_urls("settings/offices", offices.ROLL),
    path("settings/offices/<id:pk>/switch", offices.switch, name="settings_office_switch"),
    path("settings/calendars", calendars.calendars, name="settings_calendars"),
    path("settings/calendars/<id:pk>", calendars.calendar, name="settings_calendar"),
    path("settings/calendars/<id:pk>/days/new", calendars.day_off, name="settings_day_new"),
    path("settings/calendars/<id:pk>/days/<str:day>", calendars.day_off, name="settings_day"),
    path("settings/calendars/<id:pk>/public", calendars.public_days, name="settings_public_days"),
    *roll_urls("settings/workload", workload.ROLL),
    path("settings/skills", skills.skills, name="settings_skills"),
    path("settings/skills/<id:pk>", skills.skills_of, name="settings_skills_of"),
    *roll_urls("settings/sources", sources.ROLL),
    path("settings/costs/many", costs_pasted.paste, name="settings_costs_many"),
    *roll_urls("settings/costs", costs.ROLL),
    path("settings/sources/<id:pk>/merge", sources.merge, name="settings_source_merge"),
    *roll_urls("settings/forms", site_forms.ROLL),
    *roll_urls("settings/categories", catalogue.CATEGORY_ROLL),
    *roll_urls("settings/directions", catalogue.DIRECTION_ROLL),
    *roll_urls("settings/floors", floors.ROLL),
    *roll_urls("settings/reasons", reasons.ROLL),
    *roll_urls("settings/gates", gates.GATE_ROLL),
    *roll_urls("settings/refusals", gates.REFUSAL_ROLL),
    *roll_urls("settings/templates", templates.ROLL),
    *roll_urls("settings/fields", fields.ROLL),
    *roll_urls("settings/mail", mail.ROLL),
    path("settings/mail-server", mail.server, name="settings_server"),
    path("settings/mail-server/check", mail.check, name="settings_server_check"),
    path("settings/mail-server/test", mail.test_letter, name="settings_server_test"),
    *urls_rules.urlpatterns,
]
