"""Addresses of the desk. The names are flat: templates and scripts of every room use them."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from marshrut.desk.web import board, burning, inbox, matter_actions, matters, people, quick_inquiry, search, task_actions, today


class IdConverter(IntConverter):
    """A number the database can hold as an id; a longer one is nothing of ours."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")

urlpatterns = [
    path("", today.today, name="today"),
    path("nav", today.nav, name="nav"),
    path("burning", burning.burning, name="burning"),
    path("dossiers/<id:pk>/hand-over", burning.hand_over, name="hand_over"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<id:pk>", inbox.preview, name="inbox_preview"),
    path("board", board.board, name="board"),
    path("board/deals/<id:pk>", matters.deal_panel, name="board_panel"),
    path("clients", people.people, name="people"),
    path("clients/known", people.known_client, name="known_client"),
    path("clients/<id:pk>", people.person, name="person"),
    path("search", search.search, name="search"),
    path("inquiries/new", quick_inquiry.quick_inquiry, name="quick_inquiry"),
    path("inquiries/<id:pk>", matters.inquiry, name="inquiry"),
    path("inquiries/<id:pk>/deal", matter_actions.deal_of_inquiry, name="inquiry_deal"),
    path("inquiries/<id:pk>/take", matter_actions.take, name="inquiry_take"),
    path("inquiries/<id:pk>/spam", matter_actions.spam, name="inquiry_spam"),
    path("quarantine/<id:pk>/release", matter_actions.release, name="quarantine_release"),
    path("inquiries/<id:pk>/close", matter_actions.close_of_inquiry, name="inquiry_close"),
    path("inquiries/<id:pk>/reopen", matter_actions.reopen_of_inquiry, name="inquiry_reopen"),
    path("deals/<id:pk>", matters.deal, name="deal"),
    path("deals/<id:pk>/stage", matter_actions.stage, name="deal_stage"),
    path("deals/<id:pk>/close", matter_actions.close_of_deal, name="deal_close"),
    path("deals/<id:pk>/reopen", matter_actions.reopen_of_deal, name="deal_reopen"),
    path("tasks/<id:pk>/complete", task_actions.complete, name="task_complete"),
    path("tasks/<id:pk>/postpone", task_actions.postpone, name="task_postpone"),
    path("dossiers/<id:pk>/touch", task_actions.touch, name="touch_new"),
    path("dossiers/<id:pk>/task", task_actions.plan, name="task_new"),
]
