"""Taking a save back: what was changed, added or removed; what no longer stands; what others depend on.

Each save commits by itself here, for it is by its transaction that a save is known.
"""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.models import Agency, Employee, Office, WorkingWindow
from marshrut.backoffice.tests.test_settings_frame import ABOUT, HX, artem, last_change, olga, save
from marshrut.channels.models import MailDoor
from marshrut.core.models import Change

__all__ = ["artem", "olga"]
pytestmark = pytest.mark.usefixtures("own_database")


def take_back(browser: Client, slug: str, table: str) -> Any:
    return browser.post(f"/settings/history/{slug}/{last_change(table)}/undo", **HX)


def test_an_update_is_taken_back_and_that_too(olga: Client) -> None:
    save(olga, "/settings/agency", **ABOUT | {"name": "Было"})
    save(olga, "/settings/agency", **ABOUT | {"name": "Стало", "currency": "KZT"})
    assert take_back(olga, "agency", "agency_agency").status_code == 204
    assert list(Agency.objects.values_list("name", "currency")) == [("Было", "RUB")]
    assert take_back(olga, "agency", "agency_agency").status_code == 204
    assert list(Agency.objects.values_list("name", "currency")) == [("Стало", "KZT")]


def test_what_was_added_goes_and_what_went_comes_back(olga: Client) -> None:
    office = Office.objects.order_by("id")[0]
    address = f"/settings/calendars/{office.pk}"
    before = set(WorkingWindow.objects.filter(office=office).values_list("id", "weekday", "opens", "closes"))
    assert save(olga, address, day0="09:00–13:00, 14:00–18:00").status_code == 204
    assert WorkingWindow.objects.filter(office=office).count() == 2
    assert take_back(olga, "calendars", "agency_workingwindow").status_code == 204
    assert set(WorkingWindow.objects.filter(office=office).values_list("id", "weekday", "opens", "closes")) == before


def test_what_was_changed_since_is_not_buried(olga: Client, artem: Client) -> None:
    save(olga, "/settings/agency", **ABOUT | {"name": "Раз"})
    change = last_change("agency_agency")
    save(artem, "/settings/agency", **ABOUT | {"name": "Два"})
    answer = olga.post(f"/settings/history/agency/{change}/undo", **HX)
    assert answer.status_code == 409
    assert "Артём Панченко" in answer.content.decode()
    assert Agency.objects.get().name == "Два"


def test_what_others_depend_on_is_not_taken_back(olga: Client, cast: Any) -> None:
    save(olga, "/settings/offices/new", name="Южный", country="RU", time_zone="Europe/Moscow", queue="")
    office = Office.objects.get(name="Южный")
    change = last_change("agency_office")
    Employee.objects.filter(pk=cast.boris.id).update(office=office)
    answer = olga.post(f"/settings/history/offices/{change}/undo", **HX)
    assert answer.status_code == 409
    assert Office.objects.filter(pk=office.pk).exists()


def test_a_calendar_that_would_never_open_does_not_come_back(olga: Client) -> None:
    office = Office.objects.order_by("id")[0]
    assert save(olga, f"/settings/calendars/{office.pk}", day1="10–19").status_code == 204
    assert save(olga, f"/settings/calendars/{office.pk}", day1="10–19", day2="10–19").status_code == 204
    added = last_change("agency_workingwindow")
    WorkingWindow.objects.filter(office=office, weekday=1).delete()
    answer = olga.post(f"/settings/history/calendars/{added}/undo", **HX)
    assert answer.status_code == 409
    assert WorkingWindow.objects.filter(office=office).count() == 1


def test_a_mail_folder_that_was_added_is_told_and_taken_back(olga: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    given = {"name": "Почта", "kind": "maildir", "path": f"{tmp_path}/in", "address": "a@agency.example", "source_slug": "email",
             "office_id": "", "is_active": "yes"}  # fmt: skip
    assert olga.post("/settings/mail/new", given | {"since": "0"}, **HX).status_code == 204
    MailDoor.objects.update(problem="Папки нет")  # the reader of the folder notes its health: no save of this page
    assert "Почта" in olga.get("/settings/history/mail").content.decode()
    added = Change.objects.get(table_name="channels_maildoor", op="I").id
    assert olga.post(f"/settings/history/mail/{added}/undo", **HX).status_code == 204
    assert not MailDoor.objects.exists()
    removed = Change.objects.get(table_name="channels_maildoor", op="D").id
    assert olga.post(f"/settings/history/mail/{removed}/undo", **HX).status_code == 204
    assert MailDoor.objects.get().path == f"{tmp_path}/in"


def test_the_first_shift_of_a_person_is_told_and_taken_back(olga: Client, cast: Any) -> None:
    address = f"/settings/workload/{cast.anna.id}"
    assert save(olga, address, capacity="", share_weight="1", day0="09:00–14:00").status_code == 204
    assert "09:00–14:00" in olga.get("/settings/history/workload").content.decode()
    assert take_back(olga, "workload", "agency_shift").status_code == 204
    assert 'value="09:00' not in olga.get(address).content.decode()
