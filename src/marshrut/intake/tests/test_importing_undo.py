"""An import is taken out again whole; what people have worked on since stays, with its reason."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast

from marshrut.core.clock import utc_now
from marshrut.intake.tests.lead_files import ROWS, all_at_once, counts, figures, table, take_out

pytestmark = pytest.mark.django_db


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
