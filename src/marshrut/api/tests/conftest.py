"""Programs that knock at the JSON door: one with full reach, one of a foreign office, one that may only do a little."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def caller(cast: Any) -> Callable[..., "Client"]:
    """A client with a token of these scopes and this reach."""
    from django.test import Client  # Django is set up after this file is read

    from marshrut.agency.permissions import EVERYTHING, system
    from marshrut.agency.services import issue_token
    from marshrut.core.clock import utc_now

    def call(scopes: frozenset[str] = EVERYTHING, reach: str = "all", office: str | None = None) -> Client:
        secret = issue_token(name="test", scopes=scopes, reach=reach, office=office, by=system("test"), now=utc_now())
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return call


@pytest.fixture
def program(caller: Callable[..., "Client"]) -> "Client":
    return caller()


@pytest.fixture
def stranger(caller: Callable[..., "Client"]) -> "Client":
    """A token that reaches the other office only."""
    return caller(reach="office", office="podil")
