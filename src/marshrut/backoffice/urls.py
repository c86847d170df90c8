"""Addresses of the back office. The names are flat: templates and scripts of every room use them."""

from django.urls import path

from marshrut.backoffice import urls_settings
from marshrut.backoffice.web import absences, access, exports, first_run, imports, leaving, outbox, staff, tokens
from marshrut.ui import addresses as _addresses  # noqa: F401  <id:…>

urlpatterns = [
    path("welcome/<str:token>", access.welcome, name="welcome"),
    path("password/forgotten", access.password_forgotten, name="password_forgotten"),
    path("password/<str:token>", access.new_password, name="password_new"),
    path("staff", staff.staff, name="staff"),
    path("staff/invite", staff.invite, name="staff_invite"),
    path("staff/absences", absences.absences, name="absences"),
    path("staff/absences/new", absences.absence, name="absence_new"),
    path("staff/absences/<id:pk>", absences.absence, name="absence"),
    path("staff/absences/<id:pk>/remove", absences.remove, name="absence_remove"),
    path("staff/absences/<id:pk>/tasks", absences.absence_tasks, name="absence_tasks"),
    path("staff/shifts/<id:pk>", absences.shifts, name="shifts"),
    path("staff/teams/new", staff.team, name="team_new"),
    path("staff/teams/<id:pk>", staff.team, name="team"),
    path("staff/teams/<id:pk>/remove", staff.remove_team, name="team_remove"),
    path("staff/<id:pk>", staff.colleague, name="colleague"),
    path("staff/<id:pk>/change", staff.change, name="colleague_change"),
    path("staff/<id:pk>/invite", staff.invite_anew, name="invite_again"),
    path("staff/<id:pk>/revoke", staff.revoke, name="invite_revoke"),
    path("staff/<id:pk>/password", staff.reset_password, name="colleague_password"),
    path("staff/<id:pk>/factor", staff.reset_factor, name="colleague_factor"),
    path("staff/<id:pk>/sessions", staff.end_all, name="colleague_sessions_end"),
    path("staff/<id:pk>/leave", leaving.leaving, name="leaving"),
    path("staff/<id:pk>/back", staff.come_back, name="come_back"),
    path("tokens", tokens.tokens, name="tokens"),
    path("exports", exports.exports, name="exports"),
    path("tokens/new", tokens.new_token, name="token_new"),
    path("tokens/<id:pk>/revoke", tokens.revoke, name="token_revoke"),
    path("start", first_run.first_run, name="first_run"),
    path("start/steps", first_run.first_steps, name="first_steps"),
    path("start/inquiry", first_run.first_inquiry, name="first_inquiry"),
    path("imports", imports.imports, name="imports"),
    path("imports/<id:pk>", imports.import_run, name="import"),
    path("imports/<id:pk>/check", imports.check_import, name="import_check"),
    path("imports/<id:pk>/start", imports.act_on_import, {"deed": "start"}, name="import_start"),
    path("imports/<id:pk>/stop", imports.act_on_import, {"deed": "stop"}, name="import_stop"),
    path("imports/<id:pk>/continue", imports.act_on_import, {"deed": "continue"}, name="import_continue"),
    path("imports/<id:pk>/undo", imports.undo_import, name="import_undo"),
    path("imports/<id:pk>/discard", imports.discard_import, name="import_discard"),
    path("imports/<id:pk>/problems.csv", imports.import_problems, name="import_problems"),
    path("outbox", outbox.outbox, name="outbox"),
    path("sendings/<id:pk>/repeat", outbox.send_again, name="sending_repeat"),
    path("sendings/<id:pk>/cancel", outbox.cancel, name="sending_cancel"),
    *urls_settings.urlpatterns,
]
