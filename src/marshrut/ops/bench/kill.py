"""``./marshrut bench kill``: every process of ours is killed with -9 in turn while inquiries come in; then all are counted."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import psycopg

from marshrut.ops import databases

from .house import House, bench_home, command, environ_of, processes_of, running
from .patterns_wire import draw_body
from .wire import Wire, request_bytes

_SENDERS = 2
_CALM_SECONDS = 1.5  # between two deaths
_TURN = ("web", "worker", "web", "postgres", "launcher")
_PATIENCE_SECONDS = 60.0
_LEAST_ROWS = 2_000


def kill_all(times: int) -> int:
    """Kill each kind so many times; 0 when nothing acknowledged was lost or doubled and every promise holds."""
    home = bench_home()
    command(home, str(_LEAST_ROWS), module="marshrut.ops.bench.seeded")
    token = command(home, "token", "kill")
    run = f"kill{time.time():.0f}"
    with running(home) as house:
        sending = multiprocessing.get_context("fork")
        enough = sending.Event()
        journals = [home / "logs" / f"{run}-{number}.jsonl" for number in range(_SENDERS)]
        senders = [sending.Process(target=send, args=(house.port, token, f"{run}-{number}", journal, enough))
                   for number, journal in enumerate(journals)]
        for sender in senders:
            sender.start()
        killed = _reap_havoc(house, times)
        time.sleep(2)
        enough.set()
        for sender in senders:
            sender.join(_PATIENCE_SECONDS)
        faults = count_faults(home, journals)
    print(", ".join(f"{name} {number}×" for name, number in killed.items()) + " killed with -9")
    print("\n".join(faults) if faults else "Every acknowledged inquiry exists exactly once.")
    doctor = subprocess.run([sys.executable, "-P", "-m", "marshrut.ops", "doctor"], env=environ_of(home), check=False)
    return 1 if faults or doctor.returncode else 0


def _reap_havoc(house: House, times: int) -> dict[str, int]:
    chance, killed = random.Random(9), dict.fromkeys(dict.fromkeys(_TURN), 0)
    for number in range(times * len(killed)):
        kind = list(killed)[number % len(killed)]
        pids = processes_of(house.pid, house.home)[kind]
        for pid in [chance.choice(pids)] if pids else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed[kind] += 1
        if kind == "launcher":
            house.reap()
            house.start()
        time.sleep(_CALM_SECONDS)
        _wait_until_ready(house)
        print(f"{number + 1} of {times * len(killed)}: {kind}", file=sys.stderr, flush=True)
    return killed


def _wait_until_ready(house: House) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not house.is_ready() and time.monotonic() < deadline:
        time.sleep(0.1)


def send(port: int, token: str, run: str, journal: Path, enough: Event) -> None:
    """Send inquiries; one that was not acknowledged is sent again under the same id. Acknowledged ones are written down."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    chance, wire, number = random.Random(run), Wire(port, timeout=10), 0
    with journal.open("w", encoding="utf-8") as kept:
        while not enough.is_set():
            body = draw_body(chance, f"{run}-{number}")
            request = request_bytes("POST", "/api/v1/inquiries", {"Authorization": f"Bearer {token}"},
                                    json.dumps(body, ensure_ascii=False).encode())
            number += 1
            while not enough.is_set():
                try:
                    answer = wire.ask(request)
                except (OSError, ValueError):
                    time.sleep(0.05)
                    continue
                if answer.status in (200, 201, 202):
                    line = {"id": json.loads(answer.body)["id"], "source": body["source"], "external_id": body["external_id"]}
                    kept.write(json.dumps(line) + "\n")
                    break
                time.sleep(0.1)


def count_faults(home: Path, journals: list[Path]) -> list[str]:
    """What is wrong with acknowledged inquiries, as sentences; and how many there were."""
    lines = [json.loads(line) for journal in journals for line in journal.read_text("utf-8").splitlines()]
    with databases.opened(home) as found, psycopg.connect(found.owner_url) as bare:
        faults = [fault for line in lines if (fault := _fault(bare, line))]
    print(f"{len(lines)} inquiries were acknowledged.")
    if not lines:
        faults.append("No inquiry was acknowledged at all.")
    return faults


def _fault(bare: psycopg.Connection[Any], line: dict[str, Any]) -> str:
    rows = bare.execute(
        """select r.id, i.raw_id is not null or r.state = 'quarantined',
               coalesce(not d.is_open or (num_nonnulls(d.owner_id, d.queue_id) = 1 and exists (
                   select from journal_task t where t.dossier_id = d.id and t.state = 'pending')), r.state = 'quarantined')
           from channels_rawmessage r left join intake_inquiry i on i.raw_id = r.id
           left join journal_dossier d on d.id = i.dossier_id
           where r.source_slug = %s and r.external_id = %s and r.state <> 'repeat'""",
        [line["source"], line["external_id"]],
    ).fetchall()
    if len(rows) != 1:
        return f"{line['external_id']}: acknowledged as {line['id']}, there {len(rows)} times"
    (number, is_known, is_cared_for), = rows
    if number != line["id"] or not is_known:
        return f"{line['external_id']}: acknowledged as {line['id']}, stored as {number}"
    return "" if is_cared_for else f"{line['external_id']}: nobody's, or without a next action"
