"""Files of leads by the command line: the same services as the pages, whatever a file calls itself, once however often."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marshrut.ops import homes, importing

pytestmark = pytest.mark.own_database
HEADING = ["ФИО", "Тел.", "Комментарий", "Итог"]
ROWS = [["Иванова Мария", "8 921 555-00-11", "Хотим в Турцию", "да"], ["Коваленко Олег", "8 921 555-00-12", "", "нет"],
        ["Пётр", "это не номер", "Виза", "нет"], ["-", "-", "", ""]]  # fmt: skip
Command = Callable[..., int]


def as_csv(encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADING, *ROWS])
    return text.getvalue().encode(encoding)


def as_xlsx() -> bytes:
    from marshrut.core.tables import write_xlsx

    return b"".join(write_xlsx([HEADING, *ROWS]))


@pytest.fixture
def command(own_database: str, cast: Any) -> Command:
    """`./marshrut import` on this test's database."""
    return lambda *given: importing.import_file(importing.make_parser().parse_args([str(one) for one in given]))


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    file = tmp_path / "leads.csv"
    file.write_bytes(as_csv("cp1251"))
    return file


def made() -> list[tuple[str | None, str]]:
    from marshrut.intake.models import Inquiry

    return list(Inquiry.objects.order_by("raw_id").values_list("person__display_name", "outcome"))


def test_a_table_goes_in_whatever_it_calls_itself_and_again_makes_nothing(command: Command, tmp_path: Path) -> None:
    from marshrut.intake.models import ImportRun

    for content in (as_csv("utf-16"), as_csv("cp1251"), as_xlsx()):
        file = tmp_path / "leads.csv"
        file.write_bytes(content)
        assert command(file, "--as", "history", "--yes") == importing.ROWS_STAYED_OUT
        assert made() == [("Иванова Мария", "won"), ("Коваленко Олег", "lost"), (None, "lost")]
    runs = list(ImportRun.objects.order_by("id").values_list("state", "made", "repeated", "refused", "office__slug"))
    assert runs == [("done", 3, 0, 1, "nevsky")], "what brings nothing new leaves no import behind"


def test_what_stayed_out_is_written_beside_the_file_for_its_owner_alone(command: Command, leads: Path) -> None:
    command(leads, "--as", "history", "--yes")
    beside = leads.with_name("leads.csv.problems.csv")
    rows = list(csv.reader(io.StringIO(beside.read_text("utf-8-sig")), delimiter=";"))
    assert [(row[0], row[4]) for row in rows[1:]] == [("4", "нет"), ("5", "да")]
    assert beside.stat().st_mode & 0o077 == 0


def test_a_dry_run_tells_everything_and_keeps_nothing(command: Command, leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from marshrut.core.models import StoredFile
    from marshrut.intake.models import ImportRun

    assert command(leads, "--as", "history", "--dry-run") == importing.ROWS_STAYED_OUT
    assert "4 rows: 3 would be made, 0 came before, 1 stay out" in capsys.readouterr().err
    assert (made(), ImportRun.objects.count(), StoredFile.objects.filter(size__gt=0).count()) == ([], 0, 0)
    assert leads.with_name("leads.csv.problems.csv").exists()


def test_columns_are_what_they_are_said_to_be_and_are_remembered(command: Command, leads: Path) -> None:
    from marshrut.intake.models import Inquiry

    command(leads, "--as", "history", "--yes", "--map", "Комментарий=", "тел=external_id", "--source", "site")
    assert Inquiry.objects.order_by("raw_id").values_list("external_id", "message", "source__slug")[0] == ("8 921 555-00-11", "", "site")
    leads.write_bytes(as_csv("utf-8").replace("Виза".encode(), "Круиз".encode()))
    command(leads, "--as", "history", "--yes", "--source", "other")
    assert set(Inquiry.objects.filter(source__slug="other").values_list("message", flat=True)) == {""}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [(["--map", "Нет такой=phone"], "names no column"), (["--map", "Тел.=телефон"], "cannot be"), (["--office", "nowhere"], "no office"),
     (["--sheet", "Лист"], "no such sheet"), (["--map", "ФИО=phone", "Тел.=message", "Итог=outcome", "Комментарий=outcome"], "same meaning"),
     ([], "Say --yes")],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_made(command: Command, leads: Path, given: list[str], sentence: str) -> None:
    with pytest.raises(homes.HomeError, match=sentence):
        command(leads, "--as", "history", *given)
    assert made() == []


def test_an_import_that_was_cut_short_goes_on_with_the_same_command(
    command: Command, leads: Path, cast: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice: killed while the rows were tried, and killed after the first batch of them was in."""
    from marshrut.core.clock import utc_now
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services import import_work

    with pytest.raises(homes.HomeError, match="Say --yes"):
        command(leads, "--as", "history")
    ImportRun.objects.update(state="checking")

    class Killed(BaseException):
        """As kill -9: nobody tidies up."""

    def torn(run: Any, rows: Any, *rest: Any) -> None:
        count(run, rows, *rest)
        if rows[0].number == 3 and run.state == "running":
            raise Killed

    count = import_work._count
    monkeypatch.setattr(import_work, "HISTORY_BATCH", 1)
    monkeypatch.setattr(import_work, "_count", torn)
    with pytest.raises(Killed):
        command(leads, "--as", "history", "--yes")
    assert len(made()) == 1
    monkeypatch.undo()
    assert command(leads, "--as", "history", "--yes") == importing.ROWS_STAYED_OUT
    assert [name for name, _outcome in made()] == ["Иванова Мария", "Коваленко Олег", None]
    assert capsys.readouterr().err.count("Going on with import 1") == 2
    assert utc_now() >= ImportRun.objects.get().finished_at


def test_a_file_that_is_not_there_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with pytest.raises(homes.HomeError, match="There is no file"):
        importing.run([str(tmp_path / "nothing.csv"), "--as", "history"])
