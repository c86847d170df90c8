"""Mail: the folders it comes into, with their health, and the server it is handed to."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.agency.queries import OfficeCard
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.foreseen import TEMPLATE
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    is_preview,
    only_for,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
    typed,
)
from marshrut.backoffice.web.settings.mail_preview import FOLDER_TEMPLATE, foresee_mail, foresee_server
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.channels.folders import DROP, MAILDIR, roots
from marshrut.channels.queries import DoorCard, list_doors, mail_server, oldest_waiting
from marshrut.channels.services import check_server, keep_door, keep_server, try_server
from marshrut.channels.smtp import PLAIN, STARTTLS, TLS
from marshrut.core.emails import read_email
from marshrut.core.errors import DomainError
from marshrut.core.saves import ComingAndGoing
from marshrut.ui.answers import done
from marshrut.ui.wording import when

KINDS = {MAILDIR: lazy("Maildir: new letters lie in its folder “new”"), DROP: lazy("Dropped .eml files")}
SECURITY = {STARTTLS: lazy("STARTTLS, usually port 587"), TLS: lazy("TLS from the beginning, usually port 465"),
            PLAIN: lazy("Unprotected: only on this machine or in one's own network")}  # fmt: skip
DOORS = register_settings(
    SettingsPage(
        slug="mail", group="messages", order=30, title=lazy("Incoming mail"), icon="mailbox", url_name="settings_mail",
        description=lazy("Folders that mail comes into. Each letter becomes an inquiry, or a reply in its thread."),
        watches={"channels_maildoor": ComingAndGoing(("name", "kind", "path", "address", "source_slug", "office_id", "is_active",
                                                      "takes_subaddresses"))},
        words=lazy("e-mail letters maildir eml inbox mailbox"),
    )
)  # fmt: skip
SERVER = register_settings(
    SettingsPage(
        slug="mail-server", group="messages", order=40, title=lazy("Mail server"), icon="server-2", url_name="settings_server",
        description=lazy("Where letters are handed over for delivery: answers to clients, invitations, notices."),
        watches={"channels_mailserver": ()}, words=lazy("smtp e-mail password sending outbox"),
    )
)  # fmt: skip


def _office(value: object, reader: Reader) -> str:
    office = reader.staff.offices.get(int(str(value))) if value else None
    return office.name if office else "—"


describe(
    "channels_maildoor",
    TableWords(
        noun=lazy("Mail folder"), hidden=("id", "checked_at", "problem", "problem_since"),
        columns={"name": lazy("name"), "kind": lazy("kind"), "path": lazy("folder"), "address": lazy("address"),
                 "source_slug": lazy("source"), "office_id": lazy("office"), "is_active": lazy("in use"),
                 "takes_subaddresses": lazy("answers by plus-address")},
        said={"office_id": _office, "kind": lambda value, _reader: str(KINDS.get(str(value), value))},
    ),
)  # fmt: skip
describe(
    "channels_mailserver",
    TableWords(
        noun=lazy("Mail server"), named_by=("host",), hidden=("id", "sealed_password"),
        columns={"host": lazy("server"), "port": lazy("port"), "security": lazy("protection"), "user": lazy("login"),
                 "sender": lazy("sender")},
        said={"security": lambda value, _reader: str(SECURITY.get(str(value), value))},
    ),
)  # fmt: skip


def _read(reader: Reader) -> list[Item]:
    return [_item(card, reader) for card in list_doors()]


def _item(card: DoorCard, reader: Reader) -> Item:
    values = {"name": card.name, "kind": card.kind, "path": card.path, "address": card.address, "source_slug": card.source_slug,
              "office_id": str(card.office_id or ""), "is_active": "yes" if card.is_active else "",
              "takes_subaddresses": "yes" if card.takes_subaddresses else ""}  # fmt: skip
    looked = _("looked at %(when)s") % {"when": when(card.checked_at).striptags()} if card.checked_at else _("not looked at yet")
    tags = ((_("cannot be read"), "bad"),) if card.problem and card.is_active else ()
    return Item(card.id, card.name, values, (card.address or card.path, card.problem or looked), tags, card.is_active)


def _asks(reader: Reader, _item: Item | None) -> list[Ask]:
    offices = [Choice("", _("No office: distribution decides")), *(Choice(str(o.id), o.name) for o in reader.staff.offices.values())]
    where = ", ".join(map(str, roots())) or "MARSHRUT_MAIL_ROOTS"
    return [
        Ask("name", _("Name"), is_required=True),
        Ask("kind", _("Kind"), "select", choices=[Choice(kind, str(label)) for kind, label in KINDS.items()]),
        Ask("path", _("Folder"), hint=_("The whole path, below %(where)s. It is made if it is not there.") % {"where": where},
            is_required=True),
        Ask("address", _("The mailbox's own address"), hint=_("Letters from it are ours: they answer the client.")),
        Ask("takes_subaddresses", _("Answers come back by plus-address"), "check",
            _("Our letters then ask for answers to box+mark@…, and an answer finds its thread even when the subject was changed. "
              "Only where the mail server delivers box+anything@ into this mailbox: try it with a letter of your own.")),
        Ask("source_slug", _("Source"), hint=_("What reports count its inquiries by."), is_whole=False),
        Ask("office_id", _("Office"), "select", choices=offices, is_whole=False),
        active_ask(_("In use: its letters are read"), _("Letters already taken stay.")),
    ]  # fmt: skip


def _office_of(values: Values, reader: Reader) -> OfficeCard | None:
    text = values["office_id"]
    return reader.staff.offices.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _try_out(values: Values, reader: Reader, item: Item | None) -> Mapping[str, Any]:
    """What lies in the folder as it was typed, and would become what."""
    office = _office_of(values, reader)
    door = DoorCard(
        item.id if item else 0, values["name"], values["kind"], values["path"].strip().rstrip("/"), read_email(values["address"]) or "",
        values["source_slug"].strip().lower(), office.id if office else None, bool(values["is_active"]), None, "", None,
        bool(values["takes_subaddresses"]),
    )  # fmt: skip
    return foresee_mail(door, reader)


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    office = _office_of(values, reader)
    keep_door(
        door_id=pk, name=values["name"], kind=values["kind"], path=values["path"], address=values["address"],
        source_slug=values["source_slug"], office_id=office.id if office else None, is_active=bool(values["is_active"]),
        takes_subaddresses=bool(values["takes_subaddresses"]),
        by=reader.actor, now=reader.now,
    )  # fmt: skip


def _fresh(reader: Reader) -> Values:
    root = next(iter(roots()), None)
    return {"name": "", "kind": MAILDIR, "path": f"{root}/" if root else "", "address": "", "source_slug": "email", "office_id": "",
            "is_active": "yes", "takes_subaddresses": ""}  # fmt: skip


ROLL = Roll(
    page=DOORS, table="channels_maildoor", add_label=lazy("Add a mail folder"), read=_read, asks=_asks, save=_save, fresh=_fresh,
    try_out=_try_out, preview_template=FOLDER_TEMPLATE,
    help=lazy("A mail program on this machine (fetchmail, mbsync, an MX) delivers into the folder; it is looked at every ten seconds."),
    empty=(lazy("No mail comes in yet"), lazy("Name a folder, and each letter in it becomes an inquiry or a reply in its thread.")),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def server(request: ReaderRequest) -> HttpResponse:
    """The form about the mail server. The password is never shown; an empty field keeps the one given for this very server."""
    context = _server_context()
    if request.method == "GET":
        return page_of(request, SERVER, "backoffice/settings/mail_server.html", {**context, "values": _server_values()})
    values = typed(request, "host", "port", "security", "user", "sender", "forget", longest=300)
    if is_preview(request):
        return preview_of(request, TEMPLATE, lambda: foresee_server(values, request.reader))
    try:
        with saving(request, SERVER):
            keep_server(
                host=values["host"], port=values["port"], security=values["security"], user=values["user"], sender=values["sender"],
                password=_password(request, values), by=request.reader.actor, now=request.reader.now,
            )  # fmt: skip
    except DomainError as error:
        return refused(request, SERVER, "backoffice/settings/_mail_server_form.html", context, values, error)
    return saved(SERVER)


def _password(request: ReaderRequest, values: Values) -> str | None:
    """The password as it was typed; None for the one that is kept, empty for none from now on."""
    return "" if values["forget"] else request.POST.get("password", "")[:500] or None


@require_POST
@for_staff("settings:write")
def check(request: ReaderRequest) -> HttpResponse:
    """Connect to the server as it was typed and log in, without sending anything; a sentence on how that went."""
    only_for(request, SERVER)
    values = typed(request, "host", "port", "security", "user", "sender", "forget", longest=300)
    try:
        check_server(host=values["host"], port=values["port"], security=values["security"], user=values["user"], sender=values["sender"],
                     password=_password(request, values), by=request.reader.actor, now=request.reader.now)  # fmt: skip
    except DomainError as error:
        return render(request, "backoffice/settings/_server_checked.html", {"problem": error.sentence})
    said = _("The server let us in and takes letters from this sender. Nothing was sent.")
    return render(request, "backoffice/settings/_server_checked.html", {"problem": "", "said": said})


def _server_context() -> dict[str, Any]:
    card = mail_server()
    return {"security": [Choice(kind, str(label)) for kind, label in SECURITY.items()], "has_password": bool(card and card.has_password),
            "is_set": card is not None, "sample": "Marshrut <hello@example.com>", "waiting_since": oldest_waiting()}  # fmt: skip


def _server_values() -> Values:
    card = mail_server()
    if card is None:
        return {"host": "", "port": "587", "security": STARTTLS, "user": "", "sender": ""}
    return {"host": card.host, "port": str(card.port), "security": card.security, "user": card.user, "sender": card.sender}


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def test_letter(request: ReaderRequest) -> HttpResponse:
    """One letter is handed over at once, to see what the server says."""
    reader, template = request.reader, "backoffice/settings/_test_letter_dialog.html"
    if request.method == "GET":
        return render(request, template, {"values": {"to": ""}, "errors": {}})
    values = typed(request, "to", longest=300)
    try:
        try_server(to=values["to"], subject=_("A letter to try the mail server"), text=_("If you read this, letters go out."),
                   by=reader.actor, now=reader.now)  # fmt: skip
    except DomainError as error:
        return render(request, template, {"values": values, "errors": {"to": error.sentence}}, status=error.status)
    return done(_("The server took the letter: look into the mailbox"))
