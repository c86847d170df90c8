"""Reads of the dossier: its story, its next actions, who has what to do, who was told what."""

from marshrut.journal.queries.custom import custom_of
from marshrut.journal.queries.dossiers import (
    PlaceSum,
    TaskLine,
    TouchLine,
    closed_when,
    find_task,
    former_holders,
    held_since,
    list_tasks,
    open_matters_with,
    pending_tasks,
    read_history,
    read_story,
    sum_places,
)
from marshrut.journal.queries.notices import (
    NoticeCount,
    NoticeLine,
    count_notices,
    list_notices,
)
from marshrut.journal.queries.waiting import (
    Clash,
    find_clashes,
)

__all__ = [
    "Clash",
    "NoticeCount",
    "NoticeLine",
    "PlaceSum",
    "TaskLine",
    "TouchLine",
    "closed_when",
    "count_notices",
    "custom_of",
    "find_clashes",
    "find_task",
    "former_holders",
    "held_since",
    "list_notices",
    "list_tasks",
    "open_matters_with",
    "pending_tasks",
    "read_history",
    "read_story",
    "sum_places",
]
