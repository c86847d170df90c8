"""What was searched and kept: saved views and the register of exports name nobody who is erased."""

from urllib.parse import unquote_plus

import orjson
from django.db import connection

from marshrut.agency.services.saved_views import forget_searched
from marshrut.core.history import forget_values
from marshrut.privacy.rules import Traces, traces


def traces_of(person_id: int) -> Traces:
    """What names a person, read before it is erased. A shared number names nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select p.display_name, p.surname, c.kind, c.normal from clients_person p
               left join clients_contactpoint c on c.person_id = p.id and not c.is_shared where p.id = %s""",
            [person_id],
        )
        rows = cursor.fetchall()
    display, surname = rows[0][:2] if rows else ("", "")
    return traces(display=display, surname=surname, ways=[(kind, normal) for _name, _surname, kind, normal in rows if kind])


def forget_searches(*, found: Traces) -> None:
    """Take the filters that name them out of saved views and of what exports say they were narrowed to; history, too."""
    forget_searched(is_named=found.are_in)
    with connection.cursor() as cursor:
        cursor.execute("select row_id, diff from core_change where table_name = 'agency_savedview' and diff is not null")
        told = [(row_id, orjson.loads(diff) if isinstance(diff, str) else diff) for row_id, diff in cursor.fetchall()]
        named = {row_id for row_id, diff in told if any(found.are_in(part) for text in _texts(diff) for part in text.split("&"))}
    forget_values({"agency_savedview": sorted(named)})


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [unquote_plus(value)]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]
