"""Learning from the agency's own history, and putting what was learned to use.

Shares, cooling and margins are drawn to their priors, so that few cases change little: they count as soon as they are learned,
unless the agency puts them out of use. A chance of a sale counts only when the agency says so, and only if on later inquiries
than it learned from it is better than the shares of sources; from then on every night's counts that is so, too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import custom_fields_of, read_revision
from marshrut.core.errors import NotFound, Refused
from marshrut.core.history import sign
from marshrut.intake.models import Learning
from marshrut.intake.queries.learning import Ended, read_ended, used_kinds
from marshrut.intake.reference import Reference
from marshrut.intake.rules import PriorityModel
from marshrut.intake.rules.adjusting import changes_of
from marshrut.intake.rules.arrival import ALSO, OWN
from marshrut.intake.rules.chance_judging import FARTHEST_OFF, LEAKED, Quality, quality, strengths, telling_alone
from marshrut.intake.rules.chance_learning import Case, TooFewCases
from marshrut.intake.rules.chance_process import learn_apart
from marshrut.intake.rules.cooling import Answered, Curve, learn_cooling
from marshrut.intake.rules.learned import CHANCE, COOLING, KINDS, MARGIN, RATES, USED_AS_DELIVERED
from marshrut.intake.rules.margins import Margins
from marshrut.intake.rules.shrinking import Rate, Tally, shrink
from marshrut.intake.services.rule_settings import hold_rules, keep_changes

LEARNER = system("learning")
EARLIER = 0.7
KEPT = 12
"""So many of a kind are kept to look back at."""
Progress = Callable[[float], None]


def learn_from_history(*, reference: Reference, now: datetime, progress: Progress = lambda _share: None) -> dict[str, Any]:
    """Shares, cooling and the chance of a sale from inquiries that have ended; what was learned, kind by kind, in figures."""
    ended = read_ended(reference.staff, now)
    progress(0.05)
    priority = reference.rules.priority
    told: dict[str, Any] = {"cases": len(ended)}
    values, figures = rates_of(ended, reference)
    keep_learned(kind=RATES, values=values, figures=figures, now=now)
    values, figures = _cooling_of(ended, priority)
    keep_learned(kind=COOLING, values=values, figures=figures, now=now)
    progress(0.1)
    try:
        values, figures = _chance_of(ended, reference, lambda share: progress(0.1 + 0.9 * share))
        keep_learned(kind=CHANCE, values=values, figures=figures, now=now)
        told |= {"auc": figures["quality"]["auc"], "beats": figures["beats"]}
    except TooFewCases:
        told["few"] = True
    progress(1.0)
    return told


def keep_margins(*, margins: Margins, deals: int, now: datetime) -> None:
    """What closed deals say of margins; the room of deals reads them."""
    parts = {
        name: {key: [round(one.value, 4), one.deals, one.prior] for key, one in getattr(margins, name).items()}
        for name in ("usual", "share", "direction")
    }
    keep_learned(kind=MARGIN, values=parts, figures={"cases": deals}, now=now)


def rates_of(ended: Sequence[Ended], reference: Reference) -> tuple[dict[str, Any], dict[str, Any]]:
    """Shares of sources, channels and classes of clients, each drawn to what the agency has typed."""
    priority, sources = reference.rules.priority, reference.sources
    sales = [one for one in ended if not priority.classes[one.inquiry_class].is_duty]
    typed = {slug: card.chance for slug, card in sources.items()}
    least = {name: worth.least_chance for name, worth in priority.classes.items() if worth.least_chance}
    parts = {
        "sources": _shares(((sources.staying(one.source), one.is_won) for one in sales), typed),
        "channels": _shares(((one.channel, one.is_won) for one in sales), priority.channel_chance),
        "classes": _shares(((one.inquiry_class, one.is_won) for one in sales), least),
    }
    values = {name: {key: _row(rate) for key, rate in rates.items()} for name, (rates, _weight) in parts.items()}
    weights = {name: weight for name, (_rates, weight) in parts.items()}
    return values, {"cases": len(sales), "won": sum(one.is_won for one in sales), "weights": weights}


def _shares(ends: Iterable[tuple[str, bool]], typed: Mapping[str, float]) -> tuple[dict[str, Rate], float]:
    counted: dict[str, list[int]] = {name: [0, 0] for name in typed}
    for name, is_won in ends:
        if name in counted:
            counted[name][0] += 1
            counted[name][1] += is_won
    return shrink({name: Tally(cases, won, typed[name]) for name, (cases, won) in counted.items()})


def _row(rate: Rate) -> list[float]:
    return [round(rate.share, 4), rate.cases, rate.won, round(rate.prior, 4)]


def _cooling_of(ended: Sequence[Ended], priority: PriorityModel) -> tuple[dict[str, Any], dict[str, Any]]:
    answers = [Answered(one.channel, one.answer_minutes / 60, one.is_won) for one in ended if one.answer_minutes is not None]
    curves = learn_cooling(answers, priority.cooling)
    return {channel: _curve_row(curve) for channel, curve in curves.items()}, {"cases": len(answers)}


def _curve_row(curve: Curve) -> dict[str, Any]:
    return {
        "points": [[round(hours, 4), round(left, 5)] for hours, left in curve.points],
        "spans": [[span.start, span.end, span.cases, span.won, round(span.left, 5)] for span in curve.spans],
        "cases": curve.cases,
    }


def _chance_of(ended: Sequence[Ended], reference: Reference, progress: Progress) -> tuple[dict[str, Any], dict[str, Any]]:
    """The model that all cases make, judged by the one that the earlier ones make on the later ones. Raises TooFewCases."""
    sales = [one for one in ended if not reference.rules.priority.classes[one.inquiry_class].is_duty]
    cut = int(len(sales) * EARLIER)
    cases = [Case(one.arrival, one.is_won) for one in sales]
    leaking = telling_alone(cases)
    cases = [Case({name: value for name, value in case.arrival.items() if name not in leaking}, case.is_won) for case in cases]
    earlier, later = cases[:cut], cases[cut:]
    if not later:
        raise TooFewCases("nothing to judge by")
    judged_model = learn_apart(earlier, lambda share: progress(share / 2))
    outcomes = [case.is_won for case in later]
    judged = quality([judged_model.chance(case.arrival) for case in later], outcomes)
    bar = _bar(sales[:cut], sales[cut:], reference)
    model = learn_apart(cases, lambda share: progress(0.5 + share / 2))
    figures = {
        "cases": len(cases), "earlier": cut, "from": _said(sales[0].received_at), "until": _said(sales[-1].received_at),
        "judged_from": _said(sales[cut].received_at), "quality": judged.as_json(), "bar": bar.as_json(), "leaking": leaking,
        "beats": bar.auc < judged.auc <= LEAKED and judged.log_loss < bar.log_loss and abs(judged.off) <= FARTHEST_OFF,
        "facts": [[one.fact, round(one.moves, 3), [[level, round(adds, 3), number] for level, adds, number in one.strongest]]
                  for one in strengths(model, cases)],
    }  # fmt: skip
    return model.as_json() | {"labels": _labels(cases, reference)}, figures


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _bar(earlier: Sequence[Ended], later: Sequence[Ended], reference: Reference) -> Quality:
    """What the shares of sources, learned from the same earlier cases, are worth on the later ones."""
    values, _figures = rates_of(earlier, reference)
    shares, usual = values["sources"], sum(one.is_won for one in earlier) / max(1, len(earlier))
    staying = reference.sources.staying
    return quality([shares.get(staying(one.source), [usual])[0] for one in later], [one.is_won for one in later])


def _labels(cases: Sequence[Case], reference: Reference) -> dict[str, str]:
    """What the agency calls its own fields, its sources, categories and directions; and the headings of what came along."""
    own = {f"{OWN}{spec.slug}": spec.name for spec in custom_fields_of("matter", read_revision())}
    names = dict.fromkeys(name for case in cases for name in case.arrival if name.startswith((OWN, ALSO)))
    labels = {name: own.get(name, name.partition(".")[2]) for name in names}
    catalogue = reference.catalogue
    labels |= {f"source={slug.lower()}": card.name for slug, card in reference.sources.items()}
    labels |= {f"category={slug}": name for slug, name in catalogue.categories.items()}
    return labels | {f"direction={slug}": name for slug, name in catalogue.directions.items()}


@transaction.atomic
def keep_learned(*, kind: str, values: Mapping[str, Any], figures: Mapping[str, Any], now: datetime) -> None:
    """Keep what was learned: from now on it counts, if its kind is in use and it may be used. The same again is not kept; the oldest go."""
    sign(LEARNER.label)
    newest = Learning.objects.filter(kind=kind).order_by("-id").first()
    if newest is not None and (newest.values, newest.figures) == (values, figures):
        return
    may_be_used = kind != CHANCE or bool(figures.get("beats"))
    Learning.objects.create(kind=kind, values=values, figures=figures, may_be_used=may_be_used, learned_at=now)
    rows = Learning.objects.filter(kind=kind).order_by("-id")
    counting = rows.filter(may_be_used=True).values_list("pk", flat=True).first()
    Learning.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[KEPT:])).exclude(pk=counting or 0).delete()


@transaction.atomic
def use_learned(*, kind: str, is_used: bool, by: Actor, now: datetime) -> None:
    """Put what is learned of a kind to use, or out of it. Refused for a chance that has not been better than shares of sources."""
    sign(by.label)
    hold_rules()
    if kind not in KINDS:
        raise NotFound("no_such_kind", _("Nothing of this kind is learned."))
    if is_used and kind == CHANCE and not Learning.objects.filter(kind=CHANCE, may_be_used=True).exists():
        raise Refused(
            "not_better",
            _("On later inquiries this chance is no better than the shares of sources, or too good to be true: it cannot be used."),
        )
    wanted = used_kinds() | {kind: is_used}
    keep_changes("learned", changes_of(USED_AS_DELIVERED, wanted))
