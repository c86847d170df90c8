"""The help: everybody's own guide first, in their language; and every label and address a guide names is true."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import resolve
from django.utils import translation
from tests.cast import Cast

from marshrut.agency.models import Employee, Role
from marshrut.desk.guides import GUIDE_OF_ROLE, GUIDES, LANGUAGES, PLACE, read_guide

PACKAGE = PLACE.parents[1]
ROOT = PACKAGE.parents[1]
LABEL = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")
FILE = re.compile(r"`((?:docs|src)/[\w/.-]+)`")
PLACE_IN_GUIDE = re.compile(r"""help\(.*?"([a-z]+)", "([a-z-]+)"(?:, apart=True)?\) \}\}""")


def text_of(name: str, language: str) -> str:
    return (PLACE / language / f"{name}.md").read_text("utf-8")


def msgids() -> set[str]:
    files = PACKAGE.glob("*/locale/ru/LC_MESSAGES/django.po")
    return {m.id if isinstance(m.id, str) else m.id[0] for file in files for m in read_po(file.open("rb")) if m.id}


def links() -> Iterator[tuple[str, str]]:
    for name in GUIDES:
        yield from ((name, link) for language in LANGUAGES for link in LINK.findall(text_of(name, language)))


def test_every_role_has_its_guide() -> None:
    assert set(GUIDE_OF_ROLE) == set(Role.values)
    assert set(GUIDE_OF_ROLE.values()) == set(GUIDES)


@pytest.mark.parametrize("name", GUIDES)
def test_a_label_in_a_guide_is_what_the_screen_says(name: str) -> None:
    english = set(LABEL.findall(text_of(name, "en")))
    assert english - msgids() == set()
    for language in ("ru", "uk"):
        with translation.override(language):
            assert set(LABEL.findall(text_of(name, language))) == {translation.gettext(label) for label in english}


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_says_the_same_in_every_language(name: str) -> None:
    guides = [read_guide(name, language) for language in LANGUAGES]
    parts = [re.findall(r"<h[23] id=\"([\w-]+)\"", guide.html) for guide in guides]
    assert parts[0] == parts[1] == parts[2]
    assert len(set(parts[0])) == len(parts[0])
    addresses = [sorted(LINK.findall(text_of(name, language))) for language in LANGUAGES]
    assert addresses[0] == addresses[1] == addresses[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_shown_without_markup_of_its_own(name: str, language: str) -> None:
    guide = read_guide(name, language)
    assert guide.title
    assert all(heading.title and "{#" not in heading.title for heading in guide.headings)
    assert not re.search(r"\{#|style=|<script|\*\*|\]\(", guide.html)
    assert all((ROOT / file).exists() for file in FILE.findall(text_of(name, language)))


def test_markup_written_into_a_guide_shows_as_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "manager.md").write_text("# Manager\n\n<script>alert(1)</script> [go](javascript:alert(1))", "utf-8")
    monkeypatch.setattr("marshrut.desk.guides.PLACE", tmp_path)
    html = read_guide.__wrapped__("manager", "xx").html
    assert "<script" not in html
    assert "href=" not in html


def test_every_address_a_guide_names_is_ours_and_every_place_is_there() -> None:
    for name, link in links():
        path, _hash, place = link.partition("#")
        found = resolve(path.partition("?")[0])
        if found.url_name == "guide":
            target = found.kwargs["name"]
            assert target in GUIDES, (name, link)
            assert not place or f'id="{place}"' in read_guide(target, "en").html, (name, link)


def test_every_help_text_leads_to_a_place_in_a_guide() -> None:
    templates = {file: file.read_text("utf-8") for file in PACKAGE.glob("*/templates/**/*.html")}
    led = [(file.name, *found) for file, text in templates.items() for found in PLACE_IN_GUIDE.findall(text)]
    assert len(led) > 5
    assert [place for place in led if place[1] not in GUIDES or f'id="{place[2]}"' not in read_guide(place[1], "en").html] == []


@pytest.mark.django_db
def test_everybody_reads_their_own_guide_first_and_may_open_every_page_it_speaks_of(cast: Cast) -> None:
    refused = []
    for role in Role.values:
        name = GUIDE_OF_ROLE[role]
        person = Employee.objects.create(email=f"{role}@guide.example", name="Читатель", role=role, office_id=cast.anna.office_id, password="!")
        browser = Client()
        browser.force_login(person)
        page = browser.get("/help", headers={"Accept-Language": "ru"}).content.decode()
        assert f"<h1>{read_guide(name, 'ru').title}</h1>" in page, role
        assert page.index(f'href="/help/{name}"') == min(page.index(f'href="/help/{other}"') for other in GUIDES)
        for link in {link.partition("#")[0] for whose, link in links() if whose == name}:
            if browser.get(link, follow=True).status_code != 200:
                refused.append((role, link))
    assert refused == []


@pytest.mark.django_db
def test_a_guide_is_in_the_readers_language_and_one_that_is_not_there_is_404(cast: Cast) -> None:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=cast.anna.id))
    Employee.objects.filter(pk=cast.anna.id).update(language="uk")
    page = browser.get("/help/owner").content.decode()
    assert "Перший день" in page
    assert 'aria-current="page"' in page
    assert browser.get("/help/pirate").status_code == 404
