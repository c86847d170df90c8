"""The operations that are measured: the requests of each, its floor, and how far from the floor it may be."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from marshrut.ops.demo.people import spell_phone

from . import floor
from .patterns_wire import draw_body
from .wire import Answer, request_bytes

_LISTED = ("site", "phone", "yandex-direct")
_INTAKE_BODIES = 40_000


@dataclass(frozen=True)
class Question:
    """One operation. `limit` times the floor may be added to an empty request; `sound` looks at one answer."""

    name: str
    requests: Sequence[bytes]
    statement: str
    values: Callable[[int], dict[str, Any]]
    limit: float
    least_rate: float = 0
    sound: Callable[[Answer], bool] = lambda answer: answer.status < 300


def empty_request(token: str) -> bytes:
    """EAR: token and rights are checked, nothing is read."""
    return request_bytes("GET", "/api/v1/ping", _auth(token))


def _auth(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def questions(samples: dict[str, Any], token: str, run: str) -> list[Question]:
    """All operations of the table, asked about these samples."""
    owner, people = samples["owner"], [tuple(person) for person in samples["people"]]
    return [_intake(samples, token, run), *_lists(samples, token), _phones(people, token), *_names(people, token),
            *_sums(owner, token), *_reports(samples["overseer"], token)]


def _intake(samples: dict[str, Any], token: str, run: str) -> Question:
    chance = random.Random(run)
    bodies = (json.dumps(draw_body(chance, f"{run}-{number}"), ensure_ascii=False).encode() for number in range(_INTAKE_BODIES))
    requests = [request_bytes("POST", "/api/v1/inquiries", _auth(token), body) for body in bodies]
    note = "Хотим на море на 7 ночей, двое взрослых, бюджет до 200 000 ₽."

    def values(number: int) -> dict[str, Any]:
        return {"digits": f"7999{chance.randrange(10**7):07}", "manager": samples["owner"], "note": note}

    return Question("intake, the whole chain", requests, floor.INTAKE, values, 20, 300, is_planned)


def is_planned(answer: Answer) -> bool:
    """The inquiry is somebody's, or stands in a named queue, and something is planned."""
    if answer.status != 201:
        return False
    told = json.loads(answer.body)
    return bool(told.get("owner") or told.get("queue")) and bool(told.get("next_action"))


def _lists(samples: dict[str, Any], token: str) -> list[Question]:
    query = urlencode([("state", "open"), ("owner", samples["owner"]), *(("source", slug) for slug in _LISTED), ("limit", 50)])

    def values(_number: int) -> dict[str, Any]:
        return {"manager": samples["owner"]}

    return [
        Question("50 newest of a manager, JSON", [request_bytes("GET", f"/api/v1/inquiries?{query}", _auth(token))], floor.LIST,
                 values, 12, sound=lambda answer: answer.status == 200 and len(json.loads(answer.body)["items"]) == 50),
        *(Question(f"{name}, page", [_page(path, samples[who])], floor.LIST, values, 60, sound=_has_fifty) for name, path, who in _PAGES),
    ]  # fmt: skip


_PAGES = (
    ("50 newest of a manager", "/inbox?tab=mine&order=newest", "cookie"),
    ("50 in a manager's order of work", "/inbox?tab=mine", "cookie"),
    ("50 of a manager's inquiries", "/lists/inquiries", "cookie"),
    ("50 of a manager's deals", "/lists/deals", "cookie"),
    ("50 of a manager's clients", "/clients", "cookie"),
    ("50 of everybody's inquiries", "/lists/inquiries", "overseer"),
    ("50 of everybody's deals", "/lists/deals", "overseer"),
    ("50 of everybody's clients", "/clients", "overseer"),
)
"""Pages that list, and whose session opens them: a manager's, or that of somebody who sees everything."""


def _page(path: str, cookie: str) -> bytes:
    return request_bytes("GET", path, {"Cookie": cookie, "Accept": "text/html", "Accept-Language": "ru"})


def _has_fifty(answer: Answer) -> bool:
    """The whole page with fifty rows on it."""
    return answer.status == 200 and b"</html>" in answer.body and answer.body.count(b" data-row ") == 50


def _search(token: str, text: str) -> bytes:
    return request_bytes("GET", f"/api/v1/search?q={quote(text)}", _auth(token))


def _finds(answer: Answer) -> bool:
    return answer.status == 200 and bool(json.loads(answer.body)["items"])


def _phones(people: list[tuple[Any, ...]], token: str) -> Question:
    asked = [spell_phone(person[3], way) for person in people for way in range(6)]
    return Question("person by phone, six spellings", [_search(token, text) for text in asked], floor.PHONE,
                    lambda number: {"tail": people[number % len(people)][3][-10:]}, 12, sound=_finds)


def _names(people: list[tuple[Any, ...]], token: str) -> list[Question]:
    surnames = [person[1] for person in people if len(person[1]) >= 6]
    parts = [surname[:6].lower() for surname in surnames]
    asked = [text for part in parts for text in (part, part.replace("ё", "е"))]
    pairs = [text for person in people for text in (f"{person[1]} {person[2]}", f"{person[2]} {person[1]}".replace("ё", "е"))]

    def values(number: int) -> dict[str, Any]:
        return {"part": parts[number % len(parts)]}

    return [
        Question("person by part of a name", [_search(token, text) for text in asked], floor.NAME, values, 6, sound=_finds),
        Question("person by both names, either order", [_search(token, text) for text in pairs], floor.NAME, values, 6, sound=_finds),
    ]


def _sums(owner: int, token: str) -> list[Question]:
    until = datetime.now(UTC).date()
    span = urlencode({"from": until - timedelta(days=3 * 365), "to": until})
    headers = _auth(token)
    return [
        Question("board of one manager, 100 a column",
                 [request_bytes("GET", f"/api/v1/board?funnel=office&owner={owner}&cards=100", headers)],
                 floor.BOARD, lambda _number: {"manager": owner}, 40),
        Question("counts and sums by stage, all open", [request_bytes("GET", "/api/v1/board?funnel=office&cards=0", headers)],
                 floor.STAGES, lambda _number: {}, 1),
        Question("source × conversion, three years", [request_bytes("GET", f"/api/v1/reports/source-conversion?{span}", headers)],
                 floor.REPORT, lambda _number: {}, 0.3),
    ]  # fmt: skip


def _reports(cookie: str, token: str) -> list[Question]:
    """Reports of a year over everything, beside the middle answer by manager asked of two bare tables."""
    page = {"Cookie": cookie, "Accept": "text/html", "Accept-Language": "ru"}
    return [
        Question("response times of a year", [request_bytes("GET", "/api/v1/reports/answers?period=365d", _auth(token))],
                 floor.ANSWERS, lambda _number: {}, 3),
        Question("overview of a year, page", [request_bytes("GET", "/reports?period=365d", page)], floor.ANSWERS, lambda _number: {}, 6,
                 sound=lambda answer: answer.status == 200 and b"</html>" in answer.body),
    ]  # fmt: skip
