"""What first data are called in other languages than the one they are delivered in."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
DELIVERED = "ru"


@lru_cache(maxsize=16)
def first_names(room: str, kind: str, language: str) -> Mapping[str, str]:
    """Slug (or delivered name) → name in a language, of `data/names.json` of a room; empty for the delivered language."""
    if language == DELIVERED:
        return {}
    known: dict[str, dict[str, dict[str, str]]] = json.loads((_PACKAGE / room / "data" / "names.json").read_text("utf-8"))
    return known[language][kind]
