"""``./marshrut bench import``: a file of many leads goes in as history while the site is in use, and comes out again."""

from __future__ import annotations

import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from marshrut.ops import databases, homes

from .house import House, bench_home, command, memory_of, processes_of, running
from .patterns_wire import draw_body
from .wire import Wire, request_bytes

LIMIT_SECONDS = 300.0  # for a hundred thousand rows
_PEOPLE = 20_000  # who are in the home already
_PATIENCE_SECONDS = 3600.0
_PAUSE = 0.1  # seconds between two requests of one visitor: twenty visitors of a second in all
_VISITORS = 2


def import_many(rows: int) -> int:
    """Bring in so many rows, take them out again, say how long each took; 0 when it was fast enough."""
    home = bench_home()
    command(home, str(_PEOPLE), module="marshrut.ops.bench.seeded")
    token = command(home, "token", "import")
    with running(home) as house, databases.opened(home) as found, psycopg.connect(found.owner_url, autocommit=True) as watching:
        visits = _Visits(house, token)
        run_id = int(command(home, "hand-in", str(rows), module="marshrut.ops.bench.imports"))
        checked = _until(watching, run_id, "checked")
        visits.start()
        command(home, "start", str(run_id), module="marshrut.ops.bench.imports")
        brought = _until(watching, run_id, "done")
        memory = memory_of(processes_of(house.pid, home)["worker"])
        slowest = visits.stop()
        made = watching.execute("select made from intake_importrun where id = %s", [run_id]).fetchone()
        command(home, "undo", str(run_id), module="marshrut.ops.bench.imports")
        taken = _until(watching, run_id, "undone")
    seconds = brought * 100_000 / rows
    print(f"{made[0] if made else 0} of {rows} rows: checked in {checked:.1f} s, brought in as history in {brought:.1f} s with the "
          f"site in use ({visits.number} requests meanwhile, median {slowest[0]:.0f} ms, 95 % within {slowest[1]:.0f} ms), "
          f"taken out in {taken:.1f} s; worker {memory:.0f} MB. Limit: {LIMIT_SECONDS:.0f} s for 100,000.")  # fmt: skip
    return 0 if seconds <= LIMIT_SECONDS and made and made[0] == rows else 1


def _until(watching: psycopg.Connection, run_id: int, state: str) -> float:
    """Seconds until the run is in that state; how far it is, is said on stderr."""
    begun = time.monotonic()
    while time.monotonic() - begun < _PATIENCE_SECONDS:
        row = watching.execute("select state, position, problem from intake_importrun where id = %s", [run_id]).fetchone()
        if row is None or row[0] in ("failed", "stopped") or row[2]:
            raise databases.PostgresError(f"The import came to a stop: {row}")
        if row[0] == state:
            return time.monotonic() - begun
        print(f"{row[0]} {row[1]}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        time.sleep(0.5)
    raise databases.PostgresError("The import does not end.")


class _Visits:
    """People at work meanwhile: one reads the board and the inbox, one sends inquiries."""

    def __init__(self, house: House, token: str) -> None:
        self._house, self._head = house, {"Authorization": f"Bearer {token}"}
        self._enough, self._took = threading.Event(), list[float]()
        self._threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(_VISITORS)]

    @property
    def number(self) -> int:
        return len(self._took)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> tuple[float, float]:
        """Median and the bound of 95 per cent, in ms."""
        self._enough.set()
        for thread in self._threads:
            thread.join(30)
        if len(self._took) < 2:
            return 0.0, 0.0
        return statistics.median(self._took), statistics.quantiles(self._took, n=20)[-1]

    def _visit(self, number: int) -> None:
        wire, chance, sent = Wire(self._house.port, timeout=30), random.Random(number), 0
        while not self._enough.is_set():
            sent += 1
            if number:
                body = json.dumps(draw_body(chance, f"visit{time.time():.0f}-{sent}")).encode()
                request = request_bytes("POST", "/api/v1/inquiries", self._head, body)
            else:
                request = request_bytes("GET", ("/api/v1/board", "/api/v1/inquiries")[sent % 2], self._head)
            begun = time.perf_counter()
            wire.ask(request)
            self._took.append(1000 * (time.perf_counter() - begun))
            time.sleep(_PAUSE)
        wire.close()


def make_file(rows: int, seed: int) -> Iterator[bytes]:
    """A file of leads as agencies have them: names, phones, most with a date, a source and an outcome; some come twice."""
    from marshrut.ops.demo.people import make_somebody

    chance = random.Random(seed)
    people = [make_somebody(chance, "ru") for _n in range(2_000)]
    yield "Номер;ФИО;Телефон;E-mail;Дата обращения;Источник;Комментарий;Страна;Взрослых;Бюджет;Статус\r\n".encode()
    for number in range(rows):
        somebody, own = people[number % len(people)], chance.randrange(int(rows * 0.9) + 1)
        cells = (
            f"{seed}-{number}", somebody.name, f"8 9{own % 100:02} {own // 100:07}", f"lead{own}@mail.example" if number % 2 else "",
            f"{number % 28 + 1:02}.{number % 12 + 1:02}.{2019 + number % 6} {number % 24:02}:{number % 60:02}",
            ("Сайт", "Выставка", "Instagram", "Рекомендация")[number % 4], "Хотят к морю, двое взрослых, отель с бассейном",
            ("Турция", "Египет", "Вьетнам", "Таиланд")[number % 4], "2", f"{100 + number % 200} 000",
            ("Продажа", "Отказ", "Отказ")[number % 3],
        )
        yield (";".join(cells) + "\r\n").encode()


def act(what: str, number: int) -> int:
    """Inside the home: hand a file in and have it checked, start it, or take it out."""
    from marshrut.agency.permissions import EVERYTHING, Actor
    from marshrut.core.clock import utc_now
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_runs import check_run, create_run, start_run, undo_run

    by, now = Actor("system", 0, "bench", reach="all", scopes=EVERYTHING), utc_now()
    if what == "hand-in":
        content = make_file(number, int(now.timestamp()))
        run_id = create_run(pieces=content, file_name="bench.csv", mode="history", office_id=None, by=by, now=now)
        kept = ImportRun.objects.get(pk=run_id).mapping
        check_run(run_id=run_id, targets=kept["targets"], words=kept["words"], day_first=True, currency="RUB", source_slug="",
                  by=by, now=now)  # fmt: skip
        return run_id
    {"start": start_run, "undo": undo_run}[what](run_id=number, by=by, now=now)
    return number


if __name__ == "__main__":
    with databases.at_work(Path(homes.chosen_home())):
        print(act(sys.argv[1], int(sys.argv[2])))
