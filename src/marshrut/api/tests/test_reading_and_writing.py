"""Reading within reach, and the writes: each refusal names what is missing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from marshrut.api.tests.letters import inquiry, send
from marshrut.core.clock import utc_now
from marshrut.deals.models import StageEntry
from marshrut.intake.models import Inquiry

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1{path}", body, content_type="application/json")


@pytest.fixture
def came(program: Client) -> dict[str, Any]:
    return send(program, inquiry()).json()


@pytest.fixture
def deal(program: Client, came: dict[str, Any]) -> dict[str, Any]:
    return post(program, f"/inquiries/{came['id']}/deal", funnel="office").json()


def test_the_list_shows_the_newest_first_and_goes_on_where_it_ended(program: Client) -> None:
    ids = [send(program, inquiry(contact={"phone": f"+791600000{n:02}"})).json()["id"] for n in range(5)]
    first = program.get("/api/v1/inquiries?limit=3").json()
    assert [item["id"] for item in first["items"]] == ids[:1:-1]
    rest = program.get("/api/v1/inquiries", {"limit": 3, "after": first["next"]}).json()
    assert [item["id"] for item in rest["items"]] == ids[1::-1]
    assert rest["next"] is None


def test_the_list_is_narrowed_by_owner_source_and_class(program: Client, came: dict[str, Any]) -> None:
    send(program, inquiry(source="walk_in", contact={"phone": "+79160000001"}))
    assert [i["id"] for i in program.get("/api/v1/inquiries?source=site&source=phone").json()["items"]] == [came["id"]]
    assert program.get("/api/v1/inquiries?class=spam").json()["items"] == []
    assert came["id"] in [i["id"] for i in program.get(f"/api/v1/inquiries?owner={came['owner']['id']}").json()["items"]]


@pytest.mark.parametrize(
    "path", ["/inquiries?limit=50", "/board?funnel=office&cards=100", "/tasks", "/search?q=ветрова", "/reports/source-conversion"]
)
def test_a_list_takes_the_same_number_of_statements_with_one_row_and_with_three(
    program: Client, came: dict[str, Any], django_assert_max_num_queries: Any, path: str
) -> None:
    program.get(f"/api/v1{path}")
    with django_assert_max_num_queries(20) as one:
        assert program.get(f"/api/v1{path}").status_code == 200
    for n in range(2):
        send(program, inquiry(contact={"name": "Анна Ветрова", "phone": f"+7916000000{n}"}))
    with django_assert_max_num_queries(20) as three:
        assert program.get(f"/api/v1{path}").status_code == 200
    assert len(three) == len(one)


def test_the_stranger_gets_404_and_empty_lists(stranger: Client, came: dict[str, Any], deal: dict[str, Any]) -> None:
    for path in (f"/inquiries/{came['id']}", f"/deals/{deal['id']}", f"/persons/{came['person']['id']}"):
        assert stranger.get(f"/api/v1{path}").status_code == 404
    for path, body in (
        (f"/tasks/{deal['next_action']['id']}/complete", {"result": "x"}),
        (f"/deals/{deal['id']}/stage", {"stage": "need_recorded"}),
        (f"/deals/{deal['id']}/close", {"outcome": "won"}),
        (f"/inquiries/{came['id']}/close", {"outcome": "won"}),
        (f"/inquiries/{came['id']}/deal", {"funnel": "office"}),
    ):
        assert post(stranger, path, **body).status_code == 404, path
    assert stranger.get("/api/v1/inquiries").json()["items"] == []
    assert stranger.get("/api/v1/search?q=89161234567").json()["items"] == []
    assert stranger.get(f"/api/v1/search?q={came['id']}").json()["items"] == []
    assert stranger.get("/api/v1/tasks").json()["items"] == []
    assert sum(c["count"] for c in stranger.get("/api/v1/board?funnel=office").json()["columns"]) == 0
    assert stranger.get("/api/v1/reports/source-conversion").json()["rows"] == []


@pytest.mark.parametrize(
    "query",
    [
        "8 916 123 45 67",
        "+79161234567",
        "9161234567",
        "8(916)123-45-67",
        "916 123-45-67",
        "1234567",
        "ветрова",
        "ОЛЬГА ВЕТ",
        "ветр ольг",
        "dtnhjdf",
        "vetrova",
    ],
)
def test_a_person_is_found_by_phone_in_any_spelling_and_by_part_of_a_name(
    program: Client, came: dict[str, Any], query: str
) -> None:
    items = program.get("/api/v1/search", {"q": query}).json()["items"]
    assert [(i["kind"], i["id"]) for i in items] == [("person", came["person"]["id"])]


def test_yo_is_found_by_ye(program: Client) -> None:
    send(program, inquiry(contact={"name": "Фёдор Пугачёв", "phone": "+79160000001"}))
    assert [i["title"] for i in program.get("/api/v1/search", {"q": "пугачев федор"}).json()["items"]] == ["Фёдор Пугачёв"]


def test_an_inquiry_becomes_a_deal_whose_stage_sets_the_next_action(
    program: Client, came: dict[str, Any], deal: dict[str, Any]
) -> None:
    assert deal["stage"] == "contact_made"
    assert deal["next_action"]["title"].startswith("Записать потребность")
    shown = program.get(f"/api/v1/inquiries/{came['id']}").json()
    assert shown["deal"]["id"] == deal["id"]
    assert shown["clock"] == "met"
    assert shown["history"]
    assert post(program, f"/inquiries/{came['id']}/deal", funnel="office").status_code == 409
    assert post(program, f"/inquiries/{came['id']}/close", outcome="won").status_code == 409


def test_a_stage_asks_for_exactly_the_facts_that_are_missing(program: Client, deal: dict[str, Any]) -> None:
    refused = post(program, f"/deals/{deal['id']}/stage", stage="money_and_passports")
    assert refused.status_code == 422
    assert refused.json()["missing"] == ["prepayment", "passports"]
    moved = post(
        program, f"/deals/{deal['id']}/stage", stage="money_and_passports", facts={"prepayment": "150 000", "passports": "оба"}
    )
    assert moved.status_code == 200
    assert moved.json()["stage"] == "money_and_passports"
    back = post(program, f"/deals/{deal['id']}/stage", stage="contact_made")
    assert back.json()["missing"] == ["reason"]
    assert post(program, f"/deals/{deal['id']}/stage", stage="contact_made", reason="вернули деньги").status_code == 200
    assert StageEntry.objects.filter(deal_id=deal["id"]).count() == 3
    assert StageEntry.objects.filter(deal_id=deal["id"], left_at=None).count() == 1


def test_the_only_action_is_completed_only_with_the_next_one(program: Client, deal: dict[str, Any]) -> None:
    task = deal["next_action"]["id"]
    refused = post(program, f"/tasks/{task}/complete", result="поговорили")
    assert refused.status_code == 409
    assert refused.json()["missing"] == ["next"]
    due = (utc_now() + timedelta(days=1)).isoformat()
    done = post(program, f"/tasks/{task}/complete", result="поговорили", next={"title": "Позвонить", "due_at": due})
    assert done.status_code == 200
    assert done.json()["state"] == "done"
    assert done.json()["next"]["title"] == "Позвонить"
    assert post(program, f"/tasks/{task}/complete", result="ещё раз").status_code == 409


def test_a_deal_lost_has_a_reason_and_both_ends_enter_conversion(program: Client, deal: dict[str, Any]) -> None:
    assert post(program, f"/deals/{deal['id']}/close", outcome="lost").json()["missing"] == ["reason"]
    assert post(program, f"/deals/{deal['id']}/close", outcome="lost", reason="дорого").json()["state"] == "lost"
    other = send(program, inquiry(contact={"phone": "+79160000001"})).json()
    assert post(program, f"/inquiries/{other['id']}/close", outcome="won").status_code == 200
    spam = send(program, inquiry(contact={"phone": "+79160000002"})).json()
    assert post(program, f"/inquiries/{spam['id']}/close", outcome="spam").json()["disposition"] == "spam"
    today = utc_now().date()
    rows = program.get(f"/api/v1/reports/source-conversion?from={today}&to={today}").json()["rows"]
    assert [(r["source"], r["inquiries"], r["closed"], r["won"], r["conversion"]) for r in rows] == [("site", 3, 2, 1, 0.5)]
    assert Inquiry.objects.filter(state="closed").count() == 3


def test_the_board_counts_and_sums_by_stage_and_currency(program: Client, deal: dict[str, Any]) -> None:
    send(program, inquiry(contact={"phone": "+79160000001"}, request={"budget": {"amount": 900, "currency": "USD"}}))
    columns = {c["stage"]: c for c in program.get("/api/v1/board?funnel=office&cards=10").json()["columns"]}
    assert columns["inquiry"]["count"] == 1
    assert columns["inquiry"]["amounts"] == [{"amount": "900.00", "currency": "USD"}]
    assert columns["contact_made"]["cards"][0]["id"] == deal["id"]
    assert columns["contact_made"]["amounts"] == [{"amount": "612000.00", "currency": "RUB"}]
    bare = program.get("/api/v1/board?funnel=office&cards=0").json()["columns"]
    assert [(c["stage"], c["count"]) for c in bare] == [(c["stage"], c["count"]) for c in columns.values()]
    assert all(c["cards"] == [] for c in bare)


@pytest.mark.parametrize(
    "path",
    [
        "/inquiries/0",
        "/inquiries/99999999999999999999",
        "/deals/7",
        "/persons/7",
        "/inquiries?limit=0",
        "/inquiries?after=nonsense",
        "/tasks?due=someday",
        "/board?funnel=none",
        "/inquiries?source=%00",
        "/search?q=%00",
        "/reports/source-conversion?from=2026-02-31",
        "/inquiries?owner=-1",
    ],
)
def test_odd_questions_are_answered_clearly(program: Client, path: str) -> None:
    answer = program.get(f"/api/v1{path}")
    assert answer.status_code in (200, 404, 422)
    if answer.status_code != 200:
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/inquiries?state=open&owner=&source=&class=&limit=50&after=", "/board?funnel=office&owner=&cards=100",
                                  "/tasks?owner=&due=", "/reports/source-conversion?from=&to="])
def test_a_name_without_a_value_asks_for_nothing(program: Client, came: dict[str, Any], path: str) -> None:
    answer = program.get(f"/api/v1{path}")
    assert answer.status_code == 200
    assert answer.json() == program.get(f"/api/v1{path.partition('?')[0]}" + ("?cards=100" if "board" in path else "")).json()


def test_a_program_answers_for_a_gate_and_is_told_what_a_refusal_has_led_to(program: Client, deal: dict[str, Any]) -> None:
    from marshrut.deals.models import Gate, GateRule, Stage

    stage = Stage.objects.get(funnel__slug="office", slug="need_recorded")
    gate = Gate.objects.create(stage=stage, question="Согласен встретиться в офисе")
    GateRule.objects.create(position=0, consequence="wait", days=9)
    asked = post(program, f"/deals/{deal['id']}/stage", stage="need_recorded", facts={"need": "море"})
    assert asked.json()["missing"] == [f"gate.{gate.pk}"]
    refused = post(program, f"/deals/{deal['id']}/stage", stage="need_recorded", facts={"need": "море"},
                   gates={str(gate.pk): {"agreed": False, "words": "живёт далеко"}}).json()
    assert (refused["stage"], refused["followed"]) == ("contact_made", {"consequence": "wait", "days": 9, "reason": None})
    (line,) = program.get(f"/api/v1/deals/{deal['id']}").json()["gates"]
    assert (line["question"], line["agreed"], line["words"], line["consequence"]) == ("Согласен встретиться в офисе", False, "живёт далеко", "wait")
    agreed = post(program, f"/deals/{deal['id']}/stage", stage="need_recorded", gates={str(gate.pk): {"agreed": True}}).json()
    assert (agreed["stage"], agreed["followed"]) == ("need_recorded", None)


def test_a_program_says_what_stays_of_a_realised_deal(program: Client, deal: dict[str, Any]) -> None:
    closed = post(program, f"/deals/{deal['id']}/close", outcome="won", margin="12500.50").json()
    assert closed["margin"]["amount"] in ("12500.5", "12500.50")
    for margin in (-1, "NaN", "много"):
        assert post(program, f"/deals/{deal['id']}/close", outcome="won", margin=margin).status_code == 422
