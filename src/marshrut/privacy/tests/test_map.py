"""The map of personal data is whole: no table, no column where something about a person may lie is missing in it."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from marshrut.privacy.facts import NOTHING_PERSONAL, OTHER_TABLES, PLACES

ROOTS = {"clients_person", "journal_dossier", "channels_rawmessage", "channels_letter", "channels_sending", "intake_inquiry", "deals_deal"}
TALKATIVE = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)


def our_tables() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models() if model.__module__.startswith("marshrut.")}


def hanging_on_a_person() -> set[str]:
    """Tables that have a key to a person, a matter or a message."""
    found = set(ROOTS)
    for table, model in our_tables().items():
        for field in model._meta.concrete_fields:
            target = field.related_model
            if field.is_relation and isinstance(target, type) and target._meta.db_table in ROOTS:
                found.add(table)
    return found


def test_every_table_that_hangs_on_a_person_is_in_the_map_or_holds_nothing() -> None:
    mapped = {place.table for place in PLACES}
    assert mapped | set(NOTHING_PERSONAL) >= hanging_on_a_person()
    assert mapped & set(NOTHING_PERSONAL) == set()


def test_there_is_a_word_about_every_table_that_could_say_something() -> None:
    told = {place.table for place in PLACES} | set(NOTHING_PERSONAL)
    assert told & set(OTHER_TABLES) == set()
    assert {table for table in our_tables() if any(talkative(table))} - told - set(OTHER_TABLES) == set()
    assert set(OTHER_TABLES) <= set(our_tables())


def talkative(table: str) -> Iterator[str]:
    for field in our_tables()[table]._meta.concrete_fields:
        if isinstance(field, TALKATIVE):
            yield str(field.column)


def test_every_column_that_could_say_something_is_emptied_or_kept_for_a_reason() -> None:
    missing: dict[str, Any] = {}
    for place in PLACES:
        if not place.deleted:
            rest = set(talkative(place.table)) - set(place.blank) - set(place.keep)
            if rest:
                missing[place.table] = rest
    assert missing == {}


def test_no_column_of_the_map_is_misspelt_or_both_emptied_and_kept() -> None:
    for place in PLACES:
        columns = {field.column for field in our_tables()[place.table]._meta.concrete_fields}
        assert {*place.blank, *place.keep, *place.hidden, place.column, place.pk} <= columns, place.table
        assert set(place.blank) & set(place.keep) == set(), place.table
