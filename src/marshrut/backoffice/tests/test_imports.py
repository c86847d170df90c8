"""The import pages: a file in, its columns, the check, the rows, and back again; by whoever may, for their own office."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LEADS = "ФИО;Телефон;Источник;Статус\nИванова Мария;+7 921 555-00-11;Выставка;да\nКоваленко Олег;067 123-45-67;;отказ\n;нет;;\n"


def browser(actor: Any) -> Client:
    from marshrut.agency.models import Employee

    client = Client()
    client.force_login(Employee.objects.get(pk=actor.id))
    return client


def drop(client: Client, content: bytes | str = LEADS, name: str = "leads.csv", **given: Any) -> Any:
    content = content.encode() if isinstance(content, str) else content
    return client.post("/imports", {"file": SimpleUploadedFile(name, content), "mode": "history", **given})


def work() -> None:
    from marshrut.core.clock import utc_now
    from marshrut.intake.services.import_work import work_on_imports

    work_on_imports(utc_now)


def chosen(client: Client, address: str) -> dict[str, str]:
    """What the mapping page would send if its button were pressed."""
    import re

    page = client.get(address).content.decode()
    form = {}
    for name, options in re.findall(r'<select class="input"[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found = re.search(r'value="([^"]*)" selected', options)
        form[name] = found[1] if found else ""
    return form


def test_a_file_goes_all_the_way_in_and_out_again(cast: Cast) -> None:
    supervisor = browser(cast.supervisor)
    address = drop(supervisor)["Location"]
    page = supervisor.get(address).content.decode()
    assert "leads.csv" in page
    assert "Иванова Мария" in page
    form = chosen(supervisor, address)
    assert (form["target-0"], form["target-1"], form["target-2"], form["target-3"]) == ("name", "phone", "source", "outcome")
    assert (form["outcome-0"], form["outcome-1"]) == ("won", "lost")
    assert supervisor.post(f"{address}/check", form)["Location"] == address
    assert "every 1s" in supervisor.get(f"{address}?part=run").content.decode()
    work()
    checked = supervisor.get(address).content.decode()
    assert "every 1s" not in checked
    assert "Выставка" in checked, "a new source is told before it is made"
    assert supervisor.get(f"{address}?edit=1").status_code == 200
    for _click in range(2):
        supervisor.post(f"{address}/start")
    work()
    assert "№" in supervisor.get(address).content.decode()
    lines = b"".join(supervisor.get(f"{address}/problems.csv")).decode("utf-8-sig").splitlines()
    assert (len(lines), lines[1].split(";")[0]) == (2, "4")
    assert supervisor.get(f"{address}/undo").status_code == 200
    assert supervisor.post(f"{address}/undo")["HX-Redirect"] == address
    work()
    assert supervisor.get(address).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from intake_inquiry")
        assert cursor.fetchone() == (0,)


def test_a_row_somebody_has_worked_on_is_shown_with_its_reason_and_can_be_tried_again(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun, Inquiry

    supervisor = browser(cast.supervisor)
    address = drop(supervisor)["Location"]
    supervisor.post(f"{address}/check", chosen(supervisor, address))
    work()
    supervisor.post(f"{address}/start")
    work()
    Inquiry.objects.filter(person__display_name="Иванова Мария").update(answered_at="2026-11-22T09:00:00Z")
    supervisor.post(f"{address}/undo")
    work()
    page = supervisor.get(address).content.decode()
    assert "Остаётся: на него уже ответили" in page
    assert "Попробовать ещё раз: осталась 1 строка" in page
    Inquiry.objects.update(answered_at=None)
    assert supervisor.get(f"{address}/undo").status_code == 200
    supervisor.post(f"{address}/undo")
    work()
    assert "Попробовать ещё раз" not in supervisor.get(address).content.decode()
    assert ImportRun.objects.get().figures == {"kept": 0, "taken": 2}


def test_values_of_a_column_are_given_their_meaning(cast: Cast) -> None:
    from marshrut.intake.models import ImportRun

    owner = browser(cast.owner)
    address = drop(owner)["Location"]
    owner.post(f"{address}/check", {**chosen(owner, address), "outcome-0": "lost", "source-0": "site"})
    run = ImportRun.objects.get()
    assert run.mapping["words"] == {"outcome": {"да": "lost", "отказ": "lost"}, "source": {"выставка": "site"}}


@pytest.mark.parametrize(("content", "name"), [(b"", "a.csv"), (b"PK\x03\x04nonsense", "a.xlsx"), ("Имя;Телефон\n".encode(), "a.csv"),
                                               (b"%PDF-1.7 whatever", "a.csv")])
def test_what_is_no_table_gets_a_sentence_beside_the_file(cast: Cast, content: bytes, name: str) -> None:
    answer = drop(browser(cast.owner), content, name)
    assert answer.status_code == 422
    assert 'id="f-file-error"' in answer.content.decode()


def test_nothing_chosen_is_said_and_what_was_chosen_stays(cast: Cast) -> None:
    owner = browser(cast.owner)
    assert owner.post("/imports", {"mode": "history"}).status_code == 422
    address = drop(owner)["Location"]
    answer = owner.post(f"{address}/check", {"target-2": "phone", "target-1": "phone", "target-0": "note", "target-3": "outcome"})
    assert answer.status_code == 302, "several columns may hold phones"
    work()
    answer = owner.post(f"{address}/check", {"target-0": "name", "target-1": "name"})
    assert (answer.status_code, answer.content.decode().count('value="name" selected')) == (422, 2)
    assert owner.post(f"{address}/check", {}).status_code == 422


def test_a_supervisor_imports_for_their_own_office_and_sees_no_other(cast: Cast) -> None:
    from marshrut.agency.models import Employee
    from marshrut.intake.models import ImportRun

    foreign = Employee.objects.create(email="lead@podil.example", name="Оксана", role="supervisor", office_id=cast.stranger.office_id,
                                      password="!")
    stranger = Client()
    stranger.force_login(foreign)
    address = drop(browser(cast.supervisor))["Location"]
    assert stranger.get(address).status_code == 404
    for deed in ("check", "start", "stop", "continue", "undo", "discard"):
        assert stranger.post(f"{address}/{deed}").status_code == 404
    assert "leads.csv" not in stranger.get("/imports").content.decode()
    assert drop(stranger, office=str(cast.supervisor.office_id)).status_code == 409
    assert browser(cast.anna).get("/imports").status_code == 403
    drop(browser(cast.owner), office=str(cast.stranger.office_id))
    assert set(ImportRun.objects.values_list("office_id", flat=True)) == {cast.supervisor.office_id, cast.stranger.office_id}


def test_the_list_asks_as_much_for_three_as_for_one(cast: Cast) -> None:
    owner = browser(cast.owner)
    asked = []
    for _n in range(3):
        drop(owner)
        owner.get("/imports")
        with CaptureQueriesContext(connection) as context:
            assert owner.get("/imports").status_code == 200
        asked.append(len(context))
    assert asked[0] == asked[-1]


def test_a_file_may_be_thrown_away_before_it_is_in(cast: Cast) -> None:
    from marshrut.core.models import FilePiece
    from marshrut.intake.models import ImportRun

    owner = browser(cast.owner)
    address = drop(owner)["Location"]
    assert owner.post(f"{address}/discard")["Location"] == "/imports"
    assert (ImportRun.objects.count(), FilePiece.objects.count()) == (0, 0)
    assert owner.get(address).status_code == 404


def test_whoever_may_not_see_numbers_sees_none_of_the_file_either(cast: Cast) -> None:
    from marshrut.agency.models import Employee

    Employee.objects.filter(pk=cast.supervisor.id).update(unmasked=["passport"])
    supervisor = browser(cast.supervisor)
    address = drop(supervisor)["Location"]
    page = supervisor.get(address).content.decode()
    assert "Иванова Мария" in page
    assert "555-00-11" not in page


def test_a_file_read_in_a_wrong_encoding_is_said_to_be_so_and_read_anew_in_the_chosen_one(cast: Cast) -> None:
    supervisor = browser(cast.supervisor)
    address = drop(supervisor, LEADS.encode("mac-cyrillic"))["Location"]
    page = supervisor.get(address).content.decode()
    assert "Это не похоже на имена" in page
    assert "Иванова Мария" not in page
    for wrong in ({"encoding": "rot13", "separator": ";"}, {"encoding": "mac-cyrillic", "separator": "&"}):
        assert supervisor.post(f"{address}/check", {"choose_letters": "1"} | wrong).status_code == 422
    assert supervisor.post(f"{address}/check", {"choose_letters": "1", "encoding": "mac-cyrillic", "separator": ";"}).status_code == 302
    page = supervisor.get(address).content.decode()
    assert "Иванова Мария" in page
    assert "Это не похоже на имена" not in page
    assert "Mac Cyrillic" in page
    form = chosen(supervisor, address)
    assert (form["target-0"], form["target-3"]) == ("name", "outcome")


def test_the_row_that_names_the_columns_is_chosen_on_the_page(cast: Cast) -> None:
    supervisor = browser(cast.supervisor)
    address = drop(supervisor, f"Лиды за год\n{LEADS}".encode())["Location"]
    assert '<option value="2" selected>' in supervisor.get(address).content.decode()
    assert supervisor.post(f"{address}/check", {"choose_heading": "1", "heading": "0"}).status_code == 302
    assert '<option value="0" selected>' in supervisor.get(address).content.decode()
    for wrong in ("", "x", "-3", "99"):
        answer = supervisor.post(f"{address}/check", {"choose_heading": "1", "heading": wrong})
        assert (answer.status_code, "Выберите строку из списка." in answer.content.decode()) == (422, True)
