"""F04: a stage is named after a result that was reached. Names of processes ("Phone talks") and empty ones ("In progress")
are refused, with the reason and a better name; a name we cannot judge is kept and a hint is given.

How it is told: a result is said by a verb in the past or by a passive participle ("Договор подписан", "Зустріч відбулася",
"Option chosen"), in any of the three languages. Without such a word the name is held against the lexicon of
`deals/data/stage_names.json`: processes, tasks, empty words, each with the name of the result it should lead to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

LONGEST_NAME = 60
LANGUAGES = ("ru", "uk", "en")

_WORD = re.compile(r"[^\W\d_]+")
_FOLD = str.maketrans({"ё": "е"} | dict.fromkeys("'’ʼ`", ""))
_UKRAINIAN = re.compile(r"[іїєґ]")
_CYRILLIC = re.compile(r"[а-яіїєґ]")
# Short passive participles and the past tense; nouns that only look so are named in the lexicon ("not_results").
_RESULT = {
    "ru": re.compile(
        r"(?:[аеяу]н[аоы]?|[яыу]т[аоы]?|[аеиоуыя]л(?:[аои]|ся|ась|ось|ись)?|(?:внес|принес|привез|помог)л?[аои]?"
        r"|(?:анн|енн)(?:ый|ая|ое|ые))"
    ),
    "uk": re.compile(
        r"(?:[аеяіо]но|[яиуо]то|[аиуюяї]в(?:ся)?|[аиуюяіїео]л[аои](?:ся|сь)?|(?:ан|ен)(?:ий|а|е|і)|(?:приніс|привіз|вніс)(?:л[аои])?)"
    ),
    "en": re.compile(r"\w{2,}ed"),
}
_INFINITIVE = {
    "ru": re.compile(r"\w+(?:[аеиоуыя]ть(?:ся)?|[кс]ти(?:сь)?|йти|чь)"),
    "uk": re.compile(r"\w{2,}[аиуюяіїо]ти(?:ся)?"),
}
_VERBAL_NOUN = {
    "ru": re.compile(r"\w{2,}(?:ание|ение|ация|яция|иция)"),
    "uk": re.compile(r"\w{2,}(?:ання|ення|іння|ація|яція)"),
    "en": re.compile(r"\w{2,}(?:ing|ation)"),
}
_NOT = {"не", "нет", "без", "немає", "нема", "not", "no", "without"}


class Verdict(StrEnum):
    """What is said of a name."""

    RESULT = "result"
    HINT = "hint"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NameJudgement:
    """The verdict; `code` says why (own_of_source, unclear, process, task, meaningless, negative, empty, too_long), `word`
    what gave it away, `better` a name of the result in the language of the name, if one is known."""

    verdict: Verdict
    code: str = ""
    word: str = ""
    better: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A stem or a phrase, and the result it should lead to in each language."""

    words: tuple[str, ...]
    better: Mapping[str, str]
    is_whole: bool


def judge_stage_name(name: str, language: str = "ru") -> NameJudgement:
    """Is this the name of a result? `language` (ru, uk, en) breaks a tie where the letters do not tell."""
    words = words_of_name(name)
    if not words:
        return NameJudgement(Verdict.REFUSED, "empty")
    if len(name.strip()) > LONGEST_NAME:
        return NameJudgement(Verdict.REFUSED, "too_long")
    spoken = language_of(words, language)
    lexicon = _lexicon()
    if entry := _find(lexicon["kept"], words):
        return NameJudgement(Verdict.HINT, "own_of_source", "", entry.better.get(spoken, ""))
    if found := _find(lexicon["meaningless"], words) or _alone(words):
        return _refused("meaningless", found, words, spoken)
    result = next(_results(words, spoken), None)
    if result is not None:
        is_denied = any(word in _NOT for word in words[max(0, result - 1) : result + 1])
        return NameJudgement(Verdict.REFUSED, "negative", words[result]) if is_denied else NameJudgement(Verdict.RESULT)
    return _without_result(words, spoken)


def _alone(words: Sequence[str]) -> _Entry | None:
    """The entry that is the whole name and says nothing by itself, such as "New"."""
    return next((entry for entry in _lexicon()["alone"] if entry.words == tuple(words)), None)


def _without_result(words: Sequence[str], spoken: str) -> NameJudgement:
    lexicon = _lexicon()
    process = _find(lexicon["process"], words)
    better = process.better.get(spoken, "") if process else ""
    if words[0] in _NOT:
        return NameJudgement(Verdict.REFUSED, "negative", words[0], better)
    if _is_task(words[0], spoken):
        return NameJudgement(Verdict.REFUSED, "task", words[0], better)
    if process:
        return _refused("process", process, words, spoken)
    nouns = _VERBAL_NOUN.get(spoken)
    for word in words:
        if nouns and nouns.fullmatch(word) and not _is_listed("things", word):
            return NameJudgement(Verdict.REFUSED, "process", word)
    thing = _find(lexicon["thing"], words)
    return NameJudgement(Verdict.HINT, "unclear", "", thing.better.get(spoken, "") if thing else "")


def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a name in the form in which they are compared."""
    return tuple(_WORD.findall(name.lower().translate(_FOLD)))


def language_of(words: Sequence[str], usual: str = "ru") -> str:
    """The language a name is written in, by its letters; what could be Russian or Ukrainian is taken as `usual`."""
    text = "".join(words)
    if not _CYRILLIC.search(text):
        return "en"
    if _UKRAINIAN.search(text) or any(word.endswith("ння") for word in words):
        return "uk"
    if re.search(r"[ыэъ]", text):
        return "ru"
    return usual if usual in ("ru", "uk") else "ru"


def _results(words: Sequence[str], spoken: str) -> Iterator[int]:
    """Places of words that say a result. A Cyrillic name may be of either language: both are tried."""
    tried = ("en",) if spoken == "en" else ("ru",) if re.search(r"[ыэъ]", "".join(words)) else ("ru", "uk")
    for place, word in enumerate(words):
        if _is_listed("not_results", word):
            continue
        if _is_listed("results", word) or any(
            re.fullmatch(rf"\w+{_RESULT[one].pattern}" if one != "en" else _RESULT[one].pattern, word) for one in tried
        ):
            yield place


def _is_task(word: str, spoken: str) -> bool:
    if spoken == "en":
        return _is_listed("english_tasks", word)
    return not _is_listed("things", word) and any(pattern.fullmatch(word) for pattern in _INFINITIVE.values())


def _refused(code: str, entry: _Entry, words: Sequence[str], spoken: str) -> NameJudgement:
    word = " ".join(entry.words) if entry.is_whole else next((w for w in words if w.startswith(entry.words[0])), entry.words[0])
    return NameJudgement(Verdict.REFUSED, code, word, entry.better.get(spoken, ""))


def _find(entries: Sequence[_Entry], words: Sequence[str]) -> _Entry | None:
    """The first entry whose words stand in the name one after another: the last may be a beginning, unless whole."""
    for entry in entries:
        for place in range(len(words) - len(entry.words) + 1):
            *before, last = words[place : place + len(entry.words)]
            ends = last == entry.words[-1] if entry.is_whole else last.startswith(entry.words[-1])
            if ends and tuple(before) == entry.words[:-1]:
                return entry
    return None


def _is_listed(table: str, word: str) -> bool:
    """Whether a list of the lexicon names the word; an entry that ends in * names all that begin so."""
    whole, beginnings = _words(table)
    return word in whole or word.startswith(beginnings)


@cache
def _words(table: str) -> tuple[frozenset[str], tuple[str, ...]]:
    entries: list[str] = _data()["words"][table]
    whole = frozenset(entry for entry in entries if not entry.endswith("*"))
    return whole, tuple(entry[:-1] for entry in entries if entry.endswith("*"))


@cache
def _lexicon() -> dict[str, tuple[_Entry, ...]]:
    found: dict[str, tuple[_Entry, ...]] = {}
    for table in ("kept", "meaningless", "alone", "process", "thing"):
        found[table] = tuple(
            _Entry(words_of_name(entry), row.get("better", {}), not entry.endswith("*"))
            for row in _data()[table]
            for entry in row["names"]
        )
    return found


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files("marshrut.deals") / "data" / "stage_names.json").read_text(encoding="utf-8"))
    return data
