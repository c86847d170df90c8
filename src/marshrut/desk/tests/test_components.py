"""Every component stands on the page of components, in every state it has."""

import re
from pathlib import Path

import pytest
from django.test import Client
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.ui import pieces

UI = Path(pieces.__file__).parent / "templates" / "ui"
PAGE = Path(__file__).parents[1] / "templates" / "desk" / "components.html"


def test_no_component_is_missing() -> None:
    macros = {name for file in UI.glob("*.html") for name in re.findall(r"{% macro ([a-z]\w*)\(", file.read_text("utf-8"))}
    shown = set(re.findall(r"\b(\w+)\(", PAGE.read_text("utf-8"))) | {"facts"}
    assert macros - shown == set()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ru", "uk", "en"])
def test_the_page_is_drawn_in_every_language(cast: Cast, client: Client, language: str) -> None:
    Employee.objects.filter(pk=cast.administrator.id).update(language=language)
    client.force_login(Employee.objects.get(pk=cast.administrator.id))
    page = client.get("/components").content.decode()
    assert "Константинопольская" in page
    assert page.count('class="specimen"') > 20
    assert "{{" not in page
