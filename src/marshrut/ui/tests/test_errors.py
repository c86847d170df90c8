"""What is said when something breaks: a page for people, problem+json for programs, and a moment to come again."""

import json

import pytest
from django.db import OperationalError
from django.test import RequestFactory

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
