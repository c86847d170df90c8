"""Quarantine follows the event stream: what comes to wait there and what leaves it is announced to whoever may see it."""

import json

import pytest
from django.db import connection
from tests.cast import Cast

from marshrut.agency.models import Office
from marshrut.channels.services.raw import discard
from marshrut.desk.tests.test_quarantine import wait


@pytest.mark.usefixtures("own_database")
def test_what_comes_into_quarantine_and_leaves_it_is_news_for_the_offices_that_see_it(cast: Cast) -> None:
    offices = {cast.anna.office_id, cast.stranger.office_id}
    with connection.cursor() as cursor:
        cursor.execute("listen marshrut_live")
    theirs, anybodys = wait(cast, 1), wait(cast, 2, source="elsewhere", office=None)
    discard(raw_id=theirs, reason="спам")
    wanted = 1 + Office.objects.count() + 1
    told = [json.loads(one.payload) for one in connection.connection.notifies(timeout=2, stop_after=wanted)]
    assert {one["kind"] for one in told} == {"quarantine"}
    assert [one["office"] for one in told if one["id"] == theirs] == [cast.anna.office_id] * 2
    assert {one["office"] for one in told if one["id"] == anybodys} >= offices
    assert not any(one["owner"] for one in told)
