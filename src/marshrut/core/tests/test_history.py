"""Every change is kept with who and when: through the program, in bulk, and in bare SQL; and nobody rewrites it."""

from datetime import timedelta
from typing import Any

import orjson
import psycopg
import pytest
from django.db import connection
from tests.cast import Cast

from marshrut.agency.models import ApiToken, Employee
from marshrut.agency.permissions import system
from marshrut.agency.services import add_employee, issue_token
from marshrut.core.clock import utc_now
from marshrut.core.history import read_since
from marshrut.journal.models import Task
from marshrut.ops import postgres

SECRET_WORDS = ("argon2", "digest", "password", "last_login")


def changes(table: str, op: str | None = None) -> list[tuple[int, str, str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("select row_id, by, op, diff from core_change where table_name = %s order by id", [table])
        rows = [(r[0], r[1], r[2], orjson.loads(r[3]) if isinstance(r[3], str) else r[3]) for r in cursor.fetchall()]
    return [row for row in rows if op in (None, row[2])]


def sent(client: Any, **given: Any) -> dict[str, Any]:
    body = {"channel": "phone", "contact": {"name": "Ольга", "phone": "+79161234567"}, "message": "тайное письмо", **given}
    return client.post("/api/v1/inquiries", body, content_type="application/json").json()


@pytest.fixture
def token(cast: Cast) -> Any:
    from django.test import Client

    secret = issue_token(name="site", by=system("test"), now=utc_now())
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.secret = secret  # type: ignore[attr-defined]
    client.label = f"token:{ApiToken.objects.get().id}"  # type: ignore[attr-defined]
    return client


@pytest.mark.django_db
def test_what_a_program_and_a_person_did_carries_their_label(token: Any, cast: Cast) -> None:
    from marshrut.intake.services import close_inquiry

    came = sent(token)
    for table in ("intake_inquiry", "journal_dossier", "journal_task", "clients_person", "clients_contactpoint"):
        assert changes(table, "I")[-1][1] == token.label, table
    close_inquiry(inquiry_id=came["id"], outcome="lost", reason="дорого", by=cast.owner, now=utc_now())
    row, by, _, diff = changes("intake_inquiry", "U")[-1]
    assert (row, by, diff["state"]) == (came["id"], f"employee:{cast.owner.id}", ["open", "closed"])
    assert changes("journal_task", "U")[-1][3]["state"] == ["pending", "cancelled"]


@pytest.mark.django_db
def test_a_bulk_write_is_kept_row_by_row_and_what_did_not_change_is_not(token: Any) -> None:
    for n in range(3):
        sent(token, contact={"phone": f"+7916000000{n}"})
    Task.objects.update(title="Позвонить ещё раз")
    seen = changes("journal_task", "U")
    assert len(seen) == 3
    assert all(set(diff) == {"title"} and diff["title"][1] == "Позвонить ещё раз" for *_, diff in seen)
    Task.objects.update(title="Позвонить ещё раз")
    assert len(changes("journal_task", "U")) == 3


@pytest.mark.django_db
def test_nothing_secret_and_no_body_is_kept(token: Any) -> None:
    add_employee(
        email="new@nevsky.example", name="Новый", role="manager", password="другой пароль 8", by=system("test"), now=utc_now()
    )
    person = Employee.objects.get(email="new@nevsky.example")
    add_employee(
        email=person.email, name="Новый Сотрудник", role="manager", password="третий пароль 9", by=system("test"), now=utc_now()
    )
    assert changes("agency_employee", "U")[-1][3] == {"name": ["Новый", "Новый Сотрудник"]}
    person.delete()
    sent(token, channel="fax")
    ApiToken.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("update channels_rawmessage set reason = 'посмотрено'")
        cursor.execute("delete from channels_rawmessage")
        cursor.execute("select table_name, diff::text from core_change where diff is not null")
        for table, diff in cursor.fetchall():
            assert not [word for word in (*SECRET_WORDS, token.secret) if word in diff], table
            assert '"body"' not in diff or table == "journal_touch", table
    gone = changes("channels_rawmessage", "D")[0][3]
    assert "body_digest" not in gone
    assert gone["reason"] == "посмотрено"


@pytest.mark.own_database
def test_bare_sql_is_kept_under_the_name_of_its_role(own_database: str, postgres_server: postgres.Server) -> None:
    with psycopg.connect(postgres_server.dsn(postgres.APP, own_database)) as bare:
        bare.execute("update agency_office set name = 'Переименован' where slug = 'nevsky'")
        bare.execute("insert into clients_person(display_name, search_name) values ('Тест', 'тест')")
        bare.execute("delete from clients_person where display_name = 'Тест'")
        bare.commit()
        kept = bare.execute("select table_name, op, by from core_change order by id desc limit 3").fetchall()
    assert kept == [
        ("clients_person", "D", f"role:{postgres.APP}"), ("clients_person", "I", f"role:{postgres.APP}"), ("agency_office", "U", f"role:{postgres.APP}"),
    ]  # fmt: skip


@pytest.mark.own_database
@pytest.mark.parametrize("attempt", [
    "update core_change set by = 'employee:1'", "delete from core_change", "truncate core_change",
    "drop trigger core_change_kept on core_change", "alter table core_change disable trigger all",
    "alter table agency_office disable trigger user", "drop function agency_office_history_update() cascade",
    "set session_replication_role = replica", "drop table core_change",
    "create or replace function core_keep_history() returns trigger language plpgsql as $$begin return null; end$$",
])  # fmt: skip
def test_the_application_cannot_rewrite_or_silence_history(
    own_database: str, postgres_server: postgres.Server, attempt: str
) -> None:
    with psycopg.connect(postgres_server.dsn(postgres.APP, own_database)) as bare:
        bare.execute("update agency_office set name = 'Переименован'")
        bare.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bare.execute(attempt)


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [0, 1, 2, 30, 71, 72, 73])
def test_what_changed_since_a_moment_is_found_by_halving(cast: Cast, hours: int) -> None:
    now = utc_now() + timedelta(days=30)  # later than everything the cast has left there
    rows = [(now - timedelta(hours=72 - n), n) for n in range(73)]
    with connection.cursor() as cursor:
        cursor.executemany("insert into core_change(at, by, table_name, row_id, op) values (%s, 'test', 'far_table', %s, 'U')", rows)
        since = read_since(now - timedelta(hours=hours))
        cursor.execute(f"select * from {since.rows('far_table')} found")
        assert sorted(row[0] for row in cursor.fetchall()) == [n for at, n in rows if at >= now - timedelta(hours=hours)]
        assert since.behind >= len([at for at, _n in rows if at >= since.moment])
        assert read_since(now - timedelta(days=400)).behind > 73
        assert read_since(now + timedelta(days=1)).behind == 0
