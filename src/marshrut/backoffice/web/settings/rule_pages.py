"""What the pages of rules share: how forms are read, options in words, the words of their history, the month they are tried on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.web.pages import Reader, ReaderRequest
from marshrut.catalog.queries import Catalogue
from marshrut.core.names import clean_text
from marshrut.intake.queries.learning import RunCard, latest_runs
from marshrut.intake.queries.rule_lists import CategoryRow, CriterionRow, RelevanceRow
from marshrut.intake.queries.rule_samples import MOST_SAMPLED, Sampled, sample_month
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import CHANNELS, CLASSES
from marshrut.intake.services.reckoning import RECKON
from marshrut.intake.wording import SENTENCES, channel_label, class_label

MOST_EXAMPLES, ALL_EXAMPLES = 6, 300
AnyCriterion = CriterionRow | CategoryRow | RelevanceRow
Rule = dict[str, Any]
"""A criterion ready to compile."""
TITLES = {
    "budget_far_below": lazy("The budget is far below the least price"),
    "budget_below": lazy("The budget is below the least price"),
    "budget_implausible": lazy("The budget is many times the price"),
    "budget_fits": lazy("The budget is enough"),
    "crowded_room": lazy("Too many adults in one room"),
    "crowded_family_room": lazy("Many people in one room"),
    "dates_past": lazy("The date has passed"),
    "dates_far_ahead": lazy("The date is far ahead"),
    "stay_too_long": lazy("A very long stay"),
}


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


@dataclass(frozen=True)
class Field:
    """A number with its label, as a form shows it."""

    name: str
    label: str
    value: str
    delivered: str


@dataclass(frozen=True)
class Section:
    """Numbers that mean the same thing of different things."""

    title: str
    meaning: str
    fields: list[Field]


def title_of(name: str, code: str) -> str:
    """What a criterion is called: its own name, else its code's sentence without the numbers of a case."""
    if name:
        return name
    if code in TITLES:
        return str(TITLES[code])
    sentence = SENTENCES.get(code, "")
    return _(sentence) if sentence and "%(" not in sentence else code.replace("_", " ")


def criterion_title(row: AnyCriterion) -> str:
    """What a criterion of either list is called."""
    return title_of(row.name, row.code if isinstance(row, RelevanceRow) else "")


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


def category_choices(catalogue: Catalogue) -> list[Choice]:
    """Categories that are offered."""
    return [Choice(slug, name) for slug, name in catalogue.categories.items() if slug not in catalogue.unused]


def reference_of(request: ReaderRequest) -> Reference:
    """The rules in force, of the reader's revision."""
    return read_reference(request.reader.revision)


def last_reckoning() -> RunCard | None:
    """How far open inquiries have been reckoned anew by rules that changed; None where none ever did."""
    return next(iter(latest_runs(RECKON, 1)), None)


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
    title = reader.actor.named(one.person) or _("Inquiry no. %(number)s") % {"number": one.id}
    words = " ".join(one.facts.message.split())[:90]
    return Example(one.id, title, note or reader.actor.text(words))


def examples(
    reader: Reader, sample: Sequence[Sampled], places: Iterable[int], notes: Mapping[int, str], most: int | None = MOST_EXAMPLES
) -> list[Example]:
    """The first few of these inquiries (`most` None: all, within reason) that the reader may see."""
    found: list[Example] = []
    for place in places:
        one = example(reader, sample[place], notes.get(place, ""))
        if one:
            found.append(one)
        if len(found) == (most or ALL_EXAMPLES):
            break
    return found
