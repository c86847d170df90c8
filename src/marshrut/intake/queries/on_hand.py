"""How much each manager has on their hands: what capacities are held against."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from marshrut.intake.rules import Effort


def loads_on_hand(employee_ids: Sequence[int], effort: Effort, now: datetime, *, alone: bool = False) -> dict[int, float]:
    """The effort of open inquiries that are no deals yet, and of overdue actions on older matters; one statement, none for nobody.

    What waits for later burdens nobody until it returns. `alone`: nobody else counts to give something out until this
    transaction ends.
    """
    if not employee_ids:
        return {}
    held: dict[int, list[tuple[str | None, str | None, int]]] = {number: [] for number in employee_ids}
    with connection.cursor() as cursor:
        cursor.execute("select * from intake_on_hand(%s::bigint[], %s, %s)", [list(employee_ids), now, alone])
        for employee_id, inquiry_class, category, number in cursor.fetchall():
            held[employee_id].append((inquiry_class, category, number))
    return {number: effort.sum(what) for number, what in held.items()}
