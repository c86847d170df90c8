"""Reports for programs: the tables of the pages, and what every figure means."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_every_figure_of_every_table_is_explained(program: Client) -> None:
    told = {item["code"]: item for item in program.get("/api/v1/reports/measures").json()["items"]}
    assert all(item["label"] and item["definition"] for item in told.values())
    for report in ("sources", "answers", "funnel", "work"):
        tables = program.get(f"/api/v1/reports/{report}").json()["tables"]
        codes = {column["code"] for table in tables for column in table["columns"] if not column["code"].startswith(("hour-", "source-"))}
        assert codes <= set(told), report


def test_a_report_counts_what_came_in(program: Client) -> None:
    body = {"channel": "phone", "source": "site", "contact": {"name": "Ксения", "phone": "+79161110001"}}
    assert program.post("/api/v1/inquiries", body, content_type="application/json").status_code == 201
    answer = program.get("/api/v1/reports/sources?period=7d").json()
    table = answer["tables"][0]
    assert answer["time_zone"] == "Europe/Moscow"
    assert table["total"]["values"]["inquiries"] == 1
    assert [row["code"] for row in table["rows"]] == ["site"]
    assert table["rows"][0]["values"]["amount"] == []


def test_what_cannot_be_read_is_named_and_what_is_none_is_absent(program: Client) -> None:
    assert program.get("/api/v1/reports/sources?from=2026-02-30&to=x&office=%00&manager=99999999999999999999").json()["notes"]
    assert program.get("/api/v1/reports/nothing").status_code == 404
