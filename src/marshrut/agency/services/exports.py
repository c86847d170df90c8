"""A list is taken out as a file: noted before the first row leaves, and again when the last one has left."""

from datetime import datetime

from django.db import transaction

from marshrut.agency.models import ExportLog
from marshrut.agency.permissions import Actor
from marshrut.core.history import sign

LONGEST_QUERY = 4000


@transaction.atomic
def begin_export(*, page: str, query: str, form: str, by: Actor, now: datetime) -> int:
    """Note who takes out which list, narrowed to what; the id of the note."""
    sign(by.label)
    return ExportLog.objects.create(at=now, by=by.label, page=page, query=query[:LONGEST_QUERY], format=form).pk


@transaction.atomic
def end_export(*, export_id: int, rows: int, is_whole: bool, by: Actor, now: datetime) -> None:
    """Note how many rows have left, and whether they were all."""
    sign(by.label)
    ExportLog.objects.filter(pk=export_id).update(rows=rows, finished_at=now if is_whole else None)
