"""What the columns of a file of leads are: guessed by their headings in three languages and by what stands in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

from marshrut.core.emails import read_email
from marshrut.core.names import search_name
from marshrut.core.phones import read_phone

_EMPTY = (
    "select|-|--|—|–|?|.|n/a|na|n.a.|null|none|nan|undefined|#n/a|(пусто)|пусто|не указано|не указан|"
    "не указана|не вказано|не вказаний|"
    "нет данных|немає даних|неизвестно|невідомо|unknown|not specified|not set|(blank)|(not set)|выберите|оберіть"
)
PLACEHOLDERS = frozenset(_EMPTY.split("|"))
"""What programs write into a cell when there is nothing in it; compared in lower case."""

MANY = frozenset({"phone", "email", "message", "note"})
"""What several columns may be at once."""

WAYS = ("telegram", "whatsapp", "viber", "vk", "instagram", "messenger")
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
TARGETS = (
    "name", "surname", "given_name", "patronymic", "phone", "email", *WAYS,
    "source", "received_at", "message", "note", "category", "directions", "resorts", "excluded", "departure", "date_from", "date_to",
    "nights", "adults", "children", "child_count", "people", "rooms", "stars", "board",
    "budget", "currency", "outcome", "close_reason", "closed_at", "manager", "external_id", *UTM,
)  # fmt: skip
"""What a column may be, besides `person.SLUG` and `matter.SLUG` of the agency's own fields."""

_HEADINGS: dict[str, str] = {
    "external_id": "prospect id|lead id|id|external id|ид|номер заявки|номер лида|id лида|id сделки|id заявки|код|uuid|"
    "guid|lead number|"
    "номер обращения|номер звернення|номер ліда|№|№ п п|deal id|request id|record id",
    "surname": "фамилия|прізвище|last name|surname|family name|lastname",
    "given_name": "имя|ім я|имя клиента без фамилии|first name|given name|firstname",
    "patronymic": "отчество|по батькові|middle name|patronymic",
    "name": "фио|піб|ф и о|полное имя|повне ім я|клиент|клієнт|имя клиента|ім я клієнта|заказчик|контакт|"
    "контактное лицо|name|full name|"
    "client|customer|contact|contact name|client name|customer name|основной контакт|турист|имя фамилия|фамилия имя|"
    "фамилия имя отчество|lead name",
    "phone": "телефон|тел|моб|мобильный|мобільний|номер телефона|номер телефону|phone|phone number|mobile|cell|telephone|"
    "контактный телефон|рабочий телефон|мобильный телефон|сотовый|телефони|телефоны|номер",
    "email": "почта|e mail|email|mail|пошта|эл почта|электронная почта|електронна пошта|email address|адрес почты|имейл",
    "telegram": "telegram|телеграм|tg|телеграмм",
    "whatsapp": "whatsapp|ватсап|вотсап|wa",
    "viber": "viber|вайбер",
    "vk": "vk|вконтакте|вк",
    "instagram": "instagram|инстаграм|інстаграм|inst",
    "messenger": "мессенджер|месенджер|messenger",
    "source": "источник|джерело|source|lead source|канал|рекламный канал|откуда|откуда узнали|звідки|"
    "звідки дізналися|источник лида|"
    "источник обращения|источник заявки|как узнали|channel|traffic source",
    "received_at": "дата|дата обращения|дата звернення|дата заявки|дата создания|дата створення|создан|створено|создано|"
    "date|created|"
    "created at|creation date|date created|received|дата лида|дата поступления|когда обратился|timestamp|дата и время|lead date|"
    "дата добавления|received at|дата первого обращения",
    "closed_at": "дата закрытия|закрыт|закрыто|дата закриття|закрито|closed at|closed|close date|дата отказа|дата продажи",
    "message": "комментарий|коментар|сообщение|повідомлення|запрос|запит|пожелания|побажання|message|comment|comments|note|notes|"
    "примечание|примітка|текст|описание|опис|description|заметки|нотатки|пожелание|текст обращения",
    "category": "категория|категорія|category|вид услуги|вид послуги|услуга|послуга|продукт|product|service|тип тура|тип туру",
    "directions": "направление|напрямок|направления|напрямки|страна|країна|destination|destinations|куда|куди|"
    "страна отдыха|курорт|"
    "страна тура|країна туру|страна поездки|where to|куда едут",
    "resorts": "курорты|курорти|resort|resorts|город отдыха|регион тура",
    "excluded": "не предлагать|не пропонувати|кроме|крім|исключить|виключити|куда не|куди не|not to",
    "departure": "город вылета|место вылета|вылет из|місто вильоту|виліт з|виліт із|departure city|city of departure|"
    "leaving from the city|город отправления|місто виїзду",
    "date_from": "дата вылета|дата вильоту|дата заезда|дата начала|вылет|заезд|дата тура|дата поездки|дата туру|departure|"
    "start date|check in|travel date|дата виїзду|дата початку",
    "date_to": "дата возвращения|дата выезда|дата окончания|обратно|return date|end date|check out|дата повернення|"
    "дата закінчення",
    "nights": "ночей|ночи|ночі|кол во ночей|количество ночей|кількість ночей|nights|дней|днів",
    "adults": "взрослых|взрослые|дорослих|дорослі|adults|кол во взрослых|количество взрослых|кількість дорослих|взр",
    "children": "возраст детей|вік дітей|children ages|children s ages|age of children|child ages|возраст ребенка|вік дитини",
    "child_count": "детей|дети|кол во детей|количество детей|children|дітей|кількість дітей|number of children",
    "people": "туристов|туристы|туристів|кол во туристов|количество туристов|кількість туристів|человек|кол во человек|"
    "количество человек|людей|pax|people|travellers|travelers",
    "rooms": "номеров|кол во номеров|количество номеров|комнат|кількість номерів|номерів|кімнат|rooms",
    "stars": "звезды|звезд|звездность|категория отеля|звезды отеля|зірки|зірок|зірковість|категорія готелю|stars|hotel stars|"
    "hotel category|hotel class",
    "board": "питание|тип питания|вид питания|пансион|харчування|тип харчування|board|meal|meals|meal plan|board basis",
    "budget": "бюджет|budget|сумма|сума|стоимость|вартість|цена|ціна|amount|price|deal value|сумма сделки|"
    "стоимость тура|бюджет сделки|value",
    "currency": "валюта|currency",
    "outcome": "converted|итог|результат|исход|outcome|status|статус|реализовано|стан|конверсия|won|"
    "сделка состоялась|этап|этап сделки|"
    "stage|результат сделки|успех|підсумок",
    "close_reason": "причина отказа|причина|причина відмови|loss reason|lost reason|reason|причина закрытия|причина закриття",
    "manager": "менеджер|ответственный|відповідальний|manager|owner|lead owner|responsible|assigned to|агент|"
    "ответственный менеджер|"
    "сотрудник|співробітник",
    "note": "город|місто|city|country|tags|теги|тэги|"
    "дата рождения|дата народження|"
    "birthday|date of birth|компания|company|должность|состав|отель|готель|hotel|lead origin|адрес|address|сайт",
    **{name: name.replace("_", " ") for name in UTM},
}
_BY_HEADING = {phrase: target for target, phrases in _HEADINGS.items() for phrase in phrases.split("|")}
_NOT_WORD = re.compile(r"[\W_]+")
_HIGHEST_TITLE = 15  # rows of titles above a table, at most
_ALIKE = 0.5  # the share of values that must look like what the heading says


def folded(heading: str) -> str:
    """A heading without case, punctuation and ё."""
    return " ".join(_NOT_WORD.sub(" ", heading.lower().replace("ё", "е")).split()) or heading.strip()


def find_heading(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """The number of the row that names the columns, told by the first rows of a file; 0 when the very first is a lead already.

    Programs write a title, a period, groups of columns above a table: rows that fill less than half of the places others fill.
    """
    filled = [sum(bool(cell) for cell in row) for _number, row in rows]
    if not filled:
        return 1
    usual = sorted(filled)[len(filled) // 2]
    place = next((place for place, cells in enumerate(filled[:_HIGHEST_TITLE]) if 2 * cells >= usual), 0)
    number, row = rows[place]
    return 0 if place == 0 and any(read_email(cell) is not None or _is_phone(cell) for cell in row) else number


def heading_digest(headings: Sequence[str]) -> bytes:
    """SHA-256 of a heading's cells, folded: two files of one program have the same."""
    return hashlib.sha256("\x1f".join(folded(heading) for heading in headings).encode()).digest()


def unique_headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Headings as they are shown and kept: an empty one is its column's letter, a repeated one has a number behind it."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        name = cell[:120] or column_letter(place)
        times = sum(1 for other in found if other == name or other.startswith(f"{name} ("))
        found.append(f"{name} ({times + 1})" if name in found else name)
    return tuple(found)


def column_letter(place: int) -> str:
    """A, B, … Z, AA: as spreadsheets call their columns."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def suggest_targets(headings: Sequence[str], samples: Sequence[Sequence[str]], own: dict[str, str]) -> list[str]:
    """What each column most likely is; empty: it is left out. `own` are the agency's fields, target by name.

    A column whose values do not look like what its heading says (“Do not email”: No) is not taken for it.
    """
    own_by_name = {folded(name): target for target, name in own.items()}
    guessed: list[tuple[int, str]] = []
    for place, heading in enumerate(headings):
        values = [row[place] for row in samples if place < len(row) and row[place] and row[place].lower() not in PLACEHOLDERS]
        guessed.append(_guess(folded(heading), values, own_by_name))
    taken: dict[str, int] = {}
    for place, (sure, target) in enumerate(guessed):
        if target and target not in MANY and (target not in taken or guessed[taken[target]][0] < sure):
            taken[target] = place
    targets = [target if target in MANY or taken.get(target) == place else "" for place, (_sure, target) in enumerate(guessed)]
    if "name" not in targets and "surname" not in targets and "given_name" in targets:
        targets[targets.index("given_name")] = "name"  # «Имя» alone is often the whole name
    return targets


def _guess(heading: str, values: Sequence[str], own: dict[str, str]) -> tuple[int, str]:
    """(how sure, target)"""
    if heading in own:
        return 4, own[heading]
    if heading in _BY_HEADING and _looks(_BY_HEADING[heading], values):
        return 3, _BY_HEADING[heading]
    within = [phrase for phrase in _BY_HEADING if len(phrase) > 3 and f" {phrase} " in f" {heading} "]
    for phrase in sorted(within, key=len, reverse=True):
        if _looks(_BY_HEADING[phrase], values) and _BY_HEADING[phrase] not in ("note", "external_id"):
            return 2, _BY_HEADING[phrase]
    if values and _share(values, lambda v: read_email(v) is not None) >= _ALIKE:
        return 1, "email"
    if values and _share(values, _is_phone) >= _ALIKE:
        return 1, "phone"
    return 0, ""


def _looks(target: str, values: Sequence[str]) -> bool:
    if not values:
        return True
    if target == "email":
        return _share(values, lambda v: "@" in v) >= _ALIKE
    if target == "phone":
        return _share(values, _is_phone) >= _ALIKE
    if target in ("received_at", "closed_at", "date_from", "date_to", "nights", "adults", "child_count", "people", "rooms", "budget"):
        return _share(values, lambda v: any(char.isdigit() for char in v)) >= _ALIKE
    if target in ("name", "surname", "given_name", "manager"):
        return _share(values, lambda v: any(char.isalpha() for char in v)) >= _ALIKE
    return True


def _share(values: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(1 for value in values if holds(value)) / len(values)


def _is_phone(text: str) -> bool:
    return sum(char.isdigit() for char in text) >= 7 and read_phone(text) is not None


# --- words ----------------------------------------------------------------------------------------------------------

_WON = (
    "1|да|так|yes|y|true|won|closed won|success|successful|converted|успех|успешно|успешно реализовано|реализовано|продажа|продано|"
    "продан|куплено|купил|оплачено|оплачен|сделка|заключен договор|успішно|реалізовано|куплено|сплачено|виграно|выиграно|продаж|win"
)
_LOST = (
    "0|нет|ні|no|n|false|lost|closed lost|not converted|отказ|отказался|не реализовано|закрыто и не реализовано|закрито|проиграно|"
    "потеряно|потерян|відмова|не реалізовано|програно|втрачено|неуспешно|провал|failed|lose|закрыто"
)
_MEANINGS = {search_name(word): meaning for meaning, words in (("won", _WON), ("lost", _LOST)) for word in words.split("|")}


def outcome_of(word: str) -> str:
    """won, lost, or empty for a word that says neither."""
    return _MEANINGS.get(search_name(word), "")
