"""Pages of rules: who may open them, what previews say, that a save can be taken back, and that nothing typed breaks them."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.backoffice.web.settings.rule_pages import title_of
from marshrut.intake.models import ClockPolicy, ContactPolicy, Criterion, RelevanceCriterion, RuleSetting
from marshrut.intake.rules import default_relevance
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures
from marshrut.intake.wording import say

pytestmark = pytest.mark.django_db
PAGES = ("criteria", "criteria/new", "category-criteria", "category-criteria/new", "words", "relevance", "relevance/new", "relevance/numbers", "priority", "contact", "contact/row", "distribution",
         "clocks/row", "quiet-replies/new")
BOUNDED = settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture
def browser(cast: Cast) -> Client:
    """Olga, the owner."""
    return browser_of(cast.owner)


def browser_of(actor: Any) -> Client:
    found = Client()
    found.force_login(Employee.objects.get(pk=actor.id))
    return found


@pytest.fixture
def month(come: Any, agency: Any) -> list[Any]:  # noqa: F811
    """A week of inquiries of several kinds."""
    from marshrut.core.clock import utc_now

    now = utc_now()
    said = ("Хотим в Турцию вдвоём", "Есть ли вакансии менеджера?", "Продвижение сайта в топ недорого", "Сафари в Танзании", "Виза в Китай")
    return [come(now, message=message) for message in said]


def since(browser: Client, address: str) -> str:
    found = re.search(r'name="since" value="(\d+)"', browser.get(address).content.decode())
    assert found, address
    return found[1]


def lines(place: str, kind: str, **fields: str) -> dict[str, str]:
    return {f"{place}.kind": kind, **{f"{place}.{name}": value for name, value in fields.items()}}


@pytest.mark.parametrize("page", PAGES)
def test_rules_are_for_who_may_change_settings(cast: Cast, page: str) -> None:
    for actor in (cast.anna, cast.stranger, cast.supervisor):
        assert browser_of(actor).get(f"/settings/{page}").status_code == 403
        assert browser_of(actor).post(f"/settings/{page}", {}).status_code == (405 if page == "contact" else 403)
    for actor in (cast.owner, cast.administrator):
        assert browser_of(actor).get(f"/settings/{page}").status_code == 200


def test_P01_a_criterion_tried_says_what_it_would_match_and_what_would_change(browser: Client, month: list[Any]) -> None:
    form = {"name": "Сафари", "inquiry_class": "partner", **lines("c.0", "words_any", text="сафари*")}
    said = browser.post("/settings/criteria/new?preview=1", form).content.decode()
    assert f"/inquiries/{month[3].pk}" in said
    assert re.search(r"1\D+5", said)
    assert not Criterion.objects.filter(name="Сафари").exists()


def test_an_administrator_sees_numbers_and_no_client(cast: Cast, month: list[Any]) -> None:
    form = {"name": "Сафари", "inquiry_class": "partner", **lines("c.0", "words_any", text="сафари*")}
    said = browser_of(cast.administrator).post("/settings/criteria/new?preview=1", form).content.decode()
    assert re.search(r"1\D+5", said)
    assert "Ветрова" not in said
    assert "/inquiries/" not in said


@pytest.mark.parametrize(("form", "word"), [
    ({**lines("c.0", "person", pick="known"), **lines("c.1", "person", pick="unknown")}, "никогда"), ({}, "любое"),
    (lines("c.0", "words_any", text="вакансии"), "Ищет работу"), (lines("c.0", "words_any", text="абракадабра"), "ничего"),
])  # fmt: skip
def test_what_is_wrong_with_a_criterion_is_said_while_it_is_edited(browser: Client, month: list[Any], form: dict[str, str], word: str) -> None:
    said = browser.post("/settings/criteria/new?preview=1", {"name": "Имя", "inquiry_class": "other", **form}).content.decode()
    assert "notice" in said


def test_a_criterion_is_saved(browser: Client) -> None:
    address = "/settings/criteria/new"
    form = {"name": "Сафари", "inquiry_class": "partner", "since": since(browser, address), **lines("c.0", "words_any", text="сафари*, джип*")}
    assert browser.post(address, form).status_code == 204
    made = Criterion.objects.get(name="Сафари")
    assert made.conditions == {"words_any": ["сафари*", "джип*"]}
    assert browser.get(f"/settings/criteria/{made.pk}").status_code == 200
    assert browser.get("/settings/criteria/1000000").status_code == 404


def test_an_order_is_saved_and_taken_back(browser: Client) -> None:
    before = list(Criterion.objects.order_by("position").values_list("id", flat=True))
    ids = [before[-1], *before[:-1]]
    sent = {"ids": ids, "on": ids[1:], "since": since(browser, "/settings/criteria")}
    assert browser.post("/settings/criteria", sent).status_code == 204
    first = Criterion.objects.get(pk=ids[0])
    assert (first.position, first.is_active) == (0, False)
    undo = re.search(r"/settings/history/criteria/\d+/undo", browser.get("/settings/criteria").content.decode())
    assert undo
    assert browser.post(undo[0]).status_code == 204
    assert list(Criterion.objects.filter(is_active=True).order_by("position").values_list("id", flat=True)) == before


def test_a_line_that_cannot_be_used_is_named_and_what_was_typed_stays(browser: Client) -> None:
    form = {"name": "Имя", "inquiry_class": "other", **lines("c.0", "measure", measure="links", comparison="above", number="три")}
    answer = browser.post("/settings/criteria/new", {**form, "since": since(browser, "/settings/criteria/new")})
    assert answer.status_code == 422
    assert 'value="три"' in answer.content.decode()
    assert "data-bad" in answer.content.decode()


def test_buttons_of_the_editor_answer_with_the_lines(browser: Client) -> None:
    first = browser.post("/settings/criteria/new?act=any:c", lines("c.0", "words_any", text="тур")).content.decode()
    assert 'name="c.0.text"' in first
    assert 'name="c.1.kind"' in first
    assert 'name="c.1.0.kind"' in first
    second = browser.post("/settings/criteria/new?act=drop:c.0", lines("c.0", "words_any", text="тур")).content.decode()
    assert 'name="c.0.kind"' not in second


def test_Q02_relevance_shows_grades_and_the_two_examples(browser: Client, month: list[Any]) -> None:
    assert browser.get("/settings/relevance").status_code == 200
    row = RelevanceCriterion.objects.order_by("position").first()
    assert row is not None
    page = browser.get(f"/settings/relevance/{row.pk}")
    assert page.status_code == 200
    said = browser.post("/settings/relevance/new?preview=1", {"name": "Имя", "points": "-2", **lines("c.0", "words_any", text="сафари")})
    assert said.content.decode().count("rule-example-live") == 2
    form = {"name": "Имя", "points": "-2", "since": since(browser, "/settings/relevance/new"), **lines("c.0", "season", pick="summer")}
    assert browser.post("/settings/relevance/new", form).status_code == 204
    assert RelevanceCriterion.objects.get(name="Имя").conditions == {"season": ["summer"]}


def test_P06_priority_names_the_field_that_cannot_be(browser: Client, month: list[Any]) -> None:
    address = "/settings/priority"
    answer = browser.post(address, {"vip_factor": "-1", "since": since(browser, address)})
    assert answer.status_code == 422
    assert 'aria-describedby="f-vip_factor-note"' in answer.content.decode()
    said = browser.post(f"{address}?preview=1", {"classes.job.at_stake": "9999999", "classes.job.lost_in_hour": "1"}).content.decode()
    assert "rule-rank" in said
    assert "↑" in said
    assert browser.post(address, {"vip_factor": "3", "unseen": "yes", "since": since(browser, address)}).status_code == 204
    assert RuleSetting.objects.get(slug="priority").values == {"vip_factor": 3}
    assert browser.post(address, {"restore": "yes", "since": since(browser, address)}).status_code == 204
    assert not RuleSetting.objects.exists()


def test_numbers_of_relevance_are_tried_and_kept(browser: Client, month: list[Any]) -> None:
    address = "/settings/relevance/numbers"
    assert "rule-example-live" in browser.post(f"{address}?preview=1", {"c_at_most": "-1"}).content.decode()
    assert browser.post(address, {"c_at_most": "", "since": since(browser, address)}).status_code == 422
    assert browser.post(address, {"c_at_most": "-3", "seasons.0.from": "12-20", "since": since(browser, address)}).status_code == 204
    assert RuleSetting.objects.get(slug="relevance").values["c_at_most"] == -3


def test_P04_a_row_of_the_contact_set(browser: Client, month: list[Any]) -> None:
    address = "/settings/contact/row"
    form = {"channel": "site_form", "inquiry_class": "", "must": ["name", "budget"], "one_of": ["phone", "messenger"], "prefer": "messenger"}
    assert "5" in browser.post(f"{address}?preview=1", form).content.decode()
    assert browser.post(address, {**form, "since": since(browser, address)}).status_code == 204
    policy = ContactPolicy.objects.get()
    assert policy.required == ["name", "budget", "messenger|phone"]
    assert browser.post(address, {"channel": "site_form", "since": since(browser, address)}).status_code == 422
    assert browser.get("/settings/contact").status_code == 200
    assert browser.post(f"/settings/contact/{policy.pk}/remove").status_code == 204
    assert not ContactPolicy.objects.exists()


def test_P02_the_order_of_distribution(browser: Client, month: list[Any]) -> None:
    address = "/settings/distribution"
    form = {"order": ["skill", "clients_manager", "office"], "on": ["skill", "office"]}
    assert "Анна Крылова" in browser.post(f"{address}?preview=1", form).content.decode()
    assert browser.post(address, {**form, "since": since(browser, address)}).status_code == 204
    assert RuleSetting.objects.get().values == {
        "order": [*form["order"], "language"], "off": ["clients_manager"], "take_by_hand": False, "keeper_when_full": False,
        "hand_over_at_shift_end": False}  # fmt: skip
    assert browser.post(address, {"order": ["office"], "since": since(browser, address)}).status_code == 422
    wrong = browser.post(address, {**form, "effort.classes.new_sale": "-1", "since": since(browser, address)})
    assert (wrong.status_code, "f-effort.classes.new_sale-note" in wrong.content.decode()) == (422, True)
    assert browser.post(address, {**form, "strict": "skill", "effort.classes.new_sale": "1,5", "since": since(browser, address)}).status_code == 204
    kept = RuleSetting.objects.get().values
    assert (kept["strict"], kept["effort"]) == (["skill"], {"classes": {"new_sale": 1.5}})
    assert browser.post(address, {**form, "restore": "yes", "since": since(browser, address)}).status_code == 204
    assert not RuleSetting.objects.exists()


CLOCK = {"warn": "5", "escalate": "10", "breach": "20", "reroutes": "2", "next_warn": "15", "next_escalate": "30", "next_breach": "60",
         "next_reroutes": "0"}  # fmt: skip


def test_P05_clocks_by_office_channel_and_class(browser: Client, cast: Cast, month: list[Any]) -> None:
    office = cast.stranger.office_id
    form = {**CLOCK, "office": str(office), "channel": "email", "inquiry_class": "trip_trouble", "breach": "12"}
    said = browser.post("/settings/clocks/row?preview=1", form).content.decode()
    assert "rule-compared" in said
    assert browser.post("/settings/clocks/row", {**form, "since": since(browser, "/settings/clocks/row")}).status_code == 204
    own = ClockPolicy.objects.exclude(channel="")
    assert list(own.values_list("office_id", "channel", "inquiry_class", "breach_minutes")) == [(office, "email", "trip_trouble", 12)]
    address = f"/settings/clocks/row?office={office}&channel=email&class=trip_trouble"
    wrong = browser.post(address, {**form, "next_escalate": "3", "since": since(browser, address)})
    assert (wrong.status_code, "f-next_escalate-note" in wrong.content.decode()) == (422, True)
    assert browser.post(address, {**form, "channel": "phone", "since": since(browser, address)}).status_code == 204
    row = own.get()
    assert row.channel == "phone"
    assert browser.post(f"/settings/clocks/{row.pk}/remove").status_code == 204
    assert not own.exists()


def test_P05_the_page_says_which_clock_counts_where_and_names_one_that_never_does(browser: Client, cast: Cast) -> None:
    page = browser.get("/settings/clocks").content.decode()
    assert page.count(">5 · дальше 5<") == 2, "a missed call in both offices"
    place = "/settings/clocks/row?office=&channel=missed_call&class="
    assert browser.post(place, {**CLOCK, "breach": "40", "since": since(browser, place)}).status_code == 204
    assert browser.get("/settings/clocks").content.decode().count("40 · дальше 60") == 2
    for office in (cast.anna.office_id, cast.stranger.office_id):
        form = {**CLOCK, "office": str(office), "channel": "missed_call", "inquiry_class": ""}
        if office == cast.stranger.office_id:
            assert "не подействует никогда" in browser.post("/settings/clocks/row?preview=1", form).content.decode()
        assert browser.post("/settings/clocks/row", {**form, "since": since(browser, "/settings/clocks/row")}).status_code == 204
    assert "Никогда не действует" in browser.get("/settings/clocks").content.decode()


def test_somebody_faster_is_not_buried(browser: Client, cast: Cast) -> None:
    address = "/settings/clocks/row?office=&channel=&class="
    assert browser.post(address, {**CLOCK, "since": since(browser, address)}).status_code == 204
    old = since(browser, address)
    assert browser_of(cast.administrator).post(address, {**CLOCK, "breach": "25", "since": old}).status_code == 204
    assert browser.post(address, {**CLOCK, "since": old}).status_code == 409
    assert ClockPolicy.objects.get(office=None).breach_minutes == 25


def test_a_preview_asks_the_same_number_of_statements_for_one_inquiry_and_for_five(browser: Client, come: Any, agency: Any) -> None:  # noqa: F811
    from marshrut.core.clock import utc_now

    counts, form = [], {"name": "Имя", "inquiry_class": "other", **lines("c.0", "words_any", text="тур")}
    for number in (1, 4):
        for _ in range(number):
            come(utc_now(), message="тур")
        for address, sent in (("/settings/criteria/new", form), ("/settings/priority", {}), ("/settings/distribution", {"order": ["office", "skill", "clients_manager"]})):
            browser.post(f"{address}?preview=1", sent)
            with CaptureQueriesContext(connection) as asked:
                browser.post(f"{address}?preview=1", sent)
            counts.append(len(asked))
    assert counts[:3] == counts[3:]


ANY = st.sampled_from(["", " ", "0", "-1", "1e999", "NaN", "9" * 40, "any", "not", "all", "measure", "words_any", "channel", "phone", "***", "\x00", "İ" * 200,
                       "c.0", "yes", "office", "2,5", "12-31", "adults", "above"])  # fmt: skip
NAMES = st.from_regex(r"c(\.\d){1,5}\.(kind|pick|text|measure|comparison|number)", fullmatch=True) | st.sampled_from(
    ["name", "inquiry_class", "points", "ids", "on", "order", "must", "one_of", "also", "prefer", "channel", "since", "over", "warn", "breach", "next_breach", "office", "vip_factor",
     "cooling.1.0", "seasons.0.from", "hot_words", "c_at_most", "take_by_hand", "restore"])  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_anything_typed_is_answered_clearly(browser: Client, page: str) -> None:
    @BOUNDED
    @given(st.dictionaries(NAMES, st.lists(ANY, min_size=1, max_size=2), max_size=12), st.sampled_from(["", "?preview=1", "?act=add:c", "?act=drop:c.0.9"]))
    def type_in(typed: dict[str, list[str]], query: str) -> None:
        with transaction.atomic():
            assert browser.post(f"/settings/{page}{query}", typed).status_code in (200, 204, 303, 405, 409, 422)
            transaction.set_rollback(True)

    type_in()


@pytest.mark.parametrize("reader", ["ru", "uk"])
def test_every_delivered_criterion_is_called_and_said_in_the_readers_language(reader: str) -> None:
    """Neither its title nor the reason it gives falls back to its code."""
    with translation.override(reader):
        for rule in default_relevance()["criteria"]:
            code = str(rule["code"])
            for said in (title_of("", code), say({"code": code})):
                assert said != code.replace("_", " ")
                assert re.search("[а-яії]", said), (code, said)


def test_a_number_of_priority_is_shown_and_read_with_a_comma(browser: Client) -> None:
    page = browser.get("/settings/priority", headers={"Accept-Language": "ru"}).content.decode()
    assert 'name="channel_chance.phone" value="0,' in page
    since = re.search(r'name="since" value="(\d+)"', page)
    assert since
    for typed in ("0,31", "0.32"):
        tried = browser.post("/settings/priority?preview=1", {"channel_chance.phone": typed, "since": since[1]}, headers={"HX-Request": "true"})
        assert tried.status_code == 200
    saved = browser.post("/settings/priority", {"channel_chance.phone": "0,31", "since": since[1], "unseen": "yes"}, headers={"HX-Request": "true"})
    assert saved.status_code == 204
    assert RuleSetting.objects.get(slug="priority").values == {"channel_chance": {"phone": 0.31}}
