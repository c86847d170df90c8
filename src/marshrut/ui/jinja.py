"""The Jinja2 environments, one for each language: what every template of every room can say."""

import time
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, Template, Undefined
from markupsafe import Markup

from marshrut.ui import navigation, pieces, wording
from marshrut.ui.assets import asset, icon
from marshrut.ui.folding import FoldingEnvironment

_SOME_NUMBER = 987654321
FILTERS = {
    "money": wording.money,
    "short_money": wording.short_money,
    "when": wording.when,
    "due": wording.due,
    "due_tone": wording.due_tone,
    "countdown": wording.countdown,
    "figure": wording.figure,
    "percent": wording.percent,
    "exact": wording.exact,
    "day_words": wording.day_words,
    "input_time": wording.input_time,
    "phone": wording.phone,
    "initials": wording.initials,
    "tint": wording.tint,
}


class Environments:
    """Django's door to Jinja2: each language has an environment of its own, a template comes from that of the language in use."""

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._of: dict[str, Environment] = {}

    def get_template(self, name: str) -> Template:
        return self._in_use().get_template(name)

    def from_string(self, source: str) -> Template:
        return self._in_use().from_string(source)

    def _in_use(self) -> Environment:
        code = wording.language()
        return self._of.get(code) or self._of.setdefault(code, environment(code, **self._options))


def environment(code: str, **options: Any) -> Environment:
    """Of one language: autoescape, translations, addresses, icons, the sidebar, the reader's wording."""
    extensions = ["jinja2.ext.i18n", "jinja2.ext.loopcontrols", *options.pop("extensions", [])]
    fixed = {"autoescape": True, "undefined": Undefined, "trim_blocks": True, "lstrip_blocks": True}
    made = FoldingEnvironment(**{**options, **fixed}, extensions=extensions)
    made.language, made.foldable = code, {"_": _fixed_words, "pgettext": _fixed_words_of, "asset": asset, "icon": icon, "url": url,
                                          "language": lambda: code}  # fmt: skip
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    made.filters.update(FILTERS)
    made.globals.update(
        asset=asset,
        icon=icon,
        url=url,
        part_url=part_url,
        sections=navigation.sections,
        viewer=navigation.viewer,
        bell=navigation.bell,
        may=navigation.may,
        rendered_at=lambda: f"{time.time():.2f}",
        language=wording.language,
        pieces=pieces,
    )
    return made


def _fixed_words(message: str, **values: object) -> Markup:
    """What Jinja2's `_` answers at each rendering: our own words, never escaped, `%%` one sign."""
    return Markup(translation.gettext(message)) % values


def _fixed_words_of(context: str, message: str, **values: object) -> Markup:
    return Markup(translation.pgettext(context, message)) % values


def url(name: str, *args: object, **query: object) -> Markup:
    """Address of a page by its url name; keyword arguments become the query, empty ones are left out."""
    if len(args) == 1 and isinstance(args[0], int):
        before, after = _around_number(name)
        address = f"{before}{args[0]}{after}"
    else:
        address = reverse(name, args=args) if args else _address(name)
    rest = {key: value for key, value in query.items() if value not in (None, "")} if query else {}
    return Markup(f"{address}?{escape(urlencode(rest, doseq=True))}" if rest else address)


@lru_cache(maxsize=512)
def _address(name: str) -> str:
    """A page has some fifty addresses without arguments, the same for everybody."""
    return reverse(name)


@lru_cache(maxsize=256)
def _around_number(name: str) -> tuple[str, str]:
    """What stands before and after the number in an address: lists ask for hundreds, reversing each was dear."""
    before, _number, after = reverse(name, args=(_SOME_NUMBER,)).partition(str(_SOME_NUMBER))
    return before, after


def part_url(request: HttpRequest, part: str) -> str:
    """Address of one region of the page at hand, with the page's own filters."""
    query = request.GET.copy()
    query["part"] = part
    return f"{request.path}?{query.urlencode()}"
