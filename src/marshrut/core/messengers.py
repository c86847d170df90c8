"""Who somebody is in a messenger: the kind and one normal form of the name or number there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .names import clean_text
from .phones import DEFAULT_REGIONS, read_phone

KINDS = ("telegram", "whatsapp", "viber", "max", "vk", "instagram", "facebook", "signal", "ok")
BY_PHONE = frozenset({"whatsapp", "viber", "signal", "max"})  # where the account is the number

_ALIASES = {
    "tg": "telegram",
    "wa": "whatsapp",
    "whats app": "whatsapp",
    "ig": "instagram",
    "fb": "facebook",
    "вк": "vk",
    "телеграм": "telegram",
    "вайбер": "viber",
    "ватсап": "whatsapp",
}
_LINK = re.compile(r"^(?:https?://)?(?:www\.|m\.)?[a-z]+\.(?:me|com|ru|ua|org)/(?:s/)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Messenger:
    """`kind` is a slug (an unknown one is kept), `name` the normal form, `written` what was given."""

    kind: str
    name: str
    written: str

    @property
    def normal(self) -> str:
        """One text that is equal for equal accounts, e.g. "telegram:ivan"."""
        return f"{self.kind}:{self.name}"


def read_messenger(kind: str, name: str, regions: Sequence[str] = DEFAULT_REGIONS) -> Messenger | None:
    """The account, or None when nothing is left of its name after cleaning."""
    written = clean_text(name, 200)
    slug = clean_text(kind, 40).lower()
    slug = _ALIASES.get(slug, slug) or "other"
    bare = _LINK.sub("", written).split("?")[0].strip("/@+ ").casefold()
    if slug in BY_PHONE and (phone := read_phone(written, regions)) and phone.e164 and not phone.is_junk:
        bare = phone.e164
    return Messenger(slug, bare, written) if bare else None
