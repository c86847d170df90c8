"""Every sentence a person can see is said in Russian and in Ukrainian too; English is how it is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

PACKAGE = Path(__file__).resolve().parents[2]
ROOMS = sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists())
LANGUAGES = ("ru", "uk")
KEYWORDS: Any = {
    "_": None, "gettext": None, "gettext_lazy": None, "lazy": None, "gettext_noop": None, "noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def sentences(room: str) -> Iterator[tuple[str, str, str | None]]:
    """(file, msgid, context) of everything a room asks to be translated."""
    for file in sorted((PACKAGE / room).rglob("*")):
        if file.suffix not in (".html", ".py") or "tests" in file.parts:
            continue
        method: Any = babel_extract if file.suffix == ".html" else "python"
        options: Any = {"newstyle_gettext": "true"} if file.suffix == ".html" else {}
        with file.open("rb") as source:
            for _line, message, _comments, context in extract(method, source, keywords=KEYWORDS, options=options):
                yield file.name, message if isinstance(message, str) else message[0], context


def catalogues(language: str) -> list[Catalog]:
    files = sorted(PACKAGE.glob(f"*/locale/{language}/LC_MESSAGES/django.po"))
    return [read_po(file.open("rb"), locale=language) for file in files]


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_room_is_said_in_every_language(room: str, language: str) -> None:
    missing, known = [], catalogues(language)
    for file, sentence, context in sentences(room):
        found = [catalogue.get(sentence, context) for catalogue in known]
        if sentence and not any(message and message.string and all(message.string) for message in found):
            missing.append(f"{file}: {sentence}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_keeps_its_places_for_names_and_numbers(language: str) -> None:
    for catalogue in catalogues(language):
        for message in catalogue:
            if message.id and "%(" in str(message.id):  # “95 % i…” is no place for a value
                assert not list(message.check(catalogue)), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_written_in_the_letters_of_the_other_language(language: str) -> None:
    foreign = {"ru": "іїєґ", "uk": "ыэъё"}[language]
    for catalogue in catalogues(language):
        for message in catalogue:
            said = "".join([message.string] if isinstance(message.string, str) else message.string)
            assert not set(said.lower()) & set(foreign), f"{message.id}: {said}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_rooms_say_the_same_sentence_differently(language: str) -> None:
    """The catalogues are one at run time: of two translations only one is ever seen; two meanings have two contexts."""
    said: dict[tuple[str | None, Any], set[Any]] = {}
    for catalogue in catalogues(language):
        for message in catalogue:
            if message.id:
                words = message.string if isinstance(message.string, str) else tuple(message.string)
                said.setdefault((message.context, message.id), set()).add(words)
    assert not {sentence: words for sentence, words in said.items() if len(words) > 1}
