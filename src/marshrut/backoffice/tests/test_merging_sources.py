"""Two spellings of one source become one: what goes over, what is taken back, and that no relation is forgotten."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from marshrut.agency.models import SavedView
from marshrut.agency.queries import read_revision
from marshrut.backoffice.tests.test_settings_frame import HX, browser_of, last_change, olga, save
from marshrut.channels.models import Form, MailDoor
from marshrut.core.clock import utc_now
from marshrut.intake.models import Criterion, ImportRun, Inquiry, SourceMerge
from marshrut.intake.services.source_merging import MOVES, settle_late_inquiries
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures
from marshrut.marketing.models import Source
from marshrut.marketing.queries import read_sources
from marshrut.ops.doctor_promises import PROMISES

__all__ = ["olga"]
commits = pytest.mark.usefixtures("own_database")  # a save is known by its transaction


@pytest.fixture
def pair(cast: Any) -> tuple[Source, Source]:
    """`yandex` and `ya.ru`, one of them unnamed."""
    return Source.objects.create(slug="ya.ru", name="ya.ru", is_named=False), Source.objects.create(slug="yandex", name="Яндекс")


def merge(browser: Client, gone: Source, stays: Source) -> Any:
    return save(browser, f"/settings/sources/{gone.pk}/merge", into=str(stays.pk))


def sums() -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("select source_id, sum(inquiries)::int from intake_sourcetally group by 1 having sum(inquiries) <> 0")
        return dict(cursor.fetchall())


def kept_promises() -> list[str]:
    """Promises about inquiries and sums that are broken."""
    broken = []
    for name, _sentence, statement in PROMISES:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            broken += [name] if cursor.fetchall() else []
    return broken


def test_every_place_that_names_a_source_is_in_the_merge() -> None:
    named = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            points = field.is_relation and field.related_model is Source
            if points or field.column in ("source_id", "source_slug"):
                named.add(f"{model._meta.db_table}.{field.column}")
            if isinstance(field, models.JSONField) and field.name in ("conditions", "mapping"):
                named.add(f"{model._meta.db_table}.{field.column}")
    upper = {"deals_gaterule.source_id"}  # rooms above intake read through the pointer themselves
    assert named - {"intake_importrun.mapping"} - upper <= set(MOVES), "say in source_merging.MOVES what becomes of it"


@commits
def test_everything_of_one_source_goes_over_and_comes_back(olga: Client, come: Any, pair: tuple[Source, Source], cast: Any) -> None:  # noqa: F811
    gone, stays = pair
    mine = [come(utc_now(), source="ya.ru") for _ in range(3)]
    other = come(utc_now(), source="yandex")
    form = Form.objects.order_by("id")[0]
    Form.objects.filter(pk=form.pk).update(source_slug="ya.ru")
    door = MailDoor.objects.create(name="Почта", kind="maildir", path="/tmp/x", source_slug="ya.ru")
    view = SavedView.objects.create(employee_id=cast.anna.id, page="inquiries", name="Реклама", query="source=ya.ru&source=site&state=open")
    rule = Criterion.objects.create(position=90, name="Реклама", inquiry_class="other", conditions={"any": [{"source": ["ya.ru"]}, {"not": {"source": "ya*"}}]})

    assert merge(olga, gone, stays).status_code == 204
    assert set(Inquiry.objects.filter(pk__in=[one.pk for one in [*mine, other]]).values_list("source_id", flat=True)) == {stays.pk}
    assert (sums().get(gone.pk, 0), sums()[stays.pk]) == (0, 4)
    assert Form.objects.get(pk=form.pk).source_slug == MailDoor.objects.get(pk=door.pk).source_slug == "yandex"
    assert SavedView.objects.get(pk=view.pk).query == "source=yandex&source=site&state=open"
    assert Criterion.objects.get(pk=rule.pk).conditions == {"any": [{"source": ["yandex"]}, {"not": {"source": ["ya*"]}}]}
    assert "ya.ru" not in read_sources(read_revision())
    assert kept_promises() == []

    late = come(utc_now(), source="ya.ru")
    assert late.source_id == stays.pk, "a program that still says ya.ru counts for the one that stays"

    change = last_change("marketing_source")
    assert olga.post(f"/settings/history/sources/{change}/undo", **HX).status_code == 204
    assert set(Inquiry.objects.filter(pk__in=[one.pk for one in mine]).values_list("source_id", flat=True)) == {gone.pk}
    assert Inquiry.objects.get(pk=other.pk).source_id == Inquiry.objects.get(pk=late.pk).source_id == stays.pk
    assert (sums()[gone.pk], sums()[stays.pk]) == (3, 2)
    assert Form.objects.get(pk=form.pk).source_slug == MailDoor.objects.get(pk=door.pk).source_slug == "ya.ru"
    assert SavedView.objects.get(pk=view.pk).query == "source=ya.ru&source=site&state=open"
    assert Criterion.objects.get(pk=rule.pk).conditions == rule.conditions
    assert not SourceMerge.objects.exists()
    assert kept_promises() == []

    assert olga.post(f"/settings/history/sources/{last_change('marketing_source')}/undo", **HX).status_code == 204
    assert sums()[stays.pk] == 5, "and the taking back can be taken back"


@commits
def test_a_merge_of_a_merge_is_taken_back_from_the_last_one(olga: Client, come: Any, pair: tuple[Source, Source]) -> None:  # noqa: F811
    gone, stays = pair
    third = Source.objects.create(slug="direct", name="Директ")
    one, two = come(utc_now(), source="ya.ru"), come(utc_now(), source="yandex")
    merge(olga, gone, stays)
    first = last_change("marketing_source")
    merge(olga, stays, third)
    second = last_change("marketing_source")
    assert set(Inquiry.objects.filter(pk__in=[one.pk, two.pk]).values_list("source_id", flat=True)) == {third.pk}
    assert olga.post(f"/settings/history/sources/{first}/undo", **HX).status_code == 409, "the later merge stands on it"
    for change, expected in ((second, {stays.pk}), (first, {gone.pk, stays.pk})):
        assert olga.post(f"/settings/history/sources/{change}/undo", **HX).status_code == 204
        assert set(Inquiry.objects.filter(pk__in=[one.pk, two.pk]).values_list("source_id", flat=True)) == expected
    assert kept_promises() == []


def test_what_came_in_at_that_very_moment_is_brought_over_by_the_job(olga: Client, come: Any, pair: tuple[Source, Source]) -> None:  # noqa: F811
    gone, stays = pair
    late = come(utc_now(), source="ya.ru")
    merge(olga, gone, stays)
    Inquiry.objects.filter(pk=late.pk).update(source=gone)  # written by a process that had not heard of the merge
    for _ in range(2):
        settle_late_inquiries()
        assert Inquiry.objects.get(pk=late.pk).source_id == stays.pk
        assert kept_promises() == []


def test_a_preview_says_what_goes_over_and_writes_nothing(olga: Client, come: Any, pair: tuple[Source, Source]) -> None:  # noqa: F811
    gone, stays = pair
    for _ in range(3):
        come(utc_now(), source="ya.ru")
    address = f"/settings/sources/{gone.pk}/merge"
    told = olga.post(f"{address}?preview=1", {"into": str(stays.pk)}, **HX).content.decode()
    assert ">3<" in told.replace(" ", "").replace("\n", "")
    assert not SourceMerge.objects.exists()
    for hostile in ("", "0", "٣", str(gone.pk), "9" * 19, "x"):
        assert olga.post(f"{address}?preview=1", {"into": hostile}, **HX).status_code == 200
        assert olga.post(address, {"into": hostile, "since": "9" * 18}, **HX).status_code == 422


def test_nothing_is_merged_while_a_file_of_leads_comes_in(olga: Client, pair: tuple[Source, Source], cast: Any) -> None:
    from marshrut.core.models import StoredFile

    file = StoredFile.objects.create(size=1, digest=b"0" * 32, media_type="text/csv")
    ImportRun.objects.create(file=file, file_name="a.csv", mode="history", state="running", created_by="system")
    assert merge(olga, *pair).status_code == 409
    assert Source.objects.get(pk=pair[0].pk).merged_into_id is None


def test_a_manager_merges_nothing(cast: Any, pair: tuple[Source, Source]) -> None:
    for who in (cast.anna, cast.stranger, cast.supervisor):
        answer = browser_of(who).post(f"/settings/sources/{pair[0].pk}/merge", {"into": str(pair[1].pk)})
        assert answer.status_code == 403
    assert not Source.objects.exclude(merged_into=None).exists()
