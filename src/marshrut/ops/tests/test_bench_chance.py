"""`./marshrut bench chance`: a file of leads in, quality on later ones out; nothing that leaks is learned from."""

import csv
import io
import random
from pathlib import Path

import pytest

from marshrut.ops.bench.chance import FileUnfit, read_leads
from marshrut.ops.bench.command import run

HEADINGS = ("Lead Number", "Lead Source", "Minutes", "Tags", "Last Activity", "Converted")


def leads(path: Path, numbers: range, *, headings: tuple[str, ...] = HEADINGS, separator: str = ",", secret: bool = False) -> Path:
    """Leads in no order; who came by reference or stayed long buys; tags are written by staff afterwards."""
    chance, rows = random.Random(numbers.start), []
    for number in numbers:
        source, minutes = chance.choice(("Reference", "Google", "Chat")), chance.randrange(60)
        won = chance.random() < {"Reference": 0.95, "Google": 0.5, "Chat": 0.02}[source] * (1 if minutes > 20 else 0.3)
        told = ("paid" if won else "gone") if secret else "x"
        rows.append([number, source, minutes, "Will buy" if won else "Busy", told, int(won)])
    chance.shuffle(rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([headings, *rows])
    path.write_text(out.getvalue(), "utf-8")
    return path


def test_one_file_is_judged_on_its_later_leads_and_says_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["chance", str(leads(tmp_path / "leads.csv", range(900)))]) == 0
    said = capsys.readouterr().out
    for part in ("Learned from 630 leads", "judged on 270", "Left out, for they are filled in after the arrival: Last Activity, Tags",
                 "AUC 0.8", "ECE", "chance, by tenths", "Lead Source: “chat”", "Minutes: "):  # fmt: skip
        assert part in said, said


def test_with_two_files_the_first_teaches_and_the_second_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = leads(tmp_path / "a.csv", range(0, 1200, 2)), leads(tmp_path / "b.csv", range(1, 600, 2), separator=";")
    assert run(["chance", str(first), str(second)]) == 0
    assert "Learned from 600 leads" in (said := capsys.readouterr().out)
    assert "judged on 300" in said


def test_a_column_that_tells_the_outcome_is_left_out_though_nobody_named_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headings = ("Lead Number", "Lead Source", "Minutes", "Tags", "Verdict", "Converted")
    assert run(["chance", str(leads(tmp_path / "leads.csv", range(900), headings=headings, secret=True))]) == 0
    assert "after the arrival: Tags, Verdict" in capsys.readouterr().out


def test_leads_are_taken_in_the_order_of_their_number(tmp_path: Path) -> None:
    read = read_leads(leads(tmp_path / "leads.csv", range(50)))
    assert [str(case.arrival["Minutes"]) for case in read.cases] == [
        row["Minutes"] for row in sorted(csv.DictReader((tmp_path / "leads.csv").open()), key=lambda row: int(row["Lead Number"]))
    ]
    assert read.source == "Lead Source"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"Converted,x\n1,2\n", b"\x00\x01\x02", b"PK\x03\x04 not a workbook"])
def test_a_file_that_cannot_be_learned_from_gets_a_sentence(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.csv").write_bytes(content)
    assert run(["chance", str(tmp_path / "odd.csv")]) == 2
    assert capsys.readouterr().err.startswith("marshrut bench chance: ")


def test_a_file_that_is_not_there_and_one_without_an_outcome(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chance", str(tmp_path / "none.csv")]) == 2
    with pytest.raises(FileUnfit):
        read_leads(
            leads(
                tmp_path / "leads.csv",
                range(20),
                headings=("Lead Number", "Lead Source", "Minutes", "Tags", "Last Activity", "End"),
            )
        )
    assert "none.csv" in capsys.readouterr().err
