"""Addresses of the reports. The names are flat: templates and scripts of every room use them."""

from django.urls import path

from marshrut.insights.web import exports, lists, pages

urlpatterns = [
    path("reports", pages.overview, name="reports"),
    path("reports/sources", pages.sources, name="report_sources"),
    path("reports/answers", pages.answers, name="report_answers"),
    path("reports/funnel", pages.funnel, name="report_funnel"),
    path("reports/work", pages.work, name="report_work"),
    path("reports/matters", lists.matters, name="reports_list"),
    path("reports/measures", pages.measures, name="report_measures"),
    path("reports/<slug:report>/<slug:table>.<slug:form>", exports.export, name="report_export"),
]
