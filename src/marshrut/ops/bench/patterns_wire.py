"""Bodies of new inquiries as outside programs send them; standard library alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from marshrut.ops.demo.people import make_somebody
from marshrut.ops.demo.talk import draw_source, make_inquiry


def draw_body(chance: random.Random, external_id: str) -> dict[str, Any]:
    """A body for `POST /api/v1/inquiries` of somebody new, under this id of its source."""
    office = "podil" if chance.random() < 0.25 else "nevsky"
    who = make_somebody(chance, "uk" if office == "podil" else "ru")
    source, channel, _worth = draw_source(chance)
    body = make_inquiry(chance, who, office=office, source=source, channel=channel, today=datetime.now(UTC).date())
    body["contact"] = {"name": who.name, "phone": who.written, "email": who.email}
    return {**body, "external_id": external_id}
