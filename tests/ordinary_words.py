"""Writes `intake/data/not_places.json`: words of the Russian and Ukrainian dictionaries that are one slip of the finger away from
a country and mean something else («грации», «испарин»). Run again when countries are added:

    pip install pymorphy3 pymorphy3-dicts-ru pymorphy3-dicts-uk
    python -m tests.ordinary_words
"""

import json
from pathlib import Path

from marshrut.intake.rules.text import Gazetteer
from marshrut.intake.rules.text.spelling import folded
from marshrut.intake.rules.text.vocabulary import vocabulary

PLACE = Path(__file__).parent.parent / "src/marshrut/intake/data/not_places.json"


def ordinary_words() -> list[str]:
    """Every dictionary word that a reader of slips would take for a country."""
    import pymorphy3  # a tool of development: no part of the house needs it

    places, known = Gazetteer(), vocabulary()
    found: set[str] = set()
    for language in ("ru", "uk"):
        dictionary = pymorphy3.MorphAnalyzer(lang=language).dictionary
        for entry in dictionary.iter_known_words():
            written, tag = entry[0], str(entry[1])
            word = folded(written)
            if word in found or word in known or "Geox" in tag or places.starting(word):
                continue
            if places.slipped(word):
                found.add(word)
    return sorted(found)


if __name__ == "__main__":
    PLACE.write_text("[]", encoding="utf-8")
    PLACE.write_text(json.dumps(ordinary_words(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
