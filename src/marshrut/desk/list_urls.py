"""Addresses of lists. Each list and each bulk action has its own, so that rights are described and proved one by one."""

from django.urls import path

from marshrut.deals.rules.list_filters import PAGES
from marshrut.deals.services.bulk_actions import ACTIONS
from marshrut.desk.web import bulk, list_exports, list_views, lists

urlpatterns = [
    path("inquiries", lists.inquiries, name="list_inquiries"),
    path("deals", lists.deals, name="list_deals"),
    path("views/<id:pk>", list_views.change, name="view_change"),
    path("views/<id:pk>/delete", list_views.delete, name="view_delete"),
    path("runs/<id:pk>", bulk.run, name="bulk_run"),
    path("runs/<id:pk>/undo", bulk.undo, name="bulk_undo"),
]
for _page in PAGES:
    urlpatterns += [
        path(f"{_page}/count", lists.count, {"page": _page}, name=f"list_count_{_page}"),
        path(f"{_page}/view", list_views.save, {"page": _page}, name=f"view_new_{_page}"),
    ]
    for _form in ("csv", "xlsx"):
        _what = {"page": _page, "form": _form}
        urlpatterns.append(path(f"{_page}/export.{_form}", list_exports.export, _what, name=f"export_{_page}_{_form}"))
    for _action in ACTIONS[_page]:
        urlpatterns.append(path(f"{_page}/bulk/{_action}", bulk.bulk, {"page": _page, "action": _action}, name=f"bulk_{_page}_{_action}"))
