"""One spelling for names in either alphabet, and how they sound: Шевченко, Shevchenko and Ševčenko come to the same."""

import re
from functools import lru_cache

from marshrut.core.names import search_name

_CYRILLIC = str.maketrans(
    dict(zip("абвгдезиклмнопрстуф", "abvgdeziklmnoprstuf", strict=True))
    | {"ж": "zh", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "iu", "я": "ia"}
)
# What passports, habit and other languages write differently for the same sound. `search_name` has made every y an i.
_SPELLINGS = {
    "shch": "sch", "iia": "ia", "kh": "h", "ts": "c", "tz": "c", "ck": "k", "ph": "f", "ja": "ia", "ju": "iu", "ie": "e", "je": "e",
    "yo": "e", "w": "v", "x": "ks", "j": "i", "q": "k",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_SOUNDS = {letter: sound for sound, letters in enumerate(("bp", "vf", "dt", "zsc", "gkh", "mn", "l", "r"), 1) for letter in letters}
_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=65536)
def spelled(text: str) -> str:
    """The words of a name in one Latin spelling, without spaces: where a space stands is the commonest of typing errors."""
    folded = search_name(text).translate(_CYRILLIC)
    return _SPELLING.sub(lambda found: _SPELLINGS[found.group()], folded).replace(" ", "")


@lru_cache(maxsize=65536)
def sounded(word: str) -> str:
    """How a word of `spelled` sounds, roughly: its first letter and the classes of up to four consonants after it."""
    if not word:
        return ""
    first = word[0]
    out, last = ["a" if first in _VOWELS else first], _SOUNDS.get(first)
    for letter in word[1:]:
        sound = _SOUNDS.get(letter)
        if sound and sound != last:
            out.append(str(sound))
        last = sound
    return "".join(out[:5])
