"""Every page of the settings: importing it registers it. One line for each."""

from marshrut.backoffice.web.settings import (
    agency,
    calendars,
    catalogue,
    fields,
    offices,
    reasons,
    site_forms,
    sources,
    templates,
    workload,
)

__all__ = ["agency", "calendars", "catalogue", "fields", "offices", "reasons", "site_forms", "sources", "templates", "workload"]
