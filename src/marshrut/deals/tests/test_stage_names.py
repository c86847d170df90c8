"""F01, F04: names of stages are results. What is refused, what is kept, and that a better name is always a result."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.deals.rules import Verdict, funnel_templates, judge_stage_name

PROCESSES = """
    Телефонные переговоры | Переговоры | Показ | Показы | Просмотр объектов | Встреча | Встреча в офисе | Звонок | Презентация
    Подбор тура | Согласование договора | Бронирование | Оплата | Принятие решения | Работа с возражениями | Дожим | Прогрев
    Обсуждение | Подготовка предложения | Подписание договора | Выдача документов | Сопровождение | Ведём переговоры
    Готовим предложение | Обработка заявки | Недозвон | Прозвон базы | Квалификация | Консультация
    Перемовини | Підбір туру | Зустріч | Зустріч в офісі | Дзвінок | Бронювання | Узгодження | Перегляд об'єктів | Показ об’єктів
    Підписання договору | Видача документів | Передоплата | Обговорення
    Phone talks | Viewing | Viewings | Negotiation | Meeting | Booking | Qualification | Contract signing | Payment | Presentation
"""
TASKS = "Позвонить клиенту | Отправить подборку | Перезвонить | Показати варіанти | Надіслати рахунок | Call the client | Send an offer"
MEANINGLESS = """
    В работе | Сделка в работе | Думает | Клиент думает | Клиент выбирает | Ждём оплату | Ожидание ответа | На паузе | Новые | Горячие
    Лиды | Активные | У роботі | Клієнт думає | Чекаємо оплату | In progress | Thinking | Waiting for payment | On hold | New
"""
NEGATIVE = "Не дозвонились | Не отвечает | Договор не подписан | Not answered | Не відповідає"
RESULTS = """
    Контакт состоялся | Встреча назначена | Встреча состоялась | Просмотр объектов состоялся | Сделка открыта | Объект выбран
    Онлайн презентация проведена | Дата приезда подтверждена | Показ объектов состоялся | Договор подписан | Показ проведен
    Подборка показана | Потребность записана | Деньги и паспорта получены | Бронь подтверждена | Полностью оплачено
    Документы выданы | Турист вернулся | Отзыв и следующая дата получены | Подборка отправлена и открыта | Клиент внёс предоплату
    Созвон по подборке состоялся | Договор подписан дистанционно | Виза получена | Тур забронирован | Клиент пришёл в офис
    Счёт выставлен | Решение принято | Путёвка куплена | Паспорта собраны | Клиент согласен | Документы готовы
    Контакт відбувся | Потребу зафіксовано | Добірку показано | Зустріч відбулася | Варіант обрано | Гроші та паспорти отримано
    Бронювання підтверджено | Повністю сплачено | Документи видано | Турист повернувся | Звернення прийнято | Клієнт погодився
    Угоду відкрито | Дату приїзду підтверджено | Рахунок надіслано
    Contact made | Need recorded | Options shown | Meeting held | Option chosen | Booking confirmed | Paid in full | Trip done
    Documents handed over | Contract signed | Client has answered | Viewing held and feedback got
"""
KEPT = "Новый клиент | Регистрация сделки | Новий клієнт | Реєстрація угоди"
UNCLEAR = "Договор | Паспорта | Анкета | Первый контакт"


def names(text: str) -> list[str]:
    return [name.strip() for line in text.strip().splitlines() for name in line.split("|")]


@pytest.mark.parametrize("name", names(PROCESSES))
def test_F04_a_process_is_refused_with_a_better_name(name: str) -> None:
    judged = judge_stage_name(name)
    assert (judged.verdict, judged.code) == (Verdict.REFUSED, "process")
    assert judge_stage_name(judged.better).verdict == Verdict.RESULT


@pytest.mark.parametrize("name", names(TASKS))
def test_F04_a_task_is_refused(name: str) -> None:
    assert judge_stage_name(name).code == "task"


@pytest.mark.parametrize("name", names(MEANINGLESS))
def test_F04_a_name_that_says_nothing_is_refused_with_a_better_one(name: str) -> None:
    judged = judge_stage_name(name)
    assert (judged.verdict, judged.code) == (Verdict.REFUSED, "meaningless")
    assert judge_stage_name(judged.better).verdict == Verdict.RESULT


@pytest.mark.parametrize("name", names(NEGATIVE))
def test_what_was_not_reached_is_no_stage(name: str) -> None:
    assert judge_stage_name(name).code == "negative"


@pytest.mark.parametrize("name", names(RESULTS))
def test_F01_a_result_is_kept(name: str) -> None:
    assert judge_stage_name(name).verdict == Verdict.RESULT


@pytest.mark.parametrize("name", names(KEPT))
def test_the_sources_own_names_are_kept_with_a_hint(name: str) -> None:
    judged = judge_stage_name(name)
    assert (judged.verdict, judged.code) == (Verdict.HINT, "own_of_source")
    assert judged.better


@pytest.mark.parametrize("name", names(UNCLEAR))
def test_what_cannot_be_judged_is_kept_with_a_hint(name: str) -> None:
    assert judge_stage_name(name).verdict == Verdict.HINT


def test_letter_case_yo_and_spaces_do_not_matter() -> None:
    assert judge_stage_name("  ТЕЛЕФОННЫЕ   ПЕРЕГОВОРЫ ").code == "process"
    assert judge_stage_name("Ведем переговоры") == judge_stage_name("Ведём переговоры")


def test_no_name_and_a_very_long_one_are_refused() -> None:
    assert [judge_stage_name(name).code for name in ("", "  ", "17", "…", "Договор подписан " * 10)] == ["empty"] * 4 + ["too_long"]


def test_a_better_name_is_in_the_language_of_the_name() -> None:
    assert [judge_stage_name(name).better for name in ("Встреча", "Зустріч", "Meeting")] == [
        "Встреча состоялась", "Зустріч відбулася", "Meeting held"]  # fmt: skip
    assert judge_stage_name("Показ", "uk").better == "Показ об’єктів відбувся"


@given(st.text(max_size=100))
def test_any_text_is_judged(name: str) -> None:
    judge_stage_name(name)


def test_every_better_name_of_the_lexicon_is_itself_a_result() -> None:
    data = json.loads((files("marshrut.deals") / "data" / "stage_names.json").read_text("utf-8"))
    better = {name for table in ("kept", "meaningless", "alone", "process", "thing") for row in data[table] for name in row["better"].values()}
    assert {name for name in better if judge_stage_name(name).verdict != Verdict.RESULT} == set()


def test_every_stage_of_every_template_would_be_kept() -> None:
    stages = [(name, template.slug) for template in funnel_templates() for stage in template.stages for name in stage.name.values()]
    hinted = {name for name, _ in stages if judge_stage_name(name).verdict == Verdict.HINT}
    assert {name for name, _ in stages if judge_stage_name(name).verdict == Verdict.REFUSED} == set()
    assert hinted == {"Новый клиент", "Регистрация сделки", "Новий клієнт", "Реєстрація угоди", "New client", "Deal registration"}
