"""An address of before two sources became one still leads somewhere: to the source that stayed, and says so."""

import pytest
from django.test import Client

from marshrut.desk.tests.conftest import Ask
from marshrut.marketing.models import Source

pytestmark = pytest.mark.django_db
SENTENCE = "Источник «ya.ru» влился в «Яндекс»"


@pytest.fixture
def merged(hers: Ask) -> None:
    """`ya.ru` has gone into `yandex`; one client came by that one, another by the site."""
    hers(name="Клиент Яндекса", source="yandex")
    hers(name="Клиент Сайта", phone="+7 921 555-77-01", source="site")
    stays = Source.objects.filter(slug="yandex")
    stays.update(name="Яндекс")
    Source.objects.create(slug="ya.ru", name="ya.ru", merged_into=stays.get())


@pytest.mark.parametrize("address", ["/inbox?tab=mine&source=", "/board?source=", "/lists/inquiries?source="])
@pytest.mark.usefixtures("merged")
def test_an_old_address_shows_what_went_into_the_other_and_says_so(anna: Client, address: str) -> None:
    page = anna.get(f"{address}ya.ru").content.decode()
    assert SENTENCE in page
    assert "Клиент Яндекса" in page
    assert "Клиент Сайта" not in page
    assert SENTENCE not in anna.get(f"{address}yandex").content.decode()


@pytest.mark.usefixtures("merged")
def test_links_of_such_a_page_name_the_one_that_stayed(anna: Client) -> None:
    page = anna.get("/lists/inquiries?source=ya.ru&sort=client").content.decode()
    assert "source=yandex" in page
    assert "source=ya.ru" not in page.partition("data-live-src")[2]


@pytest.mark.usefixtures("merged")
def test_a_source_nobody_knows_is_still_left_out_of_account(anna: Client) -> None:
    page = anna.get("/lists/inquiries?source=nowhere").content.decode()
    assert "влился" not in page
    assert "Клиент Сайта" in page
