"""What is the same for everybody of one language stands in the compiled template; the rest is asked at each page."""

import threading

from django.template import engines
from django.utils import timezone, translation

from marshrut.ui.jinja import environment


def shown(source: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(source).render(context))


def test_one_template_speaks_to_each_reader_in_their_language() -> None:
    said = {}
    for language in ("ru", "uk", "en", "ru"):
        with translation.override(language):
            said[language] = shown('<h1>{{ _("Search") }}</h1>')
    assert said == {"ru": "<h1>Поиск</h1>", "uk": "<h1>Пошук</h1>", "en": "<h1>Search</h1>"}


def test_a_fixed_word_is_not_looked_up_when_the_page_is_made() -> None:
    code = environment("ru").compile('{{ _("Search") }}{{ icon("x") }}{{ url("today") }}', raw=True)
    assert "Поиск" in code
    assert "context.call" not in code


def test_words_with_values_are_still_made_for_each_reader_and_the_values_escaped() -> None:
    with translation.override("en"):
        assert shown("{{ _('Call %(phone)s', phone=number) }}", number="<b>") == "Call &lt;b&gt;"
        assert shown("{{ url('inquiry', number) }}", number=7) == "/inquiries/7"


def test_a_fixed_word_is_read_as_jinja_reads_it_with_quotes_and_per_cent_signs() -> None:
    with translation.override("en"):
        assert shown("""{{ _("100 %% <sure>, it's %(a)s", a="b") }}""") == "100 % <sure>, it's b"
        assert shown("{{ _('100 %% <sure>') }}") == "100 % <sure>"


def test_a_name_of_the_page_that_hides_a_function_is_not_touched_unless_it_is_called() -> None:
    assert shown("{{ url }}{{ icon }}", url="/a", icon="flag") == "/aflag"


def test_the_language_and_the_zone_of_one_thread_are_not_those_of_another() -> None:
    seen: list[str | None] = []
    with translation.override("uk"), timezone.override("Asia/Almaty"):
        other = threading.Thread(target=lambda: seen.extend((translation.get_language(), str(timezone.get_current_timezone()))))
        other.start()
        other.join()
        assert (translation.get_language(), str(timezone.get_current_timezone())) == ("uk", "Asia/Almaty")
    assert "uk" not in seen
    assert "Asia/Almaty" not in seen


def test_django_keeps_language_and_zone_where_they_are_put_for_a_thread() -> None:
    """Held against a new Django that would keep them elsewhere: then the storage of `UiConfig.ready` does nothing."""
    from django.utils.translation import trans_real

    for storage in (trans_real._active, timezone._active):
        assert type(storage) is threading.local
    with translation.override("uk"), timezone.override("Asia/Almaty"):
        assert trans_real._active.value.language() == "uk"
        assert str(timezone._active.value) == "Asia/Almaty"
