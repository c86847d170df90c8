"""Whether migrations are still to come is seen by their names, and by reading them only where a name is missing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoAssertNumQueries

from marshrut.ops.health import what_lacks
from marshrut.ops.pending import has_pending_migrations

pytestmark = pytest.mark.django_db


def test_where_all_are_in_none_is_read(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("migrations were loaded")

    monkeypatch.setattr(MigrationLoader, "load_disk", fail)
    with django_assert_max_num_queries(2):
        assert not has_pending_migrations()


@pytest.mark.parametrize("room", ["deals", "procrastinate", "contenttypes"])
def test_the_last_of_a_room_that_is_not_in_is_seen(room: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where id = (select max(id) from django_migrations where app = %s)", [room])
        assert cursor.rowcount == 1
    assert has_pending_migrations()
    assert "migrations" in what_lacks()


def test_one_that_a_newer_version_has_brought_is_no_matter_of_ours() -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into django_migrations(app, name, applied) values ('deals', '9999_of_tomorrow', now())")
    assert not has_pending_migrations()
