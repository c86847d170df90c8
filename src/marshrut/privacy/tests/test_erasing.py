"""Somebody asks to be forgotten, or for everything we have of them: all of it, and of nobody else."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast

from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import read_revision
from marshrut.agency.services import issue_token
from marshrut.clients.models import Person, Tombstone
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError, Invalid, NotFound, Refused
from marshrut.core.files import store_file
from marshrut.core.vault import fingerprint
from marshrut.intake.services import close_inquiry
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
            """insert into channels_letter(kind, message_id, digest, "references", sender, subject, dossier_id, at)
               values ('reply', 'a@b', %s, '{}', 'zabudkina@mail.ru', 'тайный отчёт', %s, now()) returning id""",
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
    assert digests == {fingerprint(n.encode(), "tombstone") for n in ("+79991234567", "zabudkina@mail.ru")}


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
