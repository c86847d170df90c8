"""Files of leads for the tests, and the steps of an import."""

import csv
import io
from typing import Any

from marshrut.core.clock import utc_now

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
