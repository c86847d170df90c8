"""Numbers proved on hand-made data with known answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from marshrut.insights.reports.answers import answers_report
from marshrut.insights.reports.funnel import funnel_report
from marshrut.insights.reports.overview import overview_report
from marshrut.insights.reports.shapes import Report, Row
from marshrut.insights.reports.sources import sources_report
from marshrut.insights.reports.work import work_report
from marshrut.insights.tests.made_matters import NOW
from marshrut.journal.models import Task, Touch

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def values(report: Report, table: str, row: str) -> dict[str, Any]:
    found = next(t for t in report.tables if t.code == table)
    line: Row = found.total if row == "total" else next(r for r in found.rows if r.code == row)
    return {column.code: cell.value for column, cell in zip(found.columns, line.cells, strict=True)}


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def test_conversion_is_realised_by_closed_and_open_ones_and_what_asked_no_sale_stand_apart(make: Make, question: Make, cast: Any) -> None:
    for outcome in ("won", "lost", "lost", "lost"):
        make(outcome=outcome, reason="Дорого: нашли дешевле" if outcome == "lost" else "", amount=1000 if outcome == "won" else None)
    first = make()
    make(joined_to=first)
    make(disposition="spam")
    make(outcome="won", source="friends", amount=70, currency="USD")
    make(outcome="won", source="friends", amount=500)
    report = sources_report(question(cast.owner))
    assert values(report, "sources", "site") == {
        "inquiries": 6, "joined": 1, "no_sale": 1, "open": 1, "closed": 4, "won": 1, "lost": 3, "conversion": 0.25,
        "amount": ((Decimal(1000), "RUB"),), "margin": ()}
    assert values(report, "sources", "friends")["amount"] == ((Decimal(500), "RUB"), (Decimal(70), "USD"))
    total = values(report, "sources", "total")
    assert (total["inquiries"], total["closed"], total["won"]) == (8, 6, 3)
    assert dict((c, a) for a, c in total["amount"]) == {"RUB": 1500, "USD": 70}
    assert total["inquiries"] == total["open"] + total["closed"] + total["no_sale"]
    assert values(report, "reasons", "Дорого")["lost"] == 3


def test_few_closed_ones_are_not_a_percentage_and_carry_their_interval(make: Make, question: Make, cast: Any) -> None:
    for outcome in ("won", "won", "lost"):
        make(outcome=outcome, reason="Дорого" if outcome == "lost" else "")
    table = sources_report(question(cast.owner)).tables[0]
    cell = table.rows[0].cells[[c.code for c in table.columns].index("conversion")]
    assert "67" not in cell.text
    assert cell.text in ("2 of 3", "2 из 3")
    assert cell.note.startswith("21–94")


def test_margin_is_for_those_who_may_see_it(make: Make, question: Make, cast: Any) -> None:
    make(outcome="won", amount=1000, margin=80, stages=(("contact_made", day(10)),), at=day(9))
    assert values(sources_report(question(cast.owner)), "sources", "site")["margin"] == ((Decimal(80), "RUB"),)
    for report in (sources_report(question(cast.anna)), work_report(question(cast.anna))):
        assert "margin" not in [column.code for table in report.tables for column in table.columns]


def test_a_day_is_a_day_on_the_offices_wall(make: Make, question: Make, cast: Any) -> None:
    make(at=datetime(2026, 11, 9, 20, 59, 59, tzinfo=UTC))  # the last second of the ninth in Moscow
    make(at=datetime(2026, 11, 9, 21, 0, tzinfo=UTC))  # the first of the tenth
    make(at=datetime(2026, 11, 10, 20, 59, tzinfo=UTC))
    make(at=datetime(2026, 11, 10, 21, 0, tzinfo=UTC))
    make(at=None)  # imported: nobody knows when

    def counted(first: date, zone: str = "Europe/Moscow") -> int:
        return values(sources_report(question(cast.owner, first=first, last=first, zone=zone)), "sources", "total")["inquiries"]

    assert [counted(date(2026, 11, n)) for n in (9, 10, 11)] == [1, 2, 1]
    assert [counted(date(2026, 11, n), "UTC") for n in (9, 10, 11)] == [2, 2, 0]


def test_the_day_on_which_the_clocks_go_back_has_twenty_five_hours(make: Make, question: Make, cast: Any) -> None:
    for hour in range(26):
        make(at=datetime(2026, 10, 24, 21, 0, tzinfo=UTC) + timedelta(hours=hour))  # from midnight of the 25th in Kyiv
    asked = question(cast.owner, first=date(2026, 10, 25), last=date(2026, 10, 25), zone="Europe/Kyiv")
    assert values(sources_report(asked), "sources", "site")["inquiries"] == 25
    heat = answers_report(asked).pictures["heat"]
    assert heat[6][3].count == 2  # the hour from three to four comes twice
    assert sum(cell.count for line in heat for cell in line) == 25


def test_what_ended_is_counted_by_the_day_it_ended_unless_the_received_are_followed(make: Make, question: Make, cast: Any) -> None:
    make(at=datetime(2026, 3, 1, tzinfo=UTC), outcome="won", closed_at=day(5))
    make(at=day(5))
    of_received = values(sources_report(question(cast.owner, basis="received")), "sources", "site")
    assert (of_received["inquiries"], of_received["closed"], of_received["open"]) == (1, 0, 1)
    by_closing = values(sources_report(question(cast.owner)), "sources", "site")
    assert (by_closing["inquiries"], by_closing["closed"], by_closing["open"]) == (1, 1, 1)


def test_answers_are_told_in_the_working_minutes_kept_with_them(make: Make, question: Make, cast: Any) -> None:
    for minutes, clock in ((2, "met"), (4, "met"), (30, "missed")):
        make(at=day(10), answered=minutes, clock=clock)
    make(at=day(10), clock="running")
    # Friday 17:55 in Kyiv to Monday 09:05: ten working minutes
    make(at=datetime(2026, 11, 13, 15, 55, tzinfo=UTC), answered=63 * 60 + 10, waited=10, clock="met", owner=cast.stranger, channel="phone")
    report = answers_report(question(cast.owner))
    anna, oleh = values(report, "managers", str(cast.anna.id)), values(report, "managers", str(cast.stranger.id))
    assert (anna["inquiries"], anna["answered"], anna["silent"], anna["kept"], anna["missed"]) == (4, 3, 1, 2, 1)
    assert (anna["median"], anna["ninetieth"], round(anna["kept_share"], 3)) == (4, 24.8, 0.667)
    assert oleh["median"] == 10
    assert values(report, "channels", "phone")["answered"] == 1
    assert values(report, "sources", "total") == values(report, "managers", "total")


def test_the_funnel_counts_who_came_went_on_stayed_and_was_lost(make: Make, question: Make, cast: Any) -> None:
    make(stages=(("contact_made", day(2)), ("need_recorded", day(4)), ("options_shown", day(8))), amount=100, at=day(1))
    make(stages=(("contact_made", day(2)), ("options_shown", day(6))), amount=50, currency="USD", at=day(1))  # need skipped
    make(stages=(("contact_made", day(3)),), outcome="lost", reason="Дорого", closed_at=day(9), at=day(1))
    make(stages=(("contact_made", day(3)),), amount=10, at=day(1))
    make(stages=(("contact_made", datetime(2026, 10, 20, tzinfo=UTC)), ("need_recorded", day(12))), at=datetime(2026, 10, 19, tzinfo=UTC))
    report = funnel_report(question(cast.owner))
    first, need, shown = (values(report, "stages", slug) for slug in ("contact_made", "need_recorded", "options_shown"))
    assert [first[c] for c in ("standing", "reached", "further", "here", "lost_here", "sold_here")] == [1, 4, 2, 1, 1, 0]
    assert [need[c] for c in ("standing", "reached", "further", "here")] == [1, 3, 2, 1]
    assert [shown[c] for c in ("standing", "reached", "further", "here")] == [2, 2, 0, 2]
    assert first["further_share"] == 0.5
    assert shown["worth"] == ((Decimal(100), "RUB"), (Decimal(50), "USD"))
    assert first["stay"] == 5  # two, four, six and twenty-three days
    assert need["stay"] == 4


def test_a_deal_is_stuck_when_its_stage_is_too_long_or_nothing_happens(make: Make, question: Make, cast: Any) -> None:
    from marshrut.deals.models import Stage

    Stage.objects.filter(slug="need_recorded", funnel__slug="office").update(longest_days=3)
    Stage.objects.filter(slug="contact_made", funnel__slug="office").update(longest_days=None)
    make(stages=(("need_recorded", NOW - timedelta(days=4)),))
    make(stages=(("need_recorded", NOW - timedelta(days=2)),))
    silent = make(stages=(("contact_made", NOW - timedelta(days=20)),))
    spoken = make(stages=(("contact_made", NOW - timedelta(days=20)),))
    waiting = make(stages=(("contact_made", NOW - timedelta(days=20)),))
    Touch.objects.create(dossier=spoken.dossier, kind="call_out", at=NOW - timedelta(days=2), by="employee:1")
    type(waiting.dossier).objects.filter(pk=waiting.dossier_id).update(waits_until=NOW + timedelta(days=9), waits_for="горящий тур")
    report = funnel_report(question(cast.owner))
    assert values(report, "stages", "need_recorded")["stuck"] == 1
    assert values(report, "stages", "contact_made")["stuck"] == 1
    assert silent.pk


def test_work_is_counted_by_whoever_did_it(make: Make, question: Make, cast: Any) -> None:
    hers = make(answered=1, clock="met", at=day(5), task_due=NOW - timedelta(hours=1))
    his = make(owner=cast.boris, at=day(5), answered=50, clock="missed")
    won = make(stages=(("contact_made", day(6)),), outcome="won", amount=1000, margin=80, closed_at=day(8), at=day(5))
    make(stages=(("contact_made", day(6)),), outcome="lost", reason="Дорого", closed_at=day(8), at=day(5))
    for kind in ("call_out", "call_in", "message_out", "meeting", "note"):
        Touch.objects.create(dossier=his.dossier, kind=kind, at=day(7), by=cast.anna.label)
    Touch.objects.create(dossier=his.dossier, kind="call_out", at=datetime(2026, 10, 7, tzinfo=UTC), by=cast.anna.label)
    Touch.objects.create(dossier=his.dossier, kind="message_out", at=day(7), by="system:auto")
    Task.objects.create(dossier=won.dossier, title="Сделано", due_at=day(6), state="done", assignee_id=cast.boris.id, created_by="t",
                        done_at=day(6), done_by=cast.boris.label)
    report = work_report(question(cast.owner))
    anna, boris = values(report, "managers", str(cast.anna.id)), values(report, "managers", str(cast.boris.id))
    assert anna == {"inquiries": 3, "kept_share": 1.0, "done": 0, "calls": 2, "messages": 1, "meetings": 1, "deals_opened": 2, "deals_won": 1,
                    "deals_lost": 1, "amount": ((Decimal(1000), "RUB"),), "margin": ((Decimal(80), "RUB"),), "overdue": 1,
                    "incomplete": 0, "lost_incomplete": 0}
    assert (boris["done"], boris["kept_share"], boris["calls"]) == (1, 0.0, 0)
    bars = {bar.label: (bar.text, bar.note, "measure=done" in bar.href) for bar in report.pictures["bars"]}
    assert bars[cast.anna.name] == ("0", "+ 4", False)
    assert bars[cast.boris.name] == ("1", "+ 0", True)
    assert hers.pk


def test_incomplete_and_lost_contacts_are_counted_by_manager_with_the_list_behind_them(make: Make, question: Make, cast: Any) -> None:
    from marshrut.intake.models import Inquiry

    made = [make(at=day(5)), make(at=day(5), outcome="lost", reason="Дорого", closed_at=day(8)), make(at=day(5), disposition="spam", closed_at=day(8)),
            make(at=day(5), outcome="won", closed_at=day(8)), make(owner=cast.boris, at=day(5))]  # fmt: skip
    Inquiry.objects.filter(pk__in=[one.pk for one in made]).update(contact_missing=["phone"])
    make(at=day(5))
    report = work_report(question(cast.owner))
    anna, boris = values(report, "managers", str(cast.anna.id)), values(report, "managers", str(cast.boris.id))
    assert (anna["incomplete"], anna["lost_incomplete"]) == (4, 1)
    assert (boris["incomplete"], boris["lost_incomplete"]) == (1, 0)


def test_whose_matters_are_out_of_reach_are_counted_nowhere(make: Make, question: Make, cast: Any) -> None:
    def everything(actor: Any) -> dict[str, Any]:
        asked = question(actor)
        made = (sources_report(asked), answers_report(asked), funnel_report(asked), work_report(asked))
        return {f"{r.code}/{t.code}/{row.code}": [c.value for c in row.cells] for r in made for t in r.tables
                for row in [*t.rows, *([t.total] if t.total else [])]}

    before = {actor.name: everything(actor) for actor in (cast.anna, cast.boris, cast.supervisor, cast.administrator)}
    theirs = make(owner=cast.stranger, stages=(("contact_made", NOW - timedelta(days=40)),), amount=10, answered=3, clock="met")
    make(owner=cast.stranger, outcome="won", amount=10)
    Touch.objects.create(dossier=theirs.dossier, kind="call_out", at=day(7), by=cast.anna.label)
    Task.objects.filter(dossier=theirs.dossier).update(due_at=NOW - timedelta(days=1))
    assert {actor.name: everything(actor) for actor in (cast.anna, cast.boris, cast.supervisor, cast.administrator)} == before
    make()
    assert everything(cast.anna) != before[cast.anna.name]
    assert everything(cast.supervisor) != before[cast.supervisor.name]
    assert everything(cast.boris) == before[cast.boris.name]
    assert overview_report(question(cast.owner)).figures[0].text == "3"
