"""The filters above a list as chips: what each may be, what is chosen, and the words for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.core.languages import OWN_NAMES
from marshrut.core.names import clean_text
from marshrut.core.typed_values import FieldSpec
from marshrut.deals.queries.list_reference import ListReference
from marshrut.deals.rules.list_filters import ListPage, ListQuery
from marshrut.desk.lists.columns import CLOCKS, STATES
from marshrut.desk.web.asking import CURRENCIES
from marshrut.desk.web.pages import Desk
from marshrut.intake.wording import CHANNELS, CLASSES, DISPOSITIONS

LABELS = {
    "state": noop("State"), "owner": noop("Manager"), "office": noop("Office"), "queue": noop("Queue"), "source": noop("Source"),
    "channel": noop("Channel"), "class": noop("Class"), "category": noop("Category"), "direction": noop("Where to"),
    "funnel": noop("Funnel"), "stage": noop("Stage"), "relevance": noop("Relevance"), "clock": noop("Response clock"),
    "reason": noop("Reason of loss"), "disposition": noop("Not a sale"), "currency": noop("Currency"), "missing": noop("Contact missing"),
    "language": noop("Language"), "received": noop("Came in"), "opened": noop("Opened"), "closed": noop("Closed"),
    "created": noop("Added"), "priority": noop("Priority"), "budget": noop("Budget"), "amount": noop("Amount"),
    "trips": noop("Trips with us"), "flags": noop("Only"),
}  # fmt: skip
FLAGS = {"overdue": noop("Next action overdue"), "waiting": noop("Put aside"), "missing": noop("Contact incomplete"),
         "stuck": noop("Stuck at the stage"), "open": noop("With something open")}
MAIN = {"inquiries": ("state", "owner", "source", "class", "received", "flags"),
        "deals": ("state", "owner", "funnel", "stage", "amount", "flags"), "clients": ("owner", "missing", "created", "flags")}  # fmt: skip


def label_of(name: str) -> str:
    """What a filter is called in the reader's language."""
    return _(LABELS[name])


@dataclass(frozen=True, slots=True)
class Choice:
    """A value a filter may have."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class Chip:
    """One filter. `kind` is one (of the choices), many, days, numbers or text; `values` are the ends as they were typed."""

    name: str
    label: str
    kind: str
    choices: list[Choice] = field(default_factory=list)
    values: Mapping[str, str] = field(default_factory=dict)
    is_on: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True)
class _Filter:
    """A filter that makes sense for the reader; its chip is made only where it is shown."""

    name: str
    is_on: bool
    chip: Callable[[], Chip]


def chips_of(desk: Desk, wanted: ListQuery, reference: ListReference, given: Mapping[str, Sequence[str]]) -> list[Chip]:
    """The filters that stand above a list: the usual ones in their order, then whatever else is on."""
    main = MAIN[wanted.page.slug]
    shown = [one for one in _filters(desk, wanted, reference, given) if one.name in main or one.is_on]
    return [one.chip() for one in sorted(shown, key=lambda one: main.index(one.name) if one.name in main else len(main))]


def other_chips(desk: Desk, wanted: ListQuery, reference: ListReference, given: Mapping[str, Sequence[str]]) -> list[Chip]:
    """All others: read when somebody asks for them, since their choices would be a fifth of the page."""
    main = MAIN[wanted.page.slug]
    return [one.chip() for one in _filters(desk, wanted, reference, given) if one.name not in main and not one.is_on]


def _filters(desk: Desk, wanted: ListQuery, reference: ListReference, given: Mapping[str, Sequence[str]]) -> list[_Filter]:
    """Every filter of a list that makes sense for this reader."""
    page = wanted.page
    found = [_Filter("state", wanted.state != page.states[0], partial(_state, page, wanted))] if page.states else []
    for name in page.words:
        if name in ("owner", "office", "queue") and desk.actor.reach == "own":
            continue
        found.append(_Filter(name, bool(wanted.words.get(name)), partial(_words, name, desk, wanted, reference)))
    spans = [(name, "days", name in wanted.days) for name in page.days]
    spans += [(name, "numbers", name in wanted.numbers) for name in page.numbers]
    found += [_Filter(name, is_on, partial(_span, name, kind, given, is_on)) for name, kind, is_on in spans]
    found.append(_Filter("flags", bool(wanted.flags), partial(_flags, page, wanted)))
    own = [spec for spec in reference.specs_of(page.subject) if spec.in_list or _names(spec, given)]
    on = {one.spec.slug for one in wanted.own}
    return found + [_Filter(f"custom.{spec.slug}", spec.slug in on, partial(_own, spec, wanted, given)) for spec in own]


def _words(name: str, desk: Desk, wanted: ListQuery, reference: ListReference) -> Chip:
    return _many(name, label_of(name), _options(name, wanted.page, desk, reference), wanted.words.get(name, ()))


def _state(page: ListPage, wanted: ListQuery) -> Chip:
    choices = [Choice(slug, str(STATES[slug]), slug == wanted.state) for slug in page.states]
    chosen = next(choice.label for choice in choices if choice.is_on)
    return Chip("state", label_of("state"), "one", choices, is_on=wanted.state != page.states[0], summary=chosen)


def _options(name: str, page: ListPage, desk: Desk, reference: ListReference) -> Iterable[tuple[str, str]]:
    """Values and labels of a choice."""
    staff = desk.staff
    if name == "owner":
        people = [(str(c.id), c.name) for c in staff.colleagues.values() if desk.actor.sees(c.id, c.office_id)]
        return [("me", _("Me")), ("none", _("Nobody")), *sorted(people, key=lambda pair: pair[1])]
    if name == "stage":
        stages = [(s.place, f"{f.name}: {s.name}") for f in reference.funnels.values() for s in f.stages]
        return stages if page.slug == "deals" else [("inquiry", _("Inquiry")), *stages]
    known: dict[str, Any] = {
        "office": {str(o.id): o.name for o in staff.offices.values()},
        "queue": {"any": _("Any queue"), **{str(q.id): q.name for q in staff.queues.values()}},
        "source": {slug: card.name for slug, card in reference.sources.items()},
        "category": reference.catalogue.categories, "direction": reference.catalogue.directions,
        "funnel": {f.slug: f.name for f in reference.funnels.values()}, "relevance": {grade: grade for grade in "ABC"},
        "currency": {code: code for code in CURRENCIES}, "language": OWN_NAMES,
        "missing": {"phone": _("No phone"), "email": _("No e-mail")},
    }  # fmt: skip
    if name in known:
        return list(known[name].items())
    if name == "reason":
        return list(reference.reasons.items())
    words = {"channel": CHANNELS, "class": CLASSES, "disposition": DISPOSITIONS, "clock": CLOCKS}[name]
    return [(slug, _(label)) for slug, label in words.items()]


def _many(name: str, label: str, options: Iterable[tuple[str, str]], chosen: Sequence[str]) -> Chip:
    choices = [Choice(value, said, value in chosen) for value, said in options]
    unlisted = set(chosen) - {choice.value for choice in choices}
    choices += [Choice(value, value, True) for value in sorted(unlisted)]  # somebody who has left, say
    on = [choice.label for choice in choices if choice.is_on]
    return Chip(name, label, "many", choices, is_on=bool(on), summary=_summary(on))


def _summary(labels: Sequence[str]) -> str:
    return labels[0] + (f" +{len(labels) - 1}" if len(labels) > 1 else "") if labels else ""


def _span(name: str, kind: str, given: Mapping[str, Sequence[str]], is_on: bool, *, label: str = "", dot: str = "_") -> Chip:
    ends = {end: clean_text(next(iter(given.get(f"{name}{dot}{end}", ())), ""), 40) for end in ("from", "to")}
    shown = "–".join((ends["from"] or "…", ends["to"] or "…")) if any(ends.values()) else ""
    values = {**ends, "name_from": f"{name}{dot}from", "name_to": f"{name}{dot}to"}
    return Chip(name, label or label_of(name), kind, values=values, is_on=is_on, summary=shown)


def _flags(page: ListPage, wanted: ListQuery) -> Chip:
    choices = [Choice(name, _(FLAGS[name]), name in wanted.flags) for name in page.flags]
    on = [choice.label for choice in choices if choice.is_on]
    return Chip("flags", label_of("flags"), "flags", choices, is_on=bool(on), summary=_summary(on))


def _names(spec: FieldSpec, given: Mapping[str, Sequence[str]]) -> bool:
    return any(name.startswith(f"custom.{spec.slug}") for name in given)


def _own(spec: FieldSpec, wanted: ListQuery, given: Mapping[str, Sequence[str]]) -> Chip:
    """A filter by a field of the agency's own."""
    name = f"custom.{spec.slug}"
    found = next((own for own in wanted.own if own.spec.slug == spec.slug), None)
    if spec.kind in ("number", "date"):
        chip = _span(name, "numbers" if spec.kind == "number" else "days", given, found is not None, label=spec.name, dot=".")
        return chip
    if spec.kind == "text":
        text = clean_text(next(iter(given.get(name, ())), ""), 200)
        return Chip(name, spec.name, "text", values={"text": text}, is_on=found is not None, summary=text)
    options = [("1", _("Yes")), ("0", _("No"))] if spec.kind == "yes_no" else [(choice, choice) for choice in spec.choices]
    chosen = [{True: "1", False: "0"}.get(value, str(value)) for value in found.values] if found else []
    return _many(name, spec.name, options, chosen)
