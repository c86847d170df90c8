"""The frame of a page, its answers and what the browser is told it may do."""

import json
import re
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory

from marshrut.ui import navigation
from marshrut.ui.answers import done
from marshrut.ui.jinja import part_url
from marshrut.ui.security import SecurityHeaders

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path.relative_to(path.parents[1]).as_posix() for path in PACKAGE.glob("*/templates/*/*.html"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles_and_says_what_it_needs(name: str) -> None:
    template = engines["jinja2"].get_template(name)
    text = Path(template.template.filename or "").read_text(encoding="utf-8")
    assert name.startswith("ui/_") or text.startswith("{#"), f"{name} must begin with the context it expects"


def render(source: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(source).render(context))


def test_a_name_that_is_markup_shows_as_text() -> None:
    html = render('{% from "ui/components.html" import avatar, tag %}{{ tag(name) }}{{ avatar(name) }}', name='<img src=x onerror="x">')
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_refused_field_keeps_what_was_typed_and_says_why() -> None:
    source = '{% from "ui/forms.html" import field %}{{ field("phone", "Телефон", values, errors, "tel") }}'
    html = render(source, values={"phone": '12"3'}, errors={"phone": "Слишком коротко."})
    assert 'value="12&#34;3"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="f-phone-note"' in html
    assert 'id="f-phone-note"' in html
    assert "Слишком коротко." in html


def test_a_done_action_tells_the_page_in_the_readers_language() -> None:
    answer = done("Звонок записан", undo="/undo/5")
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"]) == {"done": {"message": "Звонок записан", "undo": "/undo/5"}}
    assert answer["HX-Trigger"].isascii()
    assert done(go="/deals/5")["HX-Redirect"] == "/deals/5"


def test_a_region_asks_for_itself_with_the_filters_of_its_page() -> None:
    request = RequestFactory().get("/inbox", {"tab": "all", "part": "rows", "source": ["a", "b"]})
    assert part_url(request, "list") == "/inbox?tab=all&part=list&source=a&source=b"


def test_the_browser_runs_nothing_but_our_own_files() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("<p>")

    headers = SecurityHeaders(page)(RequestFactory().get("/")).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_an_entry_is_seen_only_by_those_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_registered", [])
    navigation.register_entry("", "Login", "login", "user", 2, count=lambda request: 4)
    navigation.register_entry("Rules", "Out", "logout", "settings", 1, allowed=lambda request: "boss" in request.GET)
    stranger = navigation.sections(RequestFactory().get("/"))
    boss = navigation.sections(RequestFactory().get("/?boss=1"))
    assert [entry.label for section in stranger for entry in section.entries] == ["Login"]
    assert [section.label for section in boss] == ["Rules", ""]
    assert boss[1].entries[0].count == 4


def test_whatever_scrolls_sideways_is_reached_by_the_keyboard_and_has_a_name() -> None:
    scrolling = {
        tag: file.name
        for file in PACKAGE.glob("*/templates/**/*.html")
        for tag in re.findall(r'<div class="table-scroll"[^>]*>', file.read_text(encoding="utf-8"))
    }
    assert scrolling
    assert [where for tag, where in scrolling.items() if 'tabindex="0"' not in tag or "aria-label" not in tag] == []
