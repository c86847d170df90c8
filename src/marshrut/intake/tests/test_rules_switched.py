"""A rule set is switched while inquiries stream in: each is decided wholly by the old one or wholly by the new one."""

import threading

import pytest
from django.db import transaction
from tests.cast import Cast
from tests.together import at_once

from marshrut.core.clock import utc_now
from marshrut.core.history import sign
from marshrut.intake.models import Criterion, RuleSetting
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import InquiryFacts, default_priority

pytestmark = pytest.mark.own_database
SWITCHES = 12


def sides(reference: Reference) -> set[str]:
    """Which of the two rule sets speak in this reference: the criterion, the priority and the order of distribution."""
    facts = InquiryFacts(channel="site_form", today=utc_now().date(), message="сафари", has_name=True, has_phone=True)
    by_class = reference.rules.classifier.classify(facts).inquiry_class == "partner"
    by_number = reference.rules.priority.vip_factor == 7
    by_order = reference.rules.distribution.steps[0] == "skill"
    return {"new" if one else "old" for one in (by_class, by_number, by_order)}


def test_each_inquiry_is_decided_by_one_rule_set(cast: Cast) -> None:
    assert default_priority()["vip_factor"] != 7
    criterion = Criterion.objects.create(position=0, name="Сафари", inquiry_class="partner", conditions={"words_any": ["сафари"]}, is_active=False)
    Criterion.objects.exclude(pk=criterion.pk).update(is_active=False)
    done, seen = threading.Event(), []

    def switch() -> None:
        """All three change in one transaction, to and fro."""
        for turn in range(SWITCHES):
            is_new = turn % 2 == 0
            with transaction.atomic():
                sign("test")
                Criterion.objects.filter(pk=criterion.pk).update(is_active=is_new)
                RuleSetting.objects.update_or_create(slug="priority", defaults={"values": {"vip_factor": 7} if is_new else {}})
                order = ["skill", "office", "clients_manager"] if is_new else ["clients_manager", "office", "skill"]
                RuleSetting.objects.update_or_create(slug="distribution", defaults={"values": {"order": order}})
        done.set()

    def decide() -> None:
        while not done.is_set():
            seen.append(sides(read_reference()))

    at_once([switch, decide, decide])
    assert seen
    assert all(len(one) == 1 for one in seen)


def test_what_was_read_of_a_change_that_was_rolled_back_is_not_kept(cast: Cast) -> None:
    before = read_reference().rules.priority.vip_factor
    with transaction.atomic():
        RuleSetting.objects.create(slug="priority", values={"vip_factor": 9})
        assert read_reference().rules.priority.vip_factor == 9
        transaction.set_rollback(True)
    assert read_reference().rules.priority.vip_factor == before
