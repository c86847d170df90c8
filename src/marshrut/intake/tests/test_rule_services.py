"""Rules changed through services: what is sound is kept and decides from then on, what is not is refused by name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cast import Cast

from marshrut.agency.queries import read_revision
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.intake.models import ContactPolicy, Criterion, RelevanceCriterion, RuleSetting
from marshrut.intake.reference import read_reference
from marshrut.intake.rules import STEPS, InquiryFacts, default_priority
from marshrut.intake.rules.adjusting import number_fields
from marshrut.intake.rules.clock_policies import ClockPlace
from marshrut.intake.rules.condition_trees import Group, Line
from marshrut.intake.services.clock_settings import FIELDS as CLOCK
from marshrut.intake.services.clock_settings import save_clock
from marshrut.intake.services.criteria import arrange_criteria, read_conditions, save_criterion, save_relevance_criterion
from marshrut.intake.services.rule_settings import (
    drop_contact_policy,
    restore_delivered,
    save_contact_policy,
    save_distribution,
    save_priority,
    save_relevance,
)
from marshrut.intake.wording import say

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FIELDS = list(number_fields(default_priority()))


def facts(**about: Any) -> InquiryFacts:
    return InquiryFacts(**{"channel": "site_form", "today": NOW.date(), "has_name": True, "has_phone": True, **about})


def by(cast: Cast) -> dict[str, Any]:
    return {"by": cast.owner, "now": NOW}


def test_P01_a_criterion_added_and_put_first_decides(cast: Cast) -> None:
    conditions = read_conditions(Group("all", (Line("words_any", ("сафари*",)),)))
    number = save_criterion(criterion_id=None, name=" Сафари ", inquiry_class="partner", conditions=conditions, **by(cast))
    ids = list(Criterion.objects.order_by("position").values_list("id", flat=True))
    assert ids[-1] == number
    order = [number, *ids[:-1]]
    arrange_criteria(ids=order, on=order, **by(cast))
    decided = read_reference().rules.classifier.classify(facts(message="Хотим на сафари"))
    assert (decided.inquiry_class, decided.reason["name"]) == ("partner", "Сафари")
    arrange_criteria(ids=order, on=order[1:], **by(cast))
    assert read_reference().rules.classifier.classify(facts(message="Хотим на сафари")).inquiry_class != "partner"


def test_a_criterion_that_cannot_be_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    before = Criterion.objects.count()
    for name, inquiry_class, conditions, field in (
        ("", "partner", {}, "name"), ("Имя", "vip", {}, "inquiry_class"), ("Имя", "partner", {"words_some": ["a"]}, "c"),
        ("Имя", "partner", {"any": []}, "c"), ("Имя", "partner", {"links_above": "3"}, "c"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            save_criterion(criterion_id=None, name=name, inquiry_class=inquiry_class, conditions=conditions, **by(cast))
        assert refused.value.field == field
    with pytest.raises(NotFound):
        save_criterion(criterion_id=10**9, name="Имя", inquiry_class="partner", conditions={}, **by(cast))
    with pytest.raises(Invalid) as refused:
        read_conditions(Group("all", (Line("measure", (), "links", "above", "три"),)))
    assert refused.value.field == "c.0"
    assert Criterion.objects.count() == before


def test_an_order_made_of_another_list_is_refused(cast: Cast) -> None:
    ids = list(Criterion.objects.order_by("position").values_list("id", flat=True))
    for wrong in (ids[1:], [*ids, 10**9], [ids[0], *ids]):
        with pytest.raises(Refused):
            arrange_criteria(ids=wrong, on=wrong, **by(cast))


def test_Q02_a_criterion_of_ones_own_gives_points_and_its_name_as_the_reason(cast: Cast) -> None:
    tree = Group("all", (Line("words_any", ("подешевле",)),))
    save_relevance_criterion(criterion_id=None, name="Просит подешевле", points=-2, conditions=read_conditions(tree, for_relevance=True), **by(cast))
    relevance = read_reference().rules.grader.grade(facts(message="Что-нибудь подешевле"))
    assert relevance.grade == "C"
    assert say(relevance.reasons[0]) == "Просит подешевле"
    with pytest.raises(Invalid):
        save_relevance_criterion(criterion_id=None, name="Много", points=6, conditions={}, **by(cast))
    with pytest.raises(Invalid):
        read_conditions(Group("all", (Line("season", ("winter",)),)), for_relevance=True)
    assert RelevanceCriterion.objects.filter(code="own_1").count() == 1


def test_P06_a_number_of_priority_changes_the_score_and_may_be_put_back(cast: Cast) -> None:
    def score() -> int:
        return read_reference().rules.priority.score(facts(), "trip_trouble", "B").score

    before = score()
    save_priority(typed={"classes.trip_trouble.at_stake": "10"}, fields=FIELDS, **by(cast))
    assert score() < before
    assert RuleSetting.objects.get(slug="priority").values == {"classes": {"trip_trouble": {"at_stake": 10}}}
    save_priority(typed={"classes.trip_trouble.at_stake": "60000"}, fields=FIELDS, **by(cast))
    assert RuleSetting.objects.get(slug="priority").values == {}
    restore_delivered(slug="priority", **by(cast))
    assert score() == before


@pytest.mark.parametrize(("name", "text"), [("vip_factor", "-1"), ("vip_factor", ""), ("minutes.phone", "скоро"), ("channel_chance.phone", "1,5"),
                                            ("cooling.1.1", "2"), ("scale.low", "0"), ("usual_margin.visa", "1e99")])  # fmt: skip
def test_a_number_that_cannot_be_is_refused_with_its_field(cast: Cast, name: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_priority(typed={name: text}, fields=FIELDS, **by(cast))
    assert refused.value.field is not None
    assert refused.value.field.split(".")[0] == name.split(".")[0]
    assert not RuleSetting.objects.exists()


def test_relevance_takes_its_thresholds_and_seasons(cast: Cast) -> None:
    from marshrut.intake.services.criteria import relevance_settings

    fields = list(number_fields(relevance_settings()))
    save_relevance(typed={"c_at_most": "-3"}, fields=fields, texts={"seasons.0.from": "12-20", "hot_words": ["срочно*"]}, **by(cast))
    kept = relevance_settings()
    assert (kept["c_at_most"], kept["seasons"][0]["from"], kept["hot_words"]) == (-3, "12-20", ["срочно*"])
    for typed, texts in (({"c_at_most": "0"}, {}), ({}, {"seasons.0.from": "13-40"}), ({}, {"hot_words": ["***"]}), ({"usual_nights": "0"}, {})):
        with pytest.raises(Invalid):
            save_relevance(typed=typed, fields=fields, texts=texts, **by(cast))


def test_P02_the_order_of_distribution_is_the_agencys_but_for_what_always_holds(cast: Cast) -> None:
    save_distribution(choices={"order": ["office", "skill", "clients_manager"], "off": ["skill"], "take_by_hand": False}, **by(cast))
    plan = read_reference().rules.distribution
    assert (plan.steps, plan.may_take_by_hand) == (("office", "language", "clients_manager"), False)
    save_distribution(choices={"order": list(STEPS), "off": [], "take_by_hand": True}, **by(cast))
    assert RuleSetting.objects.get(slug="distribution").values == {}
    for order, off in (([], []), (["office"], []), (list(STEPS), ["fair_share"]), ([*STEPS, "at_work"], [])):
        with pytest.raises(Invalid):
            save_distribution(choices={"order": order, "off": off, "take_by_hand": True}, **by(cast))


def test_P04_the_minimum_of_a_channel_and_class(cast: Cast) -> None:
    save_contact_policy(channel="phone", inquiry_class="", required=["phone", "dates|nights"], **by(cast))
    save_contact_policy(channel="phone", inquiry_class="", required=["phone", "adults"], **by(cast))
    policy = ContactPolicy.objects.get()
    assert policy.required == ["phone", "adults"]
    assert read_reference().rules.contacts.required_of("phone", "repeat") == (("phone",), ("adults",))
    for channel, inquiry_class, required in (("fax", "", ["phone"]), ("", "vip", ["phone"]), ("", "", []), ("", "", ["fax"])):
        with pytest.raises(Invalid):
            save_contact_policy(channel=channel, inquiry_class=inquiry_class, required=required, **by(cast))
    drop_contact_policy(policy_id=policy.pk, **by(cast))
    assert read_reference().rules.contacts.required_of("phone", "repeat") == (("name",), ("phone",))


def test_every_change_of_rules_raises_the_revision_and_is_written_into_history(cast: Cast) -> None:
    from django.db import connection

    revisions = [read_revision()]
    for change in (
        lambda: save_criterion(criterion_id=None, name="Имя", inquiry_class="other", conditions={"links_above": 9}, **by(cast)),
        lambda: save_relevance_criterion(criterion_id=None, name="Имя", points=1, conditions={"links_above": 9}, **by(cast)),
        lambda: save_priority(typed={"vip_factor": "2"}, fields=FIELDS, **by(cast)),
        lambda: save_contact_policy(channel="", inquiry_class="", required=["name"], **by(cast)),
        lambda: save_clock(place=ClockPlace(), minutes=dict(zip(CLOCK, (1, 2, 3, 0, 1, 2, 3, 0), strict=True)), **by(cast)),
    ):
        change()
        revisions.append(read_revision())
    assert revisions == sorted(set(revisions))
    with connection.cursor() as cursor:
        cursor.execute("select distinct table_name from core_change where by = %s", [cast.owner.label])
        assert {row[0] for row in cursor.fetchall()} == {
            "intake_criterion", "intake_relevancecriterion", "intake_rulesetting", "intake_contactpolicy", "intake_clockpolicy"}  # fmt: skip


def test_a_broken_row_never_stops_intake(cast: Cast) -> None:
    first = Criterion.objects.order_by("position").first()
    assert first is not None
    Criterion.objects.filter(pk=first.pk).update(conditions={"nonsense": 1})
    RelevanceCriterion.objects.create(position=99, code="bad", points=1, conditions=[])
    RuleSetting.objects.create(slug="priority", values={"vip_factor": "очень"})
    RuleSetting.objects.create(slug="relevance", values=[1])
    RuleSetting.objects.create(slug="distribution", values={"order": 7})
    ContactPolicy.objects.create(channel="fax", required=[])
    rules = read_reference().rules
    assert rules.classifier.classify(facts(message="Ищу работу, есть ли вакансии?")).inquiry_class == "job"
    assert rules.grader.grade(facts()).grade
    assert rules.priority.vip_factor == 1.5
    assert rules.distribution.steps == STEPS
    assert rules.contacts.required_of("phone", "") == (("name",), ("phone",))
