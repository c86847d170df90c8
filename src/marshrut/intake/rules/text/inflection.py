"""The forms of a place's name, Russian and Ukrainian, by its ending alone.

Names of places bend regularly, so a table of endings does what a dictionary of a hundred megabytes would: it also serves
names an agency adds itself. It makes rather a form too many than one too few; forms are only compared, never shown.
"""

from __future__ import annotations

from itertools import product

Cases = tuple[tuple[str, ...], ...]  # nominative, genitive, dative, accusative, instrumental, locative

_STEMS = {  # vowels that come and go
    "египет": "египт", "єгипет": "єгипт", "київ": "києв", "львів": "львов", "харків": "харков", "миколаїв": "миколаєв",
    "чернігів": "чернігов", "краків": "краков", "тернопіль": "тернопол", "бориспіль": "бориспол", "кишинів": "кишинев",
    "ріг": "рог", "татарів": "татаров", "ряшів": "ряшев", "відень": "відн", "брюссель": "брюссел", "петровац": "петровц",
    "люблін": "люблін", "берег": "берег",
}  # fmt: skip
_FIXED = ("о", "е", "э", "у", "ю", "і", "ї", "є")
_HUSHING = "жшчщц"
_SOFTENED = {"г": "з", "к": "ц", "х": "с"}


def forms_of(name: str, *, ukrainian: bool) -> dict[str, tuple[bool, bool]]:
    """Forms of a name in lower case, words parted by one space, each with two answers: is it nominative or accusative
    (Москва, в Москву), and is it genitive (из Москвы)? `name` has no apostrophes and no ё."""
    words = name.split(" ")
    bent = [_noun(word, ukrainian) if place == len(words) - 1 else _attribute(word, ukrainian) for place, word in enumerate(words)]
    cases = [{" ".join(parts) for parts in product(*alternatives)} for alternatives in zip(*bent, strict=True)]
    named = cases[0] | cases[3]
    return {form: (form in named, form in cases[1]) for case in cases for form in case}


def adjective_forms(stem: str) -> set[str]:
    """Forms of an adjective by its stem: турецк → турецкий, турецкого, …; of either language."""
    if stem.endswith("ьк") or "і" in stem or "є" in stem:
        return {stem + ending for ending in ("ий", "ого", "ому", "им", "ім", "а", "ої", "ій", "у", "ою", "е", "і", "их", "ими")}
    return {stem + ending for ending in ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими")}


def _attribute(word: str, ukrainian: bool) -> Cases:
    """A word before the last: an adjective bends, all else stands as it is."""
    stem, ending = word[:-2], word[-2:]
    if ukrainian:
        if ending == "ий" or ending == "ій":
            return (word,), (stem + "ого",), (stem + "ому",), (word, stem + "ого"), (stem + "им",), (stem + "ому", stem + "ім")
        if word[-1] == "а" and len(word) > 4:
            short = word[:-1]
            return (word,), (short + "ої",), (short + "ій",), (short + "у",), (short + "ою",), (short + "ій",)
        if word[-1] in "іе" and len(word) > 4:
            short = word[:-1]
            return (word,), (short + "их", short + "ого"), (short + "им", short + "ому"), (word,), (short + "ими", short + "им"), (
                short + "их", short + "ому")  # fmt: skip
        return ((word,),) * 6
    if ending in ("ая", "яя"):
        return (word,), (stem + "ой",), (stem + "ой",), (stem + "ую",), (stem + "ой",), (stem + "ой",)
    if ending in ("ый", "ий", "ой"):
        return (word,), (stem + "ого",), (stem + "ому",), (word,), (stem + "ым", stem + "им"), (stem + "ом",)
    if ending in ("ые", "ие"):
        soft = ending[0]
        return (word,), (stem + soft + "х",), (stem + soft + "м",), (word,), (stem + soft + "ми",), (stem + soft + "х",)
    if ending == "ое":
        return (word,), (stem + "ого",), (stem + "ому",), (word,), (stem + "ым",), (stem + "ом",)
    return ((word,),) * 6


def _noun(word: str, ukrainian: bool) -> Cases:
    if len(word) < 3 or not ("а" <= word[-1] <= "є" or word[-1] in "іїґ"):
        return ((word,),) * 6
    return _ukrainian_noun(word) if ukrainian else _russian_noun(word)


def _russian_noun(word: str) -> Cases:
    stem, last, two = word[:-1], word[-1], word[-2:]
    if two in ("ия", "ая"):
        locative = stem + "и" if two == "ия" else stem + "е"
        return (word,), (stem + "и",), (locative,), (stem + "ю",), (stem + "ей",), (locative,)
    if last == "я":
        return (word,), (stem + "и",), (stem + "е",), (stem + "ю",), (stem + "ей",), (stem + "е",)
    if last == "а":
        soft, hush = stem[-1] in "гкхжшчщ", stem[-1] in _HUSHING
        return (
            (word,),
            (stem + ("и" if soft else "ы"),),
            (stem + "е",),
            (stem + "у",),
            (stem + ("ей" if hush else "ой"),),
            (stem + "е",),
        )
    if word in ("кольцо", "море", "озеро"):
        locative = word if last == "е" else stem + "е"
        return (
            (word,),
            (stem + ("я" if last == "е" else "а"),),
            (stem + ("ю" if last == "е" else "у"),),
            (word,),
            (stem + ("ем" if last == "е" else "ом"),),
            (locative,),
        )
    if two == "ье":
        return (word,), (stem + "я",), (stem + "ю",), (word,), (stem + "ем",), (word,)
    if two == "ие":
        return (word,), (stem + "я",), (stem + "ю",), (word,), (stem + "ем",), (stem + "и",)
    if last == "ы" or word in ("филиппинки",):
        return (word,), (stem + "ов", stem), (stem + "ам",), (word,), (stem + "ами",), (stem + "ах",)
    if last == "и" or last in _FIXED:
        return ((word,),) * 6
    if last == "ь":
        return (
            (word,),
            (stem + "я", stem + "и"),
            (stem + "ю", stem + "и"),
            (word,),
            (stem + "ем", stem + "ью"),
            (stem + "е", stem + "и"),
        )
    if last == "й":
        locative = stem + "и" if two == "ий" else stem + "е"
        return (word,), (stem + "я",), (stem + "ю",), (word,), (stem + "ем",), (locative,)
    base = _STEMS.get(word, word)
    ending = ("ем",) if word[-1] in _HUSHING else ("ом", "ым") if word.endswith(("ов", "ев", "ин")) else ("ом",)
    return (word,), (base + "а",), (base + "у",), (word,), tuple(base + one for one in ending), (base + "е", base + "у")


def _ukrainian_noun(word: str) -> Cases:
    stem, last, two = word[:-1], word[-1], word[-2:]
    if two == "ія" or two == "їя":
        return (word,), (stem + "ї",), (stem + "ї",), (stem + "ю",), (stem + "єю",), (stem + "ї",)
    if last == "я" and len(word) > 3 and word[-2] == word[-3]:  # Закарпаття
        return (word,), (word,), (stem + "ю",), (word,), (stem + "ям",), (stem + "і",)
    if last == "я":
        after = "ї" if word[-2] in "ьаеоуйє" else "і"
        return (word,), (stem + after, stem + "и"), (stem + after, stem + "і"), (stem + "ю",), (stem + "ею", stem + "єю"), (
            stem + after, stem + "і")  # fmt: skip
    if last == "а":
        locative = stem[:-1] + _SOFTENED.get(stem[-1], stem[-1]) + "і"
        return (word,), (stem + "и", stem + "і"), (locative,), (stem + "у",), (stem + "ою", stem + "ею"), (locative, stem + "і")
    if last == "и":
        return (word,), (stem + "ів", stem), (stem + "ам",), (word,), (stem + "ами",), (stem + "ах",)
    if last == "е" and stem.endswith("ськ"):
        return (word,), (stem + "ого",), (stem + "ому",), (word,), (stem + "им",), (stem + "ому",)
    if word == "рівне":
        return (word,), ("рівного",), ("рівному",), (word,), ("рівним",), ("рівному",)
    if last in _FIXED:
        return ((word,),) * 6
    if last == "ь":
        base = _STEMS.get(word, stem)
        doubled = stem + stem[-1] + "ю"
        return (word,), (base + "я", stem + "і"), (base + "ю", stem + "і"), (word,), (base + "ем", doubled), (base + "і",)
    if last == "й":
        if two == "ий":
            base = word[:-2]
            return (word,), (base + "ого",), (base + "ому",), (word,), (base + "им",), (base + "ому",)
        return (word,), (stem + "ю", stem + "я"), (stem + "ю", stem + "єві"), (word,), (stem + "єм",), (stem + "ї", stem + "ю")
    base = _STEMS.get(word, word)
    return (
        (word,),
        (base + "у", base + "а"),
        (base + "у", base + "ові"),
        (word,),
        (base + "ом", base + "им"),
        (base + "і", base + "у"),
    )
