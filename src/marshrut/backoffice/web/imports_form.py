"""The form that says what the columns of a file are: what it shows, and what is read from it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import custom_fields_of
from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.imports_wording import ENCODINGS, Option, separator_label, target_groups
from marshrut.core.masks import mask_text
from marshrut.core.names import clean_text
from marshrut.core.tables import ENCODINGS as CHOSEN_ENCODINGS
from marshrut.core.tables import SEPARATORS, looks_garbled
from marshrut.intake.queries.imports import RunCard
from marshrut.intake.rules.import_columns import column_letter, outcome_of
from marshrut.intake.services.import_runs import LOWEST_HEADING
from marshrut.marketing.queries import Sources, read_sources

NAMES = ("name", "surname", "given_name", "patronymic")
CURRENCIES = ("RUB", "UAH", "USD", "EUR", "KZT", "BYN")
OF_COUNTRY = {"RU": "RUB", "UA": "UAH", "KZ": "KZT", "BY": "BYN"}


def mapping_form(card: RunCard, reader: Reader, typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything the mapping page shows; after a refusal with what was chosen."""
    mapping, samples = card.mapping, card.figures.get("samples", [])
    targets = [typed.get(f"target-{n}", "") if typed else target for n, target in enumerate(mapping["targets"])]
    shown = shown_to(reader.actor)
    own = [spec for subject in ("person", "matter") for spec in custom_fields_of(subject, reader.revision)]
    columns = [
        {"place": place, "letter": column_letter(place), "heading": shown(heading), "target": targets[place],
         "samples": [shown(row[place]) for row in samples if place < len(row) and row[place]][:3]}
        for place, heading in enumerate(mapping["headings"])
    ]  # fmt: skip
    sources = read_sources(reader.revision)
    shape = mapping["shape"]
    return {
        "columns": columns, "groups": target_groups(own), "sources": _source_options(sources),
        "outcomes": _words_of(card, "outcome", targets), "origins": _words_of(card, "source", targets),
        "values": {"currency": mapping.get("currency") or OF_COUNTRY.get(reader.office.country, "RUB"), "source": card.source_slug,
                   "days": "dmy" if mapping.get("day_first", True) else "mdy"},
        "currencies": [Option(code, code) for code in CURRENCIES], "sheets": shape.get("sheets", []), "sheet": shape.get("sheet", ""),
        "heading_rows": _heading_rows(), "heading": shape.get("heading", 1),
        "told": "XLSX" if shape["kind"] == "xlsx" else f"CSV · {ENCODINGS.get(shape['encoding'], shape['encoding'])} · "
                f"{separator_label(shape['separator'])}",
        "chosen": sum(bool(target) for target in targets), **_letters(shape, targets, samples),
    }  # fmt: skip


def _heading_rows() -> list[Option]:
    """Rows that may name the columns; none, where a list begins with its first lead."""
    rows = [Option(row, _("in row %(row)s") % {"row": row}) for row in range(1, LOWEST_HEADING + 1)]
    return [Option(0, _("nowhere: the first row is a lead")), *rows]


def _letters(shape: Mapping[str, Any], targets: list[str], samples: list[list[str]]) -> dict[str, Any]:
    """What a CSV file may be written in, what was found, and whether the names read so look like names."""
    if shape["kind"] != "csv":
        return {"encodings": []}
    names = [row[place] for place, target in enumerate(targets) if target in NAMES for row in samples if place < len(row)]
    return {
        "encodings": [Option(one, ENCODINGS.get(one, one)) for one in dict.fromkeys((shape["encoding"], *CHOSEN_ENCODINGS))],
        "separators": [Option(one, separator_label(one)) for one in dict.fromkeys((shape["separator"], *SEPARATORS))],
        "is_garbled": looks_garbled(names or [cell for row in samples for cell in row]),
    }


def _source_options(sources: Sources) -> list[Option]:
    """Sources to choose from; one that was merged stays where it was chosen before, and says what it counts for."""
    merged = [Option(slug, f"{name} → {card.name}") for slug, name in sources.spelled.items() if (card := sources.find(slug))]
    return [*(Option(card.slug, card.name) for card in sources.values()), *merged]


def shown_to(actor: Actor) -> Callable[[str], str]:
    """Values of the file as this reader may see them: without numbers and addresses for whom those are hidden."""
    return str if actor.shows("phone") else mask_text


def _words_of(card: RunCard, target: str, targets: list[str]) -> list[dict[str, str]]:
    """The values of the column that was chosen for this, and what they were said to mean."""
    if target not in targets:
        return []
    meanings = card.mapping.get("words", {}).get(target, {})
    words = card.figures.get("words", {}).get(str(targets.index(target)), [])
    guess = outcome_of if target == "outcome" else (lambda word: "")
    return [{"word": word, "meaning": meanings.get(word.lower(), guess(word))} for word in words]


def read_mapping(card: RunCard, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the columns. Values whose column was changed are guessed anew."""
    targets = [clean_text(typed.get(f"target-{place}"), 60) for place in range(len(card.mapping["headings"]))]
    words: dict[str, dict[str, str]] = {"outcome": {}, "source": {}}
    for target, meanings in words.items():
        for place, line in enumerate(_words_of(card, target, targets)):
            said = typed.get(f"{target}-{place}") if card.mapping["targets"] == targets or _same(card, targets, target) else None
            meaning = clean_text(said, 120) if said is not None else line["meaning"]
            if meaning or target == "outcome":
                meanings[line["word"].lower()] = meaning
    return {"targets": targets, "words": words, "day_first": typed.get("days") != "mdy",
            "currency": clean_text(typed.get("currency"), 3), "source_slug": clean_text(typed.get("source"), 120)}


def _same(card: RunCard, targets: list[str], target: str) -> bool:
    """Whether this meaning still belongs to the column whose values the form has shown."""
    before = card.mapping["targets"]
    return target in before and target in targets and before.index(target) == targets.index(target)
