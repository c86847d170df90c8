"""Files of leads: checked without a trace, brought in once whatever happens, taken out again whole."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast

from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db
HEADING = ["ФИО", "Телефон", "Почта", "Дата обращения", "Источник", "Комментарий", "Статус", "Менеджер", "Бюджет"]
ROWS = [
    ["Иванова Мария Петровна", "8 921 555-00-11", "maria@mail.example", "12.05.2024 14:30", "Выставка", "Хотим в Турцию", "да", "Анна Крылова", "150 000"],
    ["Мария Иванова", "+7 921 555 00 11", "", "01.02.2025", "Выставка", "Снова к морю", "отказ", "", ""],
    ["Коваленко Олег", "067 123-45-67", "не указано", "", "Сайт", "", "отказ", "Никто Такой", ""],
    ["Пётр", "это не номер", "petr@mail.example", "31.31.2024", "", "Спросить про визу", "", "", "много"],
    ["", "-", "Select", "", "", "", "", "", ""],
]


def table(rows: list[list[str]], heading: list[str] = HEADING, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([heading, *rows])
    return text.getvalue().encode(encoding)


def counts() -> dict[str, int]:
    """How many rows every table has that an import could touch; folded sums, and what people were counted."""
    from django.db import connection

    from marshrut.intake.tasks import fold_source_tallies

    fold_source_tallies()
    tables = ["clients_person", "clients_contactpoint", "clients_suspect", "clients_holding", "journal_dossier", "journal_touch",
              "journal_task", "journal_notice", "channels_rawmessage", "intake_inquiry", "intake_importedrow", "intake_importproblem",
              "intake_sourcetally", "marketing_source"]
    found = {}
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"select count(*) from {name}")
            found[name] = cursor.fetchone()[0]
        cursor.execute("select coalesce(sum(past_deals), 0) from clients_person")
        found["realised"] = int(cursor.fetchone()[0])
    return found


def hand_in(content: bytes, by: Any, mode: str = "history", **given: Any) -> int:
    from marshrut.intake.services.import_runs import create_run

    return create_run(pieces=[content], file_name="leads.csv", mode=mode, office_id=None, by=by, now=utc_now(), **given)


def check(run_id: int, by: Any, **given: Any) -> Any:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_runs import check_run
    from marshrut.intake.services.import_work import work_on_imports

    mapping = ImportRun.objects.get(pk=run_id).mapping
    chosen = {"targets": mapping["targets"], "words": mapping["words"], "day_first": mapping["day_first"], "currency": "RUB",
              "source_slug": "", **given}
    check_run(run_id=run_id, by=by, now=utc_now(), **chosen)
    work_on_imports(utc_now)
    return ImportRun.objects.get(pk=run_id)


def bring_in(run_id: int, by: Any) -> Any:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_runs import start_run
    from marshrut.intake.services.import_work import work_on_imports

    start_run(run_id=run_id, by=by, now=utc_now())
    work_on_imports(utc_now)
    return ImportRun.objects.get(pk=run_id)


def take_out(run_id: int, by: Any) -> Any:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_runs import undo_run
    from marshrut.intake.services.import_work import work_on_imports

    undo_run(run_id=run_id, by=by, now=utc_now())
    work_on_imports(utc_now)
    return ImportRun.objects.get(pk=run_id)


def all_at_once(content: bytes, by: Any, mode: str = "history") -> Any:
    run_id = hand_in(content, by, mode)
    check(run_id, by)
    return bring_in(run_id, by)


def figures(run: Any) -> tuple[int, int, int]:
    return run.made, run.repeated, run.refused


def test_columns_are_guessed_by_their_headings_and_an_empty_value_is_no_value(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun

    run = ImportRun.objects.get(pk=hand_in(table(ROWS), cast.owner))
    assert run.mapping["targets"] == ["name", "phone", "email", "received_at", "source", "message", "outcome", "manager", "budget"]
    assert run.mapping["words"]["outcome"] == {"отказ": "lost", "да": "won"}
    assert (run.state, run.office_id) == ("draft", cast.owner.office_id)


def test_a_check_tells_everything_and_writes_nothing(cast: Cast) -> None:
    from marshrut.intake.models import ImportProblem

    run_id, before = hand_in(table(ROWS), cast.owner), counts()
    run = check(run_id, cast.owner)
    said = set(ImportProblem.objects.filter(run=run).values_list("number", "column", "code"))
    assert (run.state, run.total, figures(run)) == ("checked", 5, (4, 0, 1))
    assert said == {(4, "Менеджер", "unknown_manager"), (5, "Телефон", "not_a_phone"), (5, "Дата обращения", "not_a_date"),
                    (5, "Бюджет", "not_a_number"), (6, "", "empty_row")}
    assert {**counts(), "intake_importproblem": 0} == before


def test_history_is_closed_as_it_was_without_clock_plan_or_distribution(cast: Cast) -> None:
    from marshrut.clients.models import Person
    from marshrut.intake.models import Inquiry

    run = all_at_once(table(ROWS), cast.owner)
    assert (run.state, figures(run), run.figures["people"]) == ("done", (4, 0, 1), 3)
    maria, again, oleh, petr = Inquiry.objects.select_related("dossier", "person", "source").order_by("raw_id")
    assert (maria.outcome, again.outcome, again.close_reason) == ("won", "lost", "imported")
    assert (petr.outcome, petr.disposition, petr.received_at, petr.budget) == (None, "imported", None, None)
    assert maria.received_at == datetime(2024, 5, 12, 11, 30, tzinfo=UTC)
    assert maria.person == again.person, "one person of the file is made once"
    assert (maria.person.display_name, maria.person.past_deals) == ("Иванова Мария Петровна", 1)
    assert {i.dossier.is_open for i in (maria, again, oleh, petr)} == {False}
    assert {(i.state, i.clock_state, i.warn_at) for i in (maria, again, oleh, petr)} == {("closed", "none", None)}
    assert (maria.dossier.owner_id, maria.dossier.worth, oleh.dossier.owner_id) == (cast.anna.id, 150_000, None)
    assert (maria.source.name, maria.source.is_named, petr.source.slug) == ("Выставка", False, "unknown")
    assert Person.objects.get(contacts__normal="+380671234567") == oleh.person
    assert not maria.dossier.tasks.exists()


def test_a_known_client_is_found_and_learns_new_ways_to_be_reached(cast: Cast, come: Callable[..., Any]) -> None:
    from marshrut.clients.models import ContactPoint
    from marshrut.intake.models import Inquiry

    known = come(utc_now(), channel="phone", contact={"name": "Мария Иванова", "phone": "+79215550011"})
    before = counts()
    run = all_at_once(table(ROWS[:2]), cast.owner)
    assert Inquiry.objects.filter(person=known.person).count() == 3
    assert ContactPoint.objects.filter(person=known.person, normal="maria@mail.example").exists()
    known.person.refresh_from_db()
    assert known.person.past_deals == 1
    assert take_out(run.pk, cast.owner).figures == {"kept": 0, "taken": 2}
    assert counts() == before


def test_rows_that_came_before_are_repeated_whatever_the_encoding(cast: Cast) -> None:
    first = all_at_once(table([*ROWS[:3], ROWS[0]]), cast.owner)
    second = all_at_once(table([*ROWS[:3], ROWS[3]], encoding="cp1251"), cast.owner)
    assert (figures(first), figures(second)) == ((3, 1, 0), (1, 3, 0))


def test_an_own_number_makes_a_row_known_even_when_the_rest_has_changed(cast: Cast) -> None:
    heading = ["ID", "ФИО", "Телефон", "Источник"]
    all_at_once(table([["7", "Иван", "89215550011", "Сайт"]], heading), cast.owner)
    run = all_at_once(table([["7", "Иван Иванов", "89215550012", "Сайт"], ["8", "Пётр", "89215550013", "Сайт"]], heading), cast.owner)
    assert figures(run) == (1, 1, 0)


def test_who_was_erased_does_not_come_back(cast: Cast) -> None:
    from marshrut.clients.models import Person, Tombstone
    from marshrut.core.vault import fingerprint

    Tombstone.objects.create(digest=fingerprint(b"+79215550011", "tombstone"), erased_at=utc_now())
    run = all_at_once(table(ROWS[:3]), cast.owner)
    assert figures(run) == (1, 0, 2)
    assert not Person.objects.filter(contacts__normal="+79215550011").exists()


def test_as_inquiries_rows_get_a_clock_an_owner_and_a_plan(cast: Cast) -> None:
    from marshrut.intake.models import Inquiry

    run = all_at_once(table(ROWS), cast.supervisor, "inquiries")
    assert (run.state, figures(run)) == ("done", (4, 0, 1))
    assert list(Inquiry.objects.order_by("raw_id").values_list("state", flat=True)) == ["open", "joined", "open", "open"]
    assert set(Inquiry.objects.filter(state="open").values_list("clock_state", flat=True)) == {"running"}
    assert all(i.dossier.tasks.filter(state="pending").exists() for i in Inquiry.objects.all())


def test_inquiries_are_taken_out_with_their_plans(cast: Cast, come: Callable[..., Any]) -> None:
    come(utc_now(), channel="phone", contact={"name": "Олег", "phone": "+380671234567"})
    before = counts()
    run = all_at_once(table(ROWS), cast.supervisor, "inquiries")
    assert take_out(run.pk, cast.supervisor).figures == {"kept": 0, "taken": 4}
    assert counts() == before


def test_what_people_have_worked_on_stays_and_is_counted(cast: Cast) -> None:
    from marshrut.intake.models import Inquiry
    from marshrut.journal.services import add_touch

    run = all_at_once(table(ROWS[:4]), cast.owner)
    touched = Inquiry.objects.get(person__contacts__normal="+380671234567")
    add_touch(dossier_id=touched.dossier_id, kind="note", direction="none", body="Звонил сам", by=cast.anna, now=utc_now())
    undone = take_out(run.pk, cast.owner)
    assert (undone.state, undone.figures["kept"], undone.figures["taken"]) == ("undone", 1, 3)
    assert list(Inquiry.objects.values_list("raw_id", flat=True)) == [touched.raw_id]
    assert kept_rows(run.pk) == [(4, "kept_touched", "Коваленко Олег")]


def kept_rows(run_id: int) -> list[tuple[int, str, str]]:
    """Rows that stayed when an import was taken out: number, why, whose."""
    from marshrut.intake.models import ImportProblem

    return list(ImportProblem.objects.filter(run_id=run_id).order_by("number").values_list("number", "code", "value"))


def test_a_matter_that_something_unknown_holds_stays_with_its_reason_until_it_is_let_go(cast: Cast) -> None:
    from django.db import connection

    from marshrut.intake.models import Inquiry

    before = counts()
    run = all_at_once(table(ROWS[:4]), cast.owner)
    held = Inquiry.objects.order_by("raw_id").last()
    with connection.cursor() as cursor:
        cursor.execute("insert into channels_letter(kind, message_id, digest, \"references\", sender, subject, dossier_id, at) "
                       "values ('sent', '', '\\x00', '{}', '', '', %s, now())", [held.dossier_id])
    undone = take_out(run.pk, cast.owner)
    assert (undone.state, undone.figures["kept"], undone.figures["taken"]) == ("undone", 1, 3)
    assert kept_rows(run.pk) == [(5, "kept_held", "Пётр")]
    again = take_out(run.pk, cast.owner)
    assert (again.figures["kept"], again.figures["taken"], len(kept_rows(run.pk))) == (1, 3, 1)
    with connection.cursor() as cursor:
        cursor.execute("delete from channels_letter where dossier_id = %s", [held.dossier_id])
    assert take_out(run.pk, cast.owner).figures == {"kept": 0, "taken": 4}
    assert counts() == before


def test_each_thing_somebody_may_have_done_keeps_its_row_under_its_own_name(cast: Cast) -> None:
    from django.db import connection

    from marshrut.intake.models import Inquiry
    from marshrut.journal.services import add_touch

    rows = [[f"Клиент {n}", f"+7921{n:07}", "", "", "Сайт", "", "", "", ""] for n in range(6)]
    run = all_at_once(table(rows), cast.owner, "inquiries")
    made = list(Inquiry.objects.order_by("raw_id").values_list("dossier_id", "raw_id"))
    with connection.cursor() as cursor:
        cursor.execute("update intake_inquiry set answered_at = now() where raw_id = %s", [made[0][1]])
        cursor.execute("update journal_dossier set waits_until = now() + interval '1 day', waits_for = 'x' where id = %s", [made[1][0]])
        add_touch(dossier_id=made[2][0], kind="note", direction="none", body="Звонил сам", by=cast.anna, now=utc_now())
        cursor.execute("update journal_task set postponed = 1 where dossier_id = %s", [made[3][0]])
    assert take_out(run.pk, cast.owner).figures["taken"] == 2
    assert [code for _row, code, _name in kept_rows(run.pk)] == ["kept_answered", "kept_moved", "kept_touched", "kept_planned"]



def test_a_run_that_was_torn_in_the_middle_goes_on_and_doubles_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.intake.models import ImportRun, Inquiry
    from marshrut.intake.services import import_work
    from marshrut.intake.services.import_runs import start_run

    rows = [[f"Клиент {n}", f"+7921{n:07}", "", "", "Сайт", "", "", "", ""] for n in range(2_500)]
    run_id = hand_in(table(rows), cast.owner)
    check(run_id, cast.owner)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())

    class Killed(BaseException):
        """As kill -9: nobody tidies up."""

    def torn(run: Any, leads: Any, *rest: Any) -> None:
        if leads[0].number > 1_000:
            raise Killed
        count(run, leads, *rest)

    count = import_work._count
    monkeypatch.setattr(import_work, "_count", torn)
    with pytest.raises(Killed):
        import_work.work_on_imports(utc_now)
    assert (ImportRun.objects.get(pk=run_id).position, Inquiry.objects.count()) == (1_000, 1_000)
    monkeypatch.undo()
    import_work.work_on_imports(utc_now)
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, figures(run), Inquiry.objects.count()) == ("done", (2_500, 0, 0), 2_500)


def test_stopping_and_going_on_and_taking_out_what_is_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services import import_work
    from marshrut.intake.services.import_runs import continue_run, start_run, stop_run

    rows = [[f"Клиент {n}", f"+7921{n:07}", "", "", "Сайт", "", "", "", ""] for n in range(25)]
    before = counts()
    run_id = hand_in(table(rows), cast.owner)
    check(run_id, cast.owner)
    monkeypatch.setattr(import_work, "HISTORY_BATCH", 10)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())
    keep = import_work.keep_sources

    def keeping(setting: Any, leads: Any) -> None:
        if leads[0].number == 12:  # between the first batch and the second
            stop_run(run_id=run_id, by=cast.owner, now=utc_now())
        keep(setting, leads)

    monkeypatch.setattr(import_work, "keep_sources", keeping)
    import_work.work_on_imports(utc_now)
    monkeypatch.undo()
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.position, run.made) == ("stopped", 10, 10)
    continue_run(run_id=run_id, by=cast.owner, now=utc_now())
    import_work.work_on_imports(utc_now)
    assert figures(ImportRun.objects.get(pk=run_id)) == (25, 0, 0)
    take_out(run_id, cast.owner)
    assert counts() == before


def test_two_clicks_are_one_run_and_one_way_back(cast: Cast) -> None:
    from marshrut.intake.services.import_runs import continue_run, discard_run, start_run, undo_run

    run_id = hand_in(table(ROWS[:2]), cast.owner)
    with pytest.raises(Refused):
        start_run(run_id=run_id, by=cast.owner, now=utc_now())
    check(run_id, cast.owner)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())
    run = bring_in(run_id, cast.supervisor)
    assert figures(run) == (2, 0, 0)
    assert figures(bring_in(run_id, cast.owner)) == (2, 0, 0)
    for refused in (continue_run, discard_run):
        with pytest.raises(Refused):
            refused(run_id=run_id, by=cast.owner, now=utc_now())
    undo_run(run_id=run_id, by=cast.owner, now=utc_now())
    assert take_out(run_id, cast.supervisor).figures == {"kept": 0, "taken": 2}
    assert take_out(run_id, cast.owner).figures == {"kept": 0, "taken": 2}


def test_an_import_is_of_its_office_and_a_strangers_is_not_there(cast: Cast) -> None:
    from marshrut.agency.permissions import Actor
    from marshrut.intake.queries.imports import find_import, list_imports
    from marshrut.intake.services.import_runs import create_run, start_run

    foreign = Actor("employee", 999, "Чужая", "supervisor", cast.stranger.office_id, "office", frozenset({"imports:write"}))
    run_id = hand_in(table(ROWS), cast.supervisor)
    assert [card.id for card in list_imports(cast.supervisor)] == [run_id] == [card.id for card in list_imports(cast.owner)]
    assert (list_imports(foreign), find_import(foreign, run_id), list_imports(cast.anna)) == ([], None, [])
    with pytest.raises(NotFound):
        start_run(run_id=run_id, by=foreign, now=utc_now())
    for by, office in ((foreign, cast.supervisor.office_id), (cast.anna, None)):
        with pytest.raises(Refused):
            create_run(pieces=[table(ROWS)], file_name="x", mode="history", office_id=office, by=by, now=utc_now())


def test_the_next_file_with_the_same_heading_is_mapped_as_the_last_one_was(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun

    targets = ["name", "phone", "", "received_at", "", "message", "", "", ""]
    check(hand_in(table(ROWS), cast.owner), cast.owner, targets=targets, day_first=False)
    again = ImportRun.objects.get(pk=hand_in(table(ROWS[:1]), cast.owner))
    assert (again.mapping["targets"], again.mapping["day_first"], again.mapping["remembered"]) == (targets, False, True)


@pytest.mark.parametrize(("targets", "code"), [(["", ""], "nothing_chosen"), (["name", "name"], "chosen_twice")])
def test_a_mapping_that_makes_no_sense_gets_a_sentence(cast: Cast, targets: list[str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(hand_in(table([["a", "b"]], ["x", "y"]), cast.owner), cast.owner, targets=targets)
    assert refused.value.code == code


@pytest.mark.parametrize(("content", "code"), [(b"", "empty_file"), ("Имя;Телефон\n".encode(), "no_rows"), (b"PK\x03\x04", "broken_xlsx")])
def test_a_file_that_is_no_table_of_leads_leaves_nothing_behind(cast: Cast, content: bytes, code: str) -> None:
    from marshrut.core.models import StoredFile
    from marshrut.intake.models import ImportRun

    with pytest.raises(Invalid) as refused:
        hand_in(content, cast.owner)
    assert (refused.value.code, ImportRun.objects.count(), StoredFile.objects.count()) == (code, 0, 0)


def test_a_row_may_be_as_wild_as_it_likes(cast: Cast) -> None:
    wild = table([["=cmd|' /C calc'!A0", "+7 921 555-00-11", "=HYPERLINK(1)", "9e99", "x" * 300, "ы" * (1 << 20), "1\x00", "@SUM(1)", "-1"],
                  ["Короткая", "89215550012"], ["Длинная", "89215550013", "", "", "", "", "", "", "", "ещё", "и ещё"]])
    run = all_at_once(wild, cast.owner)
    assert (run.state, figures(run)) == ("done", (3, 0, 0))


def test_a_column_of_names_taken_for_a_source_is_noticed_before_anything_is_made(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun

    run_id = hand_in(table([[f"Имя {n}", f"+7921{n:07}"] for n in range(400)], ["Имя", "Телефон"]), cast.owner)
    run = check(run_id, cast.owner, targets=["source", "phone"])
    assert (run.state, "300" in run.problem) == ("draft", True)
    assert ImportRun.objects.get(pk=run_id).made == 0


LEADS = Path(__file__).resolve().parents[5] / "shared" / "data" / "leads" / "education_leads.csv"


@pytest.mark.shared_data
@pytest.mark.skipif(not LEADS.exists(), reason="runs for the team only: its file of a school's leads does not come with the program")
def test_six_thousand_leads_of_a_school_go_in_as_history_and_come_out_again(cast: Cast) -> None:
    from marshrut.intake.models import Inquiry

    rows = list(csv.DictReader(LEADS.open(encoding="utf-8")))
    before = counts()
    run = all_at_once(LEADS.read_bytes(), cast.owner)
    assert (run.state, sum(figures(run)), len(rows)) == ("done", 6468, 6468)
    distinct = {(row["Prospect ID"]): row for row in rows}.values()
    assert figures(run) == (len(distinct), len(rows) - len(distinct), 0)
    wanted = Counter((row["Lead Source"].lower() or "unknown", row["Converted"]) for row in distinct)
    found = Counter(
        (slug, {"won": "1", "lost": "0"}[outcome]) for slug, outcome in Inquiry.objects.values_list("source__slug", "outcome")
    )
    assert found == wanted
    assert take_out(run.pk, cast.owner).figures == {"kept": 0, "taken": len(distinct)}
    assert counts() == before


def test_an_import_that_was_taken_out_leaves_nobody_in_the_history_either(cast: Cast) -> None:
    from marshrut.core.models import Change

    run = all_at_once(table(ROWS[:4]), cast.owner)
    assert take_out(run.pk, cast.owner).figures == {"kept": 0, "taken": 4}
    told = str(list(Change.objects.exclude(table_name="intake_importrun").values_list("diff", flat=True)))
    assert not any(word in told for word in ("Иванова", "79215550011", "maria@mail.example", "Коваленко"))
    assert Change.objects.filter(table_name="clients_person", op="D").count() == 3


def test_numbers_that_a_client_has_used_since_stay_when_an_import_is_taken_out(cast: Cast, come: Callable[..., Any]) -> None:
    from marshrut.clients.models import ContactPoint

    heading = ["ФИО", "Телефон", "E-mail"]
    known = come(utc_now(), channel="email", contact={"name": "Мария Иванова", "email": "maria@mail.example"})
    run = all_at_once(table([["Мария", "8 921 555-00-11", "maria@mail.example"], ["Мария", "8 921 555-00-12", "maria@mail.example"]], heading), cast.owner)
    again = come(utc_now(), channel="phone", contact={"phone": "8 (921) 555-00-11"})
    assert again.person_id == known.person_id
    undone = take_out(run.pk, cast.owner)
    assert undone.figures == {"kept": 0, "taken": 2, "ways": 1}
    assert set(ContactPoint.objects.filter(person=known.person_id).values_list("normal", flat=True)) == {"maria@mail.example", "+79215550011"}


def test_a_colleague_beyond_the_importers_reach_gets_nothing_and_the_row_says_so(cast: Cast) -> None:
    from marshrut.intake.models import ImportProblem, Inquiry

    heading = ["ФИО", "Телефон", "Менеджер"]
    rows = [["Иван", "89215550021", cast.anna.name], ["Пётр", "89215550022", cast.stranger.name], ["Олег", "89215550023", "Никто"]]
    run = all_at_once(table(rows, heading), cast.supervisor)
    owners = dict(Inquiry.objects.values_list("person__display_name", "dossier__owner_id"))
    assert owners == {"Иван": cast.anna.id, "Пётр": None, "Олег": None}
    said = ImportProblem.objects.filter(run=run).order_by("number").values_list("number", "column", "code", "value")
    assert list(said) == [(3, "Менеджер", "foreign_manager", cast.stranger.name), (4, "Менеджер", "unknown_manager", "Никто")]


@pytest.mark.parametrize("mode", ["history", "inquiries"])
def test_whoever_answers_for_one_office_adds_nothing_to_a_client_of_another(cast: Cast, mode: str) -> None:
    from marshrut.clients.models import ContactPoint, Person
    from marshrut.intake.models import ImportProblem

    theirs = Person.objects.create(display_name="+380671234567", search_name="380671234567", owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    ContactPoint.objects.create(person=theirs, kind="phone", written="+380671234567", normal="+380671234567", tail="0671234567")
    row = table([["Коваленко Олег", "+380671234567", "oleh@mail.example"]], ["ФИО", "Телефон", "E-mail"])
    run = all_at_once(row, cast.supervisor, mode)
    theirs.refresh_from_db()
    assert theirs.display_name == "+380671234567"
    assert list(theirs.contacts.values_list("normal", flat=True)) == ["+380671234567"]
    assert list(ImportProblem.objects.filter(run=run).values_list("code", "value")) == [("foreign_client", "oleh@mail.example")]
    own = all_at_once(table([["Коваленко Олег", "+380671234567", "oleh2@mail.example"]], ["ФИО", "Телефон", "E-mail"]), cast.owner)
    assert own.made == 1
    assert theirs.contacts.filter(normal="oleh2@mail.example").exists()


def test_why_somebody_erased_stays_out_is_said_without_their_name(cast: Cast) -> None:
    from marshrut.clients.models import Tombstone
    from marshrut.core.vault import fingerprint
    from marshrut.intake.models import ImportProblem

    Tombstone.objects.create(digest=fingerprint(b"+79215550011", "tombstone"), erased_at=utc_now())
    run = all_at_once(table(ROWS[:2]), cast.owner)
    assert set(ImportProblem.objects.filter(run=run, code="erased").values_list("value", flat=True)) == {""}
