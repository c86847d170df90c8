"""The front's own gate: who counts as logged in before anything of theirs is read."""

from typing import Any

import pytest
from django.test import Client
from tests.cast import ANNA, PASSWORD

from marshrut.config.front import _is_logged_in


@pytest.mark.django_db
def test_a_cookie_that_is_made_up_or_has_ended_is_nobody_s(cast: Any) -> None:
    anna = Client()
    anna.post("/login", {"email": ANNA, "password": PASSWORD})
    key = anna.cookies["marshrut_session"].value

    def known(cookie: str) -> bool:
        return _is_logged_in({"headers": [(b"cookie", b"other=1"), (b"cookie", cookie.encode())]})

    assert known(f"marshrut_session={key}")
    assert not known("marshrut_session=x")
    assert not known("marshrut_session=")
    anna.post("/logout")
    assert not known(f"marshrut_session={key}")
