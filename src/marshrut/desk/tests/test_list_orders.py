"""Lists in every order and by every choice, compared with the same rows sorted and sifted by Python."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision
from marshrut.core.clock import utc_now
from marshrut.deals.models import Deal
from marshrut.deals.queries.list_reference import list_reference
from marshrut.deals.queries.list_rows import read_clients, read_matters
from marshrut.deals.queries.lists import Cursor, ListReading, count_rows
from marshrut.deals.rules.list_filters import ENDED, PAGES, ListQuery
from marshrut.deals.services import close_deal, open_deal
from marshrut.desk.tests.conftest import Ask
from marshrut.intake.models import Inquiry
from marshrut.intake.services import close_inquiry
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db
Keys = dict[str, Callable[[Any], Any]]


@pytest.fixture
def matters(hers: Ask, cast: Any) -> None:
    """Open, closed, joined, with a deal and without; of several worths, priorities, clocks, doors."""
    now, more = utc_now(), {"request": {"budget": {"amount": 90000, "currency": "RUB"}, "directions": ["Турция"]}}
    hers(name="Вера Вторая", **more)
    hers(name="Анна Первая", channel="phone", source="yandex", request={})
    again = hers(name="Зоя Третья", phone="+79215557777")
    hers(name="Зоя Третья", phone="+79215557777")
    lost, won, here = (hers(name=name, **extra) for name, extra in (("Юлия Шестая", more), ("Дарья Пятая", {}), ("Ева Четвёртая", {})))
    deals = [open_deal(inquiry_id=found.pk, funnel="office", by=cast.anna, now=now) for found in (lost, won, here)]
    close_deal(deal_id=deals[0], outcome="lost", reason="Дорого: дешевле", by=cast.anna, now=now)
    close_deal(deal_id=deals[1], outcome="won", reason="", by=cast.anna, now=now)
    spam = hers(name="Глеб Седьмой")
    close_inquiry(inquiry_id=spam.pk, outcome="spam", reason="", by=cast.anna, now=now)
    Inquiry.objects.filter(pk=again.pk).update(received_at=None, priority=99, clock_state="none")
    Inquiry.objects.filter(pk=lost.pk).update(received_at=now - timedelta(days=40), inquiry_class="partner", relevance="C")
    Task.objects.filter(dossier=again.dossier, state="pending").update(due_at=now + timedelta(days=9))


def walked(actor: Actor, wanted: ListQuery) -> list[int]:
    """The ids of a whole list, read two at a time; and it is counted as it is walked."""
    now = utc_now()
    reading = ListReading(actor, wanted, list_reference(read_revision()), now, ZoneInfo("Europe/Moscow"))
    read: Any = read_clients if wanted.page.slug == "clients" else read_matters
    found: list[int] = []
    after = None
    while lines := read(reading, limit=2, after=after):
        found += [line.id for line in lines]
        after = Cursor(lines[-1].key, lines[-1].id)
    assert count_rows(reading) == len(found)
    return found


def due(matter: Any) -> Any:
    return min((task.due_at for task in Task.objects.filter(dossier=matter.dossier, state="pending")), default=None)


INQUIRY_KEYS: Keys = {
    "received": lambda i: i.received_at, "number": lambda i: i.pk, "priority": lambda i: i.priority, "budget": lambda i: i.dossier.worth,
    "due": due, "respond": lambda i: i.respond_by, "closed": lambda i: i.dossier.closed_at,
    "client": lambda i: i.dossier.person and i.dossier.person.search_name,
}  # fmt: skip
DEAL_KEYS: Keys = {
    "opened": lambda d: d.opened_at, "number": lambda d: d.pk, "amount": lambda d: d.amount, "due": due,
    "entered": lambda d: d.stage_entered_at, "closed": lambda d: d.dossier.closed_at,
    "client": lambda d: d.dossier.person and d.dossier.person.search_name,
}  # fmt: skip
INQUIRY_STATES: Keys = {
    "open": lambda i: i.state == "open", "joined": lambda i: i.state == "joined", "closed": lambda i: i.state == "closed",
    "won": lambda i: i.outcome == "won", "lost": lambda i: i.outcome == "lost", "no_sale": lambda i: bool(i.disposition),
    "all": lambda _i: True,
}  # fmt: skip
DEAL_STATES: Keys = {
    "open": lambda d: d.state == "open", "won": lambda d: d.state == "won", "lost": lambda d: d.state == "lost",
    "closed": lambda d: d.state != "open", "all": lambda _d: True,
}  # fmt: skip


def in_order(rows: list[Any], key: Callable[[Any], Any], *, is_descending: bool) -> list[int]:
    """By the key, then by the number; rows that have no key come last, by number."""
    keyed = sorted((key(row), row.pk) for row in rows if key(row) is not None)
    empty = sorted(row.pk for row in rows if key(row) is None)
    if is_descending:
        keyed, empty = keyed[::-1], empty[::-1]
    return [pk for _key, pk in keyed] + empty


@pytest.mark.parametrize("who", ["anna", "supervisor", "owner"])
@pytest.mark.parametrize("slug", ["inquiries", "deals"])
def test_every_order_of_every_state_is_the_order_it_says(matters: None, cast: Any, who: str, slug: str) -> None:
    keys, states, model = (INQUIRY_KEYS, INQUIRY_STATES, Inquiry) if slug == "inquiries" else (DEAL_KEYS, DEAL_STATES, Deal)
    everything: list[Any] = list(model.objects.select_related("dossier__person"))  # type: ignore[attr-defined]
    page, wrong = PAGES[slug], []
    for state in page.states:
        rows = [row for row in everything if states[state](row)]
        assert rows, state
        for sort in page.sorts:
            for is_descending in (True, False):
                found = walked(getattr(cast, who), ListQuery(page, state=state, sort=sort, is_descending=is_descending))
                key = (lambda _row: None) if sort == "due" and state in ENDED else keys[sort]
                if state == "open" and (slug, sort) == ("inquiries", "received"):
                    key = lambda row: row.dossier.opened_at  # noqa: E731
                if found != in_order(rows, key, is_descending=is_descending):
                    wrong.append((state, sort, is_descending, found))
    assert wrong == []


CHOICES: dict[str, Callable[[Inquiry], str]] = {
    "channel": lambda i: i.channel, "class": lambda i: i.inquiry_class, "relevance": lambda i: i.relevance, "clock": lambda i: i.clock_state,
    "disposition": lambda i: i.disposition, "category": lambda i: i.request.get("category") or "", "currency": lambda i: i.dossier.currency,
    "source": lambda i: i.source.slug, "stage": lambda i: i.dossier.place,
}  # fmt: skip


@pytest.mark.parametrize("who", ["anna", "supervisor", "owner"])
def test_every_choice_finds_the_rows_that_have_it(matters: None, cast: Any, who: str) -> None:
    everything = list(Inquiry.objects.select_related("dossier", "source"))
    wrong, page = [], PAGES["inquiries"]
    for name, value_of in CHOICES.items():
        for value in {value_of(row) for row in everything} - {""}:
            for state in ("open", "closed", "all"):
                expected = {row.pk for row in everything if value_of(row) == value and INQUIRY_STATES[state](row)}
                for sort in ("received", "number", "priority", "client"):
                    found = walked(getattr(cast, who), ListQuery(page, state=state, words={name: (value,)}, sort=sort))
                    if set(found) != expected or len(found) != len(expected):
                        wrong.append((name, value, state, sort, found, expected))
    assert wrong == []


def test_a_search_finds_as_many_however_many_it_finds(matters: None, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few are looked up, of many each row is asked: the same rows either way."""
    texts = ("зоя", "+79215557777", "7777", "иван", "'", "100%", "_", "\\")
    asked = [ListQuery(PAGES["inquiries"], text=text, state="all", sort="received") for text in texts]
    found = [walked(cast.anna, wanted) for wanted in asked]
    assert [bool(rows) for rows in found] == [True] * 3 + [False] * 5
    monkeypatch.setattr("marshrut.deals.queries.list_conditions.MOST_NAMED", 0)
    assert [walked(cast.anna, wanted) for wanted in asked] == found


def test_the_number_of_an_inquiry_finds_it_and_nothing_else_of_its_matter(matters: None, cast: Any) -> None:
    joined = Inquiry.objects.get(state="joined")
    for actor in (cast.anna, cast.owner):
        assert walked(actor, ListQuery(PAGES["inquiries"], text=f"#{joined.pk}", state="all", sort="number")) == [joined.pk]
    assert walked(cast.stranger, ListQuery(PAGES["inquiries"], text=f"#{joined.pk}", state="all", sort="number")) == []
