"""Costs pasted from a spreadsheet: months in any spelling, columns in any order, nothing twice, nothing half."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid
from marshrut.core.names import search_name
from marshrut.marketing.models import Source, SourceCost
from marshrut.marketing.queries import costs_between, costs_by_month
from marshrut.marketing.rules import MOST_LINES, read_costs, read_month
from marshrut.marketing.services import add_costs

SOURCES = {search_name("Яндекс Директ"): 1, search_name("site"): 2}
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-10", "2026.10", "10.2026", "10/2026", "01.10.2026", "2026-10-31", "Октябрь 2026", "жовтень 2026 р.",
                                     "October 2026", "октября 2026 года", " окт. 2026 "])
def test_a_month_is_read_however_it_is_written(written: str) -> None:
    assert read_month(written) == date(2026, 10, 1)


@given(st.text(max_size=30))
def test_whatever_is_no_month_is_none(text: str) -> None:
    found = read_month(text)
    assert found is None or found.day == 1


def test_columns_are_known_by_their_heading_or_by_their_order_and_numbers_as_people_write_them() -> None:
    pasted = "Сумма\tИсточник\tМесяц\tВалюта\n30 000,50\tЯндекс директ\t10.2026\t\n1,5 тыс.\tsite\tноябрь 2026\t$\n"
    first, second = read_costs(pasted, SOURCES, "RUB")
    assert (first.number, first.source_id, first.first_day, first.last_day) == (2, 1, date(2026, 10, 1), date(2026, 10, 31))
    assert first.spent
    assert (first.spent.amount, first.spent.currency) == (Decimal("30000.50"), "RUB")
    assert second.spent
    assert (second.spent.amount, second.spent.currency) == (Decimal(1500), "USD")
    (plain,) = read_costs('2026-10,site,"30,000.50",RUB,"баннер, октябрь"', SOURCES, "UAH")
    assert plain.spent
    assert (plain.spent.amount, plain.note, plain.flaw) == (Decimal("30000.50"), "баннер, октябрь", "")


@pytest.mark.parametrize(("line", "flaw"), [("2026-13;site;5", "month"), ("когда-то;site;5", "month"), ("2026-10;;5", "source"),
                                            ("2026-10;radio;5", "unknown_source"), ("2026-10;site;-5", "amount"), ("2026-10;site;NaN", "amount"),
                                            ("2026-10;site;1e400", "amount"), ("2026-10;site", "amount"), ("2026-10;site;5;франки", "amount")])
def test_a_line_says_what_of_it_cannot_be_read(line: str, flaw: str) -> None:
    (cost,) = read_costs(line, SOURCES, "RUB")
    assert cost.flaw == flaw


@given(st.text(max_size=300))
def test_nothing_pasted_is_an_error(text: str) -> None:
    for cost in read_costs(text, SOURCES, "RUB"):
        assert (cost.flaw == "") == (cost.spent is not None and cost.source_id is not None and cost.first_day is not None)


pytestmark = pytest.mark.django_db


def look(who: Actor) -> Client:
    """A browser in which this person has logged in."""
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who.id))
    return browser


def test_it_is_all_or_nothing_and_the_same_again_is_nothing(cast: Cast) -> None:
    sources = {search_name(row.slug): row.pk for row in Source.objects.all()}
    costs = read_costs("2026-09;site;300\n2026-10;site;620\n2026-10;site;620\n2026-10;email;10;USD", sources, "RUB")
    assert add_costs(costs=costs, by=cast.owner, now=NOW) == 3
    assert add_costs(costs=costs, by=cast.owner, now=NOW) == 0
    with pytest.raises(Invalid) as refused:
        add_costs(costs=read_costs("2026-08;site;1\n2026-08;nobody;1", sources, "RUB"), by=cast.owner, now=NOW)
    assert "2" in refused.value.sentence
    assert SourceCost.objects.count() == 3
    site, email = sources["site"], sources["email"]
    assert costs_by_month(date(2026, 9, 1), date(2026, 10, 10)) == {
        date(2026, 9, 1): {site: {"RUB": Decimal(300)}}, date(2026, 10, 1): {site: {"RUB": Decimal(200)}, email: {"USD": Decimal("3.23")}}}  # fmt: skip


@pytest.mark.parametrize(("first", "days"), [(date(2026, 2, 28), 0), (date(2025, 12, 31), 1), (date(2024, 1, 15), 400), (date(2026, 3, 1), 30)])
def test_the_months_of_a_span_add_up_to_the_span(cast: Cast, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    SourceCost.objects.create(source_id=Source.objects.get(slug="site").pk, first_day=first, last_day=last, amount=1000, currency="RUB")
    months = costs_by_month(first, last)
    total = sum(amount for by_source in months.values() for amounts in by_source.values() for amount in amounts.values())
    assert abs(total - Decimal(1000)) < Decimal("0.1")
    assert costs_between(first, last).popitem()[1] == {"RUB": Decimal(1000)}


def test_the_page_shows_what_would_be_entered_and_enters_it_as_one_save(cast: Cast) -> None:
    page = look(cast.owner)
    typed = {"rows": "Месяц\tИсточник\tСумма\r\nоктябрь 2026\tСайт\t30 000\r\nоктябрь 2026\tРадио «Волна»\t5 000"}
    seen = page.post("/settings/costs/many?preview=1", typed).content.decode()
    assert "Радио «Волна»" in seen
    assert "30\xa0000" in seen
    refused = page.post("/settings/costs/many", {**typed, "since": "0"})
    assert refused.status_code == 422
    assert "октябрь 2026" in refused.content.decode()
    assert page.post("/settings/costs/many", {"rows": "октябрь 2026;Сайт;30 000", "since": "0"}).status_code == 204
    assert SourceCost.objects.get().amount == 30_000
    assert "октябрь 2026" in page.get("/settings/costs").content.decode()
    for text in ("", "x" * 300_000, "x" * 190_000, '"' * 999, "2026-10;site;1\n" * (MOST_LINES + 2)):
        assert page.post("/settings/costs/many", {"rows": text, "since": "0"}).status_code == 422
        assert page.post("/settings/costs/many?preview=1", {"rows": text}).status_code == 200
    assert look(cast.anna).get("/settings/costs/many").status_code == 403


def test_a_cost_of_a_merged_source_is_shown_and_edited_as_the_others(cast: Cast) -> None:
    from marshrut.intake.services.source_merging import merge_sources

    old = Source.objects.create(slug="old-site", name="Старый сайт")
    cost = SourceCost.objects.create(source=old, first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), amount=500, currency="RUB")
    merge_sources(source_id=old.pk, into_id=Source.objects.get(slug="site").pk, by=cast.owner, now=NOW)
    page = look(cast.owner).get(f"/settings/costs/{cost.pk}").content.decode()
    assert "Сайт" in page
    assert "a source that is gone" not in page
