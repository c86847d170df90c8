"""Rules are of one revision: what was read of a change that did not come to be is not kept."""

import pytest
from django.db import transaction
from tests.cast import Cast

from marshrut.intake.models import RuleSetting
from marshrut.intake.reference import read_reference

pytestmark = pytest.mark.django_db


def test_what_was_read_of_a_change_that_was_rolled_back_is_not_kept(cast: Cast) -> None:
    before = read_reference().rules.priority.vip_factor
    with transaction.atomic():
        RuleSetting.objects.create(slug="priority", values={"vip_factor": 9})
        assert read_reference().rules.priority.vip_factor == 9
        transaction.set_rollback(True)
    assert read_reference().rules.priority.vip_factor == before


def test_one_reference_serves_until_something_changes_and_the_next_one_is_new(cast: Cast) -> None:
    first = read_reference()
    assert read_reference() is first
    RuleSetting.objects.create(slug="priority", values={"vip_factor": 9})
    assert read_reference() is not first
    assert first.rules.priority.vip_factor != 9
