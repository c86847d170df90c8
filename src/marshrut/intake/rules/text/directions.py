"""Where to, where not to, and where from: places that are wished for or refused, apart from those passed through or lived in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .gazetteer import Gazetteer, Match
from .line import Line
from .signs import SIGNS, pattern

Found = tuple[int, int]  # tokens: first and after the last

_PLACES = pattern("<place|adjective>")
_BEFORE = "(?:<into|on|till|by|for|since|out_of|from|adjective|this|must>|<word><into|on|till|by>)?"
_REFUSED_AFTER = "(?:<word|must|now|we|me|at_most>{0,2})<not><wish|must|go>"
_TICKETS = ("билет", "авиабилет", "квит", "авіакв", "перелет", "переліт", "рейс")


@dataclass(frozen=True, slots=True)
class Ways:
    """Directions as the catalogue calls them and resorts within them by name, what is refused, the city of departure; and where
    each was said."""

    directions: tuple[str, ...] = ()
    resorts: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    departure: str | None = None
    said_directions: tuple[Found, ...] = ()
    said_excluded: tuple[Found, ...] = ()
    said_departure: tuple[Found, ...] = ()


def read_ways(line: Line, gazetteer: Gazetteer) -> Ways:
    """Every place named, told apart by the words around it."""
    places = [(found.start(), line.tokens[found.start()].value) for found in _PLACES.finditer(line.signs)]
    if not places:
        return Ways()
    wished: list[tuple[int, Match]] = []
    left: list[tuple[int, Match]] = []
    turned_down: list[tuple[int, Match]] = []
    refused, head = False, 0
    for number, (at, match) in enumerate(places):
        previous = places[number - 1][0] if number else 0
        is_listed = number > 0 and _is_listed(line, previous, at)
        head = head if is_listed else at
        refused = _is_refused(line, at) or (is_listed and refused and _goes_on(line, head, previous, at))
        if refused and is_listed and wished and wished[-1][0] == previous and _begins_sentence(line, previous, at):
            turned_down.append(wished.pop())  # «Турция, Египет не предлагать»
        if refused:
            if not line.before(at, "<out_of|from|since>"):  # «не из Москвы» says nothing of where to
                turned_down.append((at, match))
            continue
        is_other_home = is_listed and match.place.is_home and SIGNS["or"] in line.signs[previous:at]
        if (is_other_home and left and left[-1][0] == previous) or _is_left(line, at, match):
            left.append((at, match))
        elif not _is_beside(line, at, match):
            wished.append((at, match))
    excluded = _turned_down(line, gazetteer, turned_down, wished)
    said = tuple((at, at + 1) for at in excluded)
    return replace(_told(line, gazetteer, wished, left), excluded=tuple(dict.fromkeys(excluded.values())), said_excluded=said)


def _turned_down(
    line: Line, gazetteer: Gazetteer, refused: list[tuple[int, Match]], wished: list[tuple[int, Match]]
) -> dict[int, str]:
    """What is refused by its place in the line, unless it is wished for elsewhere in the same message."""
    asked = {gazetteer.called(match.place, ukrainian=line.is_ukrainian) for _at, match in wished}
    names = {at: gazetteer.called(match.place, ukrainian=line.is_ukrainian) for at, match in refused}
    return {at: name for at, name in names.items() if name not in asked}


def _told(line: Line, gazetteer: Gazetteer, wished: list[tuple[int, Match]], left: list[tuple[int, Match]]) -> Ways:
    ukrainian = line.is_ukrainian
    at_home = {match.place.country for at, match in wished if match.place.is_home and not line.before(at, "<into|till|on>")}
    foreign = {match.place.country for _at, match in wished if not match.place.is_home}
    if foreign - at_home:
        foreign -= at_home
    if foreign:  # Москва, Турция, 2 взрослых: a city of ours beside a direction is where they leave from
        for at, match in list(wished):
            is_ours = match.place.country not in foreign and (match.place.is_home or match.place.is_country)
            if is_ours and not line.before(at, "<into|till|on>"):
                wished.remove((at, match))
                left.append((at, match))
    homes = [(at, match) for at, match in left if match.place.is_home or _says_flight(line, at)]
    directions: dict[str, None] = {}
    for _at, match in wished:
        directions.setdefault(gazetteer.resolve(match.place, ukrainian=ukrainian))
    resorts = dict.fromkeys(match.place.titles[-1 if ukrainian else 0] for _at, match in wished if not match.place.is_country)
    kept = tuple(name for name in resorts if name not in directions)
    return Ways(
        tuple(directions), kept, departure=homes[0][1].place.titles[-1 if ukrainian else 0] if homes else None,
        said_directions=tuple((at, at + 1) for at, _match in wished), said_departure=tuple((at, at + 1) for at, _match in homes[:1]),
    )  # fmt: skip


def _is_listed(line: Line, before: int, at: int) -> bool:
    """Турция и Египет; ни в Турцию, ни в Египет; Турции, Египта."""
    return bool(pattern("(?:<comma|or|slash>|<comma><or>)<into|on|till>?").fullmatch(line.signs, before + 1, at))


def _begins_sentence(line: Line, before: int, at: int) -> bool:
    """Whether a list of places is all that stands before what is said of its last one."""
    return line.sentence(before)[0] == before and line.follows(at + 1, _REFUSED_AFTER) is not None


def _goes_on(line: Line, head: int, before: int, at: int) -> bool:
    """Whether a refusal holds for the next of a list that begins at `head`: «кроме Турции, Египта», «не рассматриваем Турцию, Египет»,
    «не Турция и не Египет»; not «не Турция, Египет», nor «не хочу Турцию, Египет рассмотрю»."""
    if SIGNS["comma"] not in line.signs[before:at] or line.before(head, "<except><into|on>?"):
        return True
    return bool(line.before(head, "<not><wish|go><into|on>?")) and not line.follows(at + 1, "<word|now>?<wish|go>")


def _is_refused(line: Line, at: int) -> bool:
    if (
        (negated := line.before(at, f"<not>{_BEFORE}"))
        and negated.start()
        and line.tokens[negated.start() - 1].word in ("если", "якщо")
    ):
        return False
    if line.before(at, f"<not>(?:<wish|go|word|must>(?:<wish>)?)?{_BEFORE}") and not line.before(
        at, f"<not><only|was|went>{_BEFORE}|<conditional><not>{_BEFORE}"
    ):
        near = line.before(at, f"<not><unsure>?{_BEFORE}")
        if near and line.before(at, f"<not><unsure>{_BEFORE}"):
            return False
        found = line.before(at, f"<not><word>{_BEFORE}")
        return not (found and _is_word_of_doubt(line, found.start() + max(0, at - 8)))
    if beside := line.before(at, f"<except>(?:<word>)?{_BEFORE}"):
        named = line.tokens[at - len(beside.group()) + 1]
        return not {"trip", "stay", "papers"} & named.marks  # «кроме тура в Турцию нужна страховка» refuses nothing
    if line.before(at, "<without>"):
        return True
    if line.follows(at + 1, _REFUSED_AFTER):
        return True
    if line.follows(at + 1, "<word|except>") and line.tokens[at + 1].word.startswith(("исключ", "виключ")):
        return True
    after = line.follows(at + 1, "<word|now|must|we|me>{0,2}<wish>")
    return bool(after and line.tokens[after.end() - 1].word.startswith(("надоел", "набрид", "устал")))


def _is_word_of_doubt(line: Line, not_at: int) -> bool:
    """«Не против Турции», «не только»: no refusal."""
    signs = line.signs
    at = signs.find(pattern("<not>").pattern.strip("[]"), not_at)
    return 0 <= at < len(signs) - 1 and line.tokens[at + 1].word.startswith(
        ("проти", "возраж", "исключ", "только", "тільки", "факт")
    )


def _is_left(line: Line, at: int, match: Match) -> bool:
    """Where one leaves from."""
    if line.before(at, "<out_of>(?:<word|flight>{0,1}<dot>?)") or line.before(at, "<out_of>"):
        return True
    if line.before(at, "<from>(?:<word>)?") or (
        line.before(at, "<since>(?:<word><dot>?)?") and match.is_genitive and not match.is_adjective
    ):
        return not (match.is_named and not match.place.is_home and not line.before(at, "<flight><since|from>"))
    if line.before(at, "<flight>(?:<colon|dash>|<word>(?:<colon|dash>)?)?") and match.place.is_home:
        return True
    if not match.place.is_home or not match.is_named:
        return False
    return bool(line.follows(at + 1, "<dash|slash><place>")) or bool(line.follows(at + 1, "<place>") and _speaks_of_tickets(line))


def _speaks_of_tickets(line: Line) -> bool:
    return any(token.word.startswith(_TICKETS) for token in line.tokens)


def _says_flight(line: Line, at: int) -> bool:
    return line.before(at, "<flight><word>?<out_of|from|since>") is not None


def _is_beside(line: Line, at: int, match: Match) -> bool:
    """Places that are named for another reason: passed through, lived in, of a passport, of an office."""
    near = line.tokens[max(line.sentence(at)[0], at - 3) : at]
    if any(
        "papers" in token.marks for token in line.tokens[max(0, at - 2) : at] if line.before(at, "<!comma|dot|line|end_mark>{2}")
    ):
        return True
    if any("via" in token.marks for token in near) or line.before(at, "<through>"):
        return True
    if match.place.is_home and not match.is_named:
        if line.before(at, "<into>") or line.before(at, "<word|dash>"):
            start, end = line.sentence(at)
            said = line.tokens[max(start, at - 5) : min(end, at + 8)]
            return not any("stay" in token.marks or token.sign == SIGNS["night"] for token in said)
        return line.before(at, "<till|by|on>") is None
    return False
