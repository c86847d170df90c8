"""What the agency's own history says: the chance of a sale, shares of sources, how inquiries cool, margins; used or not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.backoffice.web.settings.charts import CoolingChart, Reliability, cooling_chart, reliability
from marshrut.backoffice.web.settings.frame import SettingsPage, frame_of, register_settings, saved, saving
from marshrut.backoffice.web.settings.rule_pages import reference_of
from marshrut.backoffice.web.settings.rule_story import SetWords, describe_set, rows_of_set
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.deals.services.margins import ask_for_margins
from marshrut.intake.queries.learning import LearningCard, latest_runs, newest_learned, used_kinds
from marshrut.intake.reference import Reference
from marshrut.intake.rules.chance import ChanceModel, read_chance_model
from marshrut.intake.rules.learned import CHANCE, COOLING, MARGIN, RATES, USED_AS_DELIVERED
from marshrut.intake.services.learning import use_learned
from marshrut.intake.services.learning_runs import LEARNING, ask_for_run
from marshrut.intake.wording import channel_label, class_label, fact_values
from marshrut.intake.wording_chance import chance_fact, chance_value
from marshrut.ui.answers import done

PAGE = register_settings(
    SettingsPage(
        slug="learned",
        group="inquiries",
        title=lazy("What your history says"),
        icon="chart-dots",
        order=42,
        url_name="settings_learned",
        description=lazy(
            "Learned every night from inquiries that have ended. Few cases change little: every number is drawn to what is usual."
        ),
        watches={"intake_rulesetting": ()},
        words=lazy("learning model probability conversion chance prediction cooling margin calibration"),
        rows=rows_of_set("learned"),
    )
)
MOST_FACTS, MOST_SOURCES = 10, 30
KINDS: dict[str, Any] = {
    CHANCE: lazy("Chance of a sale"),
    RATES: lazy("Shares of sources, channels and clients"),
    COOLING: lazy("How inquiries cool"),
    MARGIN: lazy("Margins of own deals"),
}
describe_set("learned", SetWords(lambda: USED_AS_DELIVERED, lambda path, _reader: str(KINDS.get(path[0], path[0]))))


@dataclass(frozen=True)
class Fact:
    """One fact of the chance: how far it moves the odds (relative to the first), and its strongest values."""

    name: str
    width: float
    values: list[tuple[str, str, int]]


@dataclass(frozen=True)
class Chance:
    """The chance of a sale as the page shows it. `pairs` is the AUC in whole pairs of a hundred, `bar_pairs` that of sources alone."""

    card: LearningCard
    pairs: int
    bar_pairs: int
    chart: Reliability
    facts: list[Fact]


@dataclass(frozen=True)
class Share:
    """A share before and after: typed, own cases, and what counts."""

    name: str
    cases: int
    won: int
    prior: float
    share: float


@dataclass(frozen=True)
class Money:
    """A number of money by category or direction."""

    name: str
    deals: int
    prior: float
    value: float


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def learned(request: ReaderRequest) -> HttpResponse:
    """What was learned, kind by kind; learn now, use, do not use."""
    if request.method == "POST":
        return _act(request)
    context = {**frame_of(request, PAGE), **_context(reference_of(request))}
    return part_or_page(request, "learned", "backoffice/settings/_learned.html", "backoffice/settings/learned.html", context)


def _act(request: ReaderRequest) -> HttpResponse:
    by: dict[str, Any] = {"by": request.reader.actor, "now": request.reader.now}
    kind = clean_text(request.POST.get("kind"), 10)
    try:
        if "learn" in request.POST:
            ask_for_run(kind=LEARNING, asked={}, **by)
            ask_for_margins(**by)
            return done(_("Learning has begun"), go=PAGE.url)
        with saving(request, PAGE):
            use_learned(kind=kind, is_used="use" in request.POST, **by)
    except DomainError as error:
        return done(error.sentence, go=PAGE.url)
    return saved(PAGE)


def _context(reference: Reference) -> dict[str, Any]:
    cards, used = newest_learned(), used_kinds()
    run = next(iter(latest_runs(LEARNING, 1)), None)
    return {
        "run": run,
        "is_learning": bool(run and run.finished_at is None),
        "chance": _chance(cards[CHANCE]) if CHANCE in cards else None,
        "rates": _rates(cards.get(RATES), reference),
        "curves": list(_curves(cards.get(COOLING), reference)),
        "margins": _margins(cards.get(MARGIN), reference),
        "cards": cards,
        "used": used,
    }


def _chance(card: LearningCard) -> Chance:
    figures, model = card.figures, read_chance_model(card.values)
    facts = list(_facts(figures["facts"][:MOST_FACTS], model, card.values.get("labels", {})))
    return Chance(
        card,
        round(figures["quality"]["auc"] * 100),
        round(figures["bar"]["auc"] * 100),
        reliability(figures["quality"]["parts"]),
        facts,
    )


def _facts(rows: Sequence[Sequence[Any]], model: ChanceModel, labels: Mapping[str, str]) -> Iterator[Fact]:
    most = max((float(row[1]) for row in rows), default=1.0) or 1.0
    bounds = {fact.name: fact.bounds for fact in model.facts}
    said = fact_values()
    for name, moves, strongest in rows:
        values = []
        for level, adds, cases in strongest:
            shown = {"value": labels.get(f"{name}={level}", level)} | _span(bounds.get(name, ()), level)
            values.append((chance_value(name, shown, said), f"{adds:+.1f}".replace("-", "−"), cases))
        yield Fact(labels.get(name) or chance_fact(name), round(100 * moves / most, 1), values)


def _span(bounds: Sequence[float], level: str) -> dict[str, Any]:
    if not bounds or not level:
        return {}
    place = int(level)
    return ({"low": bounds[place - 1]} if place else {}) | ({"high": bounds[place]} if place < len(bounds) else {})


def _rates(card: LearningCard | None, reference: Reference) -> dict[str, list[Share]]:
    if card is None:
        return {}
    sources = reference.sources
    labels: dict[str, Callable[[str], str]] = {
        "sources": lambda slug: sources[slug].name if slug in sources else slug,
        "channels": channel_label,
        "classes": class_label,
    }
    return {
        part: sorted(
            (
                Share(label(key), int(cases), int(won), prior, share)
                for key, (share, cases, won, prior) in card.values.get(part, {}).items()
            ),
            key=lambda one: -one.cases,
        )[:MOST_SOURCES]
        for part, label in labels.items()
    }


def _curves(card: LearningCard | None, reference: Reference) -> Iterator[tuple[str, int, CoolingChart]]:
    for channel, row in (card.values if card else {}).items():
        name = channel_label(channel) if channel else _("All channels")
        yield name, int(row["cases"]), cooling_chart(row["spans"], row["points"], reference.rules.priority.cooling)


def _margins(card: LearningCard | None, reference: Reference) -> list[Money]:
    if card is None:
        return []
    catalogue = reference.catalogue
    usual = [
        Money(catalogue.categories.get(key, _("Not said") if key == "default" else key), int(deals), prior, value)
        for key, (value, deals, prior) in card.values.get("usual", {}).items()
    ]
    return sorted(usual, key=lambda one: -one.deals)
