"""The house stands as its papers say: rooms and floors, tables and their guards, jobs, words about public things."""

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from procrastinate.contrib.django import app as jobs

from marshrut.agency.permissions import system
from marshrut.core.clock import utc_now
from marshrut.ops import postgres_settings
from marshrut.ops.doctor_promises import GUARDS, UNTRACKED, WITHOUT_INSERTS
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "src" / "marshrut"
LONGEST_FILE, LONGEST_FUNCTION = 500, 50  # lines
EXPLAINED = ("services", "queries", "rules", "permissions", "facts")
ARGUMENTS: dict[str, dict[str, Any]] = {  # what each job is called with; a job that is not here fails its test
    "intake.watch_clocks": {"timestamp": 0},
    "intake.fold_counters": {"timestamp": 0},
    "clients.look_over_new_people": {"timestamp": 0},
    "clients.search_base": {"timestamp": 0},
    "deals.run_bulk": {"run_id": 1},
    "deals.learn_margins": {"timestamp": 0},
    "intake.learn": {"timestamp": 0},
    "intake.reckon": {"timestamp": 0},
    "deals.continue_bulk": {"timestamp": 0},
    "intake.work_on_imports": {"timestamp": 0},
    "intake.read_mail": {"timestamp": 0},
    "channels.send_outbox": {"timestamp": 0},
    "channels.look_through_letters": {"timestamp": 0},
    "journal.return_waiting": {"timestamp": 0},
    "journal.forget_notices": {"timestamp": 0},
    "journal.tell_of_absences": {"timestamp": 0},
    "privacy.keep_retention": {"timestamp": 0},
    "privacy.settle_merges": {"timestamp": 0},
    "agency.forget_sessions": {"timestamp": 0},
}


def read_floors() -> dict[str, int]:
    """Room → how high it stands, 0 being the lowest; from the contract that the imports are held to."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("exhaustive"))
    return {room.strip(" ()"): height for height, layer in enumerate(reversed(layers)) for room in layer.split(":")}


FLOORS = read_floors()


def room_of(model: type[models.Model]) -> str | None:
    """The room a model lives in; None for a model that is not ours."""
    package, _, rest = model.__module__.partition(".")
    return rest.split(".")[0] if package == "marshrut" else None


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if room_of(model)]


def links() -> Iterator[tuple[str, str, str]]:
    """(the field, its room, the room it points to) for every foreign key between tables of ours."""
    for model in our_models():
        for field in model._meta.get_fields():
            if not field.concrete or not field.is_relation or not field.related_model:
                continue
            target = room_of(field.related_model)
            if target:
                yield f"{model._meta.label}.{field.name}", str(room_of(model)), target


def our_files() -> list[Path]:
    """Python written by hand that is neither a test nor a migration."""
    found = [*HOUSE.rglob("*.py"), *ROOT.glob("*.py"), ROOT / "marshrut"]
    return [file for file in found if not {"tests", "migrations"} & set(file.relative_to(ROOT).parts)]


def test_every_room_that_is_installed_stands_on_a_floor() -> None:
    installed = {config.name.removeprefix("marshrut.") for config in apps.get_app_configs() if config.name.startswith("marshrut.")}
    assert installed <= set(FLOORS)
    packages = {folder.parent.name for folder in HOUSE.glob("*/__init__.py")}
    assert packages <= set(FLOORS), "a package without a floor"
    assert installed >= packages - {"config"}, "a room that nobody installed"


def test_foreign_keys_point_down_or_stay_in_their_room() -> None:
    found = list(links())
    assert len(found) > 30, "the walk does not see the keys"
    wrong = [f"{field} → {there}" for field, here, there in found if here != there and FLOORS[there] >= FLOORS[here]]
    assert wrong == []


def test_models_are_private_to_their_room() -> None:
    """Only `ops`, which fills and examines a home, looks past a room's services and queries."""
    strangers = []
    for file in our_files():
        room = file.relative_to(ROOT).parts[2] if file.is_relative_to(HOUSE) else "ops"
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            parts = (node.module or "").split(".") if isinstance(node, ast.ImportFrom) else []
            if parts[:1] == ["marshrut"] and parts[2:] == ["models"] and room not in (parts[1], "ops"):
                strangers.append(f"{file.relative_to(HOUSE)} → {parts[1]}.models")
    assert strangers == []


def test_sql_names_tables_of_its_own_room_and_of_those_below() -> None:
    room_of_table = {model._meta.db_table: str(room_of(model)) for model in our_models()}
    names = re.compile(rf"\b({'|'.join(room_of_table)})\b")
    wrong = []
    for file in HOUSE.rglob("*.py"):
        here = file.relative_to(HOUSE).parts[0]
        if "tests" in file.parts or here in ("ops", "core"):  # ops examines everything; core keeps every table's history
            continue
        for table in set(names.findall(file.read_text("utf-8"))):
            there = room_of_table[table]
            if there not in (here, "core") and FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{file.relative_to(HOUSE)} → {table}")
    assert sorted(wrong) == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in our_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{file.relative_to(ROOT)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in our_files()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_file_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "signals"}
    assert [str(file) for file in our_files() if file.stem in vague] == []


def rooms_words() -> Iterator[tuple[str, ast.Module]]:
    """(where, the parsed file) of everything that decides, reads, writes or permits."""
    for file in our_files():
        parts = file.relative_to(ROOT).with_suffix("").parts
        if any(part in EXPLAINED for part in parts):
            yield str(file.relative_to(HOUSE)), ast.parse(file.read_text("utf-8"))


def test_every_room_says_what_it_is_for() -> None:
    silent = [file.parent.name for file in HOUSE.glob("*/__init__.py") if not ast.get_docstring(ast.parse(file.read_text("utf-8")))]
    assert silent == []


def test_everything_public_that_decides_reads_or_writes_is_explained() -> None:
    silent = []
    for where, tree in rooms_words():
        if not ast.get_docstring(tree) and tree.body:
            silent.append(where)
        for node in tree.body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                silent.append(f"{where}: {node.name}")
    assert silent == []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def read_rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def our_tables() -> set[str]:
    return {model._meta.db_table for model in our_models()}


@pytest.mark.django_db
def test_every_table_of_ours_keeps_its_history_or_is_named_with_a_reason_why_not() -> None:
    triggers = {(table, name) for table, name in read_rows(
        "select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal"
    )}  # fmt: skip
    tracked = {table for table in our_tables() if (table, f"{table}_history_update") in triggers}
    assert our_tables() - tracked == UNTRACKED, "either put it under history in its migration, or say why not in doctor_promises"
    for table in tracked:
        assert (table, f"{table}_history_delete") in triggers
        assert ((table, f"{table}_history_insert") in triggers) == (table not in WITHOUT_INSERTS)


@pytest.mark.django_db
def test_the_guards_stand_wait_for_the_commit_and_nothing_is_switched_off() -> None:
    rows = read_rows(
        """select t.tgname, c.relname, t.tgenabled, t.tginitdeferred from pg_trigger t join pg_class c on c.oid = t.tgrelid
           where c.relnamespace = current_schema()::regnamespace"""
    )
    assert {name: table for name, table, _, _ in rows if name in GUARDS} == GUARDS
    assert all(waits for name, _, _, waits in rows if name in GUARDS)
    assert [name for name, _, enabled, _ in rows if enabled not in ("O", "A")] == []


@pytest.mark.django_db
def test_the_application_owns_no_table_and_cannot_become_its_owner() -> None:
    assert read_rows("select current_user, session_user") == [(postgres_settings.APP, postgres_settings.APP)]
    owned = """select relname from pg_class where relnamespace = current_schema()::regnamespace
               and relkind in ('r', 'p', 'S', 'v', 'm') and pg_has_role(current_user, relowner, 'member')"""
    assert read_rows(owned) == []
    assert read_rows("select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user") == [(False,) * 3]
    assert read_rows("select has_schema_privilege(current_schema(), 'create')") == [(False,)]


def contents() -> dict[str, list[str]]:
    """All rows of all our tables, without their own ids: a folded counter is the same counter."""
    return {
        table: [row for (row,) in read_rows(f"select (to_jsonb(r) - 'id')::text from {table} r order by 1")]
        for table in sorted(our_tables())
    }


def our_jobs() -> list[str]:
    return sorted(name for name, task in jobs.tasks.items() if task.func.__module__.startswith("marshrut."))


def hand_in_leads(cast: Cast) -> None:
    """A file of leads that is to be checked."""
    from marshrut.intake.services.import_runs import check_run, create_run

    run_id = create_run(pieces=["Имя;Телефон\nИван;+7 921 555-01-01\n;\n".encode()], file_name="leads.csv", mode="history",
                        office_id=None, by=cast.owner, now=utc_now())  # fmt: skip
    check_run(run_id=run_id, targets=["name", "phone"], words={}, day_first=True, currency="RUB", source_slug="", by=cast.owner, now=utc_now())


def sell(dossier_id: int) -> None:
    """A deal that was realised with a margin; somebody wants to know what history says."""
    from marshrut.deals.models import Deal, Stage
    from marshrut.intake.models import LearningRun

    at = utc_now() - timedelta(minutes=30)
    Deal.objects.create(dossier_id=dossier_id, stage=Stage.objects.first(), stage_entered_at=at, title="Турция", amount=200_000, currency="RUB",
                        margin=20_000, state="won", opened_at=at, closed_at=at, closed_by="system:test")  # fmt: skip
    LearningRun.objects.create(kind="learning", created_at=at, created_by="system:test")


def merge_two(cast: Cast) -> None:
    """One client turned out to be another, and said something under the old number at that very moment."""
    from marshrut.clients.models import Consent, Person
    from marshrut.privacy.services import merge_people

    kept, gone = (Person.objects.create(display_name="Иван", search_name="иван").pk for _ in range(2))
    merge_people(keep_id=kept, gone_id=gone, choose={}, by=cast.owner, now=utc_now())
    Consent.objects.create(person_id=gone, text="Да", version="1", channel="phone", given_at=utc_now())


@pytest.fixture
def unanswered(cast: Cast) -> None:
    """Inquiries that came an hour ago and nobody has answered: their clocks, queues and counters have something to do.

    One of them waited for later until half an hour ago; an old notice has been read long since; somebody is away. A mail door leads
    nowhere, a letter waits though no mail server is set, and one that came was kept before it was noted whom letters name. What came is kept for so many days only. A file of leads
    waits for its check. A bulk action was cut off. Two records became one.
    """
    from marshrut.agency.models import Absence, LoginSession
    from marshrut.channels.models import Letter, MailDoor, RawMessage
    from marshrut.channels.services import queue_message
    from marshrut.deals.models import BulkRow, BulkRun
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry
    from marshrut.journal.services import notify, put_aside
    from marshrut.privacy.services import set_rule

    hand_in_leads(cast)
    reference = read_reference()
    for number in range(4):
        at = utc_now() - timedelta(minutes=60 - number)
        letter = {"channel": "site_form", "source": "site", "contact": {"phone": f"+7 921 555-00-{number:02}"}}
        submission = read_submission(letter, regions=reference.staff.regions, today=at.date(), now=at)
        card = accept_inquiry(submission=submission, body=b"{}", reference=reference, by=system("test"), now=at).card
    sell(card.dossier_id)
    run = BulkRun.objects.create(id=1, employee_id=cast.owner.id, page="inquiries", action="spam", language="ru", created_at=at)
    BulkRow.objects.create(run=run, number=1, item_id=card.id)
    put_aside(dossier_id=card.dossier_id, until=utc_now() - timedelta(minutes=30), why="зарплата", by=system("test"), now=at)
    away = {"starts_at": at, "ends_at": at + timedelta(days=7)}
    Absence.objects.create(employee_id=cast.stranger.id, substitute_id=cast.anna.id, **away)
    long_ago = utc_now() - timedelta(days=61)
    notify(employee_ids=[cast.anna.id], code="matter_returned", data={"why": "зарплата"}, by=system("test"), now=long_ago)
    LoginSession.objects.create(employee_id=cast.anna.id, digest=b"long ago", seen_at=utc_now() - timedelta(days=400))
    set_rule(subject="raw_bodies", days=1, is_active=True, by=system("test"), now=long_ago)
    RawMessage.objects.update(received_at=long_ago)
    MailDoor.objects.create(name="Почта", kind="maildir", path="/nowhere", source_slug="email")
    Letter.objects.create(kind="inquiry", digest=bytes(32), at=long_ago)
    merge_two(cast)
    queue_message(to="guest@example.com", subject="Привет", text="Добрый день", purpose="message", by=system("test"), now=long_ago)


@pytest.mark.parametrize("name", our_jobs())
@pytest.mark.usefixtures("unanswered")
def test_a_job_done_twice_changes_nothing_the_second_time(name: str) -> None:
    assert name in ARGUMENTS, "say in ARGUMENTS what this job is called with"
    job = jobs.tasks[name].func
    before = contents()
    with time_machine.travel(utc_now(), tick=False):
        job(**ARGUMENTS[name])
        after = contents()
        job(**ARGUMENTS[name])
    assert contents() == after
    assert before != after, "the stage gave this job nothing to do"


def test_all_our_jobs_are_known() -> None:
    assert set(our_jobs()) == set(ARGUMENTS)
