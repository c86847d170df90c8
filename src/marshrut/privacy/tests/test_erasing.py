"""Somebody asks to be forgotten, or for everything we have of them: all of it, and of nobody else."""

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast

from marshrut.agency.models import CustomField, ExportLog, SavedView
from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import read_revision
from marshrut.agency.services import issue_token
from marshrut.agency.services.saved_views import save_view
from marshrut.channels.models import Letter, MailDoor, RawMessage
from marshrut.clients.models import Person, Tombstone
from marshrut.clients.services import set_custom
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError, Invalid, NotFound, Refused
from marshrut.core.files import read_file, store_file
from marshrut.core.vault import fingerprint
from marshrut.deals.models import BulkRow, BulkRun
from marshrut.deals.services.bulk import forget_values, start_bulk, start_undo, work_off
from marshrut.intake.models import ImportProblem, ImportRun
from marshrut.intake.reference import read_reference
from marshrut.intake.services import close_inquiry, read_doors
from marshrut.intake.services.import_runs import create_run
from marshrut.intake.tests.mail_door import letter
from marshrut.journal.models import Dossier
from marshrut.privacy.models import Act
from marshrut.privacy.services import (
    erase_person,
    hand_over_everything,
    keep_retention,
    record_consent,
    set_rule,
    withdraw_consent,
)

pytestmark = pytest.mark.django_db
WORDS = ("Забудкина", "zabudkina", "9991234567", "Мальдивы в мае", "тайный отчёт", "согласна на обработку")


def send(**more: Any) -> dict[str, Any]:
    token = issue_token(name="door", by=system("test"), now=utc_now())
    contact = {"name": "Забудкина Нина", "phone": "+79991234567", "email": "zabudkina@mail.ru"}
    body = {"channel": "site_form", "source": "site", "external_id": "zabudkina-1", "contact": contact, "message": "Мальдивы в мае", **more}
    answer = Client().post("/api/v1/inquiries", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 201), answer.content
    return answer.json()  # type: ignore[no-any-return]


@pytest.fixture
def nina(cast: Cast) -> int:
    """A client with a matter, a letter with an attachment, a consent and a history."""
    came = send()
    dossier = Dossier.objects.get(inquiries=came["id"])
    with connection.cursor() as cursor:
        cursor.execute("update journal_touch set body = 'тайный отчёт' where dossier_id = %s", [dossier.pk])
        cursor.execute(
            """insert into channels_letter(kind, message_id, digest, "references", sender, subject, dossier_id, named, at)
               values ('reply', 'a@b', %s, '{}', 'zabudkina@mail.ru', 'тайный отчёт', %s, '{}', now()) returning id""",
            [bytes(32), dossier.pk],
        )
        letter = cursor.fetchone()[0]
        cursor.execute(
            "insert into channels_attachment(file_id, letter_id, dossier_id, name) values (%s, %s, %s, 'Забудкина.pdf')",
            [store_file([b"passport of zabudkina"], "application/pdf"), letter, dossier.pk],
        )
    record_consent(person_id=came["person"]["id"], purpose="marketing", text="согласна на обработку", version="1", channel="phone",
                   by=cast.owner, now=utc_now())
    return int(came["person"]["id"])


def close_all(person_id: int, by: Actor) -> None:
    for dossier in Dossier.objects.filter(person=person_id, is_open=True):
        inquiry = dossier.inquiries.get(state="open")
        close_inquiry(inquiry_id=inquiry.pk, outcome="lost", reason="Передумала Забудкина", by=by, now=utc_now())


def whole_database() -> str:
    """Every row of every table as text, history included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace"
        )
        said = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'select to_jsonb(t)::text from "{table}" t')
            said += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(said)


def test_not_a_word_of_her_is_left_in_any_table_nor_in_the_history(cast: Cast, nina: int) -> None:
    close_all(nina, cast.owner)
    before = whole_database()
    assert all(word in before for word in WORDS[:5])
    counts = erase_person(person_id=nina, ground="Письмо клиента от 20 ноября", by=cast.owner, now=utc_now())
    after = whole_database()
    left = [line[:300] for line in after.splitlines() for word in (*WORDS[:5], *(w.encode().hex() for w in WORDS[:5]))
            if re.search(word, line) and not line.startswith("procrastinate")]
    assert left == []
    assert counts["clients_contactpoint"] == 2
    assert Person.objects.get(pk=nina).erased_at
    assert Act.objects.get(person_id=nina).ground == "Письмо клиента от 20 ноября"


def test_what_is_not_hers_stays_where_the_reports_count_it(cast: Cast, nina: int) -> None:
    close_all(nina, cast.owner)
    erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())
    dossier = Dossier.objects.get(person=nina)
    inquiry = dossier.inquiries.get()
    assert (inquiry.outcome, inquiry.source.slug, dossier.is_open) == ("lost", "site", False)


def test_an_old_file_of_leads_knows_that_she_was_erased(cast: Cast, nina: int) -> None:
    close_all(nina, cast.owner)
    erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())
    digests = {bytes(t.digest) for t in Tombstone.objects.all()}
    assert digests > {fingerprint(n.encode(), "tombstone") for n in ("+79991234567", "zabudkina@mail.ru")}


def test_while_a_matter_is_open_nothing_is_erased(cast: Cast, nina: int) -> None:
    with pytest.raises(Refused, match=r"\w"):
        erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())
    assert "Забудкина" in whole_database()


def test_it_happens_once_and_for_a_ground(cast: Cast, nina: int) -> None:
    close_all(nina, cast.owner)
    with pytest.raises(Invalid):
        erase_person(person_id=nina, ground="  ", by=cast.owner, now=utc_now())
    erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())
    with pytest.raises(Refused):
        erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())


def test_a_stranger_learns_nothing_and_erases_nothing(cast: Cast, nina: int) -> None:
    close_all(nina, cast.owner)
    attempts = (
        lambda: erase_person(person_id=nina, ground="x", by=cast.stranger, now=utc_now()),
        lambda: hand_over_everything(person_id=nina, ground="x", by=cast.stranger, now=utc_now()),
        lambda: record_consent(person_id=nina, purpose="marketing", text="x", version="", channel="y", by=cast.stranger, now=utc_now()),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert Act.objects.count() == 0


def test_she_gets_everything_in_one_file_and_the_register_says_so(cast: Cast, nina: int) -> None:
    with hand_over_everything(person_id=nina, ground="Заявление", by=cast.owner, now=utc_now()) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    data = json.loads(archive.read("data.json"))
    said = json.dumps(data, ensure_ascii=False)
    assert all(word in said for word in WORDS)
    assert [n for n in archive.namelist() if n.startswith("messages/")]
    name = next(n for n in archive.namelist() if n.startswith("files/"))
    assert archive.read(name) == b"passport of zabudkina"
    assert Act.objects.get().kind == "export"


def test_nobody_elses_data_are_in_it(cast: Cast, nina: int) -> None:
    send(external_id="other", contact={"name": "Чужой Пётр", "phone": "+79990000011"}, message="Совсем другое")
    with hand_over_everything(person_id=nina, ground="Заявление", by=cast.owner, now=utc_now()) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    assert all("Чуж".encode() not in archive.read(name) and "другое".encode() not in archive.read(name) for name in archive.namelist())


def test_a_consent_is_withdrawn_once_and_says_how(cast: Cast, nina: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select max(id) from clients_consent where person_id = %s", [nina])
        consent = cursor.fetchone()[0]
    with pytest.raises(NotFound):
        withdraw_consent(consent_id=consent, how="по телефону", by=cast.stranger, now=utc_now())
    assert withdraw_consent(consent_id=consent, how="по телефону", by=cast.supervisor, now=utc_now()) == nina
    with pytest.raises(Refused):
        withdraw_consent(consent_id=consent, how="по телефону", by=cast.supervisor, now=utc_now())
    with pytest.raises(NotFound):
        withdraw_consent(consent_id=10**9, how="x", by=cast.supervisor, now=utc_now())


def test_who_never_bought_is_forgotten_when_the_rule_says_so_and_who_came_again_is_not(cast: Cast, nina: int) -> None:
    set_rule(subject="idle_people", days=100, is_active=True, by=cast.owner, now=utc_now())
    later = utc_now() + timedelta(days=200)
    assert keep_retention(now=later)["idle_people"] == 0  # her matter is open
    close_all(nina, cast.owner)
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set created_at = created_at - interval '1 day' where id = %s", [nina])
    assert keep_retention(now=utc_now() + timedelta(days=99))["idle_people"] == 0
    assert keep_retention(now=later)["idle_people"] == 1
    assert keep_retention(now=later)["idle_people"] == 0
    assert "Забудкина" not in whole_database()


@pytest.mark.parametrize(("subject", "days"), [("nonsense", 5), ("idle_people", 0), ("idle_people", 10**6)])
def test_a_rule_that_makes_no_sense_is_refused(cast: Cast, subject: str, days: int) -> None:
    with pytest.raises(DomainError):
        set_rule(subject=subject, days=days, is_active=True, by=cast.owner, now=utc_now())
    assert read_revision() >= 0


def receive(cast: Cast, place: Path, *letters: tuple[bytes, str]) -> None:
    """Letters come to the mailbox of the office, one after another."""
    (place / "box" / "new").mkdir(parents=True, exist_ok=True)
    for name in ("cur", "tmp"):
        (place / "box" / name).mkdir(exist_ok=True)
    MailDoor.objects.get_or_create(name="Почта", kind="maildir", path=str(place / "box"), address="hello@nevsky.example", source_slug="email",
                                   office_id=cast.anna.office_id)
    for data, name in letters:
        (place / "box" / "new" / name).write_bytes(data)
        read_doors(reference=read_reference(), now=utc_now())


def test_copies_and_automatic_answers_of_hers_go_too_and_stand_in_what_she_gets(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    sender = "Забудкина Нина <zabudkina@mail.ru>"
    written = letter("Мальдивы в мае", sender=sender)
    away = letter("Меня нет до понедельника", sender=sender, id="<away@mail.ru>", Auto_Submitted="auto-replied")
    receive(cast, tmp_path, (written.as_bytes(), "1"), (b"Received: from elsewhere\r\n" + written.as_bytes(), "2"), (away.as_bytes(), "3"),
            (letter("Чужое", sender="other@mail.ru", id="<other@mail.ru>", Auto_Submitted="auto-replied").as_bytes(), "4"))
    assert Letter.objects.filter(dossier=None).count() == 3
    person = Person.objects.get(contacts__normal="zabudkina@mail.ru")
    with hand_over_everything(person_id=person.pk, ground="Заявление", by=cast.owner, now=utc_now()) as file:
        names = zipfile.ZipFile(io.BytesIO(file.read())).namelist()
    assert len([name for name in names if name.endswith(".eml")]) == 3
    close_all(person.pk, cast.owner)
    erase_person(person_id=person.pk, ground="Письмо", by=cast.owner, now=utc_now())
    assert "zabudkina" not in whole_database()
    kept = [b"".join(read_file(raw.file_id)) for raw in RawMessage.objects.exclude(file=None)]
    assert [b"other@mail.ru" in body for body in kept if body] == [True]
    receive(cast, tmp_path, (written.as_bytes(), "5"), (away.as_bytes(), "6"))
    assert "zabudkina" not in whole_database()
    receive(cast, tmp_path, (letter("Снова я", sender=sender, id="<anew@mail.ru>").as_bytes(), "7"))
    assert Person.objects.filter(contacts__normal="zabudkina@mail.ru").exclude(pk=person.pk).exists()


def test_what_a_bulk_action_kept_of_her_goes_at_once_and_of_everybody_after_a_day(cast: Cast, nina: int) -> None:
    CustomField.objects.create(subject="person", slug="passport", name="Паспорт", kind="text")
    set_custom(person_id=nina, values={"passport": "4510 998877"}, by=cast.owner, now=utc_now())
    others = send(external_id="two", contact={"name": "Другая", "phone": "+79991110022"})["person"]["id"]
    for ids, value in (([nina], "Забудкина 1"), ([nina, others], "нет")):
        run = start_bulk(page="clients", action="set", options={"field": "passport", "value": value}, ids=ids, language="ru", by=cast.owner,
                        now=utc_now())
        work_off(run_id=run, now=utc_now())
    close_all(nina, cast.owner)
    erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())
    assert "998877" not in whole_database()
    assert "Забудкина" not in whole_database()
    with pytest.raises(Refused):
        start_undo(run_id=BulkRun.objects.order_by("pk")[0].pk, language="ru", by=cast.owner, now=utc_now())
    assert forget_values(now=utc_now()) == 0
    later = utc_now() + timedelta(hours=25)
    assert forget_values(now=later) == 2
    assert forget_values(now=later) == 0
    assert not BulkRow.objects.filter(before__isnull=False).exists()


def test_saved_views_and_the_register_of_exports_do_not_name_her(cast: Cast, nina: int) -> None:
    for name, query in (("Нина", "q=8+999+123-45-67&state=all"), ("Забудкина", "q=забудкина"), ("Почта", "q=zabudkina%40mail.ru"),
                        ("Прочие", "q=Соколова&state=open"), ("Дни", "received_from=2026-11-01")):
        save_view(page="clients", name=name, query=query, is_shared=False, by=cast.anna, now=utc_now())
    save_view(page="clients", name="Почта", query="state=all", is_shared=False, by=cast.anna, now=utc_now())
    ExportLog.objects.create(at=utc_now(), by="x", page="clients", query="q=%2B79991234567&sort=name", format="csv", rows=1)
    close_all(nina, cast.owner)
    erase_person(person_id=nina, ground="письмо", by=cast.owner, now=utc_now())
    views = {view.name: view.query for view in SavedView.objects.all()}
    number = next(name for name in views if name.startswith("№"))
    assert views == {"Нина": "state=all", number: "", "Почта": "state=all", "Прочие": "q=Соколова&state=open", "Дни": "received_from=2026-11-01"}
    assert ExportLog.objects.get().query == "sort=name"
    assert not re.search("999.?123|забудкина|zabudkina", whole_database())


@pytest.mark.parametrize("state", ["draft", "checked", "stopped", "failed", "done"])
def test_what_a_file_of_leads_said_goes_whatever_became_of_it(cast: Cast, state: str) -> None:
    run = create_run(pieces=["Имя;Телефон\nЗабудкина Нина;+79991234567\n".encode()], file_name="Забудкина.csv", mode="history", office_id=None,
                     by=cast.owner, now=utc_now())
    ImportRun.objects.filter(pk=run).update(state=state)
    ImportProblem.objects.create(run_id=run, number=2, code="repeated", value="Забудкина Нина")
    assert keep_retention(now=utc_now() + timedelta(days=29))["import_files"] == 0
    later = utc_now() + timedelta(days=31)
    assert keep_retention(now=later)["import_files"] == 1
    assert keep_retention(now=later)["import_files"] == 0
    assert "Забудкина" not in whole_database()
    assert not b"".join(read_file(ImportRun.objects.get(pk=run).file_id))


def test_a_file_that_is_being_brought_in_is_left_alone(cast: Cast) -> None:
    run = create_run(pieces=["Имя;Телефон\nНина;+79991234567\n".encode()], file_name="a.csv", mode="history", office_id=None, by=cast.owner,
                     now=utc_now())
    ImportRun.objects.filter(pk=run).update(state="running")
    assert keep_retention(now=utc_now() + timedelta(days=90))["import_files"] == 0
