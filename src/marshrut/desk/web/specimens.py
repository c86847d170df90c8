"""Specimens for the page of components: long names, large sums, clocks in every state. Nobody in them exists."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from marshrut.desk.shapes import (
    BoardMatter,
    Client,
    Entry,
    Fact,
    Filter,
    MatterCard,
    Money,
    Named,
    Option,
    PastMatter,
    Preset,
    StageStep,
    Tab,
    Tag,
    Task,
)

LONG_NAME = "Константинопольская-Преображенская Александра Вячеславовна"
LONG_TRIP = "Доминикана · 25 декабря – 8 января · 2 взрослых, 3 детей · всё включено, первая линия"
TONES = ("neutral", "info", "good", "warm", "bad", "accent", "star")


def specimens(now: datetime) -> dict[str, Any]:
    """Everything the page of components draws, as of this moment."""
    anna, queue = Named(1, "Анна Крылова"), Named(2, "Общая очередь")
    tasks = {
        "overdue": Task(1, "Позвонить и согласовать встречу в офисе на Невском", "call", now - timedelta(hours=2), "Анна Крылова"),
        "today": Task(2, "Отправить подборку", "write", now + timedelta(minutes=12)),
        "later": Task(3, "Напомнить о доплате", "call", now + timedelta(days=5)),
    }
    return {
        "tones": TONES,
        "anna": anna,
        "queue": queue,
        "tasks": tasks,
        "matters": [
            _card(now, number, task, anna if number < 3 else None, queue) for number, task in enumerate([*tasks.values(), None], 1)
        ],
        "minis": [_mini(now, outcome) for outcome in (None, "won", "lost")],
        "whole": _whole(now, tasks["overdue"]),
        "facts": [
            Fact("Бюджет", "1 250 000 ₽", tag=Tag("в обрез", "warm")),
            Fact("Даты", None),
            Fact("Куда", LONG_TRIP, href="#content"),
        ],
        "entries": [
            Entry(number, icon, now - timedelta(hours=number), "Анна Крылова", title, body, number == 1)
            for number, (icon, title, body) in enumerate(
                [("phone-out", "Звонок клиенту", "Договорились на среду, просила отель с подогреваемым бассейном."),
                 ("mail", "Письмо от клиента", "А" * 200), ("stage", "Потребность записана", None),
                 ("system", "Часы ответа остановлены", None)], 1)
        ],
        "tab_items": [Tab("mine", "Мои", "?", True, 128), Tab("queue", "Ничьи", "?", False, 0), Tab("all", "Все", "?", False)],
        "filter_items": [
            Filter("class", "Класс", "", "", [Option("new_sale", "Новая продажа"), Option("spam", "Спам")]),
            Filter("source", "Источник", "site", "Сайт", [Option("site", "Сайт"), Option("phone", "Звонок")]),
        ],
        "stats": [
            {"icon": "inbox", "label": "Новые", "value": "1 204", "note": "к прошлой неделе", "note_value": "+12 %", "note_tone": "good"},
            {"icon": "clock", "label": "Ждут ответа дольше пятнадцати минут", "value": "7", "note": "", "note_value": None,
             "note_tone": ""},
        ],
        "days": [{"label": f"{day}.11", "inquiries": 4 + day % 5, "deals": day % 3} for day in range(1, 15)],
        "options": [Option("call", "Звонок", "phone"), Option("message", "Сообщение", "message"), Option("meeting", "Встреча", "users")],
        "presets": [Preset("через час", now + timedelta(hours=1)), Preset("завтра утром", now + timedelta(hours=20))],
        "values": {"filled": LONG_NAME, "empty": "", "wrong": "не телефон", "area": "Строка\nи ещё одна", "kind": "call",
                   "due": now + timedelta(hours=1)},
        "errors": {"wrong": "Это не похоже на телефон: напишите его с кодом страны."},
        "long_name": LONG_NAME,
        "now": now,
        "clocks": [now + timedelta(minutes=12), now + timedelta(minutes=2), now - timedelta(minutes=3)],
    }  # fmt: skip


def _card(now: datetime, number: int, task: Task | None, owner: Named | None, queue: Named) -> BoardMatter:
    return BoardMatter(
        kind="deal", id=10_000 + number, dossier=number, title=LONG_NAME if number == 1 else "Пётр Ли", trip=LONG_TRIP,
        since=now - timedelta(days=number), tags=[Tag("VIP", "star"), Tag("горящий", "bad", "flame")] if number == 1 else [],
        task=task, score=(95, 55, 12, None)[number - 1], reasons=["Известный клиент", "Бюджет достаточен"],
        money=Money(Decimal("1250000.50"), "RUB") if number % 2 else None, owner=owner, queue=None if owner else queue,
        respond_by=now + timedelta(minutes=4) if number == 2 else None, drop_url="#",
    )  # fmt: skip


def _mini(now: datetime, outcome: str | None) -> PastMatter:
    labels = {"won": "состоялась", "lost": "не состоялась", None: ""}
    return PastMatter(
        kind="deal", id=10_050, dossier=9, title="Пётр Ли", trip=LONG_TRIP, since=now, is_open=outcome is None, outcome=outcome,
        outcome_label=labels[outcome], closed_at=now - timedelta(days=90) if outcome else None, money=Money(Decimal(85_000), "UAH"),
        tags=[Tag("повторный", "info")],
    )  # fmt: skip


def _whole(now: datetime, task: Task) -> MatterCard:
    names = ("Контакт", "Потребность", "Подборка", "Бронь", "Оплата")
    stages = [StageStep(str(n), name, "done" if n < 2 else "now" if n == 2 else "ahead") for n, name in enumerate(names)]
    return MatterCard(
        kind="deal", id=10_001, dossier=1, title=LONG_NAME, since=now, is_open=True, state="open", task=task, stages=stages,
        stage=stages[2], next_stage=stages[3], person=Client(1, LONG_NAME, "+79215550142", "alexandra@example.com"),
    )  # fmt: skip
