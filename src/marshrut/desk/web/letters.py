"""Writing to the client from the card, and the files that came and went with letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.channels.queries import AttachmentLine, find_attachment, last_letter_of, list_templates, mail_server
from marshrut.channels.rules.media import SHOWN
from marshrut.channels.rules.templates import fill
from marshrut.channels.services import keep_upload
from marshrut.clients.queries import ContactLine, person_of_matter
from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.files import PIECE, read_file
from marshrut.core.history import sign
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import money
from marshrut.desk.web.asking import Asked, asked_about, next_action, presets, refused, typed, usual_next
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found
from marshrut.intake.services import answer_and_plan, answer_client, refuse_unfilled, write_letter
from marshrut.intake.wording import say_opening
from marshrut.journal.services import add_touch
from marshrut.ui.answers import done
from marshrut.ui.wording import money as written_money

LARGEST = 25 << 20  # bytes of all files of one letter together
MOST_FILES = 20
_ALONE = "default-src 'none'; style-src 'unsafe-inline'"
"""What a shown file may do: nothing. A picture also stands in a sandbox; in one the browser's own reader of PDF does not open."""
MESSENGERS = {"whatsapp": ("brand-whatsapp", "WhatsApp"), "telegram": ("brand-telegram", "Telegram"), "viber": ("phone-call", "Viber")}


@dataclass(frozen=True, slots=True)
class Address:
    """A box of the client's: `value` stands in the form for it, so that who may not see it can still write to it."""

    value: str
    label: str
    normal: str


@require_http_methods(["GET", "POST"])
@at_desk
def write(request: DeskRequest, pk: int) -> HttpResponse:
    """A letter or a message to the client, with what comes next in the same gesture."""
    desk = request.desk
    if not desk.actor.may("messages:write"):
        raise PermissionDenied("messages:write")
    asked = asked_about(desk, pk)
    contacts = _contacts(asked)
    boxes = _boxes(desk, pk, contacts)
    context = _context(desk, asked, boxes, contacts)
    if request.method == "GET":
        usual = _usual(request, desk, asked, boxes, context["ways"])
        return render(request, "desk/_write_dialog.html", {**context, "values": usual, "errors": {}})
    values: dict[str, Any] = typed(request, "how", "to", "subject", "text", "complete_task", "next_title", "next_due")
    try:
        following = next_action(values, desk.now) if values["complete_task"] and asked.row.task_id else None
        task_id = asked.row.task_id if values["complete_task"] else None
        if values["how"] in MESSENGERS:
            return _to_messenger(request, asked, contacts, values, task_id, following)
        _send(request, pk, boxes, values, task_id, following)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_write_dialog.html", context, {**usual_next(desk, asked.row), **values}, error)
    return done(_("It is in the outbox and goes within seconds"))


def _contacts(asked: Asked) -> list[ContactLine]:
    person = person_of_matter(asked.row.person_id) if asked.row.person_id else None
    return list(person.contacts) if person else []


def _boxes(desk: Desk, dossier_id: int, contacts: list[ContactLine]) -> list[Address]:
    """Addresses to write to, the one of the latest letter first."""
    letter = last_letter_of(dossier_id)
    known = dict.fromkeys([*filter(None, [letter[2] if letter else ""]), *(c.normal for c in contacts if c.kind == "email")])
    return [Address(str(number), desk.actor.email(normal) or "", normal) for number, normal in enumerate(known)]


def _context(desk: Desk, asked: Asked, boxes: list[Address], contacts: list[ContactLine]) -> dict[str, Any]:
    row = asked.row
    ways = [Option("email", _("Letter"), "mail")]
    ways += [Option(name, label, icon) for name, (icon, label) in MESSENGERS.items() if messenger_link(name, contacts, "")]
    return {
        "dossier": row.dossier_id, "matter_title": asked.title, "ways": ways, "boxes": [Option(b.value, b.label) for b in boxes],
        "templates": [Option(str(card.id), card.name) for card in list_templates()], "presets": presets(desk),
        "has_server": mail_server() is not None, "task_title": row.task_title if row.task_id else "", "most_mb": LARGEST >> 20,
    }  # fmt: skip


def _usual(request: DeskRequest, desk: Desk, asked: Asked, boxes: list[Address], ways: list[Option]) -> dict[str, Any]:
    """What the composer begins with: the thread's subject, or the chosen template filled with what is known."""
    letter = last_letter_of(asked.row.dossier_id)
    subject = letter[1] if letter else ""
    values: dict[str, Any] = {
        "how": "email" if boxes or len(ways) == 1 else ways[1].value, "to": boxes[0].value if boxes else "", "text": "", "template": "",
        "subject": subject if not subject or subject.lower().startswith("re:") else f"Re: {subject}",
        "complete_task": "1" if asked.row.task_kind == "write" or asked.row.respond_by else "", **usual_next(desk, asked.row),
    }  # fmt: skip
    for name in ("how", "to"):
        if request.GET.get(name) in {option.value for option in (ways if name == "how" else [Option(b.value, "") for b in boxes])}:
            values[name] = request.GET[name]
    chosen = next((card for card in list_templates() if str(card.id) == request.GET.get("template")), None)
    if chosen:
        known = _known(desk, asked, chosen.language)
        values |= {"template": str(chosen.id), "text": fill(chosen.text, known).text}
        values["subject"] = fill(chosen.subject, known).text or values["subject"]
    return values


def _known(desk: Desk, asked: Asked, language: str) -> dict[str, str]:
    """What the places of a template in this language stand for in this matter."""
    person = person_of_matter(asked.row.person_id) if asked.row.person_id else None
    agency = desk.staff.agency
    worth = money(asked.row.worth, asked.row.currency)
    title = asked.title.partition(" · ")
    full_name = person.name if person and desk.actor.named(person.name) == person.name else ""
    return {
        "name": _given_name(person.name) if person else "", "full_name": full_name, "manager": desk.actor.name,
        "agency": agency.name, "office": desk.office.name, "phone": agency.phone, "trip": title[2],
        "sum": str(written_money(worth.amount, worth.currency)) if worth else "",
        "opens": say_opening(desk.office.calendar, desk.now, language),
    }  # fmt: skip


def _given_name(name: str) -> str:
    """How somebody is addressed: the second word of "surname given patronymic", else the first."""
    words = name.split()
    return "" if not words or any(char.isdigit() or char == "@" for char in name) else words[1] if len(words) > 2 else words[0]


@transaction.atomic
def _send(request: DeskRequest, pk: int, boxes: list[Address], values: dict[str, Any], task_id: int | None, following: Any) -> None:
    desk = request.desk
    sign(desk.actor.label)
    to = next((box.normal for box in boxes if box.value == values["to"]), values["to"] if not boxes else "")
    files = request.FILES.getlist("files")
    if len(files) > MOST_FILES or sum(file.size or 0 for file in files) > LARGEST:
        told = _("At most %(count)s files of %(limit)s MB together can go with a letter.")
        raise Invalid("files_too_large", told % {"limit": LARGEST >> 20, "count": MOST_FILES}, field="files")
    letter = last_letter_of(pk)
    kept = [keep_upload(name=file.name or "", pieces=file.chunks(PIECE), start=_start(file), dossier_id=pk) for file in files]
    write_letter(dossier_id=pk, to=to, subject=values["subject"], text=values["text"], files=kept, in_reply_to=letter[0] if letter else "",
                 task_id=task_id, following=following, by=desk.actor, now=desk.now)


def _start(file: UploadedFile) -> bytes:
    start: bytes = file.read(512)
    file.seek(0)
    return start


def _to_messenger(request: DeskRequest, asked: Asked, contacts: list[ContactLine], values: dict[str, Any], task_id: int | None,
                  following: Any) -> HttpResponse:
    """What is said in a messenger is written down; the link that opens it there is the dialog's answer."""
    desk = request.desk
    if not values["text"]:
        raise Invalid("text_missing", _("Write what is to be said."), field="text")
    refuse_unfilled(values["text"])
    refuse_hidden(desk)
    link = messenger_link(values["how"], contacts, values["text"])
    if link is None:
        raise Invalid("no_account", _("No number or name of theirs is known there."), field="how")
    said: dict[str, Any] = {"dossier_id": asked.row.dossier_id, "kind": "message_out", "body": values["text"], "by": desk.actor,
                            "now": desk.now}  # fmt: skip
    if task_id is not None:
        answer_and_plan(**said, task_id=task_id, following=following)
    else:
        answer_client(**said)
    return ready_to_send(request, values["how"], link, values["text"])


def ready_to_send(request: DeskRequest, how: str, link: str, text: str) -> HttpResponse:
    """What has been written down, and the button that opens the messenger with it."""
    icon, label = MESSENGERS[how]
    answer = render(request, "desk/_messenger_dialog.html", {"link": link, "label": label, "icon_name": icon, "text": text})
    answer["HX-Trigger"] = "written"
    return answer


def refuse_hidden(desk: Desk) -> None:
    """A link to somebody's messenger is their number: 422 for whoever may not see numbers."""
    if not desk.actor.shows("phone"):
        raise Invalid("number_hidden", _("Numbers are hidden from you: ask a colleague who sees them to write there."), field="how")


def messenger_link(how: str, contacts: list[ContactLine], text: str) -> str | None:
    """The address that opens a messenger at this client with the text ready; None when nothing is known there."""
    accounts = {kind: name for c in contacts if c.kind == "messenger" for kind, _colon, name in [c.normal.partition(":")]}
    phone = next((c.normal for c in contacts if c.kind == "phone" and not c.is_shared and c.normal.startswith("+")), "")
    said = quote(text)
    if how == "telegram":
        account = accounts.get("telegram", "") or phone
        return f"https://t.me/{quote(account)}?text={said}" if account else None
    account = accounts.get(how, "") or phone
    if not account.startswith("+"):
        return None
    return f"https://wa.me/{account[1:]}?text={said}" if how == "whatsapp" else f"viber://chat?number={quote(account)}&draft={said}"


@require_safe
@at_desk
def attachment(request: DeskRequest, pk: int) -> HttpResponseBase:
    """A file of a matter: saved by default; a picture or a PDF shown alone when asked for (`?show=1`).

    Opening a private one (a passport) is written into the story, once per opening.
    """
    desk = request.desk
    line: AttachmentLine = found(find_attachment(desk.actor, pk))
    if line.is_private and request.method == "GET":
        with transaction.atomic():
            sign(desk.actor.label)
            add_touch(dossier_id=line.dossier_id, kind="file_opened", direction="none", body="", data={"name": line.name, "file": line.id},
                      by=desk.actor, now=desk.now)  # fmt: skip
    is_shown = "show" in request.GET and line.media_type in SHOWN
    answer = StreamingHttpResponse(_contents(line), content_type=line.media_type if is_shown else "application/octet-stream")
    answer["Content-Length"] = str(line.size)
    answer["Content-Disposition"] = f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{quote(line.name)}"
    answer["Content-Security-Policy"] = _ALONE if is_shown and line.media_type == "application/pdf" else f"{_ALONE}; sandbox"
    answer["Cache-Control"] = "no-store"
    return answer


def _contents(line: AttachmentLine) -> Iterator[bytes]:
    yield from read_file(line.file_id)
