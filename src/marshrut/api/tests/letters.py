"""What programs send in these tests."""

from collections.abc import Callable
from typing import Any

from django.test import Client

Caller = Callable[..., Client]


def inquiry(**given: Any) -> dict[str, Any]:
    """A usual inquiry of the site; anything may be set otherwise."""
    return {
        "channel": "site_form",
        "source": "site",
        "contact": {"name": "Ольга Ветрова", "phone": "+7 916 123-45-67"},
        "message": "Хотим на Мальдивы вдвоём",
        "request": {
            "directions": ["Мальдивы"],
            "adults": 2,
            "nights": {"from": 9, "to": 11},
            "dates": {"from": "2027-02-10", "to": "2027-02-21"},
            "budget": {"amount": 612000, "currency": "RUB"},
        },
        **given,
    }


def send(client: Client, body: Any, **headers: str) -> Any:
    return client.post("/api/v1/inquiries", body, content_type="application/json", headers=headers)
