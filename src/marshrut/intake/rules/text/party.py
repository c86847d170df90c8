"""Who travels: adults, children and their ages, out of counts, relatives and «2+1»."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .line import Line
from .signs import SIGNS

OLDEST_CHILD = 17
MOST_PEOPLE = 99
MOST_CHILDREN = 30

_COUNT = "<number|collective|pair>"
_KID = "<child|kin_child>"
_AGE_UNIT = "(?:<year|year_short|month_unit|rouble_short>)"
_AGES = f"<number|decimal|date>{_AGE_UNIT}?(?:<comma|or|plus|slash|dash>{{1,2}}<number|decimal|date>{_AGE_UNIT}?){{0,6}}"
_GAP = "<open|comma|colon|dash|word|by|about|dot|we|other>"
_COUNTING = frozenset(
    ("один", "одну", "одна", "одно", "два", "две", "дві", "три", "четыре", "чотири", "пять", "шесть", "шість", "семь", "сім")
)


@dataclass(slots=True)
class Party:
    """Adults and children as far as they are said. `children` counts them when it is known; `ages` may be fewer.
    `people` is how many travel when nothing says how many of them are children."""

    adults: int | None = None
    children: int | None = None
    ages: list[int] = field(default_factory=list)
    people: int | None = None
    said_adults: list[tuple[int, int]] = field(default_factory=list)
    said_children: list[tuple[int, int]] = field(default_factory=list)


def read_party(line: Line, today: date) -> Party:
    """Everything said about who travels."""
    party = Party()
    if line.has("plus"):
        _read_sum(line, party)
    if line.has("child|kin_child|infant|aged|aged_word|adult"):
        _read_children(line, party, today)
    if line.has("adult"):
        _read_adults(line, party)
    if party.adults is None and line.has("people|together|collective|we|pair|couple|on|aside|for"):
        _read_together(line, party)
    if party.adults is None and party.people is None and line.has("relative|companions|me|number"):
        _read_relatives(line, party)
    _believe_the_whole(line, party)
    for said in (*party.said_adults, *party.said_children):
        line.use(*said)
    return party


def _believe_the_whole(line: Line, party: Party) -> None:
    """«Нас пятеро: двое взрослых, бабушка и двое детей»: whoever is counted in the whole and not by kind is an adult."""
    if party.adults is None or not party.children or not line.has("we|people"):
        return
    for found in line.find("<we>(?:<on>)?(?P<count><collective|number>)(?=<comma|colon|dot|open|dash>)"):
        whole = line.whole(found.start("count"))
        if whole is not None and party.adults < whole - party.children <= MOST_PEOPLE:
            party.adults = whole - party.children
            party.said_adults.append(found.span())
        return


def _read_sum(line: Line, party: Party) -> None:
    """«2+1», «2 + 2 (5 и 8 лет)»: adults and children as the field writes them."""
    for found in line.find("(?P<adults><number>)<plus>(?P<children><number>)(?:<plus>(?P<infants><number>))?"):
        adults, children = line.whole(found.start("adults")), line.whole(found.start("children"))
        infants = line.whole(found.start("infants")) if found.start("infants") >= 0 else 0
        if adults is None or children is None or infants is None or not (1 <= adults <= 9 and 0 <= children <= 6 and infants <= 3):
            continue
        after = line.follows(
            found.end(), "<currency|thousand|thousand_short|thousand_roubles|night|day|week|month|month_short|star|year|year_short>"
        )
        before = line.tokens[found.start() - 1].word if found.start() else ""
        if after or before.startswith(("акци", "акці", "скидк", "подар")):
            continue
        party.adults, party.children = adults, children + infants
        party.said_adults.append(found.span())
        if ages := line.follows(found.end(), f"<word|child|comma>?<open|comma|dash>?{_AGES}"):
            _take_ages_of_sum(line, party, found.end(), ages.end())
        return


def _take_ages_of_sum(line: Line, party: Party, start: int, end: int) -> None:
    """«2+2 (5 и 8 лет)»: as many numbers as children, in brackets or of years."""
    numbers = [at for at in range(start, end) if line.whole(at) is not None and line.number(at) <= OLDEST_CHILD]
    is_aged = SIGNS["open"] in line.signs[start:end] or any(
        unit in line.signs[start:end] for unit in (SIGNS["year"], SIGNS["year_short"])
    )
    if is_aged and len(numbers) == party.children:
        for at in numbers:
            _add_age(party, line.number(at), (start, end))
        line.use(start, end)


def _read_adults(line: Line, party: Party) -> None:
    """«2 взрослых», «двое взрослых», «взрослых: 2»."""
    if party.adults is not None:
        return
    for found in line.find(
        f"(?P<count>{_COUNT})<word|dash|other>?<adult>|<adult><dash|colon|dot>{{0,2}}(?P<after>{_COUNT})(?!<year|child|night|day|star>)"
    ):
        at = found.start("count") if found.start("count") >= 0 else found.start("after")
        count = line.whole(at)
        if count is not None and 1 <= count <= MOST_PEOPLE:
            party.adults = count
            party.said_adults.append(found.span())
            return


# --- children ---------------------------------------------------------------------------------------------------------


def _read_children(line: Line, party: Party, today: date) -> None:
    if without := line.first("<without><word>?<child>"):
        party.children = 0
        party.said_children.append(without.span())
        return
    counted = _counted_children(line, party)
    _read_ages(line, party, today)
    named = _named_children(line, party)
    count = min(max(counted or 0, named, len(party.ages)), MOST_CHILDREN)
    if count and (party.children is None or count > party.children):
        party.children = count
    if party.children and len(party.ages) > party.children:
        party.children = len(party.ages)


def _counted_children(line: Line, party: Party) -> int | None:
    """«двое детей», «2 ребёнка», «детей: 2»."""
    total = 0
    for found in line.find(
        f"(?P<count>{_COUNT}){_KID}|<child>(?:<dash|colon>)(?P<after><number|collective>)(?!<year|year_short|comma|or|month_unit>)"
    ):
        at = found.start("count") if found.start("count") >= 0 else found.start("after")
        count = line.whole(at)
        if count is not None and 1 <= count <= MOST_PEOPLE and not line.before(found.start(), "<number>"):
            total += count
            party.said_children.append(found.span())
    return total if 0 < total <= MOST_CHILDREN else None


def _named_children(line: Line, party: Party) -> int:
    """Children named one by one: «с сыном и дочкой», «с ребёнком». The general word and the special may mean the same one."""
    general, kin = 0, 0
    for found in line.find(_KID):
        at = found.start()
        token = line.tokens[at]
        if line.before(at, "<without|number|collective|pair>|<number><dash>") or not token.value:
            continue
        if line.before(at, "<into|till>"):
            continue
        if token.sign == SIGNS["child"]:
            general = max(general, int(token.value))
        else:
            kin += int(token.value)
        party.said_children.append((at, at + 1))
    infants = [found.start() for found in line.find("<infant>")]
    return max(general, kin) + (len(infants) if not general else 0)


def _read_ages(line: Line, party: Party, today: date) -> None:
    """Ages beside the words for children, before or behind them."""
    for found in line.find(f"(?:{_KID}|<infant>)(?:<colon|dash><number>(?=<open>))?{_GAP}{{0,3}}(?P<ages>{_AGES})"):
        start = found.start("ages")
        if not _is_about_children(line, found.start(), start) or line.is_used(start, start + 1):
            continue
        _take_ages(line, party, found, start, today)
    for found in line.find(
        f"(?P<age><number|decimal>){_AGE_UNIT}{_KID}|(?P<aged><number>)<dash>?<aged|season_adjective>(?:{_KID})?|<aged_word>"
    ):
        at = max(found.start("age"), found.start("aged"), found.start() if line.signs[found.start()] == SIGNS["aged_word"] else -1)
        if line.is_used(at, at + 1) or any(start <= at < end for start, end in party.said_children if (start, end) != found.span()):
            continue
        _add_age(party, line.tokens[at].value if line.signs[at] == SIGNS["aged_word"] else line.number(at), found.span())
    for found in line.find("<adult>(?:<plus|or|comma>)(?P<age><number>)<year|year_short>"):
        _add_age(party, line.number(found.start("age")), (found.start("age"), found.end()))
    for found in line.find(f"{_KID}<year|month_unit>(?!<number>)"):
        if line.tokens[found.end() - 1].word.startswith(("год", "рок", "рочок")) and not line.before(found.start(), "<number>"):
            _add_age(party, 1, found.span())
    for found in line.find("<infant>"):
        is_told = any(start <= found.start() < end for start, end in party.said_children)  # «младенец 8 месяцев»
        if not is_told and (not party.ages or line.before(found.start(), "<or|plus|comma>")):
            _add_age(party, float(line.tokens[found.start()].value), found.span())


def _is_about_children(line: Line, kid: int, start: int) -> bool:
    """Nothing between them that is counted otherwise, no «до 12 лет»."""
    return line.before(start, "<till|from|since>") is None


def _take_ages(line: Line, party: Party, found: re.Match[str], start: int, today: date) -> None:
    end = found.end("ages")
    follows = line.follows(
        end, "<night|day|week|star|currency|thousand|thousand_short|thousand_roubles|month|people|adult|dates|time|child|kin_child>"
    )
    numbers = [at for at in range(start, end) if line.tokens[at].number is not None or line.tokens[at].sign == SIGNS["date"]]
    is_else = end < len(line.tokens) and {"stay", "order", "measure"} & line.tokens[end].marks  # «10 и 14 лет, 1 номер»
    if (follows or is_else) and len(numbers) > 1 - bool(follows) and line.signs[numbers[-1] + 1 : numbers[-1] + 2] != SIGNS["year"]:
        numbers = numbers[:-1]
    has_unit = any(
        sign in line.signs[start:end] for sign in (SIGNS["year"], SIGNS["year_short"], SIGNS["month_unit"], SIGNS["rouble_short"])
    )
    kid = line.tokens[found.start()]
    is_aged = SIGNS["open"] in line.signs[found.start() : start] or (
        found.start() > 0 and line.tokens[found.start() - 1].word.startswith(("возраст", "вік", "віку"))
    )
    is_bare = len(numbers) == 1 and not has_unit and not is_aged
    if kid.sign == SIGNS["child"] and kid.value == 0 and is_bare and not _has_count(line, found.start()):
        if line.whole(numbers[0]) in range(1, 6):  # «дети 2»: how many, not how old; «дети (2)» is how old
            party.children = line.whole(numbers[0])
            party.said_children.append((found.start(), numbers[0] + 1))
        return
    if SIGNS["dot"] in line.signs[found.start() : start] and not has_unit:
        return
    numbers = _while_ages(line, numbers, today)
    is_one = kid.value == 1 and not _has_count(line, found.start())
    ages = list(_ages_of(line, numbers, today, is_one=is_one))
    if not ages or (not has_unit and _is_date_or_price(line, end)):
        return
    repeated = (
        2
        if kid.value == 2
        else int(line.number(found.start() - 1))
        if line.before(start, "<by>") and _has_count(line, found.start())
        else 1
    )
    for age in ages * (repeated if len(ages) == 1 else 1):
        _add_age(party, age, (found.start(), max(numbers) + 1))
    line.use(min(numbers), max(numbers) + 1)


def _while_ages(line: Line, numbers: list[int], today: date) -> list[int]:
    """The numbers up to the first that can be no age: «4 года, 40 тысяч»."""
    for place, at in enumerate(numbers):
        token = line.tokens[at]
        if token.sign == SIGNS["date"] and token.value[2] is None:
            return numbers[:place]
        is_born = token.sign == SIGNS["date"] or today.year - OLDEST_CHILD <= line.number(at) <= today.year
        if not is_born and not line.number(at) <= OLDEST_CHILD:
            return numbers[:place]
    return numbers


def _has_count(line: Line, at: int) -> bool:
    return line.before(at, _COUNT) is not None


def _is_date_or_price(line: Line, end: int) -> bool:
    return bool(line.follows(end, "<month|month_short|slash|dash>"))


def _ages_of(line: Line, numbers: Iterable[int], today: date, *, is_one: bool) -> Iterable[float]:
    """Years, months as years, years of birth and dates of birth. Of one child «1 год и 3 месяца» is one age."""
    skip = -1
    for at in numbers:
        token = line.tokens[at]
        if at == skip:
            continue
        if token.sign == SIGNS["decimal"] and "," in token.text and not token.text.endswith(",5"):  # «7,9 лет»
            yield from (float(part) for part in token.text.split(","))
            continue
        if token.sign == SIGNS["date"] and token.value[2] is not None:
            day, month, year = token.value
            yield today.year - year - ((today.month, today.day) < (month, day))
            continue
        number = line.number(at)
        unit = line.signs[at + 1 : at + 2]
        if unit == SIGNS["month_unit"]:
            yield number // 12
        elif today.year - OLDEST_CHILD <= number <= today.year:
            yield today.year - number
        else:
            if (
                is_one
                and unit in (SIGNS["year"], SIGNS["year_short"])
                and (months := line.follows(at + 2, "<or>?<number><month_unit>"))
            ):
                skip = months.end() - 2
            yield number


def _add_age(party: Party, age: float, said: tuple[int, int]) -> None:
    if 0 <= age <= OLDEST_CHILD and len(party.ages) < MOST_CHILDREN:
        party.ages.append(int(age))
        party.said_children.append(said)


def _read_who_speaks(line: Line, party: Party) -> None:
    """«Хочу с сыном в горы»: one who speaks of themselves, and a child."""
    for found in line.find("<wish|go><into|on>?<since><word>?<kin_child>"):
        if party.adults is None and line.tokens[found.start()].word.endswith(("у", "ю", "юсь", "усь")):
            party.adults = 1
            party.said_adults.append((found.start(), found.start() + 1))


_TOGETHER = (
    "(?P<count><number|collective|pair>)<word>?<people>",
    "<people><colon|dash>(?P<count><number>)(?!<dash|number>)",
    "(?P<count><together>)",
    "<we>(?:<on>)?(?P<count><collective|number>)(?!<child|kin_child|night|day|star|pair>)",
    "<on|for|aside>(?P<count><collective>)(?!<child|kin_child|day|week>)",
    "(?P<count><collective>)(?!<child|kin_child|day|week|month_unit>)",
    "(?P<count><number>)<pair>",
    "<on|for|aside>(?P<count><number>)"
    "(?!<night|day|week|star|child|kin_child|adult|people|thousand|currency|number|month|month_unit|year|companions>)",
    "<on|aside>(?P<count><number>)(?=<comma|dot|end_mark|line|till|since|into|open|dash>|$)",
)

# --- people without «взрослых» ----------------------------------------------------------------------------------------


def _read_together(line: Line, party: Party) -> None:
    """«Вдвоём», «нас трое», «на двоих», «4 человека», «семья из 4 человек», «молодожёны»."""
    for written in _TOGETHER:
        for found in line.find(written):
            if _take_people(line, party, found):
                return
    if couple := line.first("<couple>"):
        party.adults = 2
        party.said_adults.append(couple.span())


def _take_people(line: Line, party: Party, found: re.Match[str]) -> bool:
    at = found.start("count")
    token = line.tokens[at]
    count = int(token.value) if token.sign == SIGNS["together"] else line.whole(at)
    if count is None or not 1 <= count <= MOST_PEOPLE or line.is_used(*found.span()):
        return False
    if token.sign == SIGNS["number"] and line.signs[found.end() - 1] == SIGNS["pair"]:
        count *= 2
    is_named = line.signs[found.start()] in (SIGNS["we"], SIGNS["people"]) or line.signs[found.end() - 1] != SIGNS["number"]
    if (
        token.sign == SIGNS["number"]
        and not is_named
        and not token.text[0].isalpha()
        and not token.text.lower().endswith(("х", "x"))
    ):
        return False  # «на 2» may be anything, «на 2х» is people
    if (
        token.sign == SIGNS["number"]
        and not found.group().endswith(SIGNS["people"])
        and token.word in _COUNTING
        and token.text[0].isalpha()
    ):
        return False  # «на две», «на три»: of what is not said; «на двух», «на трьох» are people
    if count == 1 and line.before(found.start(), "<currency|thousand|thousand_short|thousand_roubles|number><on|since|for|slash>"):
        return False
    party.said_adults.append(found.span())
    is_kin = token.sign == SIGNS["together"] and line.follows(found.end(), f"<since>{_KID}")
    if party.children:
        _share_out(line, party, found, count, is_kin=bool(is_kin))
    elif line.first("<family>") or _some_children(line):
        party.people = count
    else:
        party.adults = count
    return True


def _share_out(line: Line, party: Party, found: re.Match[str], count: int, *, is_kin: bool) -> None:
    """So many people, some of them children: «вдвоём с сыном» is one adult, «нас двое и ребёнок» two, «на двоих с ребёнком»
    may be either and stays open."""
    children = party.children or 0
    if line.follows(found.end(), f"<comma>?<plus|or><word|number|collective>?{_KID}|<plus|or><word>?<infant>"):
        party.adults = count
    elif is_kin or count > children + 1 or (count > children and line.first("<family>")):
        party.adults = max(1, count - children)
    elif not line.follows(found.end(), f"<since>{_KID}"):
        party.people = count


def _some_children(line: Line) -> bool:
    """Children are spoken of, though not how many."""
    return any(not line.before(found.start(), "<without>") for found in line.find(_KID))


def _read_relatives(line: Line, party: Party) -> None:
    """«Мы с мужем», «я, муж и двое детей», «с мамой»; «мама с ребёнком», «с двумя подругами»."""
    if friends := line.first("<since>(?P<count><number|collective>)<companions>"):
        count = line.whole(friends.start("count"))
        party.adults = 1 + count if count is not None and 1 <= count < MOST_PEOPLE else None
        party.said_adults.append(friends.span())
        return
    for written, own in (
        ("(?P<first><we|me>)?<since><word>?(?P<kin><relative>)(?:(?:<comma>|<or>|<plus>)<since>?<relative>)*", 1),
        ("(?P<first><me>)(?:<comma>|<or>|<plus>|<dash>)<word>?(?P<kin><relative>)(?:(?:<comma>|<or>|<plus>)<relative>)*", 1),
        ("(?P<kin><relative>)(?:(?:<comma>|<or>|<plus>)<relative>)+", 0),
        (f"(?P<kin><relative>)(?=<or|since|plus>{_KID})", 0),
        ("<me><number><year|year_short>?<comma|or>?(?P<kin><relative>)", 1),
        ("<for>(?P<kin><relative>)(?:(?:<comma>|<or>)<relative>)*", 0),
    ):
        for found in line.find(written):
            if line.before(found.start(), "<not|without>"):
                continue
            kin = sum(int(line.tokens[at].value) for at in range(*found.span()) if line.signs[at] == SIGNS["relative"])
            party.adults = own + kin
            party.said_adults.append(found.span())
            return
    _read_who_speaks(line, party)
    if not party.adults and (alone := line.first(f"<me>(?:<or|plus|comma>|<since>){_KID}")):
        here = alone.start()
        others = [at for at in range(*line.sentence(here)) if line.signs[at] == SIGNS["relative"]]
        party.adults = 1 + len(others)
        party.said_adults += [(here, here + 1), *((at, at + 1) for at in others)]
    for found in line.find("<go><number>|<number><go>|<on|for>?<number>(?=<comma|dot|end_mark|line|till|since|into|number>|$)"):
        if party.adults is None:
            at = next(at for at in range(*found.span()) if line.signs[at] == SIGNS["number"])
            if "single" in line.tokens[at].marks:
                party.adults = 1
                party.said_adults.append(found.span())
