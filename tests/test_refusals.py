"""What is said when something goes wrong: a sentence, never a trace, a secret or the words of somebody else."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from marshrut.config.urls import handler400, handler403, handler404, handler500  # noqa: F401  the same pages as in the house
from marshrut.config.urls import urlpatterns as house


def break_down(request: HttpRequest) -> HttpResponse:
    password = "тайна 7"
    raise RuntimeError(f"a mistake of ours, with {password}")


urlpatterns = [path("break", break_down), path("api/v1/break", break_down), *house]

pytestmark = pytest.mark.django_db
WORDS = ("Traceback", "RuntimeError", "тайна 7", "settings", "/src/", "psycopg", "DEBUG")


@pytest.mark.parametrize(("address", "kind"), [("/break", "text/html"), ("/api/v1/break", "application/problem+json")])
def test_a_mistake_of_ours_is_a_page_without_a_trace(address: str, kind: str) -> None:
    with override_settings(ROOT_URLCONF="tests.test_refusals"):
        answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not [word for word in WORDS if word in answer.content.decode()]


@pytest.mark.parametrize("request_of", [
    lambda c: c.get("/nothing/of/ours"), lambda c: c.get("/api/v1/nothing"), lambda c: c.get("/", headers={"Host": "evil.example"}),
    lambda c: c.get("/inbox?cursor=%00%ff"), lambda c: c.get("/login?next=https://evil.example"), lambda c: c.get("/inquiries/99999999999999999999"),
    lambda c: c.post("/login", b"\xff\xfe=\x00", content_type="application/x-www-form-urlencoded"), lambda c: c.post("/login", {"email": "\x00", "password": "\x00"}),
    lambda c: c.generic("BREW", "/"), lambda c: c.generic("BREW", "/api/v1/ping"), lambda c: c.get("/%00"), lambda c: c.get("/f/%00"),
    lambda c: c.get("/static/../../etc/passwd"), lambda c: c.get("/search?q=" + "%F0%9F%92%A9" * 3000),
], ids=range(14))  # fmt: skip
def test_odd_requests_are_answered_with_a_sentence(cast: Any, request_of: Any) -> None:
    answer = request_of(Client(raise_request_exception=False))
    assert answer.status_code < 500
    assert not [word for word in WORDS if word in answer.content.decode(errors="replace")]
    assert "evil.example" not in answer.headers.get("Location", "")


def test_a_page_action_without_the_forms_own_mark_is_refused(cast: Any) -> None:
    from marshrut.agency.models import Employee

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(Employee.objects.get(pk=cast.anna.id))
    assert browser.post("/inquiries/10001/spam").status_code == 403
