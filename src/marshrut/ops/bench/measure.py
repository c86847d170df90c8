"""The measuring itself: each operation through real HTTP beside its floor, in the same run, on the same server."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg

from . import floor
from .house import House, memory_of, processes_of
from .idle import wait_until_idle
from .live import live_delays
from .questions import Question, empty_request, questions
from .wire import Wire, rate_of, request_bytes, time_one

_SOUND_ANSWERS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One operation: milliseconds of floor and request, the limit in milliseconds, answers a second at four clients."""

    name: str
    floor: float
    limit: float
    p50: float
    p95: float
    rate: float
    least_rate: float
    sound: int
    asked: int
    failures: int

    @property
    def is_kept(self) -> bool:
        return self.p50 <= self.limit and self.rate >= self.least_rate and self.sound == self.asked and not self.failures


@dataclass(slots=True)
class Measured:
    """Everything a run of the bench found."""

    rows: int
    loaded: str
    select_1: float = 0.0
    lines: list[Line] = field(default_factory=list)
    memory_mb: dict[str, float] = field(default_factory=dict)
    start_seconds: float = 0.0
    settled_seconds: float = 0.0
    stop_seconds: float = 0.0
    page_kb: dict[str, float] = field(default_factory=dict)
    live_p95_ms: float = 0.0

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        for line, kept in zip(told["lines"], self.lines, strict=True):
            line["kept"] = kept.is_kept
        return told


def measure(house: House, owner_url: str, samples: dict[str, Any], token: str, seconds: float, run: str, measured: Measured) -> None:
    """Ask every question of the table; what is found is added to `measured`."""
    with psycopg.connect(owner_url, autocommit=True) as bare:
        bare.prepare_threshold = 0
        empty = [empty_request(token)]
        measured.settled_seconds = wait_until_idle(bare)
        measured.memory_mb["idle"] = _memory(house)
        ear = _line(house.port, Question("empty request (EAR)", empty, floor.NOTHING, lambda _number: {}, 20), bare, 0.0, seconds)
        measured.select_1 = ear.floor
        measured.lines.append(ear)
        for question in questions(samples, token, run):
            wait_until_idle(bare, most_seconds=30)  # what the question before left to do
            measured.lines.append(_line(house.port, question, bare, ear.p50, seconds))
    measured.memory_mb["after"] = _memory(house)
    delays = sorted(live_delays(house.port, samples["cookie"], token, samples["clients"], run))
    measured.live_p95_ms = delays[int(len(delays) * 0.95)] if delays else float("nan")
    measured.page_kb = page_weights(house.port, samples["cookie"])


def _line(port: int, question: Question, bare: psycopg.Connection[Any], ear: float, seconds: float) -> Line:
    """Ask over HTTP between two measurements of the floor, so that both have seen the same machine."""
    sound, asked = _sound(port, question)
    base = _floor(bare, question.statement, question.values, seconds / 2)
    timed = time_one(port, question.requests, seconds, first=asked)
    rate, failures = rate_of(port, question.requests, seconds)
    again = _floor(bare, question.statement, question.values, seconds / 2)
    base = (base + again) / 2
    return Line(question.name, base, ear + question.limit * base, timed.quantile(0.5), timed.quantile(0.95),
                rate, question.least_rate, sound, asked, failures + timed.failures)


def _sound(port: int, question: Question) -> tuple[int, int]:
    """How many of the first answers say what they should, of how many."""
    wire = Wire(port)
    requests = question.requests[: max(1, min(_SOUND_ANSWERS * 6, len(question.requests)))]
    if question.least_rate:
        requests = requests[:_SOUND_ANSWERS]
    sound = sum(question.sound(wire.ask(request)) for request in requests)
    wire.close()
    return sound, len(requests)


def _floor(bare: psycopg.Connection[Any], statement: str, values: Any, seconds: float) -> float:
    """The middle time of the statement alone, prepared, on one connection; ms."""
    times: list[float] = []
    begun = time.perf_counter()
    number = 0
    with bare.cursor() as cursor:
        while number < 20 or time.perf_counter() - begun < seconds:
            parameters = values(number)
            at = time.perf_counter()
            cursor.execute(statement, parameters, prepare=True).fetchall()
            times.append((time.perf_counter() - at) * 1000)
            number += 1
    times.sort()
    return times[len(times) // 2]


def _memory(house: House) -> float:
    pids = processes_of(house.pid, house.home)
    return memory_of([*pids["launcher"], *pids["web"], *pids["worker"]])


def page_weights(port: int, cookie: str) -> dict[str, float]:
    """What a browser loads for a page the first time, in KB as sent: the page and everything of ours it names."""
    return {path: _page_weight(port, path, cookie) for path in ("/", "/inbox?tab=mine", "/board")}


def _page_weight(port: int, path: str, cookie: str) -> float:
    wire = Wire(port)
    headers = {"Cookie": cookie, "Accept-Language": "ru"}
    page = wire.ask(request_bytes("GET", path, headers))
    sent = len(wire.ask(request_bytes("GET", path, {**headers, "Accept-Encoding": "gzip"})).body)
    for asset in sorted(set(_assets(page.body))):
        answer = wire.ask(request_bytes("GET", asset, {"Accept-Encoding": "gzip, br"}))
        sent += len(answer.body)
    wire.close()
    return sent / 1024


def _assets(page: bytes) -> Iterable[str]:
    return (found.decode() for found in re.findall(rb'(?:href|src)="(/static/[^"#]+)', page))
