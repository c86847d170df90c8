"""``./marshrut bench duplicates [FILE …]``: how well, and how fast, people known twice are found.

Files are in the form of FEBRL, the usual measure of record linkage: a header, and who is whose double in `rec_id`
(rec-12-org, rec-12-dup-0). Columns may stand in any order and be missing, be called otherwise (first_name, city …), and hold what
the form has not: a patronymic, an e-mail. The identity number is not read: nobody tells it to a travel agency.
"""

from __future__ import annotations

import csv
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from marshrut.clients.rules import Record, find_pairs, make_record
from marshrut.ops.bench.people_twice import People, make_people

_REC_ID = re.compile(r"rec-(\d+)-(?:org|dup-?\d*)", re.IGNORECASE)
_COLUMNS = {
    "given_name": ("first_name", "forename"), "surname": ("last_name", "family_name"), "patronymic": ("middle_name",),
    "date_of_birth": ("birth_date", "born_on", "born", "dob"), "age": (), "phone_number": ("phone", "mobile"), "email": ("e_mail", "mail"),
    "street_number": ("house",), "address_1": ("street", "address"), "address_2": (), "suburb": ("city", "town", "place"),
    "postcode": ("postal_code", "zip"), "state": ("region",),
}  # fmt: skip
"""What is read, and other names it goes by."""
_ADDRESS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_SAMPLE = 4096  # characters, to tell by which sign columns are parted
LEAST_RECALL, LEAST_PRECISION = 0.90, 0.98
SECONDS = 60.0  # for a hundred thousand people, on one core


class UnreadableFile(Exception):
    """A file that is not in the form; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was found against what is true, in pairs; seconds are of the processor."""

    name: str
    people: int
    true_pairs: int
    found: int
    right: int
    seconds: float
    compared: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true_pairs if self.true_pairs else 1.0

    @property
    def f(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def is_kept(self) -> bool:
        in_time = self.seconds <= SECONDS * max(1.0, self.people / 100_000)
        return self.recall >= LEAST_RECALL and self.precision >= LEAST_PRECISION and in_time


def measure_duplicates(files: Sequence[Path], people: int, seed: int) -> int:
    """Print a line for every file (for those without doubles of their own, one together); 0 when the promise is kept by all."""
    try:
        sets = together([(path.name, read_febrl(path)) for path in files]) if files else [_made(people, seed)]
    except UnreadableFile as problem:
        print(f"marshrut: {problem}", file=sys.stderr)
        return 1
    print(f"{'set':<28} {'people':>8} {'compared':>10} {'true':>7} {'found':>7} {'right':>7} "
          f"{'precision':>9} {'recall':>7} {'F':>7} {'CPU s':>7}")  # fmt: skip
    scores = [score(name, found) for name, found in sets]
    for one in scores:
        print(f"{one.name[:28]:<28} {one.people:>8} {one.compared:>10} {one.true_pairs:>7} {one.found:>7} {one.right:>7} "
              f"{one.precision:>9.4f} {one.recall:>7.4f} {one.f:>7.4f} {one.seconds:>7.2f}")  # fmt: skip
    if not files:
        print("The set was made here: Russian and Ukrainian names with the mistakes people make. Name files in the form of FEBRL "
              "(rec_id, given_name, surname …) to measure by those.")  # fmt: skip
    return 0 if all(one.is_kept for one in scores) else 1


def _made(people: int, seed: int) -> tuple[str, People]:
    return f"made here, seed {seed}", make_people(people, seed)


def score(name: str, people: People) -> Score:
    """Look for doubles, then look at the truth."""
    began = time.process_time()
    search = find_pairs([record for _who, record in people], _show if sys.stderr.isatty() else None)
    seconds = time.process_time() - began
    true_pairs = sum(number * (number - 1) // 2 for number in Counter(who for who, _record in people).values())
    right = sum(people[pair.one][0] == people[pair.two][0] for pair in search.doubles)
    return Score(name, len(people), true_pairs, len(search.doubles), right, seconds, search.compared)


def _show(done: int, of: int) -> None:
    print(f"\r{done * 100 // max(of, 1):>3} %", end="" if done < of else "\r    \r", file=sys.stderr, flush=True)


def together(sets: Sequence[tuple[str, People]]) -> list[tuple[str, People]]:
    """Files that hold each person once (such as FEBRL 4a and 4b) are one set; the others stand by themselves."""
    single = [one for one in sets if max(Counter(who for who, _record in one[1]).values(), default=0) < 2]
    if len(single) < 2:
        return list(sets)
    joined = [somebody for _name, people in single for somebody in people]
    return [one for one in sets if one not in single] + [(" + ".join(name for name, _people in single), joined)]


def read_febrl(path: Path) -> People:
    """The people of a file; columns may be missing and stand in any order. UnreadableFile when it is not in the form."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline(_SAMPLE)
            file.seek(0)
            reader = csv.DictReader(file, skipinitialspace=True, delimiter=max(",;\t", key=head.count))
            names = [_column(name or "") for name in reader.fieldnames or ()]
            if "rec_id" not in names:
                raise UnreadableFile(f"{path}: there is no column rec_id; a file in the form of FEBRL has one.")
            reader.fieldnames = names
            return _read(path, reader)
    except OSError as problem:
        raise UnreadableFile(f"{path}: {problem.strerror}.") from problem
    except (UnicodeDecodeError, csv.Error) as problem:
        raise UnreadableFile(f"{path}: this is not a CSV file in UTF-8.") from problem


def _read(path: Path, rows: Iterable[dict[str, str]]) -> People:
    people: People = []
    for number, row in enumerate(rows, 2):
        who = _REC_ID.fullmatch((row.get("rec_id") or "").strip())
        if who is None:
            raise UnreadableFile(f"{path}, line {number}: rec_id is “{row.get('rec_id')}”, not such as rec-12-org or rec-12-dup-0.")
        people.append((int(who.group(1)), _record(len(people), row)))
    if not people:
        raise UnreadableFile(f"{path}: there is nobody in it.")
    return people


def _column(heading: str) -> str:
    name = "_".join(heading.lower().replace("-", " ").split())
    return next((known for known, others in _COLUMNS.items() if name in others), name)


def _record(place: int, row: dict[str, str]) -> Record:
    def of(name: str) -> str:
        return (row.get(name) or "").strip()

    born = of("date_of_birth")
    if parts := _DAY_FIRST.fullmatch(born):
        born = f"{parts[3]}{parts[2]:0>2}{parts[1]:0>2}"
    phone = "".join(filter(str.isdigit, of("phone_number")))[-10:]  # with or without the country's code
    return make_record(place, given=of("given_name"), surname=of("surname"), patronymic=of("patronymic"), born=born, age=of("age"),
                       phones=[phone], emails=[of("email")], address=[of(name) for name in _ADDRESS])  # fmt: skip
