"""What is done with an inquiry: answered, closed, marked, reopened, taken; and what each refuses, by name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from marshrut.channels.models import RawMessage
from marshrut.clients.models import Consent, Person
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.deals.services import close_deal, open_deal, reopen_deal
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import (
    answer_client,
    close_inquiry,
    mark_spam,
    record_outcome,
    reopen_inquiry,
    take_inquiry,
)
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.journal.models import Dossier, Task, Touch
from marshrut.journal.services import NextAction, complete_task, postpone_task

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]
LATER = MONDAY + timedelta(minutes=3)


def pending(inquiry: Any) -> list[Any]:
    return list(Task.objects.filter(dossier_id=inquiry.dossier_id, state="pending"))


def check_deferred() -> None:
    """Ask now what the database would ask at commit."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


@pytest.fixture
def inquiry(agency: Any, come: Come) -> Any:
    return come(MONDAY)


def end(inquiry: Any, agency: Any, outcome: str = "lost", reason: str = "дорого") -> None:
    close_inquiry(inquiry_id=inquiry.pk, outcome=outcome, reason=reason, by=agency.owner, now=LATER)
    check_deferred()


@pytest.mark.parametrize(("outcome", "reason", "stored"), [
    ("won", "", ("won", "")), ("realised", "", ("won", "")), ("lost", "дорого", ("lost", "")), ("not_realised", "дорого", ("lost", "")),
    ("spam", "", (None, "spam")), ("wrong_number", "", (None, "wrong_number")), ("price_check", "", (None, "price_check")),
])  # fmt: skip
def test_an_inquiry_closes_with_an_outcome_or_a_disposition(
    inquiry: Any, agency: Any, outcome: str, reason: str, stored: tuple[str | None, str]
) -> None:
    end(inquiry, agency, outcome, reason)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, inquiry.disposition) == ("closed", *stored)
    assert (inquiry.clock_state, inquiry.warn_at) == ("stopped", None)
    assert pending(inquiry) == []
    assert not Dossier.objects.get().is_open


@pytest.mark.parametrize(("outcome", "reason", "missing"), [
    ("lost", "", "reason"), ("lost", "   ", "reason"), ("", "", "outcome"), ("vanished", "x", "outcome"),
])  # fmt: skip
def test_an_end_without_what_it_needs_is_refused_by_name(
    inquiry: Any, agency: Any, outcome: str, reason: str, missing: str
) -> None:
    with pytest.raises(Invalid) as refused:
        end(inquiry, agency, outcome, reason)
    assert refused.value.missing == (missing,)
    assert pending(inquiry)


def test_what_is_closed_cannot_be_closed_again(inquiry: Any, agency: Any) -> None:
    end(inquiry, agency)
    with pytest.raises(Refused):
        end(inquiry, agency)


def test_what_became_a_deal_is_closed_by_its_deal(inquiry: Any, agency: Any) -> None:
    deal = open_deal(inquiry_id=inquiry.pk, funnel="office", by=agency.owner, now=LATER)
    with pytest.raises(Refused) as refused:
        end(inquiry, agency)
    assert refused.value.code == "deal_open"
    with pytest.raises(Refused):
        mark_spam(inquiry_id=inquiry.pk, by=agency.owner, now=LATER)
    inquiry.refresh_from_db()
    assert inquiry.inquiry_class != "spam"
    close_deal(deal_id=deal, outcome="lost", reason="дорого", by=agency.owner, now=LATER)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, inquiry.close_reason) == ("closed", "lost", "дорого")
    reopen_deal(deal_id=deal, by=agency.owner, now=LATER)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, len(pending(inquiry))) == ("open", None, 1)
    check_deferred()


def test_those_that_joined_end_as_duplicates_and_stay_out_of_conversion(inquiry: Any, agency: Any, come: Come) -> None:
    joined = come(LATER, contact={"phone": inquiry.person.contacts.get().normal})
    assert joined.state == "joined"
    with pytest.raises(Refused):
        close_inquiry(inquiry_id=joined.pk, outcome="won", reason="", by=agency.owner, now=LATER)
    end(inquiry, agency, "won", "")
    joined.refresh_from_db()
    assert (joined.state, joined.outcome, joined.disposition) == ("closed", None, "duplicate")


def test_spam_in_one_click(inquiry: Any, agency: Any) -> None:
    mark_spam(inquiry_id=inquiry.pk, by=agency.owner, now=LATER)
    inquiry.refresh_from_db()
    assert (inquiry.inquiry_class, inquiry.state, inquiry.disposition, inquiry.outcome) == ("spam", "closed", "spam", None)
    with pytest.raises(Refused):
        mark_spam(inquiry_id=inquiry.pk, by=agency.owner, now=LATER)


def test_a_closed_inquiry_is_reopened_for_whoever_held_it_with_a_next_action(inquiry: Any, agency: Any) -> None:
    end(inquiry, agency)
    reopen_inquiry(inquiry_id=inquiry.pk, reference=read_reference(), by=agency.owner, now=LATER)
    check_deferred()
    held, inquiry = inquiry.dossier.owner_id, Inquiry.objects.select_related("dossier").get(pk=inquiry.pk)
    assert (inquiry.state, inquiry.outcome, inquiry.dossier.owner_id, len(pending(inquiry))) == ("open", None, held, 1)
    with pytest.raises(Refused):
        reopen_inquiry(inquiry_id=inquiry.pk, reference=read_reference(), by=agency.owner, now=LATER)


def test_reopened_when_its_manager_has_left_it_is_given_to_another(inquiry: Any, agency: Any) -> None:
    from marshrut.agency.models import Employee

    end(inquiry, agency)
    left = inquiry.dossier.owner_id
    Employee.objects.filter(pk=left).update(is_active=False)
    reopen_inquiry(inquiry_id=inquiry.pk, reference=read_reference(), by=agency.owner, now=LATER)
    check_deferred()
    assert Dossier.objects.get().owner_id in agency.managers - {left}


def test_one_that_joined_is_not_reopened_by_itself(inquiry: Any, agency: Any, come: Come) -> None:
    joined = come(LATER, contact={"phone": inquiry.person.contacts.get().normal})
    end(inquiry, agency)
    with pytest.raises(Refused):
        reopen_inquiry(inquiry_id=joined.pk, reference=read_reference(), by=agency.owner, now=LATER)


def test_a_supervisor_takes_what_waits_in_a_queue_and_a_manager_does_not_grab(agency: Any, come: Come) -> None:
    waiting = come(moscow(23, 23))
    now = moscow(23, 23, 5)
    with pytest.raises(NotFound):
        take_inquiry(inquiry_id=waiting.pk, reference=read_reference(), by=agency.anna, now=now)
    take_inquiry(inquiry_id=waiting.pk, reference=read_reference(), by=agency.supervisor, now=now)
    check_deferred()
    waiting.dossier.refresh_from_db()
    assert (waiting.dossier.owner_id, waiting.dossier.queue_id) == (agency.supervisor.id, None)
    assert [t.assignee_id for t in pending(waiting)] == [agency.supervisor.id]
    with pytest.raises(Refused) as refused:
        take_inquiry(inquiry_id=waiting.pk, reference=read_reference(), by=agency.owner, now=now)
    assert refused.value.code == "owned_already"


def test_a_closed_inquiry_is_not_taken(agency: Any, come: Come) -> None:
    waiting = come(moscow(23, 23))
    end(waiting, agency)
    with pytest.raises(Refused):
        take_inquiry(inquiry_id=waiting.pk, reference=read_reference(), by=agency.supervisor, now=LATER)


def test_a_call_says_what_was_done_and_a_note_what_it_is(inquiry: Any, agency: Any) -> None:
    for kind, body in (("note", "  "), ("dance", "x"), ("", "x")):
        with pytest.raises(Invalid):
            answer_client(dossier_id=inquiry.dossier_id, kind=kind, body=body, by=agency.owner, now=LATER)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="\x00Да\u202e", by=agency.owner, now=LATER)
    assert Touch.objects.get(kind="call_out").body == "Да"


@pytest.mark.parametrize("do", [
    lambda i, by: answer_client(dossier_id=i.dossier_id, kind="call_out", body="", by=by, now=LATER),
    lambda i, by: close_inquiry(inquiry_id=i.pk, outcome="won", reason="", by=by, now=LATER),
    lambda i, by: mark_spam(inquiry_id=i.pk, by=by, now=LATER),
    lambda i, by: take_inquiry(inquiry_id=i.pk, reference=read_reference(), by=by, now=LATER),
    lambda i, by: reopen_inquiry(inquiry_id=i.pk, reference=read_reference(), by=by, now=LATER),
    lambda i, by: open_deal(inquiry_id=i.pk, funnel="office", by=by, now=LATER),
    lambda i, by: complete_task(task_id=pending(i)[0].pk, result="", following=None, by=by, now=LATER),
    lambda i, by: postpone_task(task_id=pending(i)[0].pk, due_at=LATER + timedelta(days=1), reason="x", by=by, now=LATER),
], ids=["answer", "close", "spam", "take", "reopen", "deal", "complete", "postpone"])  # fmt: skip
def test_what_is_foreign_does_not_exist_for_a_stranger_and_nothing_changes(
    inquiry: Any, agency: Any, do: Callable[..., Any]
) -> None:
    before = list(Touch.objects.values()), list(Task.objects.values()), list(Inquiry.objects.values())
    for foreign in (agency.oleh, next(a for a in (agency.anna, agency.boris, agency.denis) if a.id != inquiry.dossier.owner_id)):
        with pytest.raises(NotFound):
            do(inquiry, foreign)
    assert (list(Touch.objects.values()), list(Task.objects.values()), list(Inquiry.objects.values())) == before


def test_the_only_action_is_completed_only_with_the_next_one(inquiry: Any, agency: Any) -> None:
    task = pending(inquiry)[0]
    with pytest.raises(Refused) as refused:
        complete_task(task_id=task.pk, result="", following=None, by=agency.owner, now=LATER)
    assert refused.value.missing == ("next",)
    with pytest.raises(Invalid):
        complete_task(task_id=task.pk, result="", following=NextAction(" \u200b", LATER), by=agency.owner, now=LATER)
    assert [t.pk for t in pending(inquiry)] == [task.pk]


@pytest.mark.parametrize(("hours", "reason"), [(1, " "), (-1, "занят"), (0, "занят")])
def test_an_action_is_postponed_ahead_and_with_a_reason(inquiry: Any, agency: Any, hours: int, reason: str) -> None:
    task = pending(inquiry)[0]
    with pytest.raises(Invalid):
        postpone_task(task_id=task.pk, due_at=LATER + timedelta(hours=hours), reason=reason, by=agency.owner, now=LATER)
    postpone_task(task_id=task.pk, due_at=LATER + timedelta(hours=1), reason="занят", by=agency.owner, now=LATER)
    task.refresh_from_db()
    assert (task.postponed, task.due_at) == (1, LATER + timedelta(hours=1))


def test_an_outcome_written_twice_is_the_same_outcome(inquiry: Any, agency: Any) -> None:
    deal = open_deal(inquiry_id=inquiry.pk, funnel="office", by=agency.owner, now=LATER)
    close_deal(deal_id=deal, outcome="won", reason="", by=agency.owner, now=LATER)
    before = list(Inquiry.objects.values())
    record_outcome(inquiry_id=inquiry.pk, outcome="lost", reason="")
    assert list(Inquiry.objects.values()) == before
    assert Person.objects.get().past_deals == 1


def test_whatever_goes_wrong_in_understanding_the_inquiry_is_not_lost(
    agency: Any, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours in the rules: it waits in quarantine, stored as it came."""
    from marshrut.agency.models import Office
    from marshrut.agency.permissions import system
    from marshrut.intake.reading import read_submission
    from marshrut.intake.services import accept_inquiry, accepting

    def break_down(*_args: Any) -> None:
        raise AttributeError("a mistake")

    monkeypatch.setattr(accepting, "judge", break_down)
    data = {"channel": "phone", "contact": {"phone": "+79161234567"}}
    submission = read_submission(data, regions=("RU",), today=MONDAY.date(), now=MONDAY)
    receipt = accept_inquiry(submission=submission, body=b"{...}", reference=read_reference(), by=system("test"), now=MONDAY)
    raw = RawMessage.objects.get(pk=receipt.id)
    assert (raw.state, bytes(raw.body), receipt.quarantined) == ("quarantined", b"{...}", raw.reason)
    assert (Inquiry.objects.count(), Dossier.objects.count(), Person.objects.count(), Consent.objects.count()) == (0, 0, 0, 0)
    assert Office.objects.exists()
