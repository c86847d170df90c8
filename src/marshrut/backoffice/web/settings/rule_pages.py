"""What the pages of rules share: how forms are read, options in words, the words of their history, the month they are tried on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.web.pages import Reader, ReaderRequest
from marshrut.backoffice.web.settings.story import TableWords, describe, plain
from marshrut.core.names import clean_text
from marshrut.core.undo import Row
from marshrut.intake.queries.rule_samples import MOST_SAMPLED, Sampled, sample_month
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import CHANNELS, CLASSES
from marshrut.intake.wording import channel_label, class_label

MOST_EXAMPLES = 6


@dataclass(frozen=True)
class Choice:
    """One value of a list, worded."""

    value: Any
    label: str


@dataclass(frozen=True)
class Example:
    """An inquiry shown as an example, with what is said of it."""

    id: int
    title: str
    note: str = ""


def posted_lists(request: HttpRequest) -> dict[str, list[str]]:
    """Every field as it was sent, cleaned of what cannot be stored."""
    return {
        name: [clean_text(value, 60_000, keep_lines=True) for value in request.POST.getlist(name)[:700]]
        for name in list(request.POST)[:3000]
    }


def whole(text: str | None) -> int | None:
    """A whole number as typed; None when it is none."""
    given = (text or "").strip()
    return int(given) if given.lstrip("-").isdecimal() and given.isascii() and len(given) < 8 and given.count("-") < 2 else None


def ids_of(values: Iterable[str]) -> list[int]:
    """Numbers of rows in the order they were sent; what is none is left out."""
    return [number for value in values if (number := whole(value)) is not None]


def channel_choices() -> list[Choice]:
    return [Choice(slug, channel_label(slug)) for slug in CHANNELS]


def class_choices() -> list[Choice]:
    return [Choice(slug, class_label(slug)) for slug in CLASSES]


def reference_of(request: ReaderRequest) -> Reference:
    """The rules in force, of the reader's revision."""
    return read_reference(request.reader.revision)


def month_of(request: ReaderRequest) -> list[Sampled]:
    """Last month's inquiries on which a change is tried."""
    return sample_month(request.reader.staff, request.reader.now)


def sample_note(sample: Sequence[Any]) -> str:
    """How many inquiries a preview was tried on."""
    said = ngettext(
        "Tried on %(num)s inquiry of the last 30 days.", "Tried on %(num)s inquiries of the last 30 days.", len(sample)
    ) % {"num": len(sample)}
    return f"{said} {_('Only the newest are tried: there were more.')}" if len(sample) >= MOST_SAMPLED else said


def example(reader: Reader, one: Sampled, note: str = "") -> Example | None:
    """The inquiry as an example; None when the reader may not see it."""
    if not one.is_seen_by(reader.actor) or not reader.actor.may("inquiries:read"):
        return None
    title = one.person or _("Inquiry no. %(number)s") % {"number": one.id}
    words = " ".join(one.facts.message.split())[:90]
    return Example(one.id, title, note or words)


def examples(reader: Reader, sample: Sequence[Sampled], places: Iterable[int], notes: Mapping[int, str]) -> list[Example]:
    """The first few of these inquiries that the reader may see."""
    found: list[Example] = []
    for place in places:
        one = example(reader, sample[place], notes.get(place, ""))
        if one:
            found.append(one)
        if len(found) == MOST_EXAMPLES:
            break
    return found


def rule_setting_rows(slug: str) -> set[Row]:
    """The row that keeps a rule set's numbers, as the frame names rows; none while it is as delivered."""
    with connection.cursor() as cursor:
        cursor.execute("select id from intake_rulesetting where slug = %s", [slug])
        return {("intake_rulesetting", row[0]) for row in cursor.fetchall()}


RULE_SETS = {"priority": lazy("Priority"), "relevance": lazy("Relevance"), "distribution": lazy("Distribution")}


def _rule_set_name(row: Mapping[str, Any], _reader: Reader) -> str:
    return str(RULE_SETS.get(str(row.get("slug")), row.get("slug")))


def _said_values(value: Any, _reader: Reader) -> str:
    """Changed numbers, one after another; none: as delivered."""
    return "; ".join(_leaves(value)) if isinstance(value, dict) and value else _("as delivered")


def _leaves(value: Mapping[str, Any], before: str = "") -> list[str]:
    found: list[str] = []
    for key, inner in value.items():
        name = f"{before}{key}"
        found += _leaves(inner, f"{name}.") if isinstance(inner, dict) else [f"{name} {plain(inner)}"]
    return found


describe(
    "intake_rulesetting",
    TableWords(
        noun=lazy("Numbers of"),
        columns={"values": lazy("changed from the delivered ones")},
        named_by=("slug",),
        name_of=_rule_set_name,
        said={"values": _said_values},
        hidden=("id", "slug"),
    ),
)
