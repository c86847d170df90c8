"""What was read in a client's words: marked on the card, confirmed by one click or written anew."""

from typing import Any

import pytest
from django.test import Client

from marshrut.intake.models import Inquiry
from marshrut.journal.models import Dossier
from marshrut.journal.queries import read_history

pytestmark = pytest.mark.django_db
WISH = "Хотим в Турцию с 5 по 12 июня, 2 взрослых, 5*, всё включено, до 300 тр"


@pytest.fixture
def inquiry(cast: Any) -> Inquiry:
    """Anna's inquiry, of which nothing was stated."""
    from marshrut.agency.models import Employee
    from marshrut.agency.permissions import EVERYTHING, system
    from marshrut.agency.services import issue_token
    from marshrut.core.clock import utc_now

    Employee.objects.filter(pk=cast.boris.id).update(capacity=0)
    secret = issue_token(name="test", scopes=EVERYTHING, reach="all", office=None, by=system("test"), now=utc_now())
    body = {"channel": "messenger", "source": "site", "contact": {"name": "Ольга Ветрова", "phone": "+79161234567"}, "message": WISH}
    door = Client(headers={"Authorization": f"Bearer {secret}"})
    return Inquiry.objects.get(pk=door.post("/api/v1/inquiries", body, content_type="application/json").json()["id"])


def test_the_card_marks_what_was_read_and_the_words_it_was_read_in(inquiry: Inquiry, anna: Client) -> None:
    page = anna.get(f"/inquiries/{inquiry.pk}").content.decode()
    assert '<mark class="read-mark">с 5 по 12 июня</mark>' in page
    assert '<mark class="read-mark">до 300 тр</mark>' in page
    assert f"/inquiries/{inquiry.pk}/request/confirm/budget" in page


def test_one_value_is_confirmed_by_one_click_and_history_knows_by_whom(inquiry: Inquiry, anna: Client, cast: Any) -> None:
    assert anna.post(f"/inquiries/{inquiry.pk}/request/confirm/budget").status_code == 204
    inquiry.refresh_from_db()
    assert inquiry.request_origin["budget"] == {"amount": "stated", "currency": "stated"}
    assert inquiry.request_origin["directions"] == "read"
    changes = [change for change in read_history("intake_inquiry", inquiry.pk) if "request_origin" in str(change["diff"])]
    assert [change["by"] for change in changes] == [cast.anna.label]
    assert f"/inquiries/{inquiry.pk}/request/confirm/budget" not in anna.get(f"/inquiries/{inquiry.pk}").content.decode()


def test_all_is_confirmed_at_once_and_twice_changes_nothing(inquiry: Inquiry, anna: Client) -> None:
    for _again in range(2):
        assert anna.post(f"/inquiries/{inquiry.pk}/request/confirm").status_code == 204
    inquiry.refresh_from_db()
    assert "read-mark" not in anna.get(f"/inquiries/{inquiry.pk}").content.decode()
    assert inquiry.request_origin["dates"] == {"from": "stated", "to": "stated"}


def test_a_value_written_anew_is_stated_and_the_rest_stays_as_read(inquiry: Inquiry, anna: Client) -> None:
    assert anna.get(f"/inquiries/{inquiry.pk}/request").status_code == 200
    given = {
        "directions": "Турция", "dates_from": "2027-06-05", "dates_to": "2027-06-12", "adults": "3", "stars_from": "5", "stars_to": "5",
        "board": "AI", "amount": "350 000", "currency": "RUB",
    }  # fmt: skip
    assert anna.post(f"/inquiries/{inquiry.pk}/request", given).status_code == 204
    inquiry.refresh_from_db()
    assert (inquiry.request["adults"], inquiry.request["budget"]["amount"]) == (3, "350000")
    assert inquiry.request_origin["adults"] == "stated"
    assert inquiry.request_origin["budget"] == {"amount": "stated", "currency": "stated"}
    assert inquiry.request_origin["dates"] == {"from": "read", "to": "read"}
    assert inquiry.budget == 350_000
    assert Dossier.objects.get(pk=inquiry.dossier_id).worth == 350_000


def test_what_is_refused_and_a_second_trip_are_shown_confirmed_and_taken_away(inquiry: Inquiry, anna: Client) -> None:
    trip = {"directions": ["sochi"], "people": 4, "nights": {"from": 5, "to": 5}}
    inquiry.request |= {"excluded": ["egypt"], "other_trips": [trip]}
    inquiry.request_origin |= {"excluded": "read", "other_trips": "read"}
    inquiry.save()
    page = anna.get(f"/inquiries/{inquiry.pk}").content.decode()
    assert "Не предлагать" in page
    assert "Сочи · 4 человека · 5 ночей" in page
    assert anna.post(f"/inquiries/{inquiry.pk}/request/confirm/other_trips").status_code == 204
    dialog = anna.get(f"/inquiries/{inquiry.pk}/request").content.decode()
    assert 'name="trip_0" value="1" checked' in dialog
    given = {"directions": "Турция", "excluded": "Египет, Кемер", "trip_0": "1"}
    assert anna.post(f"/inquiries/{inquiry.pk}/request", given).status_code == 204
    inquiry.refresh_from_db()
    assert (inquiry.request["excluded"], inquiry.request["other_trips"]) == (["egypt", "Кемер"], [trip])
    assert anna.post(f"/inquiries/{inquiry.pk}/request", {"directions": "Турция"}).status_code == 204
    inquiry.refresh_from_db()
    assert "excluded" not in inquiry.request
    assert "other_trips" not in inquiry.request


def test_what_cannot_be_read_is_refused_at_its_field(inquiry: Inquiry, anna: Client) -> None:
    answer = anna.post(f"/inquiries/{inquiry.pk}/request", {"adults": "много", "directions": "Турция"})
    assert answer.status_code == 422
    assert "много" in answer.content.decode()


def test_a_stranger_neither_confirms_nor_edits(inquiry: Inquiry, stranger: Client) -> None:
    assert stranger.post(f"/inquiries/{inquiry.pk}/request/confirm").status_code == 404
    assert stranger.get(f"/inquiries/{inquiry.pk}/request").status_code == 404


def test_a_group_that_is_none_has_no_address(inquiry: Inquiry, anna: Client) -> None:
    assert anna.post(f"/inquiries/{inquiry.pk}/request/confirm/weather").status_code == 404
