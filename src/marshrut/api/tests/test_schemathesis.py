"""Every operation of the JSON door against its own description: no 5xx, no answer outside the schema."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
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


@pytest.fixture
def described(own_database: str) -> Any:
    from django.core.wsgi import get_wsgi_application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def token(caller: Caller) -> str:
    """A program with every scope, and something for it to find."""
    client = caller()
    for n in range(3):
        send(client, inquiry(contact={"name": "Ольга Ветрова", "phone": f"+7916000000{n}"}))
    return str(client.defaults["HTTP_AUTHORIZATION"])


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation_answers_as_described(case: schemathesis.Case, token: str) -> None:
    response = case.call(headers={"Authorization": token})
    case.validate_response(response, checks=CHECKS)
    assert response.headers["content-type"][0].split(";")[0] in ("application/json", "application/problem+json") or not response.content
