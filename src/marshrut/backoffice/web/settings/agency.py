"""What the agency says of itself: name, language, currency, address, e-mail, phone; whether a second factor is needed."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from marshrut.agency.services.profile import Profile, check_profile, save_profile
from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
    typed,
)
from marshrut.backoffice.web.settings.rolls import Choice
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import DomainError
from marshrut.ui.wording import day_words, money

LANGUAGES = {"ru": "Русский", "uk": "Українська", "en": "English"}
CURRENCIES = ("RUB", "UAH", "KZT", "BYN", "USD", "EUR")
PAGE = register_settings(
    SettingsPage(
        slug="agency",
        group="agency",
        order=10,
        title=lazy("About the agency"),
        icon="building",
        url_name="settings_agency",
        description=lazy("Name, language, currency and addresses: what pages, letters and papers say of you."),
        watches={"agency_agency": ()},
        check=check_profile,
        words=lazy("currency language phone mail address security second factor password"),
    )
)
describe(
    "agency_agency",
    TableWords(
        noun=lazy("Agency"),
        name_of=lambda _row, _reader: "",
        columns={
            "name": lazy("name"),
            "language": lazy("language"),
            "currency": lazy("currency"),
            "address": lazy("site's address"),
            "email": lazy("e-mail"),
            "phone": lazy("phone"),
            "needs_second_factor": lazy("second factor needed"),
            "set_up_at": lazy("set up"),
        },
        said={"language": lambda value, _reader: LANGUAGES.get(value, str(value))},
        hidden=("id", "setup_digest"),
    ),
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def agency(request: ReaderRequest) -> HttpResponse:
    """The form about the agency."""
    context = {
        "languages": [Choice(*pair) for pair in LANGUAGES.items()],
        "currencies": [Choice(code, code) for code in CURRENCIES],
    }
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/agency.html", {**context, "values": _values(request)})
    values = typed(request, "name", "language", "currency", "address", "email", "phone", "needs_second_factor", longest=250)
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_agency_preview.html", lambda: _preview(values, request))
    try:
        with saving(request, PAGE):
            save_profile(profile=_profile(values), by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_agency_form.html", context, values, error)
    return saved(PAGE)


def _values(request: ReaderRequest) -> Values:
    card = request.reader.staff.agency
    return {
        "name": card.name,
        "language": card.language,
        "currency": card.currency,
        "address": card.address,
        "email": card.email,
        "phone": card.phone,
        "needs_second_factor": "yes" if card.needs_second_factor else "",
    }


def _profile(values: Values) -> Profile:
    return Profile(
        values["name"],
        values["language"],
        values["currency"],
        values["address"],
        values["email"],
        values["phone"],
        bool(values["needs_second_factor"]),
    )


def _preview(values: Values, request: ReaderRequest) -> dict[str, Any]:
    """How a sum and a day will be written, how a letter will be signed, and whom the second factor will stop."""
    language = values["language"] if values["language"] in dict(settings.LANGUAGES) else "ru"
    with override(language):
        sum_said = money("148500", values["currency"] or "RUB")
        day_said = day_words(request.reader.now)
    people = len(request.reader.staff.colleagues)
    return {
        "name": values["name"],
        "sum": sum_said,
        "day": day_said,
        "email": values["email"],
        "phone": values["phone"],
        "second_factor": bool(values["needs_second_factor"]),
        "people": people,
    }
