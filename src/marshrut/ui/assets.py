"""Built files by their logical names: `app.css` → the address with the hash of its content."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from markupsafe import Markup

DIST = Path(__file__).resolve().parent / "static" / "dist"


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Logical name → name of the file in `static/dist`. Raises ImproperlyConfigured when nothing was built."""
    try:
        names: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured("The browser's files are not built: run `python hatch_build.py`.") from error
    return names


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Address of a built file; it may be cached for ever."""
    try:
        return f"{settings.STATIC_URL}dist/{manifest()[name]}"
    except KeyError as error:
        raise ImproperlyConfigured(f"There is no built file {name!r}.") from error


@lru_cache(maxsize=512)
def icon(name: str, size: int = 16, title: str = "") -> Markup:
    """An icon of the sprite; silent for screen readers unless it has a title of its own."""
    voice = Markup('role="img" aria-label="{}"').format(title) if title else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" width="{0}" height="{0}" {1}><use href="{2}#{3}"></use></svg>').format(
        size, voice, asset("icons.svg"), name
    )
