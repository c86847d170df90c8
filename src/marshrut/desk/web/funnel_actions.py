"""F02: a deal goes on in another funnel; the dialog asks where it would stand, why, and what is missing there."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.core.errors import DomainError, NotFound
from marshrut.deals.queries import DealCard, FunnelCard, find_deal
from marshrut.deals.rules import FACT_KINDS
from marshrut.deals.services import change_funnel, fitting_stage
from marshrut.deals.wording import fact_label
from marshrut.desk import wording
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import asked_about, refused, typed
from marshrut.desk.web.gate_asking import followed, gates_asked, gates_said, gates_typed
from marshrut.desk.web.pages import DeskRequest, acting, at_desk, found
from marshrut.ui.answers import done


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def funnel(request: DeskRequest, pk: int) -> HttpResponse:
    """Which funnel and stage (offered: where its facts would let it stand), and the reason."""
    desk = request.desk
    deal: DealCard = found(find_deal(desk.actor, pk))
    others = [one for one in desk.funnels.values() if one.slug != deal.funnel]
    context = {"deal": {"id": pk, "title": asked_about(desk, deal.dossier_id).title}, "places": _places(others), "missing": []}
    if request.method == "GET":
        first = next(iter(others), None)
        place = f"{first.slug}/{fitting_stage(first, deal.stage, deal.facts, deal.amount is not None).slug}" if first else ""
        return render(request, "desk/_funnel_dialog.html", {**context, "values": {"place": place}, "errors": {}})
    values = typed(request, "place", "reason", *(f"fact_{name}" for name in FACT_KINDS))
    chosen, _slash, stage = values["place"].partition("/")
    facts = {name: values[f"fact_{name}"] for name in FACT_KINDS if values[f"fact_{name}"]}
    try:
        after = change_funnel(deal_id=pk, funnel=chosen, stage=stage, reason=values["reason"], facts=facts, gates=gates_said(request),
                              by=desk.actor, now=desk.now)  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        asked = {"missing": _missing(error, facts), "gates": gates_asked(request, error)}
        return refused(request, "desk/_funnel_dialog.html", {**context, **asked}, {**values, **gates_typed(request)}, error)
    name = next((one.name for one in others if one.slug == chosen), chosen)
    return done(followed(after) or _("Goes on in the funnel “%(name)s”") % {"name": name})


def _places(funnels: list[FunnelCard]) -> list[Option]:
    return [Option(f"{one.slug}/{stage.slug}", f"{one.name}: {stage.name}") for one in funnels for stage in one.stages]


def _missing(error: DomainError, facts: dict[str, str]) -> list[dict[str, Any]]:
    """Facts that have to be said first, with those already typed."""
    wanted = [name for name in FACT_KINDS if name in error.missing or name in facts]
    return [{"name": name, "label": fact_label(name), "type": FACT_KINDS[name], "hint": wording.fact_hint(name)} for name in wanted]
