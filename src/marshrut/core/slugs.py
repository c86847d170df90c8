"""Short keys made of names: Latin letters, digits and underscores, whatever language the name is in."""

import re
import unicodedata
from collections.abc import Collection

from django.utils.translation import gettext as _

from marshrut.core.errors import Invalid
from marshrut.core.names import clean_text

LONGEST = 40
_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziyklmnoprstufhcye", strict=True)),
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ю": "yu",
    "я": "ya",
    "ё": "e",
    "ь": "",
    "ъ": "",
    "і": "i",
    "ї": "yi",
    "є": "ye",
    "ґ": "g",
    "ў": "u",
    "қ": "k",
    "ғ": "g",
    "ң": "n",
    "ү": "u",
    "ұ": "u",
    "һ": "h",
    "ө": "o",
    "ә": "a",
}


def slug_of(name: str, taken: Collection[str] = (), longest: int = LONGEST) -> str:
    """A key for this name that is not among the `taken` ones: `Дата вылета` → `data_vyleta`, then `data_vyleta_2`."""
    latin = "".join(_LATIN.get(char, char) for char in name.lower())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: longest - 4].strip("_") or "x"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}_{number}", number + 1
    return slug


def name_within(text: object, longest: int = 120, *, field: str = "name") -> str:
    """A name as it is kept; may be empty. Invalid when it is longer: a name is never cut behind its writer's back."""
    name = clean_text(text, 4 * longest)
    if len(name) > longest:
        raise Invalid("name_too_long", _("A name has at most %(most)s characters.") % {"most": longest}, field=field, missing=(field,))
    return name


def required_name(text: object, *, field: str = "name", longest: int = 120) -> str:
    """A name as it is kept. Invalid when there is none, or when it is too long to be kept."""
    name = name_within(text, longest, field=field)
    if not name:
        raise Invalid("name_missing", _("Give it a name."), field=field)
    return name
