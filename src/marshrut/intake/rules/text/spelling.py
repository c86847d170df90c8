"""Words in the one form in which the reader compares them, and the data it compares them with."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from marshrut.core.keyboard import in_cyrillic

_FOLDED = str.maketrans({"ё": "е"} | dict.fromkeys("'’ʼ`\u0301", ""))
_LOOKALIKES = str.maketrans("abceikmhoptxy", "авсеікмноптху")  # Latin letters that slip into Cyrillic words


def folded(word: str) -> str:
    """Lower case, ё as е, without apostrophes and accents; Latin letters within a Cyrillic word become Cyrillic."""
    low = word.lower().translate(_FOLDED)
    if low.isascii() or not any("a" <= letter <= "z" for letter in low):
        return low
    return low.translate(_LOOKALIKES) if any("а" <= letter <= "ґ" for letter in low) else low


def in_cyrillic_letters(word: str) -> str:
    """A word typed in Latin letters, by the commonest habit: turciyu → турцию."""
    return next(iter(in_cyrillic(word.replace("iyu", "ию").replace("iya", "ия"))), word).replace("ё", "е")


def read_data(name: str) -> Any:
    """A file of intake/data."""
    return json.loads((files("marshrut.intake") / "data" / name).read_text(encoding="utf-8"))
