"""Which slugs conditions name, and the same conditions with one slug in place of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def names_slug(conditions: Mapping[str, Any], kind: str, slug: str) -> bool:
    """Whether conditions of this kind (channel, source, category, direction) are met by this slug anywhere in them.

    A text that ends with `*` means every slug that begins so.
    """
    for key, value in conditions.items():
        if key == kind and any(_means(text, slug) for text in _texts(value)):
            return True
        if key in ("any", "all") and any(names_slug(one, kind, slug) for one in value):
            return True
        if key == "not" and names_slug(value, kind, slug):
            return True
    return False


def with_slug(conditions: Mapping[str, Any], kind: str, old: str, new: str) -> dict[str, Any]:
    """The conditions as they have to read when `old` becomes `new`: what held of the old one holds of the new one.

    A beginning (`yandex*`) that meant the old one stays, for it means others too, and the new one is added beside it.
    """
    made: dict[str, Any] = {}
    for key, value in conditions.items():
        if key == kind:
            made[key] = _replaced(_texts(value), old, new)
        elif key in ("any", "all"):
            made[key] = [with_slug(one, kind, old, new) for one in value]
        elif key == "not":
            made[key] = with_slug(value, kind, old, new)
        else:
            made[key] = value
    return made


def _replaced(texts: list[str], old: str, new: str) -> list[str]:
    met = any(_means(text, old) for text in texts)
    kept = [text for text in texts if text != old]
    return [*kept, new] if met and not any(_means(text, new) for text in kept) else kept


def _means(text: str, slug: str) -> bool:
    return slug.startswith(text[:-1]) if text.endswith("*") else text == slug


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
