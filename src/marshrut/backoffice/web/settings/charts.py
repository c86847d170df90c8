"""Coordinates of small charts: how true chances are, and how inquiries cool. Templates only draw."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marshrut.intake.rules.cooling import SPANS, Points, left_after

SIDE = 200.0
WIDTH, HEIGHT = 320.0, 120.0


@dataclass(frozen=True)
class Dot:
    """One part of the cases: where it stands, the span its true share lies in, and the figures behind it."""

    x: float
    y: float
    low: float
    high: float
    cases: int
    foreseen: float
    share: float


@dataclass(frozen=True)
class Reliability:
    """Chances foreseen (across) against shares that came (up), on a square of `SIDE`."""

    dots: list[Dot]
    outside: int


def reliability(parts: Sequence[Sequence[float]]) -> Reliability:
    """From parts as figures keep them: cases, won, foreseen, low, high."""
    dots = [
        Dot(
            round(foreseen * SIDE, 1), _up(won / max(1, cases)), _up(low), _up(high), int(cases), foreseen, won / max(1, cases),
        )
        for cases, won, foreseen, low, high in parts
    ]  # fmt: skip
    return Reliability(dots, sum(not low <= foreseen <= high for _cases, _won, foreseen, low, high in parts))


def _up(share: float) -> float:
    return round(SIDE - SIDE * share, 1)


@dataclass(frozen=True)
class Tick:
    """A span of waiting on the axis, its cases, and what is left of a chance by both curves."""

    x: float
    label: str
    short: str
    cases: int
    won: int
    own: float
    published: float


@dataclass(frozen=True)
class CoolingChart:
    """Two lines over spans of waiting: the agency's own curve, and the published one it was drawn to."""

    own: str
    published: str
    ticks: list[Tick]


def cooling_chart(spans: Sequence[Sequence[float]], points: Points, prior: Points) -> CoolingChart:
    """From spans and points as they were kept."""
    step = WIDTH / len(SPANS)
    ticks = [
        Tick(
            round((place + 0.5) * step, 1),
            _label(start, end),
            _short(start, end),
            int(cases),
            int(won),
            left,
            left_after(prior, _middle(start, end)),
        )
        for place, (start, end, cases, won, left) in enumerate(spans)
    ]
    return CoolingChart(_line(ticks, "own"), _line(ticks, "published"), ticks)


def _line(ticks: Sequence[Tick], which: str) -> str:
    return " ".join(f"{tick.x:g},{HEIGHT - HEIGHT * float(getattr(tick, which)):.1f}" for tick in ticks)


def _middle(start: float, end: float) -> float:
    return end / 2 if start == 0 else float((start * end) ** 0.5)


def _label(start: float, end: float) -> str:
    """`5–15 min`, `1–4 h`, `over 24 h`."""
    if end > 24:
        return _("over %(hours)s h") % {"hours": round(start)}
    if end <= 1:
        return _("%(from)s–%(to)s min") % {"from": round(start * 60), "to": round(end * 60)}
    return _("%(from)s–%(to)s h") % {"from": round(start), "to": round(end)}


def _short(start: float, end: float) -> str:
    """The end of a span under the axis: `5′`, `4 h`; of the last one that there is no end."""
    if end > 24:
        return f"> {round(start)} " + _("h")
    return f"{round(end * 60)}′" if end < 1 else f"{round(end)} " + _("h")
