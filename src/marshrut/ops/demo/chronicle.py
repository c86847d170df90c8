"""The rows of the demo's last months: every inquiry goes through the real rules at its own moment."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from marshrut.agency.queries import Colleague
from marshrut.clients.queries import Match
from marshrut.core.names import search_name, split_name
from marshrut.deals.queries import FunnelCard
from marshrut.intake.queries import LeadingInquiry
from marshrut.intake.reading import Submission, read_submission
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Candidate, Demand, Ledger, Moments, assign, moments
from marshrut.intake.rules.clock_policies import MISSED_CALL, Kind
from marshrut.intake.services.judging import Judged, facts_of, judge
from marshrut.ops.rows import Rows, new_ids

from .pages import BY, Page, Pen
from .people import Somebody, make_somebody, make_twin
from .story import Case, Story, Telling
from .talk import draw_source, make_inquiry, phrases
from .teaching import TRUTHS, Teacher

_NEW_CLIENT = 0.24
_TWIN = 0.03
"""How often somebody new is somebody known under another number, with a slip in the name."""
_MISSED = 0.12
"""The share of telephone inquiries nobody took."""
_SOON, _FAR = 35, 90
"""Days ahead of a trip: who leaves soon buys soon, who asks for next summer rarely does."""
_KINDS = {"sale": 80, "vague": 7, "spam": 5, "partner": 2, "job": 2, "other": 4}
_BLOCK = 400


@dataclass(slots=True)
class Client:
    """A person of the demo, as their history goes on."""

    id: int
    who: Somebody
    office: str
    created_at: datetime
    owner_id: int | None = None
    won_at: list[datetime] = field(default_factory=list)
    contacts: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    page: Page | None = None

    def open_page(self, at: datetime) -> Page | None:
        """The matter that is open at this moment."""
        page = self.page
        return page if page and (page.story.ended_at is None or page.story.ended_at > at) else None


class Chronicle:
    """Inquiries in the order of time, and what became of them."""

    def __init__(self, chance: random.Random, reference: Reference, funnels: Mapping[str, FunnelCard], paces: Mapping[int, float],
                 cursor: Any, now: datetime) -> None:
        self.rows = Rows()
        self.clients: list[Client] = []
        self.ledgers: dict[str, Ledger] = {}
        self._chance, self._reference, self._funnels, self._paces = chance, reference, funnels, paces
        self._cursor, self._now = cursor, now
        self._offices = {office.slug: office for office in reference.staff.offices.values()}
        self._ids: dict[str, Iterator[int]] = {}
        self._pen, self._teacher = Pen(self.rows, chance, reference.staff, now), Teacher(self.rows, chance, reference.staff)
        self._first_seller = reference.staff.sellers[0].id

    def happen(self, at: datetime, office: str, *, in_queue: bool = False, is_fresh: bool = False) -> None:
        """One inquiry comes to an office. `is_fresh`: nobody has answered it yet; `in_queue`: nobody could take it."""
        client, is_known = self._client(at, office, is_fresh)
        page = client.open_page(at)
        kind = self._kind(page)
        source, channel, worth = draw_source(self._chance)
        if channel == "phone" and kind in ("sale", "vague") and self._chance.random() < _MISSED:
            kind = "missed"
        submission, body = self._submission(client, office, source, channel, at, kind)
        match = Match("phone", client.who.phone, client.id, client.who.name, client.owner_id,
                      sum(won <= at for won in client.won_at)) if is_known else None
        leading = LeadingInquiry(page.dossier_id, page.raw_id, "deal" if page.story.steps else "inquiry", "", page.owner_id, None,
                                 page.office_id) if page else None
        judged = judge(facts_of(submission, self._reference, match, leading), submission, self._reference)
        truth = TRUTHS.get(kind) or ("repeat" if match and match.past_deals else "new_sale")
        raw_id = self._next("channels_rawmessage")
        self._keep_raw(raw_id, submission, body)
        for contact in submission.contacts:
            client.contacts.setdefault((contact.kind, contact.normal), (contact.written, contact.tail))
        if page:
            self._pen.join(page, raw_id, client.id, submission, judged)
            return
        if not is_fresh:
            judged = self._teacher.look(raw_id, submission, judged, truth, client.owner_id or self._first_seller)
        self._lead(client, raw_id, submission, judged, office, worth, is_known, in_queue=in_queue, is_fresh=is_fresh)

    def finish(self) -> None:
        """People, with what their histories made of them; and what waits in quarantine."""
        for client in self.clients:
            name = split_name(client.who.name)
            self.rows.add("clients_person", client.id, name.surname, name.given_name, name.patronymic, name.display,
                          search_name(name.display), client.owner_id, self._offices[client.office].id, len(client.won_at),
                          client.created_at)
            self.rows.add_many("clients_contactpoint", ((client.id, kind, written, normal, tail)
                                                        for (kind, normal), (written, tail) in client.contacts.items()))
        for number, (body, reason) in enumerate(phrases()["quarantine"]):
            raw = body.encode()
            self.rows.add("channels_rawmessage", self._next("channels_rawmessage"), ("api", "site_form")[number % 2], "site", None, raw,
                          hashlib.sha256(raw).digest(), self._now - timedelta(hours=3 * number + 1), "quarantined", reason, BY)

    def _client(self, at: datetime, office: str, is_fresh: bool) -> tuple[Client, bool]:
        """Somebody new, or somebody of this office who comes again."""
        for _ in range(3):
            if not self.clients or is_fresh or self._chance.random() < _NEW_CLIENT:
                break
            client = self._chance.choice(self.clients)
            page = client.open_page(at)
            is_busy = page is not None and self._chance.random() < 0.7
            if client.office == office and client.created_at < at and not is_busy:
                return client, True
        own = "uk" if office == "podil" else "ru"
        language = own if self._chance.random() < 0.85 else ("ru" if own == "uk" else "uk")
        known = self._chance.choice(self.clients) if self.clients and self._chance.random() < _TWIN else None
        who = make_twin(self._chance, known.who) if known and not is_fresh else make_somebody(self._chance, language)
        client = Client(self._next("clients_person"), who, known.office if known and not is_fresh else office, at)
        self.clients.append(client)
        return client, False

    def _kind(self, page: Page | None) -> str:
        """Who has a trip in work asks about it; now and then something is wrong."""
        if page and page.story.steps:
            return "trouble" if self._chance.random() < 0.04 else "question"
        return self._chance.choices(list(_KINDS), list(_KINDS.values()))[0]

    def _submission(self, client: Client, office: str, source: str, channel: str, at: datetime, kind: str) -> tuple[Submission, bytes]:
        card = self._offices[office]
        today = card.calendar.local_date(at)
        data = make_inquiry(self._chance, client.who, office=office, source=source, channel=channel, today=today, kind=kind)
        submission = read_submission(data, regions=self._reference.staff.regions, today=today, now=at)
        return replace(submission, office_id=card.id), orjson.dumps(data)

    def _keep_raw(self, raw_id: int, submission: Submission, body: bytes) -> None:
        self.rows.add("channels_rawmessage", raw_id, submission.channel, submission.source_slug, None, body,
                      hashlib.sha256(body).digest(), submission.received_at, "understood", "", BY)

    def _lead(self, client: Client, raw_id: int, submission: Submission, judged: Judged, office: str, worth: float, is_known: bool, *,
              in_queue: bool, is_fresh: bool) -> None:
        at, card = submission.received_at, self._offices[office]
        owner, reasons = (None, [{"code": "everybody_full", "present": 3}]) if in_queue else self._give(client, judged, card.id, at)
        way = MISSED_CALL if submission.is_missed_call else submission.channel
        clock = self._clock(owner, card.id, at, Kind(way, judged.classification.inquiry_class))
        funnel = self._funnels["office" if self._chance.random() < 0.6 else "distance"]
        case = Case(at, clock.breach_at, owner.calendar if owner else card.calendar, owner.response_calendar if owner else card.calendar,
                    judged.classification.inquiry_class, judged.relevance.grade, worth * _likelier(judged),
                    self._paces.get(owner.id, 9) if owner else 9, funnel.stages)
        story = Story() if is_fresh or owner is None else Telling(self._chance, self._now, case).tell()
        client.owner_id = client.owner_id or (owner.id if owner else None)
        if story.state == "won" and story.ended_at:
            client.won_at.append(story.ended_at)
        client.page = Page(
            raw_id, self._next("journal_dossier"), self._next("deals_deal") if story.steps else None, client.id,
            "phone" if is_known else "new", owner.id if owner else None, None if owner else self._reference.staff.queue_of(card.id).id,
            owner.office_id if owner else card.id, owner, reasons, clock, submission, judged, story,
            frozenset(stage.id for stage in funnel.stages))  # fmt: skip
        self._pen.write(client.page)

    def _give(self, client: Client, judged: Judged, office_id: int, at: datetime) -> tuple[Colleague | None, list[dict[str, Any]]]:
        """Whom distribution would have named at that moment, by the real rules."""
        staff = self._reference.staff
        people = [Candidate(c.id, c.name, c.office_id, c.is_at_work(at), weight=c.weight, skills=self._skills(c.id),
                            serves_all_offices=c.is_on_duty) for c in staff.sellers]
        demand = Demand(office_id, judged.category, judged.directions, client.owner_id)
        given = assign(demand, people, lambda pool: self.ledgers.get(pool, Ledger()))
        if given.pool_key and given.ledger:
            self.ledgers[given.pool_key] = given.ledger
        return staff.colleagues.get(given.employee_id or 0), list(given.reasons)

    def _skills(self, employee_id: int) -> frozenset[tuple[str | None, str | None]]:
        return self._reference.catalogue.skills.get(employee_id, frozenset())

    def _clock(self, owner: Colleague | None, office_id: int, at: datetime, kind: Kind) -> Moments:
        calendar = owner.response_calendar if owner else self._reference.staff.offices[office_id].calendar
        return moments(self._reference.rules.clock_of(office_id, kind), calendar, at)

    def _next(self, table: str) -> int:
        found = next(self._ids.get(table, iter(())), None)
        if found is None:
            self._ids[table] = iter(new_ids(self._cursor, table, _BLOCK))
            return self._next(table)
        return found


def _likelier(judged: Judged) -> float:
    """How much likelier than others of its source this one ends in a sale: as agencies tell it, and as a model may find out."""
    facts = judged.facts
    times = 1.9 if facts.person.past_deals else 1.0
    times *= 0.5 if len(facts.children_ages) > 1 else 1.0
    if facts.date_from:
        ahead = (facts.date_from - facts.today).days
        times *= 1.5 if ahead < _SOON else 0.45 if ahead > _FAR else 1.0
    if facts.adults:
        times *= 0.55 if facts.adults == 1 else 1.25 if facts.adults == 2 else 1.0
    return times * (1.25 if facts.has_phone else 0.7)


def arrival_times(chance: random.Random, zones: Mapping[str, Any], now: datetime, number: int, days: int) -> Sequence[tuple[datetime, str]]:
    """Moments of inquiries of the last days and the offices they come to: more by day, on weekdays, and of late."""
    hours = (1, 1, 1, 1, 1, 1, 2, 3, 6, 10, 14, 15, 14, 12, 12, 13, 13, 12, 12, 11, 10, 8, 5, 2)
    found: list[tuple[datetime, str]] = []
    while len(found) < number:
        office = "nevsky" if chance.random() < 0.62 else "podil"
        day = now - timedelta(days=days * (1 - chance.random() ** 0.8))
        local = day.astimezone(zones[office]).replace(hour=chance.choices(range(24), hours)[0], minute=chance.randrange(60),
                                                      second=chance.randrange(60), microsecond=chance.randrange(10**6))
        if local.weekday() == 6 and chance.random() < 0.6:
            continue
        if local < now - timedelta(minutes=20):
            found.append((local.astimezone(now.tzinfo), office))
    return sorted(found)
