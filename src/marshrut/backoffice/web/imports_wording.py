"""Words of the import pages: what a column may be, where a run is, what is wrong with a row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import pgettext, pgettext_lazy

from marshrut.core.tables import Cell
from marshrut.core.typed_values import FieldSpec
from marshrut.intake.queries.imports import RunCard, all_problems

ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
             "cp1251": "Windows-1251", "koi8-r": "KOI8-R", "koi8-u": "KOI8-U", "cp866": "DOS 866",
             "mac-cyrillic": "Mac Cyrillic", "cp1252": "Windows-1252"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an import: done, now or ahead."""

    label: str
    state: str


_GROUPS = (
    (noop("Who"), (
        ("name", noop("Whole name")), ("surname", noop("Surname")), ("given_name", noop("Given name")), ("patronymic", noop("Patronymic")),
        ("phone", noop("Phone")), ("email", noop("E-mail")), ("telegram", "Telegram"), ("whatsapp", "WhatsApp"), ("viber", "Viber"),
        ("vk", noop("VK")), ("instagram", "Instagram"), ("messenger", noop("Another messenger")),
    )),
    (noop("The inquiry"), (
        ("received_at", noop("When it came")), ("source", noop("Source")), ("message", noop("Message")),
        ("note", noop("Add to the message, with the heading")), ("external_id", noop("Number in the old program")),
    )),
    (noop("What was wanted"), (
        ("directions", noop("Where to")), ("resorts", noop("Resorts")), ("excluded", noop("Not to")), ("category", noop("Category")),
        ("departure", noop("Leaving from the city")), ("date_from", noop("Departure")), ("date_to", noop("Return")),
        ("nights", noop("Nights")), ("adults", noop("Adults")), ("children", noop("Children's ages")),
        ("child_count", noop("How many children")), ("people", noop("How many in all")), ("rooms", noop("Rooms")),
        ("stars", noop("Stars of the hotel")), ("board", noop("Board")), ("budget", noop("Budget or amount")),
        ("currency", noop("Currency")),
    )),
    (noop("How it ended"), (
        ("outcome", noop("Realised or not")), ("close_reason", noop("Why not")), ("closed_at", noop("When it was closed")),
        ("manager", noop("Manager: name or e-mail")),
    )),
    (noop("Advertising"), tuple((f"utm_{name}", f"utm_{name}") for name in ("source", "medium", "campaign", "content", "term"))),
)  # fmt: skip


def target_groups(own: Sequence[FieldSpec]) -> list[tuple[str, list[Option]]]:
    """What a column may be, by groups; the agency's own fields last."""
    groups = [(_(label), [Option(slug, _(name) if name else name) for slug, name in options]) for label, options in _GROUPS]
    if own:
        groups.append((_("Your own fields"), [Option(f"{spec.subject}.{spec.slug}", spec.name) for spec in own]))
    return groups


_STATES = {
    "draft": (lazy("Say what the columns are"), "info"), "checking": (lazy("Being checked"), "accent"),
    "checked": (lazy("Checked, not in yet"), "info"), "running": (lazy("Going in"), "accent"), "stopped": (lazy("Stopped"), "warm"),
    "done": (pgettext_lazy("import", "Done"), "good"), "failed": (lazy("Did not work"), "bad"),
    "undoing": (lazy("Being taken out"), "accent"),
    "undone": (lazy("Taken out"), "neutral"),
}  # fmt: skip


def state_label(state: str) -> str:
    """Where a run is, in words."""
    return str(_STATES[state][0])


def state_tone(state: str) -> str:
    """The tone of its tag."""
    return _STATES[state][1]


def mode_label(mode: str) -> str:
    """How its rows go in."""
    return _("History") if mode == "history" else _("New inquiries")


def mode_options() -> list[tuple[str, str, str]]:
    """(value, label, what it means)"""
    return [
        ("history", _("History"), _("What is over: outcomes are kept as they were, nobody is called, no clock runs.")),
        ("inquiries", _("New inquiries"), _("Each row is given to a manager and its response clock starts now.")),
    ]


def separator_label(separator: str) -> str:
    """A separator as it is called."""
    return {";": _("semicolon"), ",": _("comma"), "\t": _("tab"), "|": _("vertical bar")}.get(separator, separator)


def steps(card: RunCard) -> list[Step]:
    """File, columns, check, bring in."""
    at = {"draft": 1, "checking": 2, "checked": 3, "running": 3, "stopped": 3, "failed": 3}.get(card.state, 4)
    labels = (_("File"), _("Columns"), _("Check"), pgettext("step of an import", "Bring in"))
    return [Step(label, "done" if place < at else "now" if place == at else "ahead") for place, label in enumerate(labels)]


_PROBLEMS = {
    "empty_row": noop("Nothing that could become a lead"),
    "unreachable": noop("No way to reach anybody"),
    "erased": noop("This person was erased and does not come back"),
    "repeated": noop("Came before"),
    "extra_cells": noop("More cells than headings: the rest is kept with the raw row"),
    "unknown_manager": noop("There is no such manager: nobody's"),
    "foreign_manager": noop("This manager is beyond your reach: nobody's"),
    "foreign_client": noop("The client is another office's: this was not added to them"),
    "unknown_outcome": noop("The word does not say how it ended"),
    "not_a_phone": noop("Not a telephone number"),
    "not_an_address": noop("Not an e-mail address"),
    "unreadable": noop("Cannot be read"),
    "value_unreadable": noop("Not a value of this field"),
    "not_a_date": noop("Not a date"),
    "not_a_past_moment": noop("The date lies ahead or too far back"),
    "not_a_number": noop("Not a number"),
    "out_of_range": noop("Too large or too small"),
    "too_far": noop("The date is too far away"),
    "reversed": noop("The end was before the beginning: they were exchanged"),
    "cut_short": noop("Too long: the beginning was taken"),
    "unknown_category": noop("There is no such category"),
    "unknown_currency": noop("There is no such currency"),
    "negative": noop("Less than nothing"),
    "zero": noop("Nothing"),
    "too_large": noop("Too large"),
    "kept_answered": noop("Stays: it has been answered"),
    "kept_moved": noop("Stays: it has become a deal, waits for later or went to another matter"),
    "kept_ended": noop("Stays: somebody has opened or closed it"),
    "kept_touched": noop("Stays: somebody has written something in its story"),
    "kept_planned": noop("Stays: somebody has done or moved its next action"),
    "kept_came_again": noop("Stays: the client has come again with it"),
    "kept_held": noop("Stays: something else hangs on it, such as a letter"),
}


def problem_label(code: str) -> str:
    """What is wrong, in words; a code nobody has worded is shown as it is."""
    return _(_PROBLEMS[code]) if code in _PROBLEMS else code.replace("_", " ")


def problem_rows(run_id: int, shown: Callable[[str], str]) -> Iterator[list[Cell]]:
    """Everything that was left out of a run as a table, its heading first; `shown` is what the reader may see of a value."""
    yield [_("Row"), _("Column"), _("What is wrong"), _("Value"), _("The row stayed out")]
    for line in all_problems(run_id):
        yield [line.number, line.column, problem_label(line.code), shown(line.value),
               _("yes") if line.is_refusal or line.code == "repeated" else _("no")]
