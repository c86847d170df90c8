"""How long a new inquiry takes to its owner's open page: from the sending of the request to the event in the stream."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

from .wire import Wire, request_bytes

_EVENT = re.compile(rb"data: (\{[^\n]*\})")
_PAUSE = 0.06
_PATIENCE_SECONDS = 5.0


class Stream(threading.Thread):
    """One open page: notes when each inquiry was told."""

    def __init__(self, port: int, cookie: str) -> None:
        super().__init__(daemon=True)
        self.told: dict[int, float] = {}
        self._socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
        self._socket.sendall(request_bytes("GET", f"/events?since={time.time()}", {"Cookie": cookie, "Accept": "text/event-stream"}))
        self.head = self._socket.recv(4096)

    def run(self) -> None:
        waiting = b""
        while True:
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            at, waiting = time.perf_counter(), waiting + data
            for found in _EVENT.finditer(waiting):
                event = json.loads(found.group(1))
                if event.get("kind") == "inquiry":
                    self.told.setdefault(int(event["id"]), at)
            waiting = waiting[waiting.rfind(b"\n") + 1 :]

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def live_delays(port: int, cookie: str, token: str, phones: Sequence[str], run: str) -> list[float]:
    """Milliseconds for each of these clients of one manager who write again; infinite where nothing was told."""
    stream, wire = Stream(port, cookie), Wire(port)
    stream.start()
    sent: dict[int, float] = {}
    for number, phone in enumerate(phones):
        at = time.perf_counter()
        told = _send(wire, token, phone, f"{run}-live-{number}")
        sent[int(told["id"])] = at
        time.sleep(_PAUSE)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not set(sent) <= set(stream.told) and time.monotonic() < deadline:
        time.sleep(0.02)
    stream.close()
    return [(stream.told.get(number, float("inf")) - at) * 1000 for number, at in sent.items()]


def _send(wire: Wire, token: str, phone: str, external_id: str) -> dict[str, Any]:
    body = {"channel": "phone", "source": "phone", "external_id": external_id, "contact": {"phone": phone},
            "message": "Хочу ещё раз в Турцию"}
    answer = wire.ask(request_bytes("POST", "/api/v1/inquiries", {"Authorization": f"Bearer {token}"},
                                    json.dumps(body, ensure_ascii=False).encode()))
    return json.loads(answer.body)  # type: ignore[no-any-return]
