"""Tables: whatever a file calls itself and however it is written, its rows come out; what is hostile gets a sentence."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshrut.core.errors import Invalid
from marshrut.core.tables import as_text, disarm, find_table, read_table, write_csv, write_xlsx

LEADS = [["Имя", "Телефон", "Сообщение"], ["Иванова Мария", "+7 921 555-00-11", "Хотим в Турцию; на двоих"],
         ["Коваленко Олег", "067 123-45-67", 'Сказал: "перезвоните"\nзавтра'], ["Пётр", "89215550012", "Отель у моря, всё включено"]]


def moment(*parts: int) -> datetime:
    """A moment as a spreadsheet holds it: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def rows_of(content: bytes) -> list[list[Any]]:
    file = io.BytesIO(content)
    return [row for _number, row in read_table(file, find_table(file))]


def written(encoding: str, separator: str) -> bytes:
    import csv

    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(LEADS)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp866"])
def test_a_csv_is_read_in_any_encoding_with_any_separator(encoding: str, separator: str) -> None:
    assert rows_of(written(encoding, separator)) == LEADS


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-u", "utf-8"])
def test_ukrainian_letters_come_out_whole(encoding: str) -> None:
    text = "Ім'я;Місто;Побажання\nЮлія Їжакевич;Київ;Тиждень у Єгипті, щоб діти були щасливі\nҐанна;Львів;Відпочинок біля моря\n"
    if encoding != "cp1251":
        text = text.replace("Ґ", "Г")
    assert rows_of(text.encode(encoding))[1][0] == "Юлія Їжакевич"


def test_names_in_capitals_are_not_taken_for_another_encoding() -> None:
    text = "ФИО;ТЕЛЕФОН\n" + "ИВАНОВ ИВАН ПЕТРОВИЧ;89215550011\nСМИРНОВА ЕЛЕНА;89215550012\n" * 5
    assert rows_of(text.encode("cp1251"))[1][0] == "ИВАНОВ ИВАН ПЕТРОВИЧ"
    assert rows_of(text.encode("koi8-r"))[2][0] == "СМИРНОВА ЕЛЕНА"


def workbook(rows: list[list[Any]], **parts: Any) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_xlsx_is_read_by_its_content_with_types_kept() -> None:
    rows = rows_of(workbook([["Имя", "Телефон", "Дата"], ["Иван", 79215550011, moment(2024, 5, 12)], [None, None, None], ["Пётр", 1.5, True]]))
    assert rows == [["Имя", "Телефон", "Дата"], ["Иван", 79215550011, moment(2024, 5, 12)], ["Пётр", 1.5, True]]
    assert [as_text(cell) for cell in rows[1]] == ["Иван", "79215550011", "2024-05-12"]


def test_a_formula_is_never_evaluated() -> None:
    assert rows_of(workbook([["Имя", "Сумма"], ["Иван", "=1+1"]])) == [["Имя", "Сумма"], ["Иван"]]
    assert rows_of("Имя;Сумма\nИван;=1+1\n".encode()) == [["Имя", "Сумма"], ["Иван", "=1+1"]]


def test_rows_keep_the_numbers_a_spreadsheet_shows() -> None:
    file = io.BytesIO(b"a;b\n\n1;2\n;\n3;4\n")
    assert [number for number, _row in read_table(file, find_table(file))] == [1, 3, 5]


def bomb(size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open("xl/worksheets/sheet1.xml", "w") as part:
            for _n in range(size >> 20):
                part.write(b" " * (1 << 20))
    return file.getvalue()


def packed(name: str, content: str) -> bytes:
    good = workbook([["a"], ["b"]])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part.filename))
    return file.getvalue()


LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
GOOD = workbook([["Имя"], ["Иван"]])


@pytest.mark.parametrize(("content", "code"), [
    (b"", "empty_file"), (b"\xef\xbb\xbf", "empty_file"), (b" \r\n\r\n", "empty_file"),
    (GOOD[: len(GOOD) // 2], "broken_xlsx"), (GOOD[:-300], "broken_xlsx"), (b"PK\x03\x04 no zip", "broken_xlsx"),
    (bomb(64 << 20), "zip_bomb"), (packed("xl/worksheets/sheet1.xml", LAUGHS), "broken_xlsx"),
    (packed("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r='x'>"), "broken_xlsx"),
    (packed("xl/workbook.xml", LAUGHS), "broken_xlsx"),
    (packed("xl/worksheets/sheet1.xml", f"<worksheet><sheetData><row>{'<c/>' * 600_000}</row></sheetData></worksheet>"), "endless_row"),
    (packed("xl/worksheets/sheet1.xml", "<x:worksheet><x:sheetData><x:row>" + "<x:c r='A1'/>" * 90_000), "endless_row"),
    (workbook([[f"c{n}" for n in range(400)]]), "wide_table"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old_excel"), (b"%PDF-1.4 ...", "not_a_table"),
    (b"a;b\n" + b"x" * (9 << 20), "long_line"), (b'a;b\n1;"' + b"x" * (3 << 20) + b'"\n', "long_cell"),
    (b";".join(b"c%d" % n for n in range(301)), "wide_table"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rows_of(content)
    assert (refused.value.code, bool(refused.value.sentence)) == (code, True)


def test_a_cell_of_a_megabyte_a_nul_byte_three_hundred_columns_and_ragged_rows_are_read() -> None:
    assert len(rows_of(b"a;b\n1;" + b"x" * (1 << 20))[1][1]) == 1 << 20
    assert rows_of(b"a;b\n1\x00;2\n") == [["a", "b"], ["1", "2"]]
    assert len(rows_of(b";".join(b"c%d" % n for n in range(300)))[0]) == 300
    assert rows_of(b"a;b;c\n1\n1;2;3;4\n") == [["a", "b", "c"], ["1"], ["1", "2", "3", "4"]]


def test_what_is_written_is_read_back() -> None:
    rows = [["Имя", "Сумма", "Дата", "Когда", "Да"], ["Иван", 12.5, date(2026, 1, 2), moment(2026, 1, 2, 3, 4), True]]
    again = rows_of(b"".join(write_xlsx(rows, sheet="Клиенты: «все»/[1]", widths=[20])))
    assert again == [rows[0], ["Иван", 12.5, moment(2026, 1, 2), moment(2026, 1, 2, 3, 4), True]]
    assert rows_of(b"".join(write_csv(rows)))[1] == ["Иван", "12.5", "2026-01-02", "2026-01-02 03:04:00", "1"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_text_of_an_export_begins_like_a_formula_and_none_is_lost(texts: list[str]) -> None:
    assert not any(disarm(text).startswith(("=", "+", "-", "@", "\t", "\r")) for text in texts)
    content = b"".join(write_csv([["заголовок"] * len(texts), texts])).decode("utf-8-sig")
    import csv

    found = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    wanted = [disarm(t.replace("\x00", "")).encode("utf-8", "replace").decode() for t in texts]
    assert found[1] == wanted


def test_a_large_export_stays_small_in_memory() -> None:
    import tracemalloc

    tracemalloc.start()
    for write in (write_csv, write_xlsx):
        for _piece in write((["заголовок"] if n == 0 else [f"строка {n}", n]) for n in range(60_000)):
            pass
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_many_rows_and_what_stands_after_them_are_no_endless_row() -> None:
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 9000))
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 9001))
    content = packed("xl/worksheets/sheet1.xml", f"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
        <sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>""")
    assert len(rows_of(content)) == 9000


def leads(*broken: int, note: str = '"Незакрытая кавычка', count: int = 100) -> bytes:
    lines = [f"Имя {n};+7921{n:07};Турция" for n in range(1, count + 1)]
    for n in broken:
        lines[n - 1] = lines[n - 1].replace("Имя", note)
    return "\r\n".join(["Имя;Телефон;Куда", *lines, '"Петров; Иван";"+7 921";"два ""слова"""']).encode()


@pytest.mark.parametrize("broken", [(11,), (1,), (11, 41), (11, 12), (100,), tuple(range(1, 101))])
def test_a_quote_that_is_not_closed_swallows_no_row(broken: tuple[int, ...]) -> None:
    rows = rows_of(leads(*broken))
    assert len(rows) == 102
    assert [row[1] for row in rows[1:101]] == [f"+7921{n:07}" for n in range(1, 101)]
    assert rows[101] == ["Петров; Иван", "+7 921", 'два "слова"']
    assert all(rows[n][0] == f'"Незакрытая кавычка {n}' for n in broken)


def test_a_quote_in_the_heading_and_one_without_an_end_lose_nothing() -> None:
    assert len(rows_of(b'"Name;Phone\n' + b"Ivan;1\n" * 24_000)) == 24_001
    assert len(rows_of(b'a;b\n1;"' + b"x;y\n" * 700_000)) == 700_001


def test_notes_of_many_lines_stay_in_their_cells() -> None:
    note = "\n".join(f"строка {n}; и ещё, слова" for n in range(60))
    rows = rows_of(f'Имя;Заметка\nИван;"{note}"\nПётр;"ООО ""Ромашка"""\n"Анна" Ивановна;х'.encode())
    assert rows == [["Имя", "Заметка"], ["Иван", note], ["Пётр", 'ООО "Ромашка"'], ["Анна Ивановна", "х"]]
