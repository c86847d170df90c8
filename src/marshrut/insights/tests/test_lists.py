"""Every number opens its list, and the list holds exactly as many; files hold what the tables show; nothing hostile breaks it."""

import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.insights.asked import Asked, midnight
from marshrut.insights.measures import LISTED
from marshrut.insights.reports.answers import answers_report
from marshrut.insights.reports.funnel import funnel_report, with_funnel
from marshrut.insights.reports.overview import overview_report
from marshrut.insights.reports.shapes import Cell, Question, Report
from marshrut.insights.reports.sources import sources_report
from marshrut.insights.reports.work import work_report
from marshrut.insights.web import lists
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Task, Touch
from marshrut.marketing.models import Source

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
PAGES = ("/reports", "/reports/sources", "/reports/answers", "/reports/funnel", "/reports/work", "/reports/matters", "/reports/measures")


@pytest.fixture
def world(make: Make, cast: Any) -> Any:
    """A little of everything, in the month that ends now."""
    now = timezone.now()
    past = now - timedelta(days=9)
    first = make(at=past, answered=3, clock="met", category="package_tour")
    make(at=past, joined_to=first)
    make(at=past, answered=90, clock="missed", owner=cast.boris, task_due=now - timedelta(days=1))
    make(at=past, disposition="spam")
    Inquiry.objects.filter(pk=make(at=past, outcome="lost", reason="Дорого: нашли дешевле", source="friends", channel="phone").pk).update(
        contact_missing=["name"])
    make(at=past, outcome="lost", reason="Передумали", stages=(("contact_made", past),), closed_at=past + timedelta(days=2))
    make(at=past, outcome="won", amount=1000, margin=80, stages=(("contact_made", past), ("need_recorded", past + timedelta(days=1))),
         closed_at=past + timedelta(days=3))
    make(at=past, outcome="won", amount=70, currency="USD", stages=(("contact_made", past),), closed_at=past + timedelta(days=3), owner=cast.boris)
    make(at=past, stages=(("contact_made", past), ("options_shown", past + timedelta(hours=90))), amount=300)
    make(at=past, stages=(("contact_made", past + timedelta(hours=1)),), amount=20)
    make(at=now - timedelta(days=60), stages=(("contact_made", now - timedelta(days=60)),), amount=11, currency="EUR")
    make(at=past, owner=cast.stranger, stages=(("contact_made", past),), outcome="won", amount=5, closed_at=past)
    for kind, by in (("call_out", cast.anna), ("message_out", cast.anna), ("meeting", cast.boris)):
        Touch.objects.create(dossier=first.dossier, kind=kind, at=past, by=by.label)
    Task.objects.create(dossier=first.dossier, title="Сделано", due_at=past, state="done", assignee_id=cast.anna.id, created_by="t", done_at=past,
                        done_by=cast.anna.label)
    return now


def asked_of(actor: Actor, now: Any, **more: Any) -> Question:
    revision = read_revision()
    today = now.astimezone(read_staff(revision).first_office.calendar.zone).date()
    asked = Asked(today - timedelta(days=29), today, "Europe/Moscow", "30d", **more)
    return Question(actor, read_staff(revision), revision, asked, now)


def reports_of(question: Question) -> list[Report]:
    return [sources_report(question), answers_report(question), funnel_report(question), work_report(question), overview_report(question)]


def cells_of(report: Report) -> Iterator[tuple[str, str, Cell]]:
    for table in report.tables:
        for row in [*table.rows, *([table.total] if table.total else [])]:
            for column, cell in zip(table.columns, row.cells, strict=True):
                yield f"{report.code}/{table.code}/{row.label}/{column.code}", column.kind, cell


def listed_by(browser: Client, address: str) -> int:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    found = re.search(r'id="report-total">(\d+)<', answer.content.decode())
    assert found, address
    return int(found[1])


@pytest.mark.parametrize("who", ["owner", "supervisor", "anna"])
def test_every_number_of_every_table_opens_a_list_of_exactly_as_many(world: Any, look: Make, cast: Any, who: str) -> None:
    actor = getattr(cast, who)
    browser, wrong, seen = look(actor), [], set()
    for report in reports_of(asked_of(actor, world)):
        for where, kind, cell in cells_of(report):
            measure = QueryDict(cell.href.partition("?")[2]).get("measure", "")
            if kind != "number" or "waiting" in where:
                continue
            assert bool(cell.href) == bool(cell.value), where
            if cell.href:
                seen.add(measure)
                if listed_by(browser, cell.href) != cell.value:
                    wrong.append((where, cell.value, listed_by(browser, cell.href), cell.href))
    assert wrong == []
    if who == "owner":
        assert seen >= LISTED - {"answered", "timed", "standing"}, LISTED - seen


def test_every_measure_is_counted_as_it_is_listed(world: Any, cast: Any) -> None:
    from marshrut.insights.queries.lists import count_listed, list_counted

    for code in sorted(LISTED):
        question = with_funnel(asked_of(cast.owner, world))
        position = lists.position_of(question)
        lines = list_counted(question.actor, question.asked, code, world, position=position)
        assert len(lines) == count_listed(question.actor, question.asked, code, world, position) > 0, code
        assert len({line.unit_id for line in lines}) == len(lines), code


def test_large_figures_lead_to_their_lists_too(world: Any, look: Make, cast: Any) -> None:
    browser = look(cast.owner)
    for report in reports_of(asked_of(cast.owner, world)):
        for figure in report.figures:
            if figure.href and figure.text.isdecimal():
                assert listed_by(browser, figure.href) == int(figure.text), (report.code, figure.code)


def test_filters_narrow_numbers_and_lists_alike(world: Any, look: Make, cast: Any) -> None:
    browser = look(cast.owner)
    office = cast.stranger.office_id
    for more in ({"source": "friends"}, {"owner_id": cast.boris.id}, {"office_id": office}, {"category": "package_tour"}, {"channel": "phone"},
                 {"basis": "received"}, {"weekday": 0}, {"owner_id": 0}):
        question = asked_of(cast.owner, world, **more)
        if more.get("source"):
            found = next(card for card in question.sources.values() if card.slug == "friends")
            question = Question(question.actor, question.staff, question.revision, question.asked.narrowed(source_id=found.id), world)
        for where, kind, cell in cells_of(sources_report(question)):
            if kind == "number" and cell.href:
                assert listed_by(browser, cell.href) == cell.value, (more, where)


def test_a_list_shows_who_and_what_and_goes_on_page_by_page(world: Any, look: Make, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    browser, address, seen = look(cast.owner), "/reports/matters?measure=inquiries", 0
    while address:
        page = browser.get(address).content.decode()
        assert "Марина Соколова" in page
        seen += page.count("<tr data-row")
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert seen == listed_by(browser, "/reports/matters?measure=inquiries")


def test_a_file_holds_what_the_table_shows(world: Any, look: Make, cast: Any) -> None:
    browser = look(cast.owner)
    table = sources_report(asked_of(cast.owner, world)).tables[0]
    answer = browser.get("/reports/sources/sources.xlsx?period=30d")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    lines = [list(line) for line in book.active.values]
    heading = lines[0]
    assert len(lines) == 1 + len(table.rows) + 1
    for line, row in zip(lines[1:], [*table.rows, table.total], strict=True):
        assert line[0] == row.label
        for column, cell in zip(table.columns, row.cells, strict=True):
            if column.kind == "number":
                assert line[heading.index(str(column.label))] == cell.value
            if column.code == "amount":
                assert {c: line[heading.index(f"{column.label}, {c}")] for _a, c in cell.value} == {c: a for a, c in cell.value}
    text = b"".join(browser.get("/reports/sources/sources.csv?period=30d").streaming_content).decode("utf-8-sig")
    assert text.count("\n") == len(lines)
    assert "Сайт" in text or "site" in text


@pytest.mark.parametrize("address", ["/reports/sources/no.csv", "/reports/none/sources.csv", "/reports/sources/sources.exe"])
def test_a_file_that_is_none_is_not_there(look: Make, cast: Any, address: str) -> None:
    assert look(cast.owner).get(address).status_code == 404


def test_a_manager_takes_no_files_away_and_an_administrator_sees_no_reports(look: Make, cast: Any) -> None:
    assert look(cast.anna).get("/reports/sources/sources.csv").status_code == 403
    assert "XLSX" not in look(cast.anna).get("/reports/sources").content.decode()
    for address in PAGES:
        assert look(cast.administrator).get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_a_report_costs_as_many_statements_for_three_matters_as_for_one(look: Make, make: Make, cast: Any, address: str) -> None:
    past, browser, counted = timezone.now() - timedelta(days=3), look(cast.owner), []
    for rows in (1, 2):
        for _row in range(rows):
            make(at=past, outcome="won", amount=5, stages=(("contact_made", past),), closed_at=past, answered=2, clock="met")
            make(at=past, outcome="lost", reason="Дорого", owner=cast.boris, source=f"s{rows}{_row}", answered=2, clock="met")
        browser.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(address).status_code == 200
        counted.append(len(caught))
    assert counted[0] == counted[1] <= 16


HOSTILE = ("'", "%", "%s", "9" * 40, "-1", "0", "null", "<script>alert(1)</script>", "\x00", "２０２６-01-01", "2026-02-30", "²", "0001-01-01", "9999-12-31")
NAMES = ("period", "from", "to", "office", "manager", "source", "channel", "category", "funnel", "stage", "reason", "weekday", "hour", "basis",
         "measure", "page", "sort", "heat")


@pytest.mark.parametrize("address", [*PAGES, "/reports/work/managers.csv"])
def test_no_filter_breaks_a_page(look: Make, world: Any, cast: Any, address: str) -> None:
    browser = look(cast.owner)
    for value in HOSTILE:
        answer = browser.get(address, dict.fromkeys(NAMES, value))
        assert answer.status_code == 200, value
        if not answer.streaming:
            assert b"<script>alert" not in answer.content
    for name in NAMES if address == "/reports/matters" else ("from", "sort"):
        for value in HOSTILE:
            assert browser.get(address, {name: value}).status_code == 200, (name, value)


def test_days_that_cannot_be_read_are_said(look: Make, cast: Any) -> None:
    page = look(cast.owner).get("/reports/sources?from=2026-02-30&to=2026-03-01").content.decode()
    assert 'class="notice notice-warm"' in page
    assert midnight(date(2026, 3, 1), "Europe/Moscow").isoformat() == "2026-02-28T21:00:00+00:00"
    assert Decimal("1") == 1


def test_whose_list_it_is_is_said_by_name_to_a_manager_too_and_of_whoever_left(look: Make, cast: Any) -> None:
    from marshrut.agency.models import Employee

    address = "/reports/matters?measure=calls&period=30d&manager="
    own = look(cast.anna).get(f"{address}{cast.anna.id}").content.decode()
    assert f'<option value="{cast.anna.id}" selected>{cast.anna.name}</option>' in own
    assert cast.boris.name not in look(cast.anna).get(f"{address}{cast.boris.id}").content.decode()
    Employee.objects.filter(pk=cast.boris.id).update(is_active=False)
    left = look(cast.owner).get(f"{address}{cast.boris.id}").content.decode()
    assert f'<option value="{cast.boris.id}" selected>бывший сотрудник</option>' in left


def test_a_table_is_sorted_by_its_column(world: Any, look: Make, cast: Any) -> None:
    page = look(cast.owner).get("/reports/sources?sort=inquiries").content.decode()
    assert page.index("friends") < page.index(">Сайт<" if ">Сайт<" in page else "site")


def test_a_report_told_is_a_page_with_names_for_everything(world: Any, look: Make, cast: Any) -> None:
    page = look(cast.owner).get("/reports/answers").content.decode()
    assert "<caption" in page
    for address in PAGES:
        assert "aria-label" in look(cast.owner).get(address).content.decode()


def test_a_report_by_a_source_that_was_merged_is_about_what_it_went_into(make: Make, cast: Any, look: Callable[[Actor], Client]) -> None:
    make(at=timezone.now() - timedelta(days=2), source="friends")
    Source.objects.create(slug="friends-old", name="Друзья, старое", merged_into=Source.objects.get(slug="friends"))
    page = look(cast.owner).get("/reports/sources?source=friends-old").content.decode()
    assert "Источник «Друзья, старое» влился" in page
    assert re.search(r'<option value="friends" selected', page)
