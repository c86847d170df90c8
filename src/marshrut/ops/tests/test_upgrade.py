"""A home of the first schema, with an agency's months in it, comes up to date whole or not at all.

`homes/first_schema.sql.xz` is what pg_dump wrote of a demo home made by the first version that had users.
"""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marshrut.ops import postgres
from marshrut.ops.backups.dump import count_rows
from marshrut.ops.migrate import UNSEEN

FIRST = Path(__file__).parent / "homes" / "first_schema.sql.xz"
NAME = "upgraded"


@pytest.fixture
def old_home(postgres_server: postgres.Server) -> Iterator[str]:
    """The address of a database as the first version left it."""
    postgres.create_database(postgres_server, NAME)
    url = postgres_server.dsn(postgres.OWNER, NAME)
    psql = [str(postgres_server.binaries.program("psql")), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname", url]
    done = subprocess.run(psql, input=lzma.decompress(FIRST.read_bytes()), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    yield url
    postgres.drop_database(postgres_server, NAME)


def bring_up_to_date(url: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "MARSHRUT_DATABASE_URL": url}
    return subprocess.run([sys.executable, "-m", "marshrut.ops.migrate"], env=environ, capture_output=True, text=True, check=False)


def counts_of(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return {name: int(rows[0]) for name, rows in count_rows(connection).items()}


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_every_row_of_the_first_schema_is_there_afterwards_and_every_promise_holds(old_home: str) -> None:
    before = counts_of(old_home)
    done = bring_up_to_date(old_home)
    assert done.returncode == 0, done.stderr
    after = counts_of(old_home)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"django_migrations", "core_change", "agency_revision", "django_content_type", "auth_permission",
                       "procrastinate_jobs", "deals_funnel", "deals_stage"}  # fmt: skip
    assert before["intake_inquiry"] > 40
    examine = "from marshrut.ops import doctor; import django; django.setup(); " \
              "print([f.name for f in doctor.examine(is_embedded=False) if f.state == 'broken'])"
    found = subprocess.run([sys.executable, "-c", examine], env={**os.environ, "MARSHRUT_DATABASE_URL": old_home},
                           capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]", found.stdout + found.stderr


def test_whoever_worked_there_has_joined_and_whoever_holds_anothers_client_finds_them(old_home: str) -> None:
    assert bring_up_to_date(old_home).returncode == 0
    assert ask(old_home, "select count(*) from agency_employee where is_active and joined_at is null") == [(0,)]
    held = """select count(*) from journal_dossier d join clients_person p on p.id = d.person_id
              where d.is_open and (p.owner_id, p.office_id) is distinct from (d.owner_id, d.office_id)"""
    assert ask(old_home, held) == ask(old_home, "select count(*) from clients_holding")


def test_answers_given_before_are_timed_by_the_hours_of_whoever_holds_the_matter(old_home: str) -> None:
    assert bring_up_to_date(old_home).returncode == 0
    told = subprocess.run([sys.executable, "-c", TIMED], env={**os.environ, "MARSHRUT_DATABASE_URL": old_home}, capture_output=True,
                          text=True, check=False)
    assert told.returncode == 0, told.stderr
    answered, differ = json.loads(told.stdout)
    assert (answered > 20, differ) == (True, [])


TIMED = """
import json, django
django.setup()
from marshrut.agency.queries import read_revision, read_staff
from marshrut.intake.models import Inquiry
from marshrut.intake.services.matters import calendar_of
staff = read_staff(read_revision())
rows = list(Inquiry.objects.filter(answered_at__isnull=False).select_related("dossier"))
def minutes(i):
    return max(0, calendar_of(staff, i.dossier.owner_id, i.dossier.office_id).working_minutes_between(i.received_at, i.answered_at))
print(json.dumps([len(rows), [i.pk for i in rows if abs(minutes(i) - i.answer_minutes) > 1e-6]]))
"""


def test_new_columns_have_statistics_at_once_so_that_lists_are_planned_as_before(old_home: str) -> None:
    with psycopg.connect(old_home) as connection:
        connection.execute("analyze")
    assert bring_up_to_date(old_home).returncode == 0
    told = "select null_frac from pg_stats where tablename = 'clients_person' and attname = 'merged_into_id'"
    assert ask(old_home, told) == [(1.0,)]
    assert ask(old_home, UNSEEN) == []


def test_a_second_time_changes_nothing(old_home: str) -> None:
    assert bring_up_to_date(old_home).returncode == 0
    before = counts_of(old_home)
    assert bring_up_to_date(old_home).returncode == 0
    assert counts_of(old_home) == before


def test_an_upgrade_that_fails_leaves_the_former_schema_whole_and_says_so(old_home: str) -> None:
    with psycopg.connect(old_home) as connection:  # somebody made a table by hand that the new version brings
        connection.execute("create table intake_importrun (id bigint)")
    tables, rows = ask(old_home, "select count(*) from pg_class"), counts_of(old_home)
    done = bring_up_to_date(old_home)
    assert done.returncode == 1
    assert "intake_importrun" in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].endswith("Nothing was changed: the former version starts on these data as before.")
    assert (ask(old_home, "select count(*) from pg_class"), counts_of(old_home)) == (tables, rows)
