"""Writes of the room, by theme: people and their rights, ways in, sessions, second factors, absences, tokens."""

from marshrut.agency.services.absences import drop_absence, save_absence, set_shifts
from marshrut.agency.services.access import (
    Letter,
    accept_invitation,
    change_password,
    forget_password,
    invite_again,
    invite_employee,
    issue_reset,
    revoke_all_links,
    revoke_invitation,
    set_forgotten_password,
)
from marshrut.agency.services.people import (
    Employment,
    add_employee,
    change_employee,
    drop_team,
    end_employment,
    find_office,
    save_team,
    take_back,
)
from marshrut.agency.services.second_factor import reset_second_factor
from marshrut.agency.services.sessions import end_all_sessions, end_session, end_sessions, start_session
from marshrut.agency.services.tokens import issue_token, revoke_token
from marshrut.agency.services.wishes import set_notice_wishes

__all__ = [
    "Employment",
    "Letter",
    "accept_invitation",
    "add_employee",
    "change_employee",
    "change_password",
    "drop_absence",
    "drop_team",
    "end_all_sessions",
    "end_employment",
    "end_session",
    "end_sessions",
    "find_office",
    "forget_password",
    "invite_again",
    "invite_employee",
    "issue_reset",
    "issue_token",
    "reset_second_factor",
    "revoke_all_links",
    "revoke_invitation",
    "revoke_token",
    "save_absence",
    "save_team",
    "set_forgotten_password",
    "set_notice_wishes",
    "set_shifts",
    "start_session",
    "take_back",
]
