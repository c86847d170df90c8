"""An agency with ordinary hours, and inquiries that come at moments of our choosing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 10:00 in Moscow, 09:00 in Kyiv


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 by the clock on the wall of the first office."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


@pytest.fixture
def agency(cast: Any) -> Any:
    """Both offices work weekdays 9–18 with lunch 13–14; nobody is on duty; the first office has three managers."""
    from marshrut.agency.models import Employee, Office, WorkingWindow
    from marshrut.agency.queries import actor_of_employee

    WorkingWindow.objects.all().delete()
    hours = ((time(9), time(13)), (time(14), time(18)))
    WorkingWindow.objects.bulk_create(
        WorkingWindow(office=office, weekday=day, opens=opens, closes=closes)
        for office in Office.objects.all() for day in range(5) for opens, closes in hours
    )  # fmt: skip
    Employee.objects.update(is_on_duty=False, capacity=None)
    offices = dict(Office.objects.values_list("slug", "id"))
    third = Employee.objects.create(
        email="denis@nevsky.example", name="Денис Орлов", role="manager", password="!", office_id=offices["nevsky"]
    )
    return Agency(cast.anna, cast.boris, actor_of_employee(third.id), cast.stranger, cast.supervisor, cast.owner, offices)


@dataclass(frozen=True)
class Agency:
    anna: Any
    boris: Any
    denis: Any
    oleh: Any
    supervisor: Any
    owner: Any
    offices: dict[str, int]

    @property
    def managers(self) -> set[int]:
        """Of the first office."""
        return {self.anna.id, self.boris.id, self.denis.id}


@pytest.fixture
def come() -> Callable[..., Any]:
    """An inquiry comes in to an office at a moment; the stored inquiry with its dossier."""
    from dataclasses import replace

    from marshrut.agency.models import Office
    from marshrut.agency.permissions import system
    from marshrut.intake.models import Inquiry
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry

    count = 0

    def one(at: datetime, office: str = "nevsky", **letter: Any) -> Any:
        nonlocal count
        count += 1
        data = {
            "channel": "site_form",
            "source": "site",
            "contact": {"name": "Ольга Ветрова", "phone": f"+7916{count:07}"},
        } | letter
        read = read_submission(data, regions=("RU", "UA"), today=at.date(), now=at)
        submission = replace(read, office_id=Office.objects.get(slug=office).id)
        receipt = accept_inquiry(submission=submission, body=json.dumps(data, default=str).encode(), reference=read_reference(), by=system("test"), now=at)
        return Inquiry.objects.select_related("dossier").get(pk=receipt.id)

    return one


@pytest.fixture
def tick() -> Callable[[datetime], None]:
    """The worker's clock job at a moment: what waits is given out, what is due is done."""
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import give_out_queue, run_clocks
    from marshrut.intake.services.handing_on import hand_on_open_clocks
    from marshrut.intake.services.next_answers import run_next_answers
    from marshrut.intake.services.queues import watch_queues

    def run(at: datetime) -> None:
        reference = read_reference()
        hand_on_open_clocks(reference=reference, now=at)
        give_out_queue(reference=reference, now=at)
        watch_queues(reference=reference, now=at)
        run_clocks(reference=reference, now=at)
        run_next_answers(reference=reference, now=at)

    return run
