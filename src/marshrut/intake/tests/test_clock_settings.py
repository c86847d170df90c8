"""Clocks and texts of the night changed through services: the nearest row counts, what is unsound is refused by its field."""

from typing import Any

import pytest
from tests.cast import Cast

from marshrut.channels.models import MessageTemplate
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, Refused
from marshrut.intake.models import ClockPolicy, QuietReply
from marshrut.intake.reference import read_reference
from marshrut.intake.rules.clock_policies import ClockPlace, Kind
from marshrut.intake.rules.quiet import QuietPlace
from marshrut.intake.services.clock_settings import (
    FIELDS,
    drop_clock,
    drop_quiet_reply,
    save_clock,
    save_quiet_reply,
    take_ready_texts,
)

pytestmark = pytest.mark.django_db
NUMBERS = (5, 10, 15, 2, 15, 30, 60, 0)


def by(cast: Cast) -> dict[str, Any]:
    return {"by": cast.owner, "now": utc_now()}


def minutes(**changed: int | None) -> dict[str, int | None]:
    return {**dict(zip(FIELDS, NUMBERS, strict=True)), **changed}


def breach(office: int | None, channel: str = "", inquiry_class: str = "") -> tuple[float, float]:
    policy = read_reference().rules.clocks.of(office, Kind(channel, inquiry_class))
    return policy.first.breach, policy.following.breach


def test_P05_the_row_that_names_most_counts(cast: Cast) -> None:
    near, far = cast.anna.office_id, cast.stranger.office_id
    for place, changed in (
        (ClockPlace(), minutes(breach=20)),
        (ClockPlace(near), minutes(breach=30, next_breach=90)),
        (ClockPlace(channel="email"), minutes(breach=120)),
        (ClockPlace(near, "email"), minutes(breach=60)),
        (ClockPlace(inquiry_class="trip_trouble"), minutes(breach=11)),
    ):
        save_clock(place=place, minutes=changed, **by(cast))
    assert breach(far) == (20, 60)
    assert breach(near, "phone", "new_sale") == (30, 90)
    assert (breach(far, "email"), breach(near, "email")) == ((120, 60), (60, 60))
    assert breach(far, "email", "trip_trouble")[0] == 11
    assert breach(near, "missed_call") == (5, 5), "a call nobody took is called back in five minutes, in every office"


def test_a_row_moved_leaves_nothing_behind_and_may_not_cover_another(cast: Cast) -> None:
    save_clock(place=ClockPlace(channel="email"), minutes=minutes(), **by(cast))
    save_clock(place=ClockPlace(channel="phone"), minutes=minutes(breach=44), was=ClockPlace(channel="email"), **by(cast))
    assert list(ClockPolicy.objects.exclude(channel="").values_list("channel", flat=True)) == ["phone"]
    save_clock(place=ClockPlace(channel="email"), minutes=minutes(), **by(cast))
    with pytest.raises(Invalid):
        save_clock(place=ClockPlace(channel="phone"), minutes=minutes(), was=ClockPlace(channel="email"), **by(cast))
    drop_clock(policy_id=ClockPolicy.objects.get(channel="phone").pk, **by(cast))
    assert breach(None, "phone") == (15, 60)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"warn": 0}, "warn"),
        ({"escalate": 4}, "escalate"),
        ({"breach": 9}, "breach"),
        ({"breach": 10**6}, "breach"),
        ({"reroutes": 99}, "reroutes"),
        ({"next_warn": None}, "next_warn"),
        ({"next_breach": 29}, "next_breach"),
    ],
)
def test_minutes_out_of_order_are_refused_by_their_field(cast: Cast, changed: dict[str, int | None], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_clock(place=ClockPlace(), minutes=minutes(**changed), **by(cast))
    assert refused.value.field == field


@pytest.mark.parametrize(("place", "field"), [((999, "", ""), "office"), ((None, "fax", ""), "channel"), ((None, "", "vip"), "inquiry_class")])
def test_a_clock_for_nobody_is_refused(cast: Cast, place: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_clock(place=ClockPlace(*place), minutes=minutes(), **by(cast))
    assert refused.value.field == field


def text(language: str = "ru", words: str = "Мы закрыты и ответим: {opens}.") -> int:
    return MessageTemplate.objects.create(name=f"Ночь {language}", language=language, text=words).pk


def test_a_text_of_the_night_is_kept_once_for_a_place(cast: Cast) -> None:
    asked = {"place": QuietPlace(cast.anna.office_id, "email"), "texts": {"ru": text(), "uk": None, "en": None}, "is_active": True}
    save_quiet_reply(reply_id=None, **asked, **by(cast))
    with pytest.raises(Refused):
        save_quiet_reply(reply_id=None, **asked, **by(cast))
    row = QuietReply.objects.get()
    assert set(read_reference().rules.quiet.of(cast.anna.office_id, "email")) == {"ru"}
    assert read_reference().rules.quiet.of(cast.stranger.office_id, "email") == {}
    save_quiet_reply(reply_id=row.pk, **{**asked, "is_active": False}, **by(cast))
    assert read_reference().rules.quiet.of(cast.anna.office_id, "email") == {}
    drop_quiet_reply(reply_id=row.pk, **by(cast))
    assert not QuietReply.objects.exists()


def test_a_text_that_cannot_be_filled_at_night_is_refused(cast: Cast) -> None:
    for texts, field in (({"ru": text(words="Ваш {manager}")}, "ru"), ({"uk": text("ru")}, "uk"), ({"en": 99999}, "en"), ({}, "ru")):
        with pytest.raises(Invalid) as refused:
            save_quiet_reply(reply_id=None, place=QuietPlace(), texts=texts, is_active=True, **by(cast))
        assert refused.value.field == field


def test_the_ready_texts_are_taken_once(cast: Cast) -> None:
    take_ready_texts(**by(cast))
    assert set(read_reference().rules.quiet.of(cast.stranger.office_id, "messenger")) == {"ru", "uk", "en"}
    with pytest.raises(Refused):
        take_ready_texts(**by(cast))
    assert MessageTemplate.objects.count() == 3


def test_a_class_may_have_a_text_of_its_own_but_not_one_that_is_never_answered(cast: Any) -> None:
    asked: dict[str, Any] = {"texts": {"ru": text(), "uk": None, "en": None}, "is_active": True}
    for wrong in ("spam", "nothing like this"):
        with pytest.raises(Invalid) as refused:
            save_quiet_reply(reply_id=None, place=QuietPlace(inquiry_class=wrong), **asked, **by(cast))
        assert refused.value.field == "inquiry_class"
    save_quiet_reply(reply_id=None, place=QuietPlace(), **asked, **by(cast))
    save_quiet_reply(reply_id=None, place=QuietPlace(inquiry_class="trip_trouble"), **asked, **by(cast))
    assert QuietReply.objects.count() == 2
