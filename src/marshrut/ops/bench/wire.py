"""A tiny HTTP client on one kept connection, so that measuring costs as little as it can. Standard library alone."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_WARM_REQUESTS = 8


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes


class Wire:
    """One connection to the server on this machine; opened anew when it breaks."""

    def __init__(self, port: int, timeout: float = 30.0) -> None:
        self._port, self._timeout = port, timeout
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Send one request and read its answer whole. OSError when the connection breaks."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(request)
            return self._read(self._socket)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @staticmethod
    def _read(wire: socket.socket) -> Answer:
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += _more(wire)
        head, body = data[:end], data[end + 4 :]
        status, lower = int(head[9:12]), head.lower()
        if b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += _more(wire)
            return Answer(status, head, _joined(body))
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0
        while len(body) < length:
            body += _more(wire)
        return Answer(status, head, body)


def _more(wire: socket.socket) -> bytes:
    data = wire.recv(262_144)
    if not data:
        raise ConnectionResetError("the server closed the connection")
    return data


def _joined(body: bytes) -> bytes:
    """The bytes of a chunked body."""
    found, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            break
        found, rest = found + rest[:length], rest[length + 2 :]
    return found


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of each request, and how many were answered with another status than the usual ones."""

    times: tuple[float, ...]
    failures: int
    seconds: float

    def quantile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def time_one(port: int, requests: Sequence[bytes], seconds: float, first: int = 0) -> Timed:
    """One client asks one request after the other, in turn from `first`, each as soon as the last was answered."""
    wire, times, failures = Wire(port), list[float](), 0
    turn = _in_turn(requests, first)
    for _ in range(_WARM_REQUESTS):
        wire.ask(next(turn))
    begun = time.perf_counter()
    while (at := time.perf_counter()) - begun < seconds:
        try:
            failures += wire.ask(next(turn)).status >= 400
        except OSError:  # the server broke the connection: a failure like any other, and the next request opens a new one
            failures += 1
        times.append((time.perf_counter() - at) * 1000)
    wire.close()
    return Timed(tuple(times), failures, time.perf_counter() - begun)


def _in_turn(requests: Sequence[bytes], first: int) -> Iterator[bytes]:
    number = first
    while True:
        yield requests[number % len(requests)]
        number += 1


def rate_of(port: int, requests: Sequence[bytes], seconds: float, clients: int = 4) -> tuple[float, int]:
    """Answers a second with so many clients at once, each a process of its own; and how many failed."""
    share = max(1, len(requests) // clients)
    context = multiprocessing.get_context("fork")
    with context.Pool(clients) as pool:
        done = pool.starmap(time_one, [(port, requests, seconds, share * number) for number in range(clients)])
    return sum(len(one.times) / one.seconds for one in done), sum(one.failures for one in done)
