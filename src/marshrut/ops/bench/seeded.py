"""Make sure that a home has its first data and as many rows as the bench needs. Run as a module: ROWS."""

from __future__ import annotations

import sys

from django.core.management import call_command
from django.db import connection

from marshrut.ops import databases, homes


def make_sure() -> None:
    """The first data of an empty home: office, queue, funnels, sources, rules."""
    call_command("seed_home")


def present_rows() -> int:
    """How many matters an earlier load has left."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('floor_lead') is not null")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("select count(*) from floor_lead where email <> 'i@mail.example'")
        return int(cursor.fetchone()[0])


def main(rows: int) -> int:
    with databases.at_work(homes.chosen_home()):
        make_sure()
        present = present_rows()
        if present < rows * 0.99:
            from .load import load

            print(load(rows - present, seed=1 + present).sentence())
        else:
            print(f"{present} persons and inquiries of an earlier load")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
