"""What was meant when the keyboard stood in another layout, or a name was typed in the letters of another alphabet."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENGLISH = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_UKRAINIAN = "йцукенгшщзхїфівапролджєячсмитьбю'"
_TO_RUSSIAN = str.maketrans(_ENGLISH, _RUSSIAN)
_TO_UKRAINIAN = str.maketrans(_ENGLISH, _UKRAINIAN)
_TO_ENGLISH = str.maketrans(_RUSSIAN + "їіє", _ENGLISH + "]s'")
_LATIN, _CYRILLIC = re.compile("[a-z]"), re.compile("[а-яёіїєґ]")

# Passport rules of both countries and everyday habits together; longest first.
_SPELLINGS = """
    shch:щ sch:щ zh:ж kh:х ts:ц tz:ц ch:ч sh:ш yu:ю ju:ю ya:я ja:я yo:ё jo:ё ye:е je:е ck:к ph:ф
    a:а b:б c:ц d:д e:е f:ф g:г h:х i:и j:й k:к l:л m:м n:н o:о p:п q:к r:р s:с t:т u:у v:в w:в x:кс y:й z:з
"""
_SYLLABLES = dict(pair.split(":") for pair in _SPELLINGS.split())
_SYLLABLE = re.compile("|".join(_SYLLABLES))
_INITIAL_SOFT = re.compile(r"\bi([aue])")
_SOFT = {"a": "ya", "u": "yu", "e": "ye"}
_LETTERS = str.maketrans(
    dict(zip("абвгдезиклмнопрстуф", "abvgdeziklmnoprstuf", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
)


def in_other_layouts(text: str) -> Iterator[str]:
    """`text` (lower case) as it would read had the layout been right."""
    if _LATIN.search(text):
        yield text.translate(_TO_RUSSIAN)
        yield text.translate(_TO_UKRAINIAN)
    elif _CYRILLIC.search(text):
        yield text.translate(_TO_ENGLISH)


def in_cyrillic(text: str) -> Iterator[str]:
    """Cyrillic readings of Latin `text` (lower case): the Russian habit first, then the Ukrainian (h is г) with
    "ia" as one letter, as passports write Tatiana."""
    if not _LATIN.search(text):
        return
    text = _INITIAL_SOFT.sub(lambda found: _SOFT[found.group(1)], text)
    yield _spelled(text.replace("ia", "iya"))
    yield _spelled(text.replace("ia", "ya").replace("iu", "yu"), h="г")


def in_latin(text: str) -> Iterator[str]:
    """A Latin reading of folded Cyrillic `text`, for people who are stored as their passport has them."""
    if _CYRILLIC.search(text):
        yield text.translate(_LETTERS)


def _spelled(text: str, h: str = "х") -> str:
    return _SYLLABLE.sub(lambda found: h if found.group() == "h" else _SYLLABLES[found.group()], text)
