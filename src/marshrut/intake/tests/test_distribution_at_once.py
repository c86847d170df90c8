"""P02: two thousand inquiries from sixteen connections at once: none doubled, none lost, none where it may not be, shares fair."""

import json
from collections import Counter
from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from tests.together import at_once

from marshrut.core.clock import utc_now

pytestmark = pytest.mark.own_database
INQUIRIES, THREADS = 2000, 16
FEW, HOTEL = 24, 0.8  # how much three of them carry; what an inquiry about a hotel weighs


def send(numbers: range) -> int:
    """Inquiries of one caller; every seventh about a visa."""
    from marshrut.agency.permissions import system
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry

    now, new = utc_now(), 0
    for number in numbers:
        data = {"channel": "api", "source": "site", "external_id": f"at-once-{number}", "contact": {"name": "Ирина", "phone": f"+7916{number:07}"},
                "request": {"category": "visa" if number % 7 == 0 else "hotel"}}  # fmt: skip
        submission = read_submission(data, regions=("RU", "UA"), today=now.date(), now=now)
        receipt = accept_inquiry(submission=submission, body=json.dumps(data).encode(), reference=read_reference(), by=system("test"), now=now)
        new += receipt.is_new
    return new


@pytest.fixture
def staff(own_database: str, cast: Any) -> dict[str, set[int]]:
    """Twelve of one office: two of them sell only visas, one only cruises, two are away, two have gone home, three carry little."""
    from marshrut.agency.models import Absence, Employee, Shift
    from marshrut.catalog.models import Category, Skill

    now = utc_now()
    Employee.objects.exclude(pk__in=[cast.owner.id]).update(is_active=False)
    made = [
        Employee.objects.create(email=f"m{n}@x.example", name=f"М{n}", role="manager", password="!", is_on_duty=True, office_id=cast.anna.office_id,
                                share_weight=("1", "0.5", "1.5")[n % 3]).pk
        for n in range(12)
    ]  # fmt: skip
    visas, cruises, away, home, few = made[:2], made[2:3], made[3:5], made[5:7], made[7:10]
    for one, category in [*((one, "visa") for one in visas), *((one, "cruise") for one in cruises)]:
        Skill.objects.create(employee_id=one, category=Category.objects.get(slug=category))
    for one in away:
        Absence.objects.create(employee_id=one, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    Employee.objects.filter(pk__in=home).update(is_on_duty=False)
    Shift.objects.bulk_create(Shift(employee_id=one, weekday=(now + timedelta(days=3)).weekday(), starts="10:00", ends="11:00") for one in home)
    Employee.objects.filter(pk__in=few).update(capacity=FEW)
    return {"visas": set(visas), "cruises": set(cruises), "away": set(away), "home": set(home), "few": set(few), "others": set(made[10:])}


def test_sixteen_callers_at_once_double_and_lose_nothing_and_nobody_gets_what_is_not_theirs(staff: dict[str, set[int]], cast: Any) -> None:
    from marshrut.intake.models import Inquiry, ShareLedger
    from marshrut.intake.services.rule_settings import save_distribution

    save_distribution(choices={"strict": ["skill"]}, by=cast.owner, now=utc_now())
    part = INQUIRIES // THREADS
    # Each sends also the last ten of the one before: the door must know them again.
    sent = at_once([lambda n=n: send(range(max(0, n * part - 10), (n + 1) * part)) for n in range(THREADS)], THREADS)  # type: ignore[misc]
    assert sum(sent) == INQUIRIES
    rows = list(Inquiry.objects.filter(state="open").values_list("external_id", "dossier__owner_id", "dossier__queue_id", "request__category", "owner_reason"))
    assert {row[0] for row in rows} == {f"at-once-{number}" for number in range(INQUIRIES)}
    assert all((owner is None) != (queue is None) for _id, owner, queue, _category, _reason in rows)
    held = Counter(row[1] for row in rows)
    assert held.keys() & (staff["away"] | staff["home"]) == set()
    assert {row[1] for row in rows if row[3] == "visa"} == staff["visas"]
    assert {row[1] for row in rows if row[3] == "hotel"} == staff["few"] | staff["others"], "who sells only something else gets none"
    assert all(held[one] == ceil(FEW / HOTEL) for one in staff["few"]), "to the last place, and no further"
    drawn = Counter()
    for ledger in ShareLedger.objects.all():
        weights = dict(map(int, pair.split(":")) for pair in ledger.pool.split(","))  # type: ignore[arg-type,misc]
        assert sum(ledger.given.values()) == ledger.total
        for one, weight in weights.items():
            assert abs(ledger.given.get(str(one), 0) - ledger.total * weight / sum(weights.values())) < 1
        drawn += Counter({int(one): count for one, count in ledger.given.items()})
    by_share = Counter(row[1] for row in rows if row[4][-1]["code"] == "fair_share")
    assert drawn == by_share, "every share that was drawn is an inquiry, and none was drawn twice"
