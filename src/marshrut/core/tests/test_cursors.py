"""Cursors of the driver are used again, each by one statement at a time."""

from typing import Any

import pytest
from django.db import InterfaceError, ProgrammingError, connection, transaction

pytestmark = pytest.mark.django_db


def lent() -> Any:
    """The driver's cursor that the next statement gets; it is given back at once."""
    with connection.cursor() as cursor:
        return cursor.cursor


def test_the_next_statement_gets_the_cursor_of_the_last() -> None:
    assert lent() is lent()


def test_one_within_another_is_another() -> None:
    with connection.cursor() as outer:
        outer.execute("select * from generate_series(1, 3)")
        first = outer.fetchone()
        with connection.cursor() as inner:
            inner.execute("select 7")
            assert inner.cursor is not outer.cursor
            assert (first, inner.fetchall(), outer.fetchall()) == ((1,), [(7,)], [(2,), (3,)])


def test_who_closes_twice_gives_back_once() -> None:
    first = connection.cursor()
    first.close()
    with connection.cursor() as second:
        first.close()
        with connection.cursor() as third:
            assert third.cursor is not second.cursor


def test_nothing_is_read_from_a_closed_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    with pytest.raises(InterfaceError):
        cursor.fetchone()


def test_one_that_failed_is_not_used_again() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        failed = cursor.cursor
        cursor.execute("select nothing_like_that")
    assert failed.closed
    assert lent() is not failed


def test_one_that_holds_many_rows_is_not_kept() -> None:
    with connection.cursor() as cursor:
        many = cursor.cursor
        cursor.execute("select * from generate_series(1, 5000)")
    assert many.closed
    assert lent() is not many
