"""What people write to a travel agency: bodies for the JSON door, in Russian and Ukrainian. Standard library alone."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from .people import Somebody, latin

_LEAST_A_NIGHT = {"RUB": 7500, "UAH": 3200, "USD": 85}  # about what a night for one person costs, flight included
_STEP = {"RUB": 5000, "UAH": 1000, "USD": 50}
_SIGN = {"RUB": "₽", "UAH": "грн", "USD": "$"}
_DEAR = {"maldives": 2.4, "bali": 1.7, "thailand": 1.4, "uae": 1.3, "vietnam": 1.3, "italy": 1.2, "spain": 1.2}
_NEAR = {"sochi": 0.55, "abkhazia": 0.4, "altai": 0.6, "russia": 0.45, "carpathians": 0.4, "georgia": 0.6, "bulgaria": 0.7}


@cache
def phrases() -> dict[str, Any]:
    """Everything that is said in the demo, by kind."""
    return json.loads(Path(__file__).with_name("data").joinpath("talk.json").read_text("utf-8"))  # type: ignore[no-any-return]


def draw_source(chance: random.Random) -> tuple[str, str, float]:
    """Where an inquiry comes from: source, channel, and how much likelier than usual it ends in a sale."""
    rows = phrases()["sources"]
    slug, channel, _weight, worth = chance.choices(rows, [row[2] for row in rows])[0]
    return slug, channel, worth


def make_inquiry(chance: random.Random, who: Somebody, *, office: str, source: str, channel: str, today: date,
                 kind: str = "sale") -> dict[str, Any]:
    """A body for `POST /api/v1/inquiries`. `kind` is sale, vague, missed, question, trouble, spam, partner, job or other."""
    body: dict[str, Any] = {"channel": channel, "source": source, "contact": _contact(chance, who, channel)}
    if kind == "sale":
        wish = _wish(chance, office, today)
        body["message"] = _say(chance, wish, who.language, today)
        body["request"] = _request(chance, wish, today)
    elif kind == "missed":
        body["missed"] = True
    else:
        said = phrases()[kind]
        body["message"] = chance.choice(said[who.language] if isinstance(said, dict) else said)
    if channel == "site_form" and chance.random() < 0.5:
        body["utm"] = {"utm_source": source, "utm_medium": "cpc" if "direct" in source else "site", "utm_campaign": "autumn"}
    return body


def _contact(chance: random.Random, who: Somebody, channel: str) -> dict[str, Any]:
    contact: dict[str, Any] = {"name": who.name if chance.random() < 0.8 else who.given_name}
    if channel == "messenger":
        contact["messenger"] = {"kind": "telegram", "id": f"@{latin(who.given_name)}_{who.phone[-4:]}"}
    if channel == "email" or chance.random() < 0.35:
        contact["email"] = who.email
    if channel not in ("messenger", "email") or chance.random() < 0.5:
        contact["phone"] = who.written
    return contact


def _wish(chance: random.Random, office: str, today: date) -> dict[str, Any]:
    """Where to, when, for how long, with whom and for how much; a few ask for the impossible."""
    where = chance.choice(phrases()["favourites"][office])
    nights = chance.choice((5, 7, 7, 7, 10, 10, 12, 14))
    adults = chance.choice((1, 2, 2, 2, 2, 3, 4))
    ages = [chance.randint(2, 14) for _ in range(chance.choice((0, 0, 0, 1, 1, 2)))]
    currency = "USD" if chance.random() < 0.12 else "UAH" if office == "podil" else "RUB"
    likely = _LEAST_A_NIGHT[currency] * nights * (adults + 0.6 * len(ages)) * _DEAR.get(where, _NEAR.get(where, 1.0))
    factor = chance.choice((0.3, 0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.4, 1.6))
    budget = max(1, round(likely * factor / _STEP[currency])) * _STEP[currency]
    start = today + timedelta(days=chance.choice((9, 18, 27, 40, 55, 75, 100, 140)) + chance.randrange(9))
    return {"where": where, "nights": nights, "adults": adults, "ages": ages, "currency": currency, "budget": budget, "start": start}


def _say(chance: random.Random, wish: dict[str, Any], language: str, today: date) -> str:
    every = phrases()
    people = every["who"][language]
    who = people[str(wish["adults"])]
    if len(wish["ages"]) == 1:
        who += people["child"].format(age=wish["ages"][0])
    elif wish["ages"]:
        who += people["children"]
    return str(chance.choice(every["sale"][language]).format(
        where=every["where"][wish["where"]][language == "uk"], when=every["when"][language][wish["start"].month - 1], who=who,
        nights=wish["nights"], budget=f"{wish['budget']:,} {_SIGN[wish['currency']]}".replace(",", " ")))


def _request(chance: random.Random, wish: dict[str, Any], today: date) -> dict[str, Any]:
    """The same in fields; not everybody fills every field of a form."""
    request: dict[str, Any] = {"category": "package_tour", "directions": [wish["where"]]}
    if wish["where"] == "italy" and chance.random() < 0.6:
        request["category"] = "excursion"
    if chance.random() < 0.9:
        request["dates"] = {"from": wish["start"].isoformat(), "to": (wish["start"] + timedelta(days=21)).isoformat()}
    if chance.random() < 0.9:
        request["nights"] = {"from": wish["nights"], "to": wish["nights"] + 2}
    if chance.random() < 0.92:
        request["adults"] = wish["adults"]
        request["children_ages"] = wish["ages"]
    if chance.random() < 0.8:
        request["budget"] = {"amount": wish["budget"], "currency": wish["currency"]}
    return request
