"""The guides: what each role reads of its own day, kept here as Markdown, a folder for each language and a file for each role.

A guide speaks of the pages of all rooms by their addresses. What it sets in bold is a label as the screen says it; a heading
ends with its own id, `{#clock}`, which is the same in every language, so that a help text can lead to it.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

PLACE = Path(__file__).parent
GUIDES = ("manager", "supervisor", "owner", "marketer", "accountant", "administrator")
LANGUAGES = ("ru", "uk", "en")
GUIDE_OF_ROLE = {guide: guide for guide in GUIDES} | {"senior": "manager"}
HEADING = re.compile(r"(?P<title>.*?)\s*\{#(?P<id>[a-z][a-z0-9-]*)\}")


@dataclass(frozen=True)
class Heading:
    """A part of a guide, as its table of contents names it."""

    id: str
    title: str


@dataclass(frozen=True)
class Guide:
    """One guide in one language, ready to be shown."""

    name: str
    title: str
    headings: tuple[Heading, ...]
    html: Markup


@cache
def read_guide(name: str, language: str) -> Guide:
    """The guide of this name, in English where there is none in the language; made once in a process. KeyError: no such guide."""
    if name not in GUIDES:
        raise KeyError(name)
    folder = language if language in LANGUAGES else "en"
    text = (PLACE / folder / f"{name}.md").read_text("utf-8")
    parser = _parser()
    tokens = parser.parse(text)
    title, headings = _name_headings(tokens)
    body = tokens[3:]  # the first heading is the page's own
    return Guide(name, title, tuple(headings), Markup(parser.renderer.render(body, parser.options, {})))


def _parser() -> MarkdownIt:
    """CommonMark and tables; markup written into a guide shows as text, and a table goes into a box that can be scrolled."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _table_open(*_of: Any) -> str:
    return '<div class="table-box"><table class="table">'


def _table_close(*_of: Any) -> str:
    return "</table></div>"


def _name_headings(tokens: list[Token]) -> tuple[str, list[Heading]]:
    """Take the ids out of the headings' words and put them on the headings; the title, and the parts below it."""
    title, found = "", []
    for opening, words in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        said = HEADING.fullmatch(words.content)
        if opening.tag == "h1" or said is None:
            title = title or words.content
            continue
        opening.attrSet("id", said["id"])
        for piece in words.children or ():
            piece.content = said["title"] if piece.content == words.content else piece.content
        if opening.tag == "h2":
            found.append(Heading(said["id"], said["title"]))
    return title, found
