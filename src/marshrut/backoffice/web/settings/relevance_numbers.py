"""Numbers of relevance: thresholds, least prices, seasons, words of last-minute offers."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.condition_shapes import season_label
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.priority import Field, Section
from marshrut.backoffice.web.settings.relevance import compared_grades
from marshrut.backoffice.web.settings.rule_pages import last_reckoning, reference_of
from marshrut.backoffice.web.settings.rule_story import Path, SetWords, describe_set, rows_of_set
from marshrut.catalog.queries import read_catalogue
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.intake.queries.rule_lists import read_relevance_criteria
from marshrut.intake.rules import default_relevance
from marshrut.intake.rules.adjusting import NumberField, number_fields
from marshrut.intake.rules.condition_trees import split_texts
from marshrut.intake.services.criteria import relevance_settings
from marshrut.intake.services.rule_settings import changes_kept, restore_delivered, save_relevance, try_relevance
from marshrut.ui.wording import typed_figure

PAGE = register_settings(
    SettingsPage(
        slug="relevance-numbers",
        group="inquiries",
        title=lazy("Prices and thresholds of relevance"),
        icon="adjustments",
        order=31,
        url_name="settings_relevance_numbers",
        description=lazy(
            "What a trip costs at least, so that a budget can be held against it. Prices of directions are set with the directions."
        ),
        watches={"intake_rulesetting": ()},
        words=lazy("least price season New Year currency rate"),
        rows=rows_of_set("relevance"),
    )
)
SECTIONS = (
    ("c_at_most", lazy("C from so many points"), lazy("A sum of points this low, or lower, is C. From −10 to −1.")),
    ("usual_nights", lazy("Nights where none are named"), lazy("A stay that is assumed, in nights.")),
    ("child_share", lazy("A child counts"), lazy("As a share of an adult, from 0 to 1.")),
    ("infant_share", lazy("An infant under two counts"), lazy("As a share of an adult, from 0 to 1.")),
    (
        "hot_factor",
        lazy("Last-minute offers cost"),
        lazy("As a multiple of the usual price, when such words stand in the message."),
    ),
    (
        "categories",
        lazy("Least price by category"),
        lazy("In the rule set's currency: of a night for one, of one person, or of the whole request."),
    ),
    ("seasons", lazy("Seasons"), lazy("How many times dearer it is then.")),
    ("rates", lazy("Rates of currencies"), lazy("One unit in the rule set's currency; only to compare.")),
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def relevance_numbers(request: ReaderRequest) -> HttpResponse:
    """All numbers in one form, tried on last month's inquiries."""
    data = relevance_settings()
    fields = [field for field in number_fields(data) if field.path[0] != "directions" and field.name != f"rates.{data['currency']}"]
    typed = {field.name: clean_text(request.POST.get(field.name), 40) for field in fields if field.name in request.POST}
    texts, shown = _texts(request, data)
    context = {
        "tables": list(_sections(fields, typed, reference_of(request).catalogue.categories)),
        "seasons": _seasons(data, shown),
        "hot_words": shown["hot_words"],
        "is_changed": bool(changes_kept("relevance")),
        "reckoning": last_reckoning(),
    }
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/relevance_numbers.html", {**context, "values": {}})
    if is_preview(request):
        rules = [row.as_rule() for row in read_relevance_criteria() if row.is_active]
        return preview_of(
            request,
            "backoffice/settings/_relevance_preview.html",
            lambda: compared_grades(request, try_relevance(typed, fields, texts), rules),
        )
    try:
        with saving(request, PAGE):
            by: dict[str, Any] = {"by": request.reader.actor, "now": request.reader.now}
            if "restore" in request.POST:
                restore_delivered(slug="relevance", **by)
            else:
                save_relevance(typed=typed, fields=fields, texts=texts, **by)
    except DomainError as error:
        return refused(
            request,
            PAGE,
            "backoffice/settings/_relevance_numbers_form.html",
            context,
            typed,
            error,
            [*(f.name for f in fields), *texts, "hot_words"],
        )
    return saved(PAGE)


def _texts(request: ReaderRequest, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values that are no numbers, as they are to be kept and as they are shown."""
    shown = {"hot_words": ", ".join(data["hot_words"])}
    for number, season in enumerate(data["seasons"]):
        shown |= {
            f"seasons.{number}.from": season["from"],
            f"seasons.{number}.to": season["to"],
            f"seasons.{number}.words": ", ".join(season.get("words", ())),
        }
    texts: dict[str, Any] = {}
    for name in [name for name in shown if name in request.POST]:
        shown[name] = clean_text(request.POST.get(name), 3000)
        texts[name] = list(split_texts(shown[name])) if name.endswith("words") else shown[name][:10]
    return texts, shown


def _seasons(data: Mapping[str, Any], shown: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {
            "place": str(number),
            "name": season_label(str(season["slug"])).capitalize(),
            **{name: shown[f"seasons.{number}.{name}"] for name in ("from", "to", "words")},
        }
        for number, season in enumerate(data["seasons"])
    ]


def _sections(fields: list[NumberField], typed: Mapping[str, str], categories: Mapping[str, str]) -> Iterator[Section]:
    delivered = {field.name: field.value for field in number_fields(default_relevance()["settings"])}
    season_names = [season_label(str(row["slug"])).capitalize() for row in relevance_settings()["seasons"]]
    for table, title, meaning in SECTIONS:
        yield Section(
            str(title),
            str(meaning),
            [
                Field(
                    field.name,
                    _label(field.path, categories, season_names),
                    typed.get(field.name, typed_figure(field.value)),
                    typed_figure(delivered.get(field.name)),
                )
                for field in fields
                if field.path[0] == table
            ],
        )


def _label(path: Path, categories: Mapping[str, str], seasons: list[str]) -> str:
    table, *rest = path
    if not rest:
        return _("Number")
    return seasons[int(rest[0])] if table == "seasons" else categories.get(rest[0], rest[0])


TEXTS = {"from": lazy("begins"), "to": lazy("ends"), "words": lazy("words that mean it"), "factor": lazy("times dearer")}


def _named(path: Path, reader: Reader) -> str:
    """`Seasons: New Year, times dearer`: a value with its table, for history."""
    if path[0] == "hot_words":
        return _("Words of last-minute offers")
    title = next((str(title) for table, title, _meaning in SECTIONS if table == path[0]), path[0])
    if len(path) == 1:
        return title
    names = [season_label(str(row["slug"])).capitalize() for row in default_relevance()["settings"]["seasons"]]
    about = f", {TEXTS[path[-1]]}" if path[0] == "seasons" and path[-1] in TEXTS else ""
    return f"{title}: {_label(path, read_catalogue(reader.revision).categories, names)}{about}"


describe_set("relevance", SetWords(lambda: default_relevance()["settings"], _named))
