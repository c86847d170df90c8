"""Writes of funnels and their stages: made from a template, named after results, put in order, retired without losing a deal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.slugs import name_within
from marshrut.deals.models import Deal, DealState, Funnel, Stage, StageEntry
from marshrut.deals.rules import FACT_KINDS, Verdict, find_template, funnel_templates, judge_stage_name, place_of
from marshrut.deals.wording import stage_name_refusal
from marshrut.journal.services import Place, add_touch, lock_matter, move_dossier

TASK_KINDS = ("call", "write", "meeting", "document", "hold", "payment")
MOST_STAGES, MOST_FUNNELS = 30, 30
LONGEST_TASK, LONGEST_STAY = 43_200, 3650


@dataclass(frozen=True, slots=True)
class StageValues:
    """What a stage says: its name, the task it sets (due after so many working minutes), the facts it asks for, after how many
    days a deal is stuck there (None: never)."""

    name: str
    task_title: str
    task_kind: str
    task_minutes: int | None
    required_facts: tuple[str, ...] = ()
    hint: str = ""
    longest_days: int | None = None


@transaction.atomic
def add_funnel(*, template: str, name: str, language: str, by: Actor, now: datetime) -> int:
    """A new funnel: of a ready one, in a language (ru, uk, en), or of one stage when no template is named; its id."""
    sign(by.label)
    if Funnel.objects.count() >= MOST_FUNNELS:
        raise Refused("too_many", _("There are %(most)s funnels already.") % {"most": MOST_FUNNELS})
    ready = find_template(template)
    if template and ready is None:
        raise Invalid("no_such_template", _("Choose a ready funnel."), field="template")
    if language not in ("ru", "uk", "en"):
        raise Invalid("no_such_language", _("Choose the language."), field="language")
    named = name_within(name, 80) or (ready.name[language] if ready else "")
    if not named:
        raise Invalid("name_missing", _("Give the funnel a name."), field="name", missing=("name",))
    position = Funnel.objects.aggregate(last=Max("position"))["last"]
    funnel = Funnel.objects.create(slug=_free_slug(template or "funnel"), name=named, position=0 if position is None else position + 1)
    first = find_template("office")
    stages = ready.stages if ready else first.stages[:1] if first else ()
    rows = [stage.worded(language) for stage in stages]
    Stage.objects.bulk_create(
        Stage(funnel=funnel, position=place, **{**row, "is_last": place == len(rows) - 1}) for place, row in enumerate(rows)
    )
    return funnel.pk


def _free_slug(wanted: str) -> str:
    taken = set(Funnel.objects.values_list("slug", flat=True))
    return next(slug for number in range(1, MOST_FUNNELS + 2) if (slug := wanted if number == 1 else f"{wanted}_{number}") not in taken)


@transaction.atomic
def save_funnel(*, funnel_id: int, name: str, is_active: bool, by: Actor, now: datetime) -> None:
    """Rename a funnel, or stop using it. Refused while deals are open in it, or when it is the last one."""
    sign(by.label)
    funnel = _locked(funnel_id)
    named = name_within(name, 80)
    if not named:
        raise Invalid("name_missing", _("Give the funnel a name."), field="name", missing=("name",))
    if funnel.is_active and not is_active:
        if Deal.objects.filter(stage__funnel=funnel, state=DealState.OPEN).exists():
            raise Refused("funnel_in_use", _("Deals are open in this funnel: close them or move them to another one first."))
        if not Funnel.objects.filter(is_active=True).exclude(pk=funnel.pk).exists():
            raise Refused("last_funnel", _("This is the only funnel; make another one first."))
    funnel.name, funnel.is_active = named, is_active
    funnel.save(update_fields=["name", "is_active"])


@transaction.atomic
def order_funnels(*, ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Put the funnels into this order; the first is the one that is offered."""
    sign(by.label)
    present = dict(Funnel.objects.select_for_update().order_by("id").values_list("id", "position"))
    if sorted(ids) != sorted(present):
        raise Refused("list_changed", _("The list has changed meanwhile; look again."))
    moved = [Funnel(id=pk, position=place) for place, pk in enumerate(ids) if present[pk] != place]
    if moved:
        Funnel.objects.bulk_update(moved, ["position"])


def _locked(funnel_id: int) -> Funnel:
    """The funnel with all its stages, locked: a deal that is on its way to a stage of it is waited for."""
    funnel = Funnel.objects.select_for_update().filter(pk=funnel_id).first()
    if funnel is None:
        raise NotFound("no_such_funnel", _("There is no such funnel."))
    list(Stage.objects.select_for_update().filter(funnel=funnel).order_by("id").values_list("id", flat=True))
    return funnel


def _checked(values: StageValues) -> dict[str, Any]:
    """The values of a stage's row, sound. Raises Invalid that names the field."""
    name, task = clean_text(values.name, 120), clean_text(values.task_title, 160)
    judged = judge_stage_name(name)
    if judged.verdict == Verdict.REFUSED:
        raise Invalid(f"stage_name_{judged.code}", stage_name_refusal(judged), field="name", missing=("name",))
    if not task:
        raise Invalid("task_missing", _("Say what is to be done next: the stage tells the next target."), field="task_title")
    if values.task_kind not in TASK_KINDS:
        raise Invalid("no_such_kind", _("Choose what kind of action it is."), field="task_kind")
    if values.task_minutes is None or not 1 <= values.task_minutes <= LONGEST_TASK:
        raise Invalid("minutes_out_of_range", _("A whole number from %(least)s to %(most)s.") % {"least": 1, "most": LONGEST_TASK},
                      field="task_minutes")  # fmt: skip
    if values.longest_days is not None and not 1 <= values.longest_days <= LONGEST_STAY:
        raise Invalid("days_out_of_range", _("A whole number from %(least)s to %(most)s.") % {"least": 1, "most": LONGEST_STAY},
                      field="longest_days")  # fmt: skip
    if unknown := set(values.required_facts) - set(FACT_KINDS):
        sentence = _("“%(name)s” is not known here: choose from the list.") % {"name": min(unknown)}
        raise Invalid("no_such_fact", sentence, field="required_facts")
    return {
        "name": name, "task_title": task, "task_kind": values.task_kind, "task_minutes": values.task_minutes,
        "required_facts": [fact for fact in FACT_KINDS if fact in values.required_facts], "hint": clean_text(values.hint, 300),
        "longest_days": values.longest_days,
    }  # fmt: skip


def _refuse_same_name(funnel_id: int, name: str, stage_id: int | None = None) -> None:
    others = Stage.objects.filter(funnel_id=funnel_id, is_active=True).values_list("id", "name")
    if name.casefold() in {other.casefold() for pk, other in others if pk != stage_id}:
        raise Invalid("same_name", _("There is a stage of this name in the funnel."), field="name")


@transaction.atomic
def add_stage(*, funnel_id: int, after_id: int | None, values: StageValues, by: Actor, now: datetime) -> int:
    """A new stage behind another one (None: the first); its id."""
    sign(by.label)
    funnel, row = _locked(funnel_id), _checked(values)
    _refuse_same_name(funnel_id, row["name"])
    stages = list(Stage.objects.filter(funnel=funnel).order_by("-is_active", "position"))
    active = [stage.pk for stage in stages if stage.is_active]
    if len(active) >= MOST_STAGES:
        raise Refused("too_many", _("There are %(most)s stages already.") % {"most": MOST_STAGES})
    if after_id is not None and after_id not in active:
        raise NotFound("no_such_stage", _("There is no such stage."))
    taken = {stage.slug for stage in stages}
    slug = next(one for number in range(1, len(taken) + 2) if (one := f"stage_{number}") not in taken)
    last = max((stage.position for stage in stages), default=-1)
    made = Stage.objects.create(funnel=funnel, slug=slug, position=last + 1, **row)
    at = 0 if after_id is None else active.index(after_id) + 1
    _arrange(funnel, [*active[:at], made.pk, *active[at:]])
    return made.pk


def _arrange(funnel: Funnel, active: Sequence[int]) -> None:
    """Positions from 0 in this order, stages no longer used behind them; the last one is marked."""
    rest = Stage.objects.filter(funnel=funnel).exclude(pk__in=active).order_by("position").values_list("pk", flat=True)
    order = [*active, *rest]
    stages = Stage.objects.in_bulk(order)
    changed = []
    for place, pk in enumerate(order):
        stage, is_last = stages[pk], bool(active) and pk == active[-1]
        if (stage.position, stage.is_last) != (place, is_last):
            stage.position, stage.is_last = place, is_last
            changed.append(stage)
    if changed:
        Stage.objects.bulk_update(changed, ["position", "is_last"])


@transaction.atomic
def save_stage(*, stage_id: int, values: StageValues, by: Actor, now: datetime) -> None:
    """Change a stage. Deals that stand there stay; their planned actions stay as they were planned."""
    sign(by.label)
    stage, row = _stage(stage_id), _checked(values)
    _refuse_same_name(stage.funnel_id, row["name"], stage.pk)
    Stage.objects.filter(pk=stage.pk).update(**row)


def _stage(stage_id: int) -> Stage:
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound("no_such_stage", _("There is no such stage."))
    _locked(stage.funnel_id)
    stage.refresh_from_db()
    return stage


@transaction.atomic
def order_stages(*, funnel_id: int, ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Put the stages of a funnel into this order. Refused when somebody has added or retired one meanwhile."""
    sign(by.label)
    funnel = _locked(funnel_id)
    active = Stage.objects.filter(funnel=funnel, is_active=True).values_list("pk", flat=True)
    if sorted(ids) != sorted(active):
        raise Refused("list_changed", _("The list has changed meanwhile; look again."))
    _arrange(funnel, ids)


@transaction.atomic
def retire_stage(*, stage_id: int, to_id: int | None, by: Actor, now: datetime) -> int:
    """Use a stage no more; its past is kept. Open deals that stand there go to another stage of the funnel; how many.

    Invalid when deals stand there and it is not said where they go; Refused for the last stage of a funnel.
    """
    sign(by.label)
    stage = _stage(stage_id)
    active = list(Stage.objects.filter(funnel_id=stage.funnel_id, is_active=True).select_related("funnel").order_by("position"))
    others = {one.pk: one for one in active if one.pk != stage.pk}
    if not stage.is_active:
        raise Refused("retired_already", _("This stage is not used already."))
    if not others:
        raise Refused("last_stage", _("A funnel has at least one stage."))
    deals = list(Deal.objects.filter(stage=stage, state=DealState.OPEN).order_by("dossier_id"))
    target = others.get(to_id or 0)
    if deals and target is None:
        raise Invalid("target_missing", _("Deals stand at this stage: choose where they go."), field="to", missing=("to",))
    for deal in deals:
        _carry(deal, stage, target or stage, by, now)
    Stage.objects.filter(pk=stage.pk).update(is_active=False)
    _arrange(active[0].funnel, list(others))
    return len(deals)


def _carry(deal: Deal, source: Stage, target: Stage, by: Actor, now: datetime) -> None:
    """One deal of a retired stage comes to stand at another; what was planned for it stays planned."""
    lock_matter(dossier_id=deal.dossier_id, by=system("funnels"))
    StageEntry.objects.filter(deal=deal, left_at__isnull=True).update(left_at=now)
    StageEntry.objects.create(deal=deal, stage=target, entered_at=now, by=by.label)
    Deal.objects.filter(pk=deal.pk).update(stage=target, stage_entered_at=now)
    place = place_of(target.funnel.slug, target.slug)
    move_dossier(dossier_id=deal.dossier_id, place=Place("deal", place, deal.amount, deal.currency))
    add_touch(dossier_id=deal.dossier_id, kind="stage", direction="none", body=_("The stage is no longer used"), by=by, now=now,
              data={"deal": deal.pk, "from": source.name, "to": target.name})  # fmt: skip


@transaction.atomic
def restore_stage(*, stage_id: int, by: Actor, now: datetime) -> None:
    """Use a retired stage again; it comes last but one, and deals do not move."""
    sign(by.label)
    stage = _stage(stage_id)
    if stage.is_active:
        return
    _refuse_same_name(stage.funnel_id, stage.name, stage.pk)
    active = list(Stage.objects.filter(funnel_id=stage.funnel_id, is_active=True).order_by("position").values_list("pk", flat=True))
    Stage.objects.filter(pk=stage.pk).update(is_active=True)
    _arrange(stage.funnel, [*active[:-1], stage.pk, *active[-1:]])


def check_funnels() -> None:
    """What must hold of funnels after any change. Raises Refused with the sentence."""
    active = Funnel.objects.filter(is_active=True)
    if not active.exists():
        raise Refused("last_funnel", _("There has to be a funnel."))
    if active.exclude(stages__is_active=True).exists():
        raise Refused("last_stage", _("A funnel has at least one stage."))
    if Deal.objects.filter(state=DealState.OPEN, stage__funnel__is_active=False).exists():
        raise Refused("funnel_in_use", _("Deals are open in this funnel: close them or move them to another one first."))


@transaction.atomic
def name_first_funnels(*, language: str, by: Actor) -> None:
    """Say the funnels a home begins with in the agency's language: names, tasks and hints of their stages."""
    sign(by.label)
    for template in funnel_templates():
        funnel = Funnel.objects.filter(slug=template.slug).first()
        if funnel:
            Funnel.objects.filter(pk=funnel.pk).update(name=template.name[language])
            for stage in template.stages:
                words = stage.worded(language)
                kept = {name: words[name] for name in ("name", "task_title", "hint")}
                Stage.objects.filter(funnel=funnel, slug=stage.slug).update(**kept)
