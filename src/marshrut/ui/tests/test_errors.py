"""What is said when something breaks: a page for people, problem+json for programs, and a moment to come again."""

import json

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from marshrut.ui import errors


@pytest.mark.parametrize(("trouble", "status"), [(OperationalError("gone"), 503), (RuntimeError("ours"), 500)])
def test_a_database_that_restarts_is_said_to_be_back_soon_and_anything_else_is_our_fault(trouble: Exception, status: int) -> None:
    request = RequestFactory().get("/api/v1/ping")
    try:
        raise trouble
    except (OperationalError, RuntimeError):
        answer = errors.broken(request)
    assert answer.status_code == status
    assert json.loads(answer.content)["status"] == status
    assert ("Retry-After" in answer) is (status == 503)


@pytest.mark.django_db
def test_too_large_a_file_is_answered_by_a_page_that_says_how_much_is_taken() -> None:
    answer = Client().post("/imports", **{errors.REFUSED_BODY: 202 << 20})  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert answer["Content-Type"].startswith("text/html")
    assert "202" in answer.content.decode()


@pytest.mark.django_db
def test_a_door_for_programs_answers_a_wrong_method_with_a_problem_and_what_it_takes() -> None:
    answer = Client().put("/api/v1/inquiries")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert set(answer["Allow"].split(", ")) >= {"GET", "POST"}
    assert answer.json()["status"] == 405
