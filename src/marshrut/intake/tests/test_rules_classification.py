"""P01: no inquiry without a class, no class without a reason."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.intake.rules import (
    CHANNELS,
    CLASSES,
    Categorised,
    Classifying,
    InquiryFacts,
    PersonFacts,
    RulesetError,
    compile_category_criteria,
    compile_criteria,
    default_categories,
    default_classifier,
    default_criteria,
)
from marshrut.intake.rules.facts import words_of
from marshrut.intake.rules.lexicon import Lexicon

TODAY = date(2026, 11, 22)
CLIENT = PersonFacts(is_known=True, owner_id=3, past_deals=2)
TRAVELLER = PersonFacts(is_known=True, has_booking=True, is_on_trip=True, past_deals=1)
BUYER = PersonFacts(is_known=True, has_booking=True, past_deals=1)
IN_TALKS = PersonFacts(is_known=True, has_open_matter=True)


def classify(message: str, *, channel: str = "email", **about: Any) -> str:
    facts = InquiryFacts(channel=channel, today=TODAY, message=message, **about)
    return default_classifier().classify(facts).inquiry_class


@pytest.mark.parametrize(
    ("inquiry_class", "message"),
    [
        ("new_sale", "Здравствуйте! Хотим в Турцию вдвоём в июне, бюджет 200 тысяч"),
        ("new_sale", "Подскажите, сколько стоит неделя в Египте на двоих взрослых?"),
        ("new_sale", "горящий тур на Новый год с бюджетом 300 тр. на 2х"),
        ("new_sale", "Добрий день! Шукаємо відпочинок на морі для сім'ї, двоє дорослих і дитина"),
        ("new_sale", "Скільки коштує путівка в Болгарію на серпень?"),
        ("new_sale", "Нужна шенгенская виза в Италию"),
        ("new_sale", "Хотим организовать корпоратив на 40 человек в Карелии"),
        ("new_sale", "Підберіть, будь ласка, готель у Буковелі на вихідні"),
        ("new_sale", "Перезвоните мне пожалуйста"),
        ("new_sale", ""),
        ("spam", "Продвижение сайтов в топ Яндекса! Недорого, гарантия"),
        ("spam", "Просування сайтів, SEO-аудит безкоштовно"),
        ("spam", "Казино Вулкан дарит бонус https://kazino.example"),
        ("spam", "Увеличим продажи вашего бизнеса, лидогенерация под ключ"),
        ("spam", "http://a.example http://b.example http://c.example"),
        ("spam", "Купить базу телефонов клиентов, рассылка по базам"),
        ("job", "Ищу работу менеджером по туризму, опыт 5 лет, резюме во вложении"),
        ("job", "Добрий день, чи є у вас вакансії менеджера?"),
        ("job", "Хочу пройти практику в вашем агентстве, я студентка"),
        ("partner", "Предлагаем сотрудничество: наш отель в Анталье, повышенная комиссия для агентств"),
        ("partner", "Пропонуємо співпрацю, ми туроператор по Албанії"),
        ("partner", "Просим прислать акт сверки за октябрь"),
        ("partner", "Приглашаем вас в рекламный тур по отелям Шарма"),
        ("trip_trouble", "Мы в отеле, нас не заселяют уже четыре часа!"),
        ("trip_trouble", "Рейс задержали на 12 часов, сидим в аэропорту с ребёнком, что делать?"),
        ("trip_trouble", "Загубили багаж у Стамбулі, допоможіть"),
        ("trip_trouble", "Нас не встретили в аэропорту, трансфера нет"),
        ("trip_trouble", "Ребёнок заболел, мы в больнице, страховая не отвечает"),
        ("booking_question", "Когда будет ваучер? Вылет послезавтра"),
        ("booking_question", "Как внести остаток по туру?"),
        ("booking_question", "Чи підтвердили наше бронювання?"),
        ("booking_question", "Хочу перенести даты поездки по нашей заявке"),
        ("booking_question", "Хотим отменить тур и вернуть деньги"),
        ("other", "Вы работаете в субботу?"),
        ("other", "Где вы находитесь, как проехать?"),
        ("other", "Вы ошиблись номером, не звоните сюда"),
        ("other", "ыва фывапр"),
    ],
)
def test_a_stranger_is_understood_by_what_they_say(inquiry_class: str, message: str) -> None:
    assert classify(message) == inquiry_class


@pytest.mark.parametrize(
    ("inquiry_class", "person", "message"),
    [
        ("repeat", CLIENT, "Хочу снова в Египет, как в прошлом году"),
        ("repeat", CLIENT, "Добрый день!"),
        ("open_matter", IN_TALKS, "А есть ещё варианты подешевле?"),
        ("trip_trouble", TRAVELLER, "Помогите, проблема с номером"),
        ("trip_trouble", TRAVELLER, "Номер грязный, кондиционер не работает"),
        ("booking_question", BUYER, "Подскажите, что с документами?"),
        ("booking_question", BUYER, "Коли виліт?"),
        ("repeat", BUYER, "Подберите ещё один тур на май"),
        ("repeat", CLIENT, "Спасибо за SEO-статью про Турцию, хотим поехать"),
        ("new_sale", PersonFacts(is_known=True), "Хотим на Кипр"),
    ],
)
def test_a_known_person_is_understood_by_what_is_known(inquiry_class: str, person: PersonFacts, message: str) -> None:
    assert classify(message, person=person) == inquiry_class


def test_a_named_request_is_never_spam() -> None:
    assert classify("SEO казино http://a http://b http://c", adults=2) == "new_sale"


def test_whoever_only_left_a_number_on_the_site_is_a_buyer() -> None:
    assert classify("", channel="site_form") == "new_sale"
    assert classify("можно после шести", channel="phone") == "new_sale"


def test_the_reason_names_the_criterion_and_the_words() -> None:
    facts = InquiryFacts(channel="email", today=TODAY, message="Когда же будет Ваучер?!")
    reason = default_classifier().classify(facts).reason
    assert reason == {"code": "criterion", "name": "Вопрос по бронированию", "matched": "ваучер"}


def test_what_no_criterion_knows_is_other_and_says_so() -> None:
    facts = InquiryFacts(channel="email", today=TODAY, message="хм")
    assert compile_criteria([]).classify(facts).inquiry_class == "other"
    assert compile_criteria([]).classify(facts).reason == {"code": "no_criterion"}


@given(st.text(max_size=400), st.sampled_from(CHANNELS), st.sampled_from([CLIENT, TRAVELLER, IN_TALKS, PersonFacts()]))
def test_every_inquiry_gets_a_class_and_a_reason(message: str, channel: str, person: PersonFacts) -> None:
    facts = InquiryFacts(channel=channel, today=TODAY, message=message, person=person)
    decision = default_classifier().classify(facts)
    assert decision.inquiry_class in CLASSES
    assert decision.reason["code"] in ("criterion", "no_criterion")


def test_the_first_criterion_that_holds_decides() -> None:
    rows = [
        {"name": "one", "inquiry_class": "job", "conditions": {"words_any": ["тур*"]}},
        {"name": "two", "inquiry_class": "spam", "conditions": {}},
    ]
    assert (
        compile_criteria(rows).classify(InquiryFacts(channel="api", today=TODAY, message="туры")).inquiry_class == "job"
    )
    assert compile_criteria(rows).classify(InquiryFacts(channel="api", today=TODAY)).inquiry_class == "spam"


# --- the language of conditions -------------------------------------------------------------------------------------

HERE = {
    "channel": "email",
    "source_slug": "vk_ads",
    "message": "Хотим на море",
    "category": "hotel",
    "directions": ("turkey",),
    "adults": 6,
    "rooms": 1,
    "date_from": date(2026, 12, 30),
    "person": CLIENT,
    "has_phone": True,
}


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({}, True),
        ({"channel": ["email", "phone"]}, True),
        ({"channel": "phone"}, False),
        ({"source": ["vk_*"]}, True),
        ({"source": ["vk"]}, False),
        ({"category": "hotel", "direction": ["egypt", "turkey"]}, True),
        ({"words_any": ["мор*", "горы"]}, True),
        ({"words_any": ["мор"]}, False),
        ({"words_all": ["хотим", "море"]}, True),
        ({"words_all": ["хотим", "горы"]}, False),
        ({"words_none": ["горы"]}, True),
        ({"words_any": ["хотим на мор*"]}, True),
        ({"words_any": ["на хотим"]}, False),
        ({"person": "known"}, True),
        ({"person": "vip"}, False),
        ({"has": ["phone", "owner"]}, True),
        ({"has": ["phone", "budget"]}, False),
        ({"lacks": ["budget", "email"]}, True),
        ({"adults_per_room_above": 4}, True),
        ({"adults_at_most": 5}, False),
        ({"nights_above": 0}, False),
        ({"lead_days_at_least": 38, "lead_days_at_most": 38}, True),
        ({"past_deals_at_least": 2}, True),
        ({"any": [{"channel": "phone"}, {"category": "hotel"}]}, True),
        ({"all": [{"channel": "phone"}, {"category": "hotel"}]}, False),
        ({"not": {"channel": "phone"}}, True),
    ],
)
def test_each_condition_holds_when_it_says(conditions: dict[str, Any], holds: bool) -> None:
    classifier = compile_criteria([{"name": "it", "inquiry_class": "job", "conditions": conditions}])
    assert (classifier.classify(InquiryFacts(today=TODAY, **HERE)).inquiry_class == "job") is holds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conditions", "path"),
    [
        ({"chanel": ["email"]}, "chanel"),
        ({"words_any": []}, "words_any"),
        ({"words_any": [1]}, "words_any"),
        ({"words_any": ["!!!"]}, "words_any"),
        ({"person": "friend"}, "person"),
        ({"has": ["money"]}, "has"),
        ({"adults_above": "4"}, "adults_above"),
        ({"adults_above": True}, "adults_above"),
        ({"height_above": 4}, "height_above"),
        ({"season": ["new_year"]}, "season"),
        ({"any": []}, "any"),
        ({"any": [{"channel": "phone"}, {"x": 1}]}, "any[1].x"),
        ({"not": ["email"]}, "not"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_mistake_in_a_criterion_is_found_when_it_is_read(conditions: Any, path: str) -> None:
    with pytest.raises(RulesetError) as error:
        compile_criteria([{"name": "it", "inquiry_class": "job", "conditions": conditions}])
    assert error.value.path == f"criteria[0].conditions.{path}".rstrip(".")


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"name": "", "inquiry_class": "job", "conditions": {}},
        {"name": "x", "inquiry_class": "sale", "conditions": {}},
        {"name": "x", "inquiry_class": "job", "conditions": {}, "more": 1},
        "x",
    ],
)
def test_a_criterion_of_the_wrong_shape_is_refused(row: Any) -> None:
    with pytest.raises(RulesetError):
        compile_criteria([row])


def test_every_class_but_the_last_resort_has_a_default_criterion() -> None:
    assert {row["inquiry_class"] for row in default_criteria()} == set(CLASSES)


@given(st.lists(st.sampled_from(["тур", "туры", "на", "море", "моря", "не", "заселили", "ё"]), max_size=12))
def test_the_lexicon_finds_what_a_plain_search_finds(words: list[str]) -> None:
    lexicon = Lexicon()
    entries = ["тур*", "море", "не засел*", "на море", "мор* на", "ё"]
    numbers = {entry: lexicon.add(entry) for entry in entries}
    found = lexicon.find(words_of(" ".join(words)))

    def fits(word: str, part: str) -> bool:
        part, word = part.replace("ё", "е"), word.replace("ё", "е")
        return word.startswith(part[:-1]) if part.endswith("*") else word == part

    for entry, number in numbers.items():
        parts = entry.split()
        runs = (words[place : place + len(parts)] for place in range(len(words) - len(parts) + 1))
        assert (number in found) == any(all(map(fits, run, parts)) for run in runs)


# --- words in their forms ---------------------------------------------------------------------------------------------

FORMS = (
    ("туры", "Предложите туры в Турцию"), ("турци*", "Едем в Турцию"), ("турци*", "Были в Турции"), ("турци*", "Довольны Турцией"),
    ("туреччин*", "Відпочинок у Туреччині"), ("туреччин*", "Хочемо до Туреччини"), ("туреччин*", "летимо Туреччиною"),
    ("турецк*", "турецкий берег"), ("турецк*", "на турецком побережье"), ("турецк*", "турецкую визу"), ("турецьк*", "турецькі готелі"),
    ("турецьк*", "на турецькому узбережжі"), ("египет*", "В Египет"), ("египт*", "в Египте"), ("єгипт*", "до Єгипту"),
    ("греці*", "у Греції"), ("готел*", "у готелях"), ("вьетнам*", "во Вьетнаме"), ("вєтнам*", "у В'єтнамі"), ("вєтнам*", "у В’єтнам"),
    ("сімєю", "Поїдемо сім'єю"), ("памятк*", "де пам’ятка туриста"), ("обєкт*", "об'єкти поруч"), ("все включено", "питание ВСЁ включено"),
    ("горящ* тур*", "есть горящие туры?"), ("гаряч* тур*", "цікавлять гарячі тури"), ("шри ланк*", "на Шри-Ланку"),
    ("нью йорк*", "в Нью-Йорке"), ("сьогодні", "СЬОГОДНІ"), ("ґрунт*", "ґрунтова дорога"),
)  # fmt: skip


@pytest.mark.parametrize(("entry", "message"), FORMS)
def test_P01_a_criterion_meets_a_word_in_its_forms_in_both_languages(entry: str, message: str) -> None:
    rows = [{"name": "слово", "inquiry_class": "partner", "conditions": {"words_any": [entry]}}]
    assert compile_criteria(rows).classify(InquiryFacts(channel="email", today=TODAY, message=message)).inquiry_class == "partner"


@pytest.mark.parametrize(
    ("entry", "message"),
    [("тур", "турист"), ("туры", "культуры"), ("вьетнам*", "не летал"), ("турци*", "турнир"), ("сочи", "сочинение"),
     ("бали", "балет"), ("крит", "критика"), ("виза", "визави"), ("все включено", "все не включено")],
)  # fmt: skip
def test_and_not_another_word_that_looks_alike(entry: str, message: str) -> None:
    rows = [{"name": "слово", "inquiry_class": "partner", "conditions": {"words_any": [entry]}}]
    found = compile_criteria(rows).classify(InquiryFacts(channel="email", today=TODAY, message=message))
    assert found.inquiry_class == "other"


# --- the second axis: what is wanted ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "message"),
    [
        ("visa", "Нужна шенгенская виза в Италию"), ("visa", "Оформіть, будь ласка, візу до Іспанії"), ("visa", "Помогите с визами для семьи"),
        ("insurance", "Нужна страховка для поездки в Грузию на машине"), ("insurance", "Потрібне страхування для виїзду за кордон"),
        ("transfer", "Нужен трансфер из аэропорта Антальи в Кемер"), ("excursion", "Цікавлять автобусні тури по Європі"),
        ("excursion", "Нужен гид в Риме на один день"), ("flight", "Билеты Москва — Стамбул на 5 мая"), ("flight", "авіаквитки до Варшави"),
        ("hotel", "Забронируйте гостиницу в Казани на две ночи"), ("hotel", "Только отель в Батуми, билеты уже есть"),
        ("cruise", "Шукаємо круїзи Дунаєм"), ("corporate", "Тимбилдинг для отдела продаж"), ("corporate", "організувати відрядження до Берліна"),
        ("real_estate", "Хочу купить квартиру в Дубае"), ("package_tour", "Хотим в Турцию на море вдвоём в июне"),
        ("package_tour", "Тур в Египет с визой и страховкой"), ("package_tour", "Шукаємо відпочинок у Греції, безвіз"),
        ("package_tour", "Отдых без визы в феврале"), (None, "Перезвоните мне"), (None, ""),
    ],
)  # fmt: skip
def test_P01_the_category_is_found_in_the_words_where_none_is_stated(category: str | None, message: str) -> None:
    classifying = Classifying(default_classifier(), default_categories())
    found = classifying.category_of(InquiryFacts(channel="email", today=TODAY, message=message), "new_sale")
    assert found.category == category
    assert found.reason["code"] == ("criterion" if category else "no_criterion")


def test_what_is_stated_wins_and_nobody_asks_what_a_job_seeker_wants_to_buy() -> None:
    classifying = Classifying(default_classifier(), default_categories())
    stated = InquiryFacts(channel="email", today=TODAY, message="Нужна виза", category="cruise")
    assert classifying.category_of(stated, "new_sale") == Categorised("cruise", {"code": "stated"})
    asks = InquiryFacts(channel="email", today=TODAY, message="Хочу работать у вас с визами")
    assert classifying.category_of(asks, "job") == Categorised(None, {})


@pytest.mark.parametrize("row", [{}, {"name": "x", "category": "", "conditions": {}}, {"name": " ", "category": "visa", "conditions": {}},
                                 {"name": "x", "category": "visa", "conditions": {"words": 1}}, {"name": "x", "category": 7, "conditions": {}}])  # fmt: skip
def test_a_criterion_of_category_that_cannot_be_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(RulesetError):
        compile_category_criteria([row])
