"""Whether two records are one person: names in any spelling, slips, families, and what a base teaches by itself."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.clients.rules import DELIVERED, FIELDS, Record, compare, find_pairs, judge_pair, keys_of, make_record
from marshrut.ops.bench.duplicates import UnreadableFile, read_febrl, score, together
from marshrut.ops.bench.people_twice import make_people

PEOPLE = Path(__file__).resolve().parents[5] / "shared" / "data" / "people"


def levels(one: Record, two: Record) -> dict[str, int]:
    return {name: level for name, level in zip(FIELDS, compare(one, two), strict=True) if level}


@pytest.mark.parametrize(
    ("one", "two", "far"),
    [
        (("Иван", "Шевченко"), ("Ivan", "Shevchenko"), (1, 1)),
        (("Юлия", "Щербакова"), ("Yuliya", "Shcherbakova"), (1, 1)),
        (("Сергій", "Ковальчук"), ("Сергей", "Ковальчук"), (2, 1)),
        (("Саша", "Белова"), ("Александра", "Белова"), (2, 1)),
        (("Марина", "Соколова"), ("Марина", "Соклова"), (1, 2)),
        (("Марина", "Соколова"), ("Соколова", "Марина"), (2, 2)),
        (("Марина", "Соколова"), ("Пётр", "Соколов"), (4, 2)),  # of one family, not one person
        (("Марина", "Соколова"), ("М", "Соколова"), (3, 1)),
        (("Игорь", "Ли"), ("Игорь", "Ян"), (1, 4)),
    ],
)
def test_names_agree_as_people_write_them(one: tuple[str, str], two: tuple[str, str], far: tuple[int, int]) -> None:
    found = levels(make_record(1, given=one[0], surname=one[1]), make_record(2, given=two[0], surname=two[1]))
    assert (found["given"], found["surname"]) == far


@pytest.mark.parametrize(("one", "two", "level"), [("1985-03-07", "19850307", 1), ("1985-03-07", "1985-07-03", 2),
    ("1985-03-07", "1985-03-17", 2), ("1985-03-07", "1958-03-07", 2), ("1985-03-07", "1990-03-07", 3), ("1985-03-07", "1986-04-07", 3), ("1985-03-07", "1961-12-25", 4)])  # fmt: skip
def test_dates_of_birth_agree_but_for_a_slip(one: str, two: str, level: int) -> None:
    assert levels(make_record(1, born=one), make_record(2, born=two)) == {"born": level}


def test_whoever_says_nothing_agrees_and_disagrees_in_nothing() -> None:
    assert levels(make_record(1), make_record(2, given="Иван", born="1985")) == {}


names = st.sampled_from(["Иван", "Ivan", "Белова", "Bielova", "Соколов", "", "Мар'яна", "Li", "Ёлкин-Палкин", "李"])
records = st.builds(make_record, st.integers(1, 99), given=names, surname=names, patronymic=names,
                    born=st.sampled_from(["", "19850307", "19850703", "1985", "x"]), phones=st.lists(st.sampled_from(["+79161112233", "0"]), max_size=2))  # fmt: skip


@given(records, records)
def test_it_makes_no_difference_who_comes_first(one: Record, two: Record) -> None:
    assert compare(one, two) == compare(two, one)
    verdict = judge_pair(one, two, DELIVERED)
    assert 0 <= verdict.same <= 1
    assert 0 <= verdict.household <= 1


@given(records)
def test_everybody_is_like_themselves(one: Record) -> None:
    assert set(compare(one, one)) <= {0, 1, 2, 3, 4}
    assert keys_of(one) == keys_of(one)


def test_a_family_with_one_number_is_a_household_and_not_one_person() -> None:
    anna = make_record(1, given="Анна", surname="Белова", phones=["+79161112233"], born="19850307")
    petr = make_record(2, given="Пётр", surname="Белов", phones=["+79161112233"], born="19830112")
    verdict = judge_pair(anna, petr, DELIVERED)
    assert verdict.household > 0.9 > 0.1 > verdict.same


def test_a_rare_name_says_more_than_a_frequent_one() -> None:
    given = ("Иван", "Пётр", "Егор", "Олег", "Глеб", "Илья")
    people = [make_record(n, given=given[n % 6], surname="Иванов", born=f"19{n:02}0101") for n in range(60)]
    people += [make_record(60 + n, given="Мирослава" if n < 2 else "Анна", surname="Вовкулака" if n < 2 else f"Зима{n}") for n in range(40)]
    people += [make_record(200, given="Иван", surname="Иванов")]
    found = {frozenset((people[pair.one].id, people[pair.two].id)) for pair in find_pairs(people).doubles}
    assert frozenset((60, 61)) in found
    assert not any(200 in pair for pair in found)


def test_two_of_one_name_with_other_fathers_are_two_people_however_rare_the_name() -> None:
    people = [record for _who, record in make_people(3000, 5)]
    ways = (("+79161112233", "a@x.ru"), ("+380671234567", "m@y.ru"))
    two = [make_record(9000 + n, given="Мирослава", surname="Вовкулака", patronymic=father, phones=[phone], emails=[email])
           for n, (father, (phone, email)) in enumerate(zip(("Петровна", "Игоревна"), ways, strict=True))]  # fmt: skip
    found = find_pairs([*people, *two])
    assert not any({pair.one, pair.two} == {3000, 3001} for pair in found.doubles)
    assert judge_pair(*two, found.weights).same < 0.5
    assert judge_pair(*two, DELIVERED).same < 0.1


def test_two_who_are_both_like_a_third_are_one_person_too() -> None:
    base = [record for _who, record in make_people(600, 5)]
    told = [
        make_record(1, given="Мирослава", surname="Вовкулака", born="19850307", phones=["+79161112233"], emails=["m@example.com"]),
        make_record(2, given="Мирослава", surname="Вовкулака", born="19850307"),
        make_record(3, given="Мирослава", phones=["+79161112233"], emails=["m@example.com"]),
    ]
    found = find_pairs([*base, *told])
    assert {(600, 601), (600, 602), (601, 602)} <= {(pair.one, pair.two) for pair in found.doubles}


def test_a_record_that_might_be_either_of_two_does_not_make_them_one() -> None:
    base = [record for _who, record in make_people(600, 5)]
    house = ["64", "Садовая", "", "Полтава", "36000", ""]
    told = [
        make_record(1, given="Мирослава", surname="Вовкулака", born="19850307", phones=["+79161112233"], address=house),
        make_record(2, given="Остап", surname="Вовкулака", born="19610215", phones=["+79161112233"], address=house),
        make_record(3, surname="Вовкулака", phones=["+79161112233"], address=house),
    ]
    found = {(pair.one, pair.two) for pair in find_pairs([*base, *told]).doubles}
    assert (600, 601) not in found


def test_a_made_base_keeps_the_promise_and_is_the_same_for_the_same_seed() -> None:
    found = score("made", make_people(2000, 3))
    assert found.recall >= 0.97
    assert found.precision >= 0.98
    assert score("again", make_people(2000, 3)).found == found.found


def test_nobody_and_one_person_have_no_double() -> None:
    assert find_pairs([]).doubles == ()
    assert find_pairs([make_record(1, given="Иван")]).doubles == ()


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_files_are_read_with_whatever_columns_they_have_and_never_by_the_identity_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [
        {"surname": "white", "rec_id": "rec-1-org", "soc_sec_id": "7", "age": "30"}, {"surname": "white", "rec_id": "rec-1-dup-0", "soc_sec_id": "7", "age": "x"}])  # fmt: skip
    people = read_febrl(path)
    assert [who for who, _record in people] == [1, 1]
    assert levels(people[0][1], people[1][1]) == {"surname": 1}


def test_columns_may_be_called_otherwise_parted_otherwise_and_hold_what_the_form_has_not(tmp_path: Path) -> None:
    path = tmp_path / "ru.csv"
    path.write_text("Last Name;rec_id;first_name;middle name;birth date;phone;E-mail;city\n"
                    "Вовкулака;rec-1-org;Мирослава;Петровна;07.03.1985;+380 67 123-45-67;M@example.com;Полтава\n"
                    "Vovkulaka;rec-1-dup-0;Myroslava;;1985-03-07;067 123 45 67;m@example.com;Poltava\n", encoding="utf-8-sig")  # fmt: skip
    (_one, first), (_two, second) = read_febrl(path)
    assert levels(first, second) == {"given": 1, "surname": 1, "born": 1, "phones": 1, "emails": 1, "place": 1}
    assert first.patronymic


@pytest.mark.parametrize("text", ["", "name\nx\n", "rec_id\n", "rec_id,surname\nperson 1,white\n", "rec_id\n\x00\n"])
def test_a_file_that_is_none_gets_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=r"bad\.csv"):
        read_febrl(path)


def test_two_files_that_hold_each_person_once_are_measured_together() -> None:
    a, b = make_people(10, 1)[:2], make_people(10, 2)[:2]
    single = [("4a", [(1, a[0][1]), (2, a[1][1])]), ("4b", [(1, b[0][1])]), ("1", [(5, a[0][1]), (5, a[1][1])])]
    assert [name for name, _people in together(single)] == ["1", "4a + 4b"]


@pytest.mark.shared_data
@pytest.mark.skipif(not PEOPLE.exists(), reason="runs for the team only: its lists of people do not come with the project")
@pytest.mark.parametrize("name", ["dataset1.csv", "dataset2.csv"])
def test_febrl_keeps_the_promise(name: str) -> None:
    found = score(name, read_febrl(PEOPLE / name))
    assert found.recall >= 0.98
    assert found.precision >= 0.99
