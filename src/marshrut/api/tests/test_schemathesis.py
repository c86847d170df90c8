"""Every operation of the JSON door against its own description: no 5xx, no answer outside the schema."""

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from marshrut.api.tests.letters import Caller, inquiry, send

pytestmark = pytest.mark.own_database
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance,
]  # fmt: skip
BOUNDED = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture
def program(own_database: str, caller: Caller) -> Client:
    return caller()


@pytest.fixture
def known(program: Client) -> dict[str, int]:
    """Something to be found by its number under each of the door's collections."""
    came = [send(program, inquiry(contact={"name": "Ольга Ветрова", "phone": f"+7916000000{n}"})).json() for n in range(3)]
    deal = program.post(f"/api/v1/inquiries/{came[0]['id']}/deal", {"funnel": "office"}, content_type="application/json").json()
    person, task = came[1]["person"]["id"], came[2]["next_action"]["id"]
    return {"inquiries": came[1]["id"], "deals": deal["id"], "persons": person, "tasks": task}


def test_every_operation_answers_as_described(program: Client, known: dict[str, int]) -> None:
    door = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    headers = {"Authorization": program.defaults["HTTP_AUTHORIZATION"]}
    operations = [found.ok() for found in door.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:
        ask_at_random(operation, known, headers)


def ask_at_random(operation: Any, known: dict[str, int], headers: dict[str, str]) -> None:
    good, bad = (operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode)

    @BOUNDED
    @given(case=good | bad, is_known=st.booleans())
    def ask(case: schemathesis.Case, is_known: bool) -> None:
        if is_known and "id" in case.path_parameters:
            case.path_parameters["id"] = known[case.path.split("/")[3]]
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        assert not response.content or response.headers["content-type"][0] in ("application/json", "application/problem+json")

    ask()
