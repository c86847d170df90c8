"""What the build made is what the pages ask for, and little of it."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from marshrut.ui.assets import DIST, asset, icon, manifest

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
LISTED = set((PACKAGE / "ui" / "frontend" / "icons.txt").read_text(encoding="utf-8").split())


def named_icons(text: str) -> set[str]:
    """Names given literally to icon() and to the components that show one."""
    found = set(re.findall(r"""icon\("([a-z0-9-]+)\"""", text))
    for mapping in re.findall(r"icon\(\{(.*?)\}", text):
        found |= set(re.findall(r""":\s*"([a-z0-9-]+)\"""", mapping))
    return found | set(re.findall(r"""empty\("([a-z0-9-]+)\"""", text))


def test_every_built_file_is_there_and_named_by_its_content() -> None:
    for name, file in manifest().items():
        assert (DIST / file).is_file()
        assert re.search(r"-[A-Z0-9]{8}\.\w+$", file), f"{name} could not be cached for ever"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_of_a_template_is_in_the_sprite(template: Path) -> None:
    sprite = (DIST / manifest()["icons.svg"]).read_text(encoding="utf-8")
    for name in named_icons(template.read_text(encoding="utf-8")):
        assert f'<symbol id="{name}"' in sprite, name


def test_icons_named_in_python_are_in_the_sprite() -> None:
    for file in PACKAGE.glob("*/**/*.py"):
        if "tests" not in file.parts:
            for name in re.findall(r"""icon(?:_name)?="([a-z0-9-]+)\"""", file.read_text(encoding="utf-8")):
                assert name in LISTED, f"{file.name}: {name}"


def test_an_icon_is_silent_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("phone")
    assert 'aria-label="Phone &lt;b&gt;"' in icon("phone", title="Phone <b>")


def test_a_file_that_was_not_built_is_a_clear_error() -> None:
    with pytest.raises(ImproperlyConfigured, match="no-such"):
        asset("no-such.css")


def test_a_page_stays_light() -> None:
    """With the HTML of a full list the page must stay under 500 KB; scripts alone under 120 KB."""
    sizes = {name: (DIST / file).stat().st_size for name, file in manifest().items()}
    assert sizes["app.js"] < 120_000
    assert sum(sizes.values()) < 320_000


def test_styles_are_not_injected_and_nothing_is_evaluated() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\s(style|on[a-z]+)=|hx-on|hx-vals='js:|<style|<script(?![^>]* src=)", text), template.name
