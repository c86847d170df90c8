"""The last days of the demo, through the real doors: refusals that wait, matters opened again, inquiries of this minute; and what
the agency's own history has taught it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import orjson

from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import actor_of_employee
from marshrut.channels.models import Sending
from marshrut.clients.services.doubles import ask_for_search, search_base
from marshrut.core.errors import Refused
from marshrut.deals.models import Deal, Gate, GateAnswer
from marshrut.deals.services import Decision, GateSaid, decide_gate, move_deal, reopen_stopped
from marshrut.deals.services.margins import learn_deal_margins
from marshrut.intake.models import Inquiry, PassedOver, QueueAlarm, Taking
from marshrut.intake.reading import read_submission
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules.exceptions import EXCEPTIONS
from marshrut.intake.rules.learned import CHANCE
from marshrut.intake.services import accept_inquiry
from marshrut.intake.services.learning import learn_from_history, use_learned
from marshrut.intake.services.learning_words import learn_from_corrections
from marshrut.journal.models import Dossier

from .people import make_somebody
from .rules import BY, said

DOOR = system("door")
_DEAREST, _OTHERS = 3, 5
_LEFT = 2
"""So many refusals are left to be decided while somebody looks."""
_REOPENED, _PASSED, _TAKEN = 2, 34, 7
_NIGHT = time(23, 20)


def live_lately(chance: random.Random, now: datetime) -> None:
    """Everything of it, in the order in which it would have happened. The caller has opened the transaction."""
    learn(now)
    refuse(chance, now)
    stop_and_open(now)
    look_back(chance, now)
    arrive(chance, now)


def learn(now: datetime) -> None:
    """Words from corrections, chances from what became of inquiries, margins from deals; people who may be one."""
    learn_from_corrections(now=now)
    learn_from_history(reference=read_reference(), now=now)
    learn_deal_margins(reference=read_reference(), now=now)
    with suppress(Refused):  # no better than shares of sources: then it says so on its page and does not count
        use_learned(kind=CHANCE, is_used=True, by=BY, now=now)
    ask_for_search(by=BY.label, now=now)
    search_base(clock=lambda: now)


def refuse(chance: random.Random, now: datetime) -> None:
    """Clients asked at a gate today and yesterday: what follows is the agency's rule, and some wait for the supervisor."""
    waiting = Deal.objects.filter(state="open", stage__slug="options_shown", stage__funnel__slug="office", dossier__waits_until=None)
    dearest = list(waiting.filter(currency="RUB").order_by("-amount", "id"))
    deals = [*dearest[:_DEAREST], *dearest[_DEAREST::4][:_OTHERS]]
    gate = said()["gates"][0]
    for number, deal in enumerate(deals):
        by, at = _manager(deal.dossier_id), now - timedelta(hours=2 + 3 * number)
        words = GateSaid(False, str(chance.choice(said()["refused_words"][:5])))
        gates = dict.fromkeys(Gate.objects.filter(stage__slug=gate["stage"]).values_list("id", flat=True), words)
        with suppress(Refused):  # the client has just written: first they are answered
            move_deal(deal_id=deal.pk, stage=gate["stage"], facts={"meeting_on": at.date().isoformat()}, gates=gates, by=by, now=at)
    for answer in list(GateAnswer.objects.filter(consequence="ask").order_by("at"))[_LEFT:]:
        decision = Decision("go_on", words=said()["decided"][0])
        decide_gate(answer_id=answer.pk, decision=decision, by=_supervisor(answer.dossier_id), now=now - timedelta(hours=1))


def stop_and_open(now: datetime) -> None:
    """What was stopped wrongly is open again, with a word for whoever stopped it."""
    lost = Deal.objects.filter(state="lost", closed_at__gt=now - timedelta(days=2)).order_by("-amount", "id")
    for deal, note in zip(lost[:_REOPENED], said()["reopened"], strict=False):
        reopen_stopped(dossier_id=deal.dossier_id, note=note, by=_supervisor(deal.dossier_id), now=now - timedelta(minutes=50))


def look_back(chance: random.Random, now: datetime) -> None:
    """Who worked on something else while a new inquiry waited, who took from a queue by hand, when a queue called."""
    month = list(Inquiry.objects.filter(received_at__gt=now - timedelta(days=28), dossier__owner__isnull=False)
                 .order_by("raw_id").values_list("raw_id", "dossier_id", "dossier__owner_id", "received_at", "priority"))  # fmt: skip
    waited, instead = chance.sample(month, _PASSED), chance.sample(month, _PASSED)
    PassedOver.objects.bulk_create(
        PassedOver(employee_id=late[2], dossier_id=other[1], raw_id=late[0], exception=chance.choice(("", *EXCEPTIONS, *EXCEPTIONS)),
                   at=(late[3] or now) + timedelta(minutes=chance.randint(6, 30)))
        for late, other in zip(waited, instead, strict=True))  # fmt: skip
    staff = read_reference().staff
    Taking.objects.bulk_create(
        Taking(raw_id=raw_id, employee_id=_supervisor(dossier_id).id, at=(at or now) + timedelta(minutes=12),
               waited_minutes=chance.uniform(4, 40), priority=priority, passed_over=chance.choice((0, 0, 0, 1, 2)))
        for raw_id, dossier_id, _owner, at, priority in chance.sample(month, _TAKEN))  # fmt: skip
    for days, reason in ((16, "too_many"), (9, "too_long"), (3, "nobody_at_work")):
        office = chance.choice(list(staff.offices.values()))
        began = now - timedelta(days=days, hours=chance.randint(1, 6))
        QueueAlarm.objects.create(queue_id=staff.queue_of(office.id).id, office_id=office.id, reason=reason, began_at=began,
                                  ended_at=began + timedelta(minutes=chance.randint(9, 70)), waiting=chance.randint(2, 7),
                                  longest_minutes=chance.uniform(16, 80))  # fmt: skip


def arrive(chance: random.Random, now: datetime) -> None:
    """Inquiries of the last minutes, with everything read out of their words; and one of last night, answered automatically."""
    reference = read_reference()
    _write_by_night(now, reference)
    for row in said()["live"]:
        who = make_somebody(chance, "uk" if row["office"] == "podil" else "ru")
        contact = {"name": row["who"], "phone": who.written}
        if row["channel"] == "email":
            contact = {"name": row["who"], "email": who.email}
        body = {"channel": row["channel"], "source": row["source"], "contact": contact, "message": row["message"]}
        if row.get("missed"):
            body["missed"] = True
        office = next(one for one in reference.staff.offices.values() if one.slug == row["office"])
        _come(body, office.id, now - timedelta(minutes=row["minutes"]), reference)


def _write_by_night(now: datetime, reference: Reference) -> None:
    """A client of somebody who sleeps at night writes again: they are told when they will be answered."""
    for dossier in _asleep(reference):
        at = _last_night(now, reference, dossier.office_id)
        email = dossier.person.contacts.filter(kind="email").values_list("normal", flat=True).first() if dossier.person else None
        if not email or dossier.opened_at > at:
            continue
        body = {"channel": "email", "source": "email", "contact": {"email": email}, "message": said()["at_night"]}
        before = Sending.objects.count()
        _come(body, dossier.office_id, at, reference)
        if Sending.objects.count() > before:
            Sending.objects.filter(purpose="auto", state="waiting").update(state="sent", attempts=1, sent_at=at + timedelta(minutes=1))
            return


def _asleep(reference: Reference) -> Iterator[Dossier]:
    """Open matters of people who do not work round the clock, the newest first."""
    owners = [one.id for one in reference.staff.sellers if not one.is_on_duty]
    rows = Dossier.objects.filter(is_open=True, owner_id__in=owners, waits_until=None, phase="deal").select_related("person")
    return iter(rows.order_by("-opened_at")[:40])


def _last_night(now: datetime, reference: Reference, office_id: int | None) -> datetime:
    staff = reference.staff
    zone = (staff.offices.get(office_id or 0) or staff.first_office).calendar.zone
    return datetime.combine(now.astimezone(zone).date() - timedelta(days=1), _NIGHT, zone)


def _come(body: dict[str, Any], office_id: int | None, at: datetime, reference: Reference) -> None:
    today = reference.staff.first_office.calendar.local_date(at)
    submission = replace(read_submission(body, regions=reference.staff.regions, today=today, now=at), office_id=office_id)
    accept_inquiry(submission=submission, body=orjson.dumps(body), reference=reference, by=DOOR, now=at)


def _manager(dossier_id: int) -> Actor:
    """Whoever holds the matter; the system while it waits in a queue."""
    owner_id = Dossier.objects.values_list("owner_id", flat=True).get(pk=dossier_id)
    return (actor_of_employee(owner_id) if owner_id else None) or BY


def _supervisor(dossier_id: int) -> Actor:
    """Who answers for the office of the matter."""
    office_id = Dossier.objects.values_list("office_id", flat=True).get(pk=dossier_id)
    card = read_reference().staff.supervisor_of(office_id)
    return (actor_of_employee(card.id) if card else None) or BY
