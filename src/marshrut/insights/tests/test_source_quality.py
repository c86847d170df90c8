"""Source quality: what a source costs, what each month ripened into, and whether it is the source at all."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.errors import Invalid
from marshrut.core.money import Money
from marshrut.core.shares import Stratum, crude_difference, level_difference, wilson
from marshrut.insights.reports.sources import sources_report
from marshrut.insights.tests.made_matters import NOW
from marshrut.insights.tests.test_numbers import values
from marshrut.marketing.models import Source
from marshrut.marketing.queries import costs_between
from marshrut.marketing.services import save_cost

Make = Callable[..., Any]


@st.composite
def strata(draw: st.DrawFn) -> list[Stratum]:
    def pair() -> tuple[int, int]:
        closed = draw(st.integers(0, 60))
        return draw(st.integers(0, closed)), closed

    return [Stratum(*pair(), *pair()) for _place in range(draw(st.integers(1, 6)))]


@given(strata())
def test_a_difference_lies_within_its_interval_and_turns_its_sign_when_the_two_change_places(found: list[Stratum]) -> None:
    one = level_difference(found)
    other = level_difference([Stratum(s.others_won, s.others_closed, s.won, s.closed) for s in found])
    assert (one is None) == (other is None) == all(not s.closed or not s.others_closed for s in found)
    if one and other:
        assert -1 <= one.low <= one.points + 1e-12
        assert one.points - 1e-12 <= one.high <= 1
        assert other.points == pytest.approx(-one.points)


def test_a_source_that_the_best_manager_gets_is_no_better_than_the_others_with_the_same_manager() -> None:
    # Anna sells 40 of 100 whatever comes, Boris 10 of 100; the source goes to Anna nine times of ten.
    found = [Stratum(36, 90, 4, 10), Stratum(1, 10, 9, 90)]
    plain, left = crude_difference(found), level_difference(found)
    assert plain
    assert plain.points == pytest.approx(0.24)
    assert plain.is_certain
    assert left
    assert left.points == pytest.approx(0.0)
    assert not left.is_certain


def test_two_of_three_are_not_a_percentage() -> None:
    bounds = wilson(2, 3)
    assert bounds is not None
    assert [round(edge * 100) for edge in bounds] == [21, 94]


pytestmark = pytest.mark.django_db


def spend(cast: Any, source: str, first: date, last: date, amount: int, currency: str = "RUB", **more: Any) -> int:
    source_id = Source.objects.get_or_create(slug=source, defaults={"name": source})[0].pk
    return save_cost(cost_id=None, source_id=source_id, first_day=first, last_day=last, spent=Money(Decimal(amount), currency),
                     note="", is_active=True, by=cast.owner, now=NOW, **more)


def test_a_cost_counts_evenly_over_its_days(cast: Any) -> None:
    spend(cast, "site", date(2026, 10, 22), date(2026, 11, 10), 20_000)
    spend(cast, "site", date(2026, 11, 30), date(2026, 12, 1), 10, "USD")
    site = Source.objects.get(slug="site").pk
    assert costs_between(date(2026, 11, 1), date(2026, 11, 30)) == {site: {"RUB": Decimal(10_000), "USD": Decimal(5)}}
    assert costs_between(date(2026, 12, 2), date(2026, 12, 31)) == {}


def test_the_report_says_what_an_inquiry_and_a_sale_cost_and_what_remains(make: Make, question: Make, cast: Any) -> None:
    for outcome in ("won", "won", "lost", None):
        stages = (("contact_made", datetime(2026, 11, 10, tzinfo=UTC)),)
        make(outcome=outcome, reason="Дорого" if outcome == "lost" else "", amount=1000, margin=300 if outcome == "won" else None,
             stages=stages, at=datetime(2026, 11, 9, 12, tzinfo=UTC))
    make(disposition="spam")
    spend(cast, "site", date(2026, 11, 1), date(2026, 11, 30), 400)
    spend(cast, "radio", date(2026, 11, 1), date(2026, 11, 30), 50)
    report = sources_report(question(cast.owner))
    site, radio = values(report, "sources", "site"), values(report, "sources", "radio")
    assert site["cost"] == ((Decimal(400), "RUB"),)
    assert site["cost_per_inquiry"] == ((Decimal(100), "RUB"),)
    assert site["cost_per_won"] == ((Decimal(200), "RUB"),)
    assert site["after_cost"] == ((Decimal(200), "RUB"),)
    assert radio["inquiries"] == 0
    assert radio["after_cost"] == ((Decimal(-50), "RUB"),)
    assert values(report, "sources", "total")["cost"] == ((Decimal(450), "RUB"),)


def test_costs_are_not_for_a_manager_and_not_split_among_offices(make: Make, question: Make, cast: Any) -> None:
    make(outcome="won", amount=1000)
    spend(cast, "site", date(2026, 11, 1), date(2026, 11, 30), 400)
    for narrowed in (question(cast.anna), question(cast.supervisor), question(cast.owner, office_id=cast.supervisor.office_id)):
        assert "cost" not in [column.code for column in sources_report(narrowed).tables[0].columns]


def test_a_month_is_followed_until_now_with_closed_ones_and_all_so_far_apart(make: Make, question: Make, cast: Any) -> None:
    october, november = datetime(2026, 10, 5, 12, tzinfo=UTC), datetime(2026, 11, 3, 12, tzinfo=UTC)
    make(at=october, outcome="won", closed_at=datetime(2026, 11, 6, tzinfo=UTC))
    make(at=october, outcome="lost", reason="Дорого")
    make(at=october)
    make(at=october, disposition="spam")
    make(at=november, outcome="won")
    make(at=november)
    report = sources_report(question(cast.owner))
    old, new = values(report, "cohorts", "2026-10-01"), values(report, "cohorts", "2026-11-01")
    assert (old["inquiries"], old["open"], old["no_sale"], old["closed"], old["won"]) == (4, 1, 1, 2, 1)
    assert old["conversion"] == 0.5
    assert old["so_far"] == pytest.approx(1 / 3)
    assert (new["inquiries"], new["closed"], new["won"], new["conversion"], new["so_far"]) == (2, 1, 1, 1.0, 0.5)
    ripened = report.pictures["cohorts"][0].points
    assert ripened[0] == (0, 0.0)
    assert ripened[1] == (1, pytest.approx(100 / 3))


def test_the_report_says_when_it_is_the_manager_and_not_the_source(make: Make, question: Make, cast: Any) -> None:
    day = datetime(2026, 11, 10, 9, tzinfo=UTC)

    def came(source: str, owner: Any, won: int, lost: int) -> None:
        for number in range(won + lost):
            make(at=day, owner=owner, source=source, outcome="won" if number < won else "lost", reason="" if number < won else "Дорого")

    came("site", cast.anna, 12, 12)
    came("site", cast.boris, 0, 3)
    came("friends", cast.anna, 2, 2)
    came("friends", cast.boris, 1, 22)
    report = sources_report(question(cast.owner))
    site = values(report, "causes", "site")
    assert site["closed"] == 27
    assert site["apart"] > 0.3
    assert abs(site["same_manager"]) < 0.05
    assert "who works with it" in site["cause"] or "кто с ним работает" in site["cause"]


def test_little_is_not_made_much_of(make: Make, question: Make, cast: Any) -> None:
    for outcome in ("won", "won", "lost"):
        make(outcome=outcome, reason="Дорого" if outcome == "lost" else "")
    make(outcome="lost", reason="Дорого", source="friends")
    causes = next(t for t in sources_report(question(cast.owner)).tables if t.code == "causes")
    assert causes.rows == []


def test_a_cost_without_a_positive_amount_or_with_its_days_reversed_is_refused_by_sentence_and_by_the_database(cast: Any) -> None:
    with pytest.raises(Invalid) as refused:
        spend(cast, "site", date(2026, 11, 2), date(2026, 11, 1), 5)
    assert refused.value.field == "last_day"
    with pytest.raises(Invalid) as refused:
        spend(cast, "site", date(2026, 11, 1), date(2026, 11, 1), 0)
    assert refused.value.field == "amount"
    site = Source.objects.get(slug="site").pk
    for first, last, amount in (("2026-11-02", "2026-11-01", 5), ("2026-11-01", "2026-11-01", 0)):
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute("savepoint before")
            try:
                cursor.execute("insert into marketing_sourcecost(source_id, first_day, last_day, amount, currency) values (%s, %s, %s, %s, 'RUB')",
                               [site, first, last, amount])
            finally:
                cursor.execute("rollback to before")


def test_what_remains_says_of_how_many_the_margin_is_known(make: Make, question: Make, cast: Any) -> None:
    stages = (("contact_made", datetime(2026, 11, 10, tzinfo=UTC)),)
    for margin in (300, 200, None):
        make(outcome="won", amount=1000, margin=margin, stages=stages, at=datetime(2026, 11, 9, 12, tzinfo=UTC))
    spend(cast, "site", date(2026, 11, 1), date(2026, 11, 30), 400)
    report = sources_report(question(cast.owner))
    table = report.tables[0]
    cells = dict(zip((column.code for column in table.columns), table.rows[0].cells, strict=True))
    assert cells["margin"].value == ((Decimal(500), "RUB"),)
    for code in ("margin", "after_cost"):
        assert "2" in cells[code].note
        assert "3" in cells[code].note


def test_each_months_money_and_costs_stand_beside_what_became_of_it(make: Make, question: Make, cast: Any) -> None:
    october = datetime(2026, 10, 5, 12, tzinfo=UTC)
    stages = (("contact_made", october),)
    make(at=october, outcome="won", amount=1000, margin=150, stages=stages, closed_at=datetime(2026, 11, 6, tzinfo=UTC))
    make(at=october)
    make(at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    spend(cast, "site", date(2026, 10, 1), date(2026, 10, 31), 90)
    spend(cast, "radio", date(2026, 10, 1), date(2026, 11, 30), 61)
    report = sources_report(question(cast.owner))
    october_line = values(report, "cohorts", "2026-10-01")
    assert october_line["amount"] == ((Decimal(1000), "RUB"),)
    assert october_line["margin"] == ((Decimal(150), "RUB"),)
    assert october_line["cost"] == ((Decimal(121), "RUB"),)
    assert october_line["cost_per_won"] == ((Decimal(121), "RUB"),)
    assert october_line["after_cost"] == ((Decimal(29), "RUB"),)
    only_site = values(sources_report(question(cast.owner, source_id=Source.objects.get(slug="site").pk, source="site")), "cohorts", "2026-10-01")
    assert only_site["cost"] == ((Decimal(90), "RUB"),)
    assert "cost" not in values(sources_report(question(cast.supervisor)), "cohorts", "2026-10-01")
