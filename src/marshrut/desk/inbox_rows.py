"""The rows of the Inbox as markup.

They are made here, word by word escaped, and not in a template: fifty of them are most of the page that is opened most.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from markupsafe import Markup

from marshrut.desk.lists.columns import CLASS_TONES
from marshrut.desk.shapes import Named
from marshrut.desk.shaping import owner_of, queue_of, title_of, tone_of_channel
from marshrut.desk.web.pages import Desk
from marshrut.desk.wording import CHANNEL_ICONS, stored_trip
from marshrut.intake.queries import InquiryLine
from marshrut.intake.wording import channel_label, class_label, say_stored, say_stored_priority
from marshrut.ui.assets import icon
from marshrut.ui.jinja import url
from marshrut.ui.pieces import holder, score, tag
from marshrut.ui.wording import countdown, due, due_tone, when

MESSAGE = 160  # characters of what they said
GROUPS = {"first": ("flag", noop("Before new inquiries")), "new": ("bolt", noop("New: answer now")),
          "rest": ("clock", noop("In work, by what is due next"))}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An inquiry as the Inbox shows it.

    Attributes:
        next_due: the client has written again, and is to be answered by then.
        group: the part of the list that begins with this row (a name of GROUPS), mostly empty.
        note: the exception it stands under, in words, mostly empty.
    """

    line: InquiryLine
    next_due: datetime | None = None
    group: str = ""
    note: str = ""


def rows_markup(rows: Iterable[InboxRow], desk: Desk) -> Markup:
    """All rows, one after the other, for an `<ol>`."""
    return Markup("".join(_group_head(row.group) + _row(row, desk) for row in rows))


def _group_head(group: str) -> str:
    if not group:
        return ""
    picture, words = GROUPS[group]
    return f'<li class="group-head inbox-group group-{group}">{icon(picture, 14)}{escape(_(words))}</li>\n'


def _row(row: InboxRow, desk: Desk) -> str:
    line = row.line
    trip = stored_trip(line.request, desk.revision)
    message = escape(desk.actor.text(" ".join(line.message.split()))[:MESSAGE])
    owner, queue = owner_of(desk.staff, line.owner_id, line.owner), queue_of(desk.staff, line.queue_id)
    said = f'<div class="inbox-message cut">{message}</div>' if message else ""
    return (
        f'<li class="inbox-row" id="inbox-{line.id}" data-row data-preview="{url("inbox_preview", line.id)}">'
        f'<span class="inbox-avatar">{holder(owner, queue, "m")}</span>'
        f'<div class="work-line"><a class="work-title-link cut" data-open href="{url("inquiry", line.id)}">'
        f"{escape(title_of(line.person, line.phone, desk.actor))}</a>{_score(row, desk)}"
        f'<span class="muted small cut">{escape(trip)}</span></div>{said}'
        f'<div class="tags">{_tags(row)}</div><div class="inbox-side">{_side(row, desk, queue)}</div></li>\n'
    )


def _score(row: InboxRow, desk: Desk) -> Markup:
    reasons = say_stored_priority(row.line.priority_reasons, desk.actor)
    return score(row.line.priority, (_("The client has written again"), *reasons) if row.next_due else reasons)


def _tags(row: InboxRow) -> str:
    """How they came and from where, what kind of inquiry, why it stands first, whether it is worth doubt."""
    line, way_in = row.line, channel_label(row.line.way_in)
    tags = [tag(way_in, tone_of_channel(line.way_in), CHANNEL_ICONS.get(line.way_in, "message"))]
    if line.source_name != way_in:
        unnamed = "" if line.source_is_named else _("This source is not named yet")
        tags.append(tag(line.source_name, "warm" if unnamed else "neutral", None, unnamed))
    reason = " · ".join(say_stored(line.class_reason))
    tags.append(tag(class_label(line.inquiry_class), CLASS_TONES.get(line.inquiry_class, "neutral"), None, reason))
    if row.note:
        tags.append(tag(row.note, "warm", "flag"))
    if line.relevance == "C":
        tags.append(tag(_("doubtful"), "warm"))
    return "".join(tags)


def _side(row: InboxRow, desk: Desk, queue: Named | None) -> str:
    """The clock that runs, else what is planned; since when; whether it is nobody's."""
    line, answer_by = row.line, row.line.respond_by if row.line.is_unanswered else row.next_due
    clock = ""
    if answer_by:
        clock = f'<span class="clock-box">{countdown(answer_by, desk.now)}</span>'
    elif line.task_due_at:
        clock = f'<span class="due due-{due_tone(line.task_due_at, desk.now)}">{due(line.task_due_at, desk.now)}</span>'
    queue_name = "" if line.owner_id else escape(queue.name if queue else _("nobody's"))
    nobodys = f'<span class="bad tiny strong cut">{queue_name}</span>' if queue_name else ""
    return f'{clock}<span class="muted tiny">{when(line.opened_at, desk.now)}</span>{nobodys}'
