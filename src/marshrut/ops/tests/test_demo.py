"""The demo's agency is alive: people, months of work, and something that waits right now."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.nobody import empty_home

from marshrut.core.names import split_name
from marshrut.core.phones import read_phone
from marshrut.ops import doctor, postgres
from marshrut.ops.demo import fill
from marshrut.ops.demo.people import feminine, make_somebody, spell_phone
from marshrut.ops.demo.talk import draw_source, make_inquiry, phrases


@pytest.fixture
def home(own_database: str, postgres_server: postgres.Server) -> None:
    """A home as the first start leaves it."""
    empty_home(postgres_server, own_database)


@pytest.mark.own_database
def test_filling_makes_a_living_agency_that_keeps_every_promise(home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.agency.models import Employee, Office
    from marshrut.channels.models import Attachment, Letter, RawMessage, Sending
    from marshrut.clients.models import Person
    from marshrut.deals.models import Deal
    from marshrut.intake.models import Inquiry
    from marshrut.journal.models import Task
    from marshrut.marketing.models import Source
    from marshrut.ops.demo.mail import write_mail

    monkeypatch.setenv("MARSHRUT_HOME", str(tmp_path))
    assert fill.fill("volga-kizhi-007")
    assert write_mail(tmp_path, datetime.now(UTC))
    assert not write_mail(tmp_path, datetime.now(UTC))
    assert [finding for finding in doctor.examine() if finding.state != "ok"] == []
    assert set(Office.objects.values_list("time_zone", flat=True)) == {"Europe/Moscow", "Europe/Kyiv"}
    assert Employee.objects.filter(role="manager").count() == 12
    assert all(employee.check_password("volga-kizhi-007") for employee in Employee.objects.filter(role="supervisor"))
    assert Inquiry.objects.count() + Deal.objects.count() > 3000
    assert Person.objects.filter(past_deals__gt=0).count() > 100
    assert {"open", "won", "lost"} == set(Deal.objects.values_list("state", flat=True))
    assert Inquiry.objects.filter(clock_state="running", dossier__queue__isnull=True).count() >= 5
    assert Inquiry.objects.filter(state="open", dossier__queue__isnull=False).count() >= 2
    assert Task.objects.filter(state="pending", due_at__lt=datetime.now(UTC)).exists()
    assert RawMessage.objects.filter(state="quarantined").count() == 2 + 4
    assert {"inquiry", "reply", "auto_reply"} <= set(Letter.objects.values_list("kind", flat=True))
    assert {"waiting", "sent", "failed", "cancelled"} == set(Sending.objects.values_list("state", flat=True))
    assert Attachment.objects.filter(is_private=True, dossier__isnull=False).count() == 1
    assert len([*(tmp_path / "mail" / "nevsky" / "new").iterdir()]) == 1
    assert Source.objects.filter(is_named=False).exists()
    _look_at_what_intake_decides()
    before = Inquiry.objects.count()
    assert not fill.fill("volga-kizhi-007")  # a second start keeps the data
    assert Inquiry.objects.count() == before


def _look_at_what_intake_decides() -> None:
    """Gates, costs, floors, margins, corrections, what was learned of them, missed calls, quiet replies, queues: all of it is there."""
    from marshrut.catalog.models import PriceFloor
    from marshrut.channels.models import Sending
    from marshrut.clients.models import Suspect
    from marshrut.deals.models import Deal, GateAnswer, StopReview
    from marshrut.intake.models import Correction, Inquiry, Learning, PassedOver, QueueAlarm, Taking
    from marshrut.intake.queries.learning import used_kinds
    from marshrut.journal.models import Dossier
    from marshrut.marketing.models import SourceCost

    assert {"", "go_on", "close"} <= set(GateAnswer.objects.values_list("consequence", flat=True))
    assert Dossier.objects.filter(waits_until__isnull=False).exists() or GateAnswer.objects.filter(consequence="ask").exists()
    assert StopReview.objects.filter(verdict="right").exists()
    assert SourceCost.objects.count() > 20
    assert PriceFloor.objects.count() > 5
    assert Deal.objects.filter(state="won", margin__gt=0).count() > 100
    assert {"confirmed", "dialog"} == set(Correction.objects.values_list("way", flat=True))
    assert {"chance", "rates", "cooling", "margin", "class"} <= set(Learning.objects.values_list("kind", flat=True))
    assert used_kinds()["chance"] == Learning.objects.get(kind="chance").may_be_used
    assert Suspect.objects.filter(state="open").count() > 5
    assert Inquiry.objects.filter(is_missed_call=True, clock_state="running").exists()
    assert Sending.objects.filter(purpose="auto").exists()
    assert Inquiry.objects.filter(request_origin__directions="read").exists()
    for table in (PassedOver, Taking, QueueAlarm):
        assert table.objects.exists()


@pytest.mark.own_database
def test_a_home_with_an_agency_of_its_own_is_left_alone(own_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MARSHRUT_HOME", str(tmp_path))
    from marshrut.agency.models import Office

    Office.objects.filter(slug="podil").update(slug="other")
    assert fill.main() == 1
    assert "own data" in capsys.readouterr().err


def test_the_password_belongs_to_the_home() -> None:
    assert fill.common_password("one") == fill.common_password("one") != fill.common_password("other")
    assert fill.common_password("one") in fill.people_table(fill.common_password("one"))


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_names_agree_and_numbers_are_understood_in_every_spelling(language: str) -> None:
    chance = random.Random(4)
    for _ in range(300):
        who = make_somebody(chance, language)
        assert split_name(f"{who.given_name} {who.patronymic} {who.surname}").display
        for way in range(6):
            phone = read_phone(spell_phone(who.phone, way))
            assert phone is not None
            assert (phone.e164, phone.is_junk) == (who.phone, False)


def test_a_woman_bears_the_other_form_of_a_surname() -> None:
    assert [feminine(name) for name in ("Воробьёв", "Вяземский", "Вербицький", "Шевченко", "Литвин", "Бережний")] == [
        "Воробьёва", "Вяземская", "Вербицька", "Шевченко", "Литвин", "Бережна"]


def test_whatever_arrives_is_understood_by_the_door() -> None:
    from marshrut.intake.reading import read_submission

    chance, now = random.Random(2), datetime.now(UTC)
    for kind in ("sale", "vague", "question", "trouble", "spam", "partner", "job", "other"):
        for office, language in (("nevsky", "ru"), ("podil", "uk")):
            source, channel, _worth = draw_source(chance)
            body = make_inquiry(chance, make_somebody(chance, language), office=office, source=source, channel=channel,
                                today=now.date(), kind=kind)
            read = read_submission(json.loads(json.dumps(body)), regions=("RU", "UA"), today=now.date(), now=now)
            assert read.contacts
            assert not read.obstacle
            assert read.message


def test_every_direction_of_the_demo_is_in_the_catalogue() -> None:
    known = {row["slug"] for row in json.loads(Path(__file__, "../../../catalog/data/directions.json").resolve().read_text("utf-8"))}
    assert set(phrases()["where"]) <= known
    assert all(set(every) <= set(phrases()["where"]) for every in phrases()["favourites"].values())
