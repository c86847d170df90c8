"""What dialogs of a move ask at gates, what was typed there, and what a refusal has led to in words."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.deals.queries.gates import read_gates
from marshrut.deals.rules import ASK, CLOSE, WAIT
from marshrut.deals.services import Following, GateSaid
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import whole
from marshrut.desk.web.pages import DeskRequest

ASKED = ("gate_", "words_")
"""What the fields of a gate begin with: yes or no, and the client's words."""


def gates_said(request: HttpRequest) -> dict[int, GateSaid]:
    """What the client said at the gates the dialog asked about."""
    found = {}
    for key, text in request.POST.items():
        number = whole(key.removeprefix("gate_"))
        if key.startswith("gate_") and number is not None and text in ("yes", "no"):
            found[number] = GateSaid(text == "yes", clean_text(request.POST.get(f"words_{number}"), 500))
    return found


def gates_typed(request: HttpRequest) -> dict[str, str]:
    """The fields of gates as they were typed."""
    return {key: request.POST[key] for key in request.POST if key.startswith(ASKED)}


def gates_asked(request: DeskRequest, error: DomainError) -> list[dict[str, Any]]:
    """The gates that are on the way, asked now or a moment ago."""
    asked = {whole(name.removeprefix("gate.").partition(".")[0]) for name in error.missing if name.startswith("gate.")}
    asked |= set(gates_said(request))
    answers = [Option("yes", _("Yes, agrees")), Option("no", _("No, refuses"))]
    gates = read_gates(request.desk.revision).by_stage.values()
    return [{"id": gate.id, "question": gate.question, "answers": answers} for gate in gates if gate.id in asked]


def field_of(name: str) -> str:
    """The field of the dialog that asks for what is missing."""
    if name.startswith("gate."):
        number, _dot, of_gate = name.removeprefix("gate.").partition(".")
        return f"words_{number}" if of_gate else f"gate_{number}"
    return name if name == "reason" else f"fact_{name}"


def followed(after: Following) -> str:
    """What a refusal at a gate has led to; empty when the deal went on."""
    aside = ngettext(
        "Put aside for %(days)s day: it will return by itself", "Put aside for %(days)s days: it will return by itself", after.days
    )
    said = {WAIT: aside, CLOSE: _("Closed: %(reason)s"), ASK: _("The supervisor is asked to decide")}
    return said.get(after.consequence, "") % {"days": after.days, "reason": after.reason}
