"""Funnels: made of results, put in order, retired without losing a deal; a deal goes on in another funnel with its past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.cast import Cast

from marshrut.agency.queries import read_revision
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.deals.models import Deal, Funnel, Stage, StageEntry
from marshrut.deals.queries import find_deal, read_funnels, stage_times
from marshrut.deals.queries.funnel_settings import read_all_funnels, read_stage_ages
from marshrut.deals.rules import funnel_templates
from marshrut.deals.services import change_funnel, close_deal, fitting_stage, move_deal, open_deal, reopen_deal
from marshrut.deals.services.funnels import (
    StageValues,
    add_funnel,
    add_stage,
    check_funnels,
    order_funnels,
    order_stages,
    restore_stage,
    retire_stage,
    save_funnel,
    save_stage,
)
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def by(cast: Cast) -> dict[str, Any]:
    return {"by": cast.administrator, "now": NOW}


def values(name: str = "Виза получена", **other: Any) -> StageValues:
    return StageValues(**{"name": name, "task_title": "Позвонить", "task_kind": "call", "task_minutes": 60, **other})


@pytest.fixture
def deal(come: Any, cast: Cast) -> Deal:  # noqa: F811
    """Anna's or Boris's deal at the second stage of the office funnel."""
    at = utc_now() - timedelta(days=1)
    inquiry = come(at)
    number = open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.owner, now=at)
    move_deal(deal_id=number, stage="need_recorded", facts={"need": "море"}, by=cast.owner, now=at)
    return Deal.objects.get(pk=number)


def office() -> Funnel:
    return Funnel.objects.get(slug="office")


@pytest.mark.parametrize("template", [one.slug for one in funnel_templates()])
@pytest.mark.parametrize("language", ["ru", "uk", "en"])
def test_F01_every_ready_funnel_is_made_in_every_language(cast: Cast, template: str, language: str) -> None:
    number = add_funnel(template=template, name="", language=language, **by(cast))
    made = next(one for one in read_all_funnels() if one.id == number)
    ready = next(one for one in funnel_templates() if one.slug == template)
    assert [stage.name for stage in made.stages] == [stage.name[language] for stage in ready.stages]
    assert [stage.is_last for stage in made.stages][-2:] == [False, True]
    assert made.slug in read_funnels(read_revision())
    check_funnels()


def test_F01_the_buyers_funnel_is_the_sources_to_the_word(cast: Cast) -> None:
    names = {one.slug: [stage.name["ru"] for stage in one.stages] for one in funnel_templates()}
    assert names["buyer"] == ["Новый клиент", "Контакт состоялся", "Встреча назначена", "Встреча состоялась", "Просмотр объектов состоялся",
                              "Сделка открыта", "Регистрация сделки"]  # fmt: skip
    assert names["remote_buyer"] == ["Новый клиент", "Контакт состоялся", "Онлайн презентация проведена", "Объект выбран",
                                     "Дата приезда подтверждена", "Показ объектов состоялся", "Сделка открыта", "Регистрация сделки"]  # fmt: skip


def test_F04_a_process_is_refused_with_a_better_name_and_the_better_one_is_taken(cast: Cast) -> None:
    first = office().stages.get(position=0)
    with pytest.raises(Invalid) as refused:
        add_stage(funnel_id=office().pk, after_id=first.pk, values=values("Переговоры"), **by(cast))
    assert (refused.value.field, refused.value.code) == ("name", "stage_name_process")
    assert "Потребность записана" in refused.value.sentence
    made = add_stage(funnel_id=office().pk, after_id=first.pk, values=values("Потребность уточнена", longest_days=2), **by(cast))
    stages = read_funnels(read_revision())["office"].stages
    assert [stage.id for stage in stages][:2] == [first.pk, made]
    assert [stage.position for stage in stages] == list(range(12))


@pytest.mark.parametrize(("wrong", "field"), [
    ({"name": ""}, "name"), ({"name": "В работе"}, "name"), ({"name": "Подборка показана"}, "name"), ({"task_title": " "}, "task_title"),
    ({"task_kind": "fly"}, "task_kind"), ({"task_minutes": 0}, "task_minutes"), ({"task_minutes": None}, "task_minutes"),
    ({"longest_days": 0}, "longest_days"), ({"required_facts": ("mood",)}, "required_facts"),
])  # fmt: skip
def test_a_stage_that_cannot_be_is_refused_with_its_field(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    stage = office().stages.get(position=0)
    with pytest.raises(Invalid) as refused:
        save_stage(stage_id=stage.pk, values=values(**wrong), **by(cast))
    assert refused.value.field == field


def test_stages_are_put_in_order_and_the_last_is_marked(cast: Cast) -> None:
    ids = list(office().stages.order_by("position").values_list("id", flat=True))
    order_stages(funnel_id=office().pk, ids=[*ids[1:], ids[0]], **by(cast))
    assert list(office().stages.order_by("position").values_list("id", flat=True)) == [*ids[1:], ids[0]]
    assert office().stages.get(is_last=True).pk == ids[0]
    for wrong in (ids[1:], [*ids, 10**9]):
        with pytest.raises(Refused):
            order_stages(funnel_id=office().pk, ids=wrong, **by(cast))
    with pytest.raises(NotFound):
        order_stages(funnel_id=10**9, ids=[], **by(cast))


def test_a_stage_with_deals_is_retired_only_when_it_is_said_where_they_go(cast: Cast, deal: Deal) -> None:
    stages = {one.slug: one for one in office().stages.all()}
    with pytest.raises(Invalid) as refused:
        retire_stage(stage_id=stages["need_recorded"].pk, to_id=None, **by(cast))
    assert refused.value.field == "to"
    with pytest.raises(Invalid):
        retire_stage(stage_id=stages["need_recorded"].pk, to_id=stages["need_recorded"].pk, **by(cast))
    planned = deal.dossier.tasks.filter(state="pending").get()
    assert retire_stage(stage_id=stages["need_recorded"].pk, to_id=stages["contact_made"].pk, **by(cast)) == 1
    card = find_deal(cast.owner, deal.pk)
    assert card is not None
    assert (card.stage, card.task_id) == ("contact_made", planned.pk)
    assert [time.slug if hasattr(time, "slug") else time.stage for time in stage_times(deal.pk)] == ["contact_made", "need_recorded", "contact_made"]
    deal.refresh_from_db()
    assert deal.dossier.place == "office/contact_made"
    funnel = read_funnels(read_revision())["office"]
    assert funnel.find("need_recorded") is None
    assert len(funnel.stages) == 10
    restore_stage(stage_id=stages["need_recorded"].pk, **by(cast))
    assert read_funnels(read_revision())["office"].stages[-2].slug == "need_recorded"


def test_a_deal_comes_never_to_stand_at_a_retired_stage_whatever_writes_it(cast: Cast, deal: Deal) -> None:
    empty = office().stages.get(slug="meeting_held")
    retire_stage(stage_id=empty.pk, to_id=None, **by(cast))
    for statement in (f"update deals_deal set stage_id = {empty.pk} where id = {deal.pk}",
                      f"update deals_stage set is_active = false where id = {deal.stage_id}"):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("set constraints all immediate")


def test_a_deal_closed_at_a_stage_retired_since_opens_at_the_first(cast: Cast, deal: Deal) -> None:
    close_deal(deal_id=deal.pk, outcome="lost", reason="дорого", by=cast.owner, now=utc_now())
    retire_stage(stage_id=deal.stage_id, to_id=None, **by(cast))
    reopen_deal(deal_id=deal.pk, by=cast.owner, now=utc_now())
    deal.refresh_from_db()
    assert deal.stage.slug == "contact_made"
    assert StageEntry.objects.get(deal=deal, left_at=None).stage_id == deal.stage_id


def test_the_last_stage_and_the_last_funnel_stay(cast: Cast, deal: Deal) -> None:
    with pytest.raises(Refused):
        save_funnel(funnel_id=office().pk, name="Офис", is_active=False, **by(cast))
    distance = Funnel.objects.get(slug="distance")
    save_funnel(funnel_id=distance.pk, name="Дистанция", is_active=False, **by(cast))
    assert list(read_funnels(read_revision())) == ["office"]
    for stage in list(distance.stages.order_by("position"))[1:]:
        retire_stage(stage_id=stage.pk, to_id=None, **by(cast))
    with pytest.raises(Refused):
        retire_stage(stage_id=distance.stages.get(is_active=True).pk, to_id=None, **by(cast))
    close_deal(deal_id=deal.pk, outcome="won", reason="", by=cast.owner, now=utc_now())
    with pytest.raises(Refused):
        save_funnel(funnel_id=office().pk, name="Офис", is_active=False, **by(cast))


def test_funnels_are_put_in_order(cast: Cast) -> None:
    ids = list(Funnel.objects.order_by("position").values_list("id", flat=True))
    order_funnels(ids=ids[::-1], **by(cast))
    assert list(read_funnels(read_revision())) == ["distance", "office"]
    with pytest.raises(Refused):
        order_funnels(ids=ids[:1], **by(cast))


def test_F02_a_deal_goes_on_in_another_funnel_and_keeps_its_past(cast: Cast, deal: Deal) -> None:
    target = fitting_stage(read_funnels(read_revision())["distance"], "need_recorded", deal.facts, False)
    assert target.slug == "need_recorded"
    moved: dict[str, Any] = {"deal_id": deal.pk, "funnel": "distance", "by": cast.owner, "now": utc_now()}
    with pytest.raises(Invalid) as refused:
        change_funnel(**moved, stage=target.slug, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(Invalid) as refused:
        change_funnel(**moved, stage="options_shown", reason="уехал")
    assert refused.value.missing == ("selection",)
    change_funnel(**moved, stage=target.slug, reason="уехал в другой город")
    card = find_deal(cast.owner, deal.pk)
    assert card is not None
    assert (card.funnel, card.stage, card.facts) == ("distance", "need_recorded", {"need": "море"})
    assert len(stage_times(deal.pk)) == 3
    assert card.task_title == "Подготовить и показать подборку"
    with pytest.raises(Refused):
        change_funnel(**moved, stage=target.slug, reason="ещё раз")
    with pytest.raises(NotFound):
        change_funnel(**{**moved, "by": cast.stranger, "funnel": "office"}, stage="need_recorded", reason="чужой")


def test_F06_the_picture_counts_deals_and_days(cast: Cast, deal: Deal) -> None:
    Stage.objects.filter(pk=deal.stage_id).update(longest_days=1)
    ages = read_stage_ages(office().pk, utc_now() + timedelta(days=4))
    assert round(ages[deal.stage_id].days) == 5
    assert ages[deal.stage_id].stuck == 1
    row = next(one for one in read_all_funnels() if one.slug == "office")
    assert {stage.slug: stage.deals for stage in row.stages if stage.deals} == {"need_recorded": 1}
