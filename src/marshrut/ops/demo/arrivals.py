"""New inquiries that keep arriving while somebody watches: real HTTP through the public form and the JSON door.

Kept running by the launcher beside the worker; standard library alone. A server that is away is tried again later.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marshrut.ops import tether

from .people import make_somebody
from .talk import draw_source, make_inquiry

_LEAST_PAUSE, _MOST_PAUSE = 15.0, 40.0
_READING_SECONDS = 3.0  # a form sent faster than a person can read waits in quarantine
_KNOWN = 0.3
_KINDS = {"sale": 84, "vague": 7, "spam": 3, "question": 4, "other": 2}


def main() -> None:
    """Send one inquiry after the other until the process is told to end."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the launcher's to handle
    chance = random.Random()
    time.sleep(5)
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):  # the server may be restarting: the next will find it
            send_one(chance, read_letter())
        time.sleep(chance.uniform(_LEAST_PAUSE, _MOST_PAUSE))


def read_letter() -> dict[str, Any]:
    """What the filler left for us: token, form keys by office, clients as [name, phone]."""
    path = Path(os.environ["MARSHRUT_HOME"]) / "secrets" / "demo-arrivals.json"
    return json.loads(path.read_text("utf-8"))  # type: ignore[no-any-return]


def send_one(chance: random.Random, letter: dict[str, Any]) -> int:
    """Send one inquiry by the door its channel uses; the status of the answer."""
    office = chance.choice(sorted(letter["forms"]))
    who = make_somebody(chance, "uk" if office == "podil" else "ru")
    known = chance.choice(letter["clients"]) if letter["clients"] and chance.random() < _KNOWN else None
    source, channel, _worth = draw_source(chance)
    kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
    if kind == "question" and known is None:
        kind = "sale"
    body = make_inquiry(chance, who, office=office, source=source, channel=channel, today=datetime.now(UTC).date(), kind=kind)
    if known:
        body["contact"] = {"name": known[0], "phone": known[1]}
    if channel == "site_form" and source == "site":
        return _send_form(letter["forms"][office], body)
    return _post("/api/v1/inquiries", body, {"Authorization": f"Bearer {letter['token']}"})


def _send_form(key: str, body: dict[str, Any]) -> int:
    """As the site's own script does it: ask for the form's stamp, let somebody read, send."""
    started = str(_get_json(f"/f/{key}").get("started", ""))
    time.sleep(_READING_SECONDS)
    sent: dict[str, Any] = {name: body[name] for name in ("contact", "message", "request", "utm") if name in body}
    return _post(f"/f/{key}", {**sent, "started": started, "consent": "1", "website": ""}, {"Accept": "application/json"})


def _connect() -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", int(os.environ["MARSHRUT_PORT"]), timeout=15)


def _post(path: str, body: dict[str, Any], headers: dict[str, str]) -> int:
    connection = _connect()
    try:
        connection.request("POST", path, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _get_json(path: str) -> dict[str, Any]:
    connection = _connect()
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        return json.loads(connection.getresponse().read())  # type: ignore[no-any-return]
    finally:
        connection.close()


if __name__ == "__main__":
    tether.hold()
    main()
