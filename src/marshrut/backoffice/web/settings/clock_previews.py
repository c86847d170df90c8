"""What other clocks would do: to those that run now, and to the answers of last month."""

from datetime import timedelta
from typing import Any

from marshrut.agency.permissions import system
from marshrut.agency.web.pages import Reader, ReaderRequest
from marshrut.backoffice.web.settings.rule_pages import month_of, sample_note
from marshrut.intake.queries.rule_samples import Sampled
from marshrut.intake.queries.running import FIRST, next_answers_since, running_within
from marshrut.intake.rules.clock_policies import MISSED_CALL, ClockPolicies, Kind
from marshrut.intake.rules.previews import ClockCase, count_kept

MONTH = timedelta(days=30)
EVERYBODY = system("preview")
MOST_RUNNING = 2000


def foresee(request: ReaderRequest, present: ClockPolicies, wanted: ClockPolicies) -> dict[str, Any]:
    """Clocks that run and would have other minutes, sooner or later; last month's answers in time before and after."""
    reader = request.reader
    sample = [one for one in month_of(request) if one.has_clock and not one.is_joined]
    first = [_case(one, reader) for one in sample]
    following = [ClockCase(one.office_id, one.kind, one.minutes, is_first=False) for one in next_answers_since(reader.now - MONTH)]
    running = running_within(EVERYBODY, MOST_RUNNING)
    moved = [_breach(one, wanted) - _breach(one, present) for one in running]
    return {
        "running": len(running),
        "sooner": sum(change < 0 for change in moved),
        "later": sum(change > 0 for change in moved),
        "first": (count_kept(first, present), count_kept(first, wanted)),
        "following": (count_kept(following, present), count_kept(following, wanted)),
        "note": sample_note(sample),
    }


def _breach(one: Any, policies: ClockPolicies) -> float:
    policy = policies.of(one.office_id, one.kind)
    return (policy.first if one.answer == FIRST else policy.following).breach


def _case(one: Sampled, reader: Reader) -> ClockCase:
    """Working minutes from the receipt to the answer: as they were kept with it, else by the hours of whoever holds the matter now."""
    owner = reader.staff.colleagues.get(one.owner_id or 0)
    office = reader.staff.offices.get(one.office_id or 0) or reader.staff.first_office
    calendar = owner.response_calendar if owner else office.calendar
    minutes = one.answer_minutes
    if minutes is None and one.answered_at:
        minutes = calendar.working_minutes_between(one.received_at, one.answered_at)
    return ClockCase(office.id, Kind(MISSED_CALL if one.is_missed_call else one.facts.channel, one.inquiry_class), minutes)
