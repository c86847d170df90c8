"""The funnel: how many stand at each result, with how much, how many came, went on and stayed how long."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marshrut.deals.queries import FunnelCard, StageCard
from marshrut.insights import wording
from marshrut.insights.queries.funnel import Flow, Standing, flow_through, median_stays, standing_now
from marshrut.insights.reports.shapes import (
    Bar,
    Cell,
    Figure,
    Question,
    Report,
    Row,
    Table,
    columns,
    money_cell,
    number_cell,
    share_cell,
)

CODES = ("standing", "worth", "stuck", "reached", "further", "further_share", "here", "sold_here", "lost_here", "stay")


def with_funnel(question: Question) -> Question:
    """The question about one funnel: the one asked for, else the first."""
    slug = question.asked.funnel if question.asked.funnel in question.funnels else next(iter(question.funnels), "")
    return Question(question.actor, question.staff, question.revision, replace(question.asked, funnel=slug, stage=""), question.now)


@dataclass(frozen=True)
class Passage:
    """How deals pass a funnel: what stands where now, and what became of those that came in the period."""

    question: Question
    funnel: FunnelCard
    standing: list[Standing]
    flows: dict[int, Flow]

    @property
    def figures(self) -> list[Figure]:
        return _figures(self.question, self.funnel, self.standing, self.flows)

    @property
    def bars(self) -> list[Bar]:
        return [_bar(self.question, stage, self.flows, self.funnel) for stage in self.funnel.stages]


def passage_of(asked: Question) -> Passage | None:
    """The passage through the funnel asked for, else the first; None where there is none. Two statements."""
    question = with_funnel(asked)
    funnel = question.funnels.get(question.asked.funnel)
    if funnel is None:
        return None
    standing = standing_now(question.actor, question.asked, question.now)
    return Passage(
        question, funnel, standing, flow_through(question.actor, question.asked, [stage.position for stage in funnel.stages])
    )


def funnel_report(asked: Question) -> Report:
    """The whole report of one funnel; three statements."""
    passage = passage_of(asked)
    if passage is None:
        return Report("funnel", _("Funnel"), [], [])
    question, funnel = passage.question, passage.funnel
    stays = median_stays(question.actor, question.asked)
    rows = [
        _row(
            question,
            stage,
            [s for s in passage.standing if s.stage_id == stage.id],
            passage.flows.get(stage.position, Flow()),
            stays.get(stage.id),
            is_last=stage is funnel.stages[-1],
        )
        for stage in funnel.stages
    ]
    table = Table("stages", funnel.name, _("Stage"), columns(CODES), rows, _total(question, passage.standing))
    return Report("funnel", _("Funnel"), passage.figures, [table], {"bars": passage.bars, "funnel": funnel})


def _row(question: Question, stage: StageCard, standing: list[Standing], flow: Flow, stay: float | None, *, is_last: bool) -> Row:
    narrowed: dict[str, Any] = {"stage": stage.slug}
    now = {"standing": sum(line.number for line in standing), "stuck": sum(line.stuck for line in standing)}
    worth = money_cell([(line.amount, line.currency) for line in standing], question.address("standing", **narrowed))
    further = Cell(None, wording.NONE) if is_last else share_cell(question, "reached", flow.further, flow.reached, **narrowed)
    cells = (
        number_cell(question, "standing", now["standing"], **narrowed),
        worth,
        number_cell(question, "stuck", now["stuck"], **narrowed),
        number_cell(question, "reached", flow.reached, **narrowed),
        number_cell(question, "further", flow.further, **narrowed),
        further,
        number_cell(question, "here", flow.here, **narrowed),
        number_cell(question, "sold_here", flow.sold, **narrowed),
        number_cell(question, "lost_here", flow.lost, **narrowed),
        Cell(None if stay is None else round(stay, 2), wording.days(stay)),
    )
    return Row(stage.slug, stage.name, cells)


def _total(question: Question, standing: list[Standing]) -> Row:
    """Only what may be added up: what stands now."""
    worth: dict[str, Decimal] = {}
    for line in standing:
        worth[line.currency] = worth.get(line.currency, Decimal()) + line.amount
    cells = (
        number_cell(question, "standing", sum(line.number for line in standing)),
        money_cell([(amount, currency) for currency, amount in worth.items()], question.address("standing")),
        number_cell(question, "stuck", sum(line.stuck for line in standing)),
        *(Cell(None, "") for _code in CODES[3:]),
    )
    return Row("total", _("Together"), cells)


def _figures(question: Question, funnel: FunnelCard, standing: list[Standing], flows: dict[int, Flow]) -> list[Figure]:
    total = _total(question, standing)
    first = flows.get(funnel.stages[0].position, Flow()) if funnel.stages else Flow()
    sold, lost = sum(flow.sold for flow in flows.values()), sum(flow.lost for flow in flows.values())
    return [
        Figure("standing", _("Open deals"), total.cells[0].text, note=_("stand in this funnel now"), href=total.cells[0].href),
        Figure("worth", _("Worth now"), total.cells[1].text, note=_("each currency apart"), href=total.cells[1].href),
        Figure(
            "reached",
            _("Entered"),
            wording.number(first.reached),
            note=_("of them realised: %(won)s, not: %(lost)s") % {"won": sold, "lost": lost},
            href=question.address("reached", stage=funnel.stages[0].slug) if funnel.stages else "",
        ),
        Figure(
            "stuck",
            _("Stuck"),
            total.cells[2].text,
            tone="bad" if total.cells[2].value else "",
            note=_("too long at their stage"),
            href=total.cells[2].href,
        ),
    ]


def _bar(question: Question, stage: StageCard, flows: dict[int, Flow], funnel: FunnelCard) -> Bar:
    """How many reached a stage, and what became of them, against the stage most have reached."""
    most = max((flow.reached for flow in flows.values()), default=0) or 1
    flow = flows.get(stage.position, Flow())
    parts = (("further", flow.further), ("won", flow.sold), ("here", flow.here), ("lost", flow.lost))
    share = "" if stage is funnel.stages[-1] or not flow.reached else wording.share_of(flow.further, flow.reached)
    return Bar(
        stage.name,
        wording.number(flow.reached),
        tuple((name, part * 100 / most, wording.number(part)) for name, part in parts),
        question.address("reached", stage=stage.slug) if flow.reached else "",
        share,
    )
