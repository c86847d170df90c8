"""The calendar: what stands where, who sees whose, what may be planned and moved; also when the clocks change."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given as tried
from hypothesis import strategies as st

from marshrut.agency.models import Absence, Employee
from marshrut.core.clock import utc_now
from marshrut.core.working_time import WorkingCalendar
from marshrut.desk.calendar_grid import (
    QUARTERS,
    day_span,
    hours_in_sight,
    month_of,
    place_blocks,
    quarter_of,
    shut_strips,
    step,
    week_of,
)
from marshrut.journal.models import Notice, Task, Touch
from marshrut.journal.services import plan_meeting

KYIV = ZoneInfo("Europe/Kyiv")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
Ask = Callable[..., Any]


# The grid


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 23), 24)])
def test_a_day_is_as_long_as_its_clocks_say(day: date, hours: int) -> None:
    start, end = day_span(day, KYIV)
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=hours)


def test_an_hour_that_comes_twice_stands_on_one_row_and_both_stay_in_sight() -> None:
    first = datetime(2026, 10, 25, 3, 30, tzinfo=KYIV)
    second = first.replace(fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    placed = place_blocks([(1, first, None), (2, second, None)], AUTUMN, KYIV)
    assert [(p.first, p.lane, p.lanes) for p in placed] == [(14, 0, 2), (14, 1, 2)]


def test_a_meeting_over_the_lost_hour_ends_where_the_wall_says() -> None:
    begins = datetime(2026, 3, 29, 2, 30, tzinfo=KYIV)
    ends = (begins.astimezone(UTC) + timedelta(hours=1)).astimezone(KYIV)
    [placed] = place_blocks([(1, begins, ends)], SPRING, KYIV)
    assert (placed.first, placed.last) == (10, 18)


def test_a_meeting_over_midnight_stands_on_both_days() -> None:
    begins, ends = datetime(2026, 11, 23, 22, tzinfo=KYIV), datetime(2026, 11, 24, 1, 10, tzinfo=KYIV)
    [evening] = place_blocks([(1, begins, ends)], date(2026, 11, 23), KYIV)
    [night] = place_blocks([(1, begins, ends)], date(2026, 11, 24), KYIV)
    assert (evening.first, evening.last) == (88, QUARTERS)
    assert (night.first, night.last) == (0, 5)


def test_several_windows_a_day_leave_the_lunch_shut() -> None:
    office = WorkingCalendar("Europe/Kyiv", {0: [(time(9), time(13)), (time(14), time(18))]})
    monday = date(2026, 11, 23)
    away = (datetime(2026, 11, 23, 16, tzinfo=KYIV), datetime(2026, 11, 25, 9, tzinfo=KYIV))
    strips = shut_strips(office, [away], monday, KYIV)
    assert [(s.first, s.last, s.kind) for s in strips] == [(0, 36, "shut"), (52, 56, "shut"), (72, 96, "shut"), (64, 96, "away")]
    assert shut_strips(office, [], date(2026, 11, 24), KYIV) == [type(strips[0])(0, 96, "shut")]


MINUTES = st.integers(0, 24 * 60 - 1)


@tried(st.lists(st.tuples(MINUTES, st.one_of(st.none(), st.integers(1, 600))), max_size=12), st.sampled_from([2, 3]), st.booleans())
def test_blocks_of_one_lane_never_overlap_and_none_is_lost(
    given_spans: list[tuple[int, int | None]], most: int, by_hour: bool
) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=KYIV)
    spans = [
        (n, midnight + timedelta(minutes=at), midnight + timedelta(minutes=at + length) if length else None)
        for n, (at, length) in enumerate(given_spans)
    ]
    placed = place_blocks(spans, midnight.date(), KYIV, most, by_hour=by_hour)
    assert sorted(key for p in placed for key in p.keys) == list(range(len(spans)))
    for one in placed:
        assert 0 <= one.first < one.last <= QUARTERS
        assert 0 <= one.lane < one.lanes <= most
        assert one.is_stack == (len(one.keys) > 1)
        assert not one.is_stack or one.lane == one.lanes - 1 == (0 if by_hour else most - 1)
        for other in placed:
            if other is not one and other.lane == one.lane:
                assert other.first >= one.last or one.first >= other.last


def test_a_crowded_day_is_counted_hour_by_hour_and_a_quiet_one_stands_side_by_side() -> None:
    nine = datetime(2026, 11, 23, 9, tzinfo=KYIV)
    crowd = [(n, nine + timedelta(minutes=10 * n), None) for n in range(12)]
    assert [(p.first, p.last, len(p.keys)) for p in place_blocks(crowd, nine.date(), KYIV, 2, by_hour=True)] == [(36, 40, 6), (40, 45, 6)]
    assert [len(p.keys) for p in place_blocks(crowd[:2], nine.date(), KYIV, 2, by_hour=True)] == [1, 1]


@tried(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_pages_turn_there_and_back(day: date) -> None:
    assert day in week_of(day)
    assert any(day in week for week in month_of(day))
    for view in ("day", "week"):
        assert step(step(day, view, True), view, False) == day
    assert step(day, "month", True).day == 1
    assert 0 <= quarter_of(datetime.combine(day, time(12), KYIV), day, KYIV) < QUARTERS


def test_what_stands_outside_the_working_day_is_brought_in_sight() -> None:
    from marshrut.desk.calendar_grid import Wall

    start, end = day_span(SPRING, KYIV)
    night = place_blocks([(1, datetime(2026, 3, 29, 6, tzinfo=KYIV), None)], SPRING, KYIV)
    assert hours_in_sight([Wall(SPRING, start, end)]) == (9, 19)
    assert hours_in_sight([Wall(SPRING, start, end, night)]) == (6, 19)


# The page


@pytest.fixture
def tomorrow() -> datetime:
    """Noon of tomorrow in Anna's office."""
    zone = ZoneInfo("Europe/Moscow")
    return datetime.combine(utc_now().astimezone(zone).date() + timedelta(days=1), time(12), zone)


def meeting(inquiry: Any, by: Any, at: datetime, hours: float = 1, title: str = "Встреча в офисе") -> int:
    return plan_meeting(
        dossier_id=inquiry.dossier_id,
        title=title,
        starts_at=at,
        ends_at=at + timedelta(hours=hours),
        place="офис",
        by=by,
        now=utc_now(),
    )


@pytest.mark.django_db
def test_a_meeting_stands_on_its_day_and_not_on_another(anna: Client, hers: Ask, cast: Any, tomorrow: datetime) -> None:
    meeting(hers(), cast.anna, tomorrow)
    shown = anna.get(f"/calendar?view=day&day={tomorrow.date()}").content.decode()
    assert "12:00–13:00" in shown
    assert "Встреча в офисе" in shown
    assert "Встреча в офисе" not in anna.get(f"/calendar?day={tomorrow.date() + timedelta(days=1)}").content.decode()
    assert anna.get(f"/calendar?view=week&day={tomorrow.date()}&part=calendar").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_a_view_asks_as_many_statements_for_three_actions_as_for_one(
    anna: Client, hers: Ask, cast: Any, tomorrow: datetime, view: str
) -> None:
    address = f"/calendar?view={view}&day={tomorrow.date()}&part=calendar"
    inquiry = hers()
    meeting(inquiry, cast.anna, tomorrow)
    with CaptureQueriesContext(
        connection,
    ) as one:
        anna.get(address)
    for hour in (1, 2):
        meeting(hers(name=f"Ещё Клиент {hour}"), cast.anna, tomorrow + timedelta(hours=hour))
    with CaptureQueriesContext(connection) as three:
        anna.get(address)
    assert len(three) == len(one)


@pytest.mark.django_db
def test_a_manager_sees_her_own_calendar_only_and_a_supervisor_the_office_side_by_side(
    look: Any, hers: Ask, cast: Any, tomorrow: datetime
) -> None:
    meeting(hers(name="Тайный Клиент"), cast.anna, tomorrow)
    address = f"/calendar?day={tomorrow.date()}"
    for stranger in (cast.boris, cast.stranger, cast.administrator):
        browser = look(stranger)
        assert "Тайный" not in browser.get(address).content.decode()
        assert browser.get(f"{address}&who={cast.anna.id}").status_code == 404
        assert "Тайный" not in browser.get(f"/calendar?view=month&day={tomorrow.date()}").content.decode()
    lead = look(cast.supervisor).get(address).content.decode()
    assert all(name in lead for name in ("Тайный Клиент", "Анна Крылова", "Борис Самойлов"))
    owner = look(cast.owner)
    assert "Тайный Клиент" not in owner.get(f"{address}&office=podil").content.decode()
    assert "Тайный Клиент" in owner.get(f"{address}&office=nevsky").content.decode()
    assert owner.get(f"{address}&office=nowhere").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["view=no", "day=32.13.2026", "day=0001-01-01", "day=9999-12-31", "view=month&day=2100-12-31", "who=", "day=%00"]
)
def test_an_odd_address_is_answered_with_a_page(anna: Client, query: str) -> None:
    assert anna.get(f"/calendar?{query}").status_code == 200


@pytest.mark.django_db
def test_more_than_three_at_one_time_stand_behind_a_button_that_lists_them_all(
    anna: Client, look: Any, hers: Ask, cast: Any, tomorrow: datetime
) -> None:
    inquiry = hers()
    for n in range(6):
        meeting(inquiry, cast.anna, tomorrow, title=f"Встреча {n}")
    page = anna.get(f"/calendar?day={tomorrow.date()}").content.decode()
    assert "ещё 4" in page
    behind = re.search(r'cal-stack[^>]+hx-get="([^"]+)"', page)
    assert behind
    dialog = anna.get(html.unescape(behind[1])).content.decode()
    assert "12:00–13:00" in dialog
    assert all(f"Встреча {n}" in dialog for n in range(6))
    assert look(cast.boris).get(html.unescape(behind[1])).status_code == 404
    assert "Встреча" not in look(cast.boris).get("/calendar/hours?first=0&last=96").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ["", "first=x&last=-1", "first=96&last=0", "first=999", "day=no", "first=90&last=96&day=9999-12-31"])
def test_odd_hours_are_answered_with_a_dialog(anna: Client, odd: str) -> None:
    assert anna.get(f"/calendar/hours?{odd}").status_code == 200


@pytest.mark.django_db
def test_of_many_people_side_by_side_a_crowded_hour_is_a_number_that_opens(
    look: Any, hers: Ask, cast: Any, tomorrow: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marshrut.desk.web.calendar.MANY_COLUMNS", 2)
    inquiry = hers()
    for n in range(4):
        meeting(inquiry, cast.anna, tomorrow, title=f"Встреча {n}")
    page = look(cast.supervisor).get(f"/calendar?day={tomorrow.date()}").content.decode()
    assert "4 действия" in page
    assert "Встреча 1" not in page


@pytest.mark.django_db
def test_a_number_in_a_title_is_hidden_from_whoever_sees_no_phones(look: Any, hers: Ask, cast: Any, tomorrow: datetime) -> None:
    inquiry = hers()
    task = meeting(inquiry, cast.anna, tomorrow, title="Набрать +7 921 555-44-33")
    day = f"/calendar?day={tomorrow.date()}"
    pages = [day, f"/tasks/{task}", f"/tasks/{task}/move", f"/inquiries/{inquiry.pk}", "/inbox?tab=all"]
    assert all("555-44-33" in look(cast.supervisor).get(page).content.decode() for page in pages[:4])
    Employee.objects.filter(pk=cast.supervisor.id).update(unmasked=[])
    browser = look(cast.supervisor)
    for page in pages:
        shown = browser.get(page).content.decode()
        assert "555-44-33" not in shown, page
    assert "Набрать +7 •••" in browser.get(day).content.decode()


@pytest.mark.django_db
def test_an_absence_is_shown_and_the_month_counts(anna: Client, hers: Ask, cast: Any, tomorrow: datetime) -> None:
    Absence.objects.create(employee_id=cast.anna.id, starts_at=tomorrow - timedelta(hours=2), ends_at=tomorrow + timedelta(hours=2))
    meeting(hers(), cast.anna, tomorrow)
    assert "cal-away" in anna.get(f"/calendar?day={tomorrow.date()}").content.decode()
    assert "1 встреча" in anna.get(f"/calendar?view=month&day={tomorrow.date()}").content.decode()


@pytest.mark.django_db
def test_a_cell_of_the_month_shows_the_first_matters_of_its_day_and_opens_it(
    anna: Client, hers: Ask, cast: Any, tomorrow: datetime
) -> None:
    day = tomorrow + timedelta(days=5)
    for hour, name in ((4, "Поздний Пётр"), (1, "Вторая Вера"), (0, "Первая Полина"), (2, "Третья Тая")):
        meeting(hers(name=name), cast.anna, day + timedelta(hours=hour))
    page = anna.get(f"/calendar?view=month&day={day.date()}").content.decode()
    cell = next(part for part in page.split("<td")[1:] if f"view=day&amp;day={day.date()}" in part)
    shown = cell.partition("cal-first")[2]
    assert shown.index("12:00") < shown.index("Первая Полина") < shown.index("Вторая Вера") < shown.index("Третья Тая")
    assert "Поздний" not in cell
    assert "ещё 1" in shown


@pytest.mark.django_db
def test_something_is_planned_on_a_free_hour_and_a_clash_is_a_warning(anna: Client, hers: Ask, tomorrow: datetime) -> None:
    inquiry = hers(name="Марина Соколова")
    form = anna.get(f"/calendar/plan?at={tomorrow:%Y-%m-%dT%H:%M}").content.decode()
    assert f'value="{tomorrow:%Y-%m-%dT%H:%M}"' in form
    assert "Марина Соколова" in form
    given = {
        "dossier": inquiry.dossier_id,
        "title": "Встреча",
        "kind": "meeting",
        "due": f"{tomorrow:%Y-%m-%dT12:00}",
        "ends": f"{tomorrow:%Y-%m-%dT13:30}",
        "place": "https://meet.example/abc",
    }
    assert anna.post("/calendar/plan", given).status_code == 204
    again = anna.post("/calendar/plan", {**given, "title": "Вторая"})
    assert again.status_code == 204
    assert "12:00" in again.headers["HX-Trigger"].encode().decode("unicode_escape")
    task = Task.objects.get(title="Встреча")
    assert (task.kind, task.place, task.ends_at - task.due_at) == ("meeting", "https://meet.example/abc", timedelta(minutes=90))
    card = anna.get(f"/tasks/{task.pk}").content.decode()
    assert 'href="https://meet.example/abc"' in card


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dossier": ""}, "dossier"),
        ({"dossier": "9" * 30}, "dossier"),
        ({"title": " "}, "title"),
        ({"due": "когда-нибудь"}, "due"),
        ({"due": "2020-01-01T10:00"}, "due"),
        ({"ends": "2020-01-01T10:00"}, "ends"),
        ({"ends": "{due}"}, "ends"),
    ],
)
def test_what_cannot_be_planned_gets_a_sentence_at_its_field(
    anna: Client, hers: Ask, tomorrow: datetime, change: dict, field: str
) -> None:
    due = f"{tomorrow:%Y-%m-%dT12:00}"
    given = {"dossier": hers().dossier_id, "title": "Встреча", "kind": "meeting", "due": due, "ends": f"{tomorrow:%Y-%m-%dT13:00}"}
    answer = anna.post("/calendar/plan", {**given, **{key: value.format(due=due) for key, value in change.items()}})
    assert answer.status_code == 422
    assert f'id="f-{field}-note"' in answer.content.decode()
    assert Task.objects.filter(title="Встреча").count() == 0


@pytest.mark.django_db
def test_matters_are_found_by_name_and_number_and_only_ones_own(anna: Client, stranger: Client, hers: Ask) -> None:
    inquiry = hers(name="Марина Соколова")
    for q in ("соколова", str(inquiry.pk)):
        assert "Марина Соколова" in anna.get("/calendar/matters", {"q": q}).content.decode()
        assert "Марина" not in stranger.get("/calendar/matters", {"q": q}).content.decode()


@pytest.mark.django_db
def test_a_drop_moves_keeps_the_story_and_can_be_undone(anna: Client, hers: Ask, cast: Any, tomorrow: datetime) -> None:
    inquiry = hers()
    number = meeting(inquiry, cast.anna, tomorrow, hours=2)
    answer = anna.post(f"/tasks/{number}/move", {"due": f"{tomorrow:%Y-%m-%dT15:00}", "who": cast.anna.id})
    assert answer.status_code == 204
    task = Task.objects.get(pk=number)
    assert (task.due_at - tomorrow, task.ends_at - task.due_at, task.place) == (timedelta(hours=3), timedelta(hours=2), "офис")
    import json

    undo = json.loads(answer.headers["HX-Trigger"])["done"]["undo"]
    assert anna.post(undo).status_code == 204
    assert Task.objects.get(pk=number).due_at == tomorrow
    assert Touch.objects.filter(dossier=inquiry.dossier, kind="postponed").count() == 2


@pytest.mark.django_db
def test_a_move_is_refused_into_the_past_to_a_colleague_and_of_what_is_done(
    anna: Client, look: Any, hers: Ask, cast: Any, tomorrow: datetime
) -> None:
    number = meeting(hers(), cast.anna, tomorrow)
    ahead = f"{tomorrow:%Y-%m-%dT15:00}"
    for given in ({"due": "2020-01-01T10:00"}, {"due": "нет"}, {"due": ahead, "who": cast.boris.id}):
        assert anna.post(f"/tasks/{number}/move", given).status_code == 422
    assert anna.get(f"/tasks/{number}/move").status_code == 200
    for stranger in (cast.boris, cast.stranger, cast.administrator):
        assert look(stranger).post(f"/tasks/{number}/move", {"due": ahead}).status_code in (403, 404)
        assert look(stranger).get(f"/tasks/{number}").status_code == 404
    Task.objects.filter(pk=number).update(state="done", done_at=utc_now(), done_by="employee:1")
    assert anna.post(f"/tasks/{number}/move", {"due": ahead}).status_code == 409


@pytest.mark.django_db
def test_a_supervisor_plans_for_a_manager_who_is_told(look: Any, hers: Ask, cast: Any, tomorrow: datetime) -> None:
    inquiry = hers()
    given = {"dossier": inquiry.dossier_id, "title": "Перезвонить", "kind": "call", "due": f"{tomorrow:%Y-%m-%dT12:00}"}
    assert look(cast.supervisor).post("/calendar/plan", given).status_code == 204
    assert Task.objects.get(title="Перезвонить").assignee_id == cast.anna.id
    assert Notice.objects.get(code="task_planned").employee_id == cast.anna.id
