"""Files of leads: columns guessed, checked without a trace, brought in once whatever they hold."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cast import Cast

from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid
from marshrut.intake.tests.lead_files import HEADING, ROWS, all_at_once, bring_in, check, counts, figures, hand_in, table, take_out

pytestmark = pytest.mark.django_db


def test_columns_are_guessed_by_their_headings_and_an_empty_value_is_no_value(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun

    run = ImportRun.objects.get(pk=hand_in(table(ROWS), cast.owner))
    assert run.mapping["targets"] == ["name", "phone", "email", "received_at", "source", "message", "outcome", "manager", "budget"]
    assert run.mapping["words"]["outcome"] == {"отказ": "lost", "да": "won"}
    assert (run.state, run.office_id) == ("draft", cast.owner.office_id)


def test_everything_one_may_ask_for_has_a_column(cast: Cast) -> None:
    from marshrut.intake.models import Inquiry

    heading = ["ФИО", "Телефон", "Куда", "Не предлагать", "Город вылета", "Звёздность", "Питание", "Детей", "Туристов", "Номеров", "Статус"]
    rows = [["Анна Ли", "89215550021", "Кемер", "Египет", "Казань", "4-5*", "всё включено", "2", "4", "2", "отказ"],
            ["Пётр Ли", "89215550022", "Грузия", "", "", "люкс", "шведский стол", "", "", "", "отказ"]]
    run = all_at_once(table(rows, heading), cast.owner)
    assert run.mapping["targets"] == ["name", "phone", "directions", "excluded", "departure", "stars", "board", "child_count", "people",
                                      "rooms", "outcome"]  # fmt: skip
    anna, petr = Inquiry.objects.order_by("raw_id")
    assert anna.request == {"directions": ["turkey"], "resorts": ["Кемер"], "excluded": ["egypt"], "departure": "Казань",
                            "stars": {"from": 4, "to": 5}, "board": "AI", "children": 2, "people": 4, "rooms": 2}  # fmt: skip
    assert {(flaw["field"], flaw["value"]) for flaw in petr.flaws} == {("Звёздность", "люкс"), ("Питание", "шведский стол")}


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


def test_why_somebody_erased_stays_out_is_said_without_their_name(cast: Cast) -> None:
    from marshrut.clients.models import Tombstone
    from marshrut.core.vault import fingerprint
    from marshrut.intake.models import ImportProblem

    Tombstone.objects.create(digest=fingerprint(b"+79215550011", "tombstone"), erased_at=utc_now())
    run = all_at_once(table(ROWS[:2]), cast.owner)
    assert set(ImportProblem.objects.filter(run=run, code="erased").values_list("value", flat=True)) == {""}


@pytest.mark.parametrize(
    ("above", "heading"),
    [([], 1), ([["Отчёт по лидам за 2025 год"], [], ["Период: весь", "Менеджер: все"]], 4), ([["Клиент", "", "", "Обращение"]], 2)],
)
def test_titles_above_a_table_are_not_taken_for_its_columns(cast: Cast, above: list[list[str]], heading: int) -> None:
    from marshrut.intake.models import ImportProblem

    run = all_at_once(table([*above[1:], HEADING, *ROWS], above[0]) if above else table(ROWS), cast.owner)
    assert (run.mapping["shape"]["heading"], run.mapping["headings"], figures(run)) == (heading, HEADING, (4, 0, 1))
    assert set(ImportProblem.objects.filter(run=run, column="Менеджер").values_list("number", flat=True)) == {heading + 3}


def test_a_list_without_a_heading_loses_not_its_first_lead(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun

    rows = [["Иван Ли", "8 921 300-99-01", "хочу в Сочи"], ["Ольга Ли", "8 921 300-99-02", "в Крым", "вдвоём"]]
    run = ImportRun.objects.get(pk=hand_in(table(rows[1:], rows[0]), cast.owner))
    assert (run.mapping["headings"], run.mapping["targets"]) == (["A", "B", "C", "D"], ["", "phone", "", ""])
    done = bring_in(check(run.pk, cast.owner, targets=["name", "phone", "message", "message"]).pk, cast.owner)
    assert figures(done) == (2, 0, 0)


def test_the_row_that_names_the_columns_may_be_said(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_runs import choose_heading

    run_id = hand_in(table(ROWS, HEADING), cast.owner)
    for row, headings in ((0, [*"ABCDEFGHI"]), (2, ROWS[0]), (1, HEADING)):
        choose_heading(run_id=run_id, row=row, by=cast.owner, now=utc_now())
        shown = ImportRun.objects.get(pk=run_id).mapping
        assert (shown["headings"][:4], len(shown["targets"])) == (headings[:4], 9)
    for row, code in ((-1, "no_such_row"), (31, "no_such_row"), (6, "no_rows"), (30, "no_rows")):
        with pytest.raises(Invalid) as refusal:
            choose_heading(run_id=run_id, row=row, by=cast.owner, now=utc_now())
        assert (refusal.value.code, refusal.value.field) == (code, "heading")
    assert ImportRun.objects.get(pk=run_id).mapping["headings"] == HEADING
