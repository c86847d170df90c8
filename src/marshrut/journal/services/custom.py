"""Values of the agency's own fields on a matter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import custom_fields_of, read_revision
from marshrut.core.history import sign
from marshrut.core.typed_values import merge_values, refuse_flaws
from marshrut.journal.services.dossiers import lock_matter


@transaction.atomic
def set_custom(*, dossier_id: int, values: Mapping[str, object], by: Actor, now: datetime) -> dict[str, Any]:
    """Write values of own fields on a matter, by slug; an empty one takes the old one away. All that stand afterwards.

    NotFound when the matter is absent or out of reach; Invalid names the first field that is unknown or unreadable, and
    then nothing is changed.
    """
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    specs = custom_fields_of("matter", read_revision())
    with connection.cursor() as cursor:
        cursor.execute("select custom from journal_dossier where id = %s", [matter.id])
        kept = orjson.loads(cursor.fetchone()[0])
    merged = merge_values(specs, kept, values)
    refuse_flaws(merged, specs)
    if merged.values != kept:
        with connection.cursor() as cursor:
            cursor.execute(
                "update journal_dossier set custom = %s where id = %s", [orjson.dumps(merged.values).decode(), matter.id]
            )
    return merged.values


def keep_custom(*, dossier_id: int, values: Mapping[str, Any]) -> None:
    """Values that came in with an inquiry, read already; what stands on the matter is not overwritten."""
    if values:
        with connection.cursor() as cursor:
            cursor.execute(
                "update journal_dossier set custom = %s::jsonb || custom where id = %s",
                [orjson.dumps(dict(values)).decode(), dossier_id],
            )
