"""Gates: what a client has to agree to before a deal stands at a stage, and what follows when they refuse."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, Figure, foreseen
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask, place_ask, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import Invalid
from marshrut.core.money import read_money
from marshrut.core.seasons import read_day
from marshrut.deals.queries.funnel_settings import read_all_funnels
from marshrut.deals.queries.gates import (
    SPAN,
    GateCard,
    RefusalCount,
    count_answers,
    list_gate_rules,
    list_gates,
    refusals_since,
    rule_of,
)
from marshrut.deals.queries.reasons import list_loss_reasons
from marshrut.deals.rules import CLOSE, CONSEQUENCES, WAIT, GateRule, decide_refusal, shadowed
from marshrut.deals.services.gates import GateRuleValues, save_gate, save_gate_rule, try_gate_rule
from marshrut.deals.wording import consequence_label
from marshrut.intake.reference import read_reference
from marshrut.marketing.queries import read_sources
from marshrut.ui.wording import money

GATES = register_settings(
    SettingsPage(
        slug="gates",
        group="sales",
        order=30,
        title=lazy("Gates"),
        icon="lock",
        url_name="settings_gates",
        description=lazy("What a client has to agree to before a deal may go on: to meet in the office, to a meeting online."),
        watches={"deals_gate": ()},
        words=lazy("gate agreement condition stage meeting question"),
        along=("deals_gaterule",),
    )
)
REFUSALS = register_settings(
    SettingsPage(
        slug="refusals",
        group="sales",
        order=31,
        title=lazy("When a client refuses"),
        icon="arrow-back-up",
        url_name="settings_refusals",
        description=lazy(
            "What follows a refusal at a gate: by season, source and what the deal is worth. The first rule that fits decides."
        ),
        watches={"deals_gaterule": ()},
        words=lazy("gate refusal rule season stop dropped"),
    )
)


def _gate_name(gate_id: object) -> str:
    return next(
        (f"{gate.stage}: {gate.question}" for gate in list_gates() if gate.id == int(str(gate_id))), _("a gate that is gone")
    )


def _source_name(source_id: object, reader: Reader) -> str:
    cards = read_sources(reader.revision).values()
    return next((card.name for card in cards if card.id == int(str(source_id))), _("a source that is gone"))


def _stage_name(stage_id: object) -> str:
    stages = (stage for funnel in read_all_funnels() for stage in (*funnel.stages, *funnel.retired))
    return next((stage.name for stage in stages if stage.id == int(str(stage_id))), _("a stage that is gone"))


describe(
    "deals_gate",
    TableWords(
        noun=lazy("Gate"),
        named_by=("question",),
        columns={"stage_id": lazy("stage"), "question": lazy("what the client agrees to"), "is_active": lazy("in use")},
        said={"stage_id": lambda value, _reader: _stage_name(value)},
    ),
)
describe(
    "deals_gaterule",
    TableWords(
        noun=lazy("Rule"),
        named_by=("position",),
        columns={
            "position": lazy("place in lists"),
            "gate_id": lazy("gate"),
            "source_id": lazy("source"),
            "season_first": lazy("season from"),
            "season_last": lazy("season to"),
            "worth_from": lazy("worth at least"),
            "worth_below": lazy("worth below"),
            "consequence": lazy("what follows"),
            "days": lazy("days"),
            "reason": lazy("reason"),
            "is_active": lazy("in use"),
        },
        said={
            "gate_id": lambda value, _reader: _gate_name(value),
            "source_id": _source_name,
            "consequence": lambda value, _reader: consequence_label(str(value)),
        },
    ),
)


# --- gates -----------------------------------------------------------------------------------------------------------


def _read_gates(reader: Reader) -> list[Item]:
    counts = count_answers(reader.now - SPAN)
    return [_gate_item(gate, counts.get(gate.id)) for gate in list_gates()]


def _gate_item(gate: GateCard, count: RefusalCount | None) -> Item:
    values = {"stage": str(gate.stage_id), "question": gate.question, "is_active": "yes" if gate.is_active else ""}
    asked = (
        _("asked %(asked)s, refused %(refused)s in thirty days") % {"asked": count.asked, "refused": count.refused} if count else ""
    )
    return Item(gate.id, gate.question, values, (f"{gate.funnel}: {gate.stage}", asked), is_active=gate.is_active)


def _gate_asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    stages = [Choice(str(stage.id), f"{funnel.name}: {stage.name}") for funnel in read_all_funnels() if funnel.is_active
              for stage in funnel.stages]  # fmt: skip
    return [
        Ask("question", _("What the client agrees to"), hint=_("For example: agrees to meet in the office."), is_required=True),
        Ask("stage", _("Asked before this stage"), "select", choices=stages, is_required=True,
            hint=_("Also when the stage is skipped on the way to a later one.")),
        active_ask(_("In use: asked on the way"), _("Answers given before are kept.")),
    ]  # fmt: skip


def _whole(values: Values, name: str) -> int | None:
    text = values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _save_gate(pk: int | None, values: Values, reader: Reader) -> None:
    save_gate(gate_id=pk, stage_id=_whole(values, "stage") or 0, question=values["question"], is_active=bool(values["is_active"]),
              by=reader.actor, now=reader.now)  # fmt: skip


def _try_gate(values: Values, _reader: Reader, item: Item | None) -> dict[str, Any]:
    """Which deals would be asked: those that stand before the stage."""
    stage_id = _whole(values, "stage")
    funnel = next((one for one in read_all_funnels() if any(stage.id == stage_id for stage in one.stages)), None)
    if funnel is None:
        raise Invalid("no_such_stage", _("Choose the stage."), field="stage")
    stage = next(one for one in funnel.stages if one.id == stage_id)
    before = sum(one.deals for one in funnel.stages if one.position < stage.position)
    beyond = sum(one.deals for one in funnel.stages if one.position >= stage.position)
    cautions = []
    if stage.position == funnel.stages[0].position:
        cautions.append(_("Deals begin at this stage: nobody is asked on the way to it. Choose a later one."))
    if any(gate.stage_id == stage_id and (item is None or gate.id != item.id) for gate in list_gates()):
        cautions.append(_("This stage has a gate already."))
    return foreseen(
        _("Whoever moves a deal to “%(stage)s” or past it is asked first.") % {"stage": stage.name},
        figures=[Figure(_("Open deals before it, to be asked"), str(before)), Figure(_("Past it already, not asked"), str(beyond))],
        cautions=cautions,
    )


GATE_ROLL = Roll(
    page=GATES,
    table="deals_gate",
    add_label=lazy("Add a gate"),
    read=_read_gates,
    asks=_gate_asks,
    save=_save_gate,
    fresh=lambda _reader: {"question": "", "stage": "", "is_active": "yes"},
    try_out=_try_gate,
    preview_template=TEMPLATE,
    help=lazy(
        "The client's answer is asked in the dialog of the move and kept. What a refusal leads to is said under “When a client refuses”."
    ),
    empty=(lazy("No gates"), lazy("Deals move freely. Add a gate if the agency does not go on without the client's consent.")),
)


# --- what follows a refusal -------------------------------------------------------------------------------------------


def _read_rules(reader: Reader) -> list[Item]:
    rows = list_gate_rules()
    hidden = shadowed([rule_of(row) for row in rows if row.is_active])
    places = {row.pk: place for place, row in enumerate(rows, 1)}
    items = []
    for row in rows:
        values = {
            "position": str(row.position), "gate": str(row.gate_id or ""), "source": str(row.source_id or ""),
            "season_first": row.season_first, "season_last": row.season_last,
            "worth_from": _plain(row.worth_from), "worth_below": _plain(row.worth_below), "consequence": row.consequence,
            "days": str(row.days or ""), "reason": row.reason, "is_active": "yes" if row.is_active else "",
        }  # fmt: skip
        tags = (
            ((_("never comes into play: rule %(place)s takes all of it") % {"place": places[hidden[row.pk]]}, "warm"),)
            if row.pk in hidden
            else ()
        )
        items.append(Item(row.pk, _title(rule_of(row), reader), values, (_follows(rule_of(row)),), tags, row.is_active))
    return items


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def _title(rule: GateRule, reader: Reader) -> str:
    parts = []
    if rule.gate_id:
        parts.append(_gate_name(rule.gate_id))
    if rule.source_id:
        parts.append(_source_name(rule.source_id, reader))
    if rule.season:
        first, last = rule.season
        parts.append(f"{first[1]:02d}.{first[0]:02d} – {last[1]:02d}.{last[0]:02d}")
    own = reader.staff.agency.currency
    if rule.worth_from is not None:
        parts.append(_("from %(amount)s") % {"amount": money(rule.worth_from, own)})
    if rule.worth_below is not None:
        parts.append(_("below %(amount)s") % {"amount": money(rule.worth_below, own)})
    return " · ".join(parts) or _("Any refusal")


def _follows(rule: GateRule) -> str:
    more = (
        _("%(days)s days") % {"days": rule.days} if rule.consequence == WAIT else rule.reason if rule.consequence == CLOSE else ""
    )
    return ": ".join(filter(None, (consequence_label(rule.consequence), more)))


def _rule_asks(reader: Reader, _item: Item | None) -> list[Ask]:
    gates = [Choice(str(gate.id), f"{gate.stage}: {gate.question}") for gate in list_gates() if gate.is_active]
    sources = [Choice(str(card.id), card.name) for card in read_sources(reader.revision).values()]
    own = reader.staff.agency.currency
    return [
        Ask("gate", _("Gate"), "select", choices=[Choice("", _("any")), *gates], is_whole=False),
        Ask("source", _("Source"), "select", choices=[Choice("", _("any")), *sources], is_whole=False),
        Ask("season_first", _("Season from"), hint=_("Month and day, such as 12-01. Empty: all the year."), is_whole=False),
        Ask("season_last", _("to"), hint=_("It may run over New Year."), is_whole=False),
        Ask("worth_from", _("Worth at least, %(currency)s") % {"currency": own}, is_whole=False, attrs={"inputmode": "decimal"}),
        Ask("worth_below", _("Worth below, %(currency)s") % {"currency": own}, is_whole=False, attrs={"inputmode": "decimal"}),
        Ask("consequence", _("What follows"), "select", is_required=True,
            choices=[Choice(one, consequence_label(one)) for one in CONSEQUENCES]),
        Ask("days", _("Days it waits"), "number", is_whole=False, attrs={"min": "1", "max": "1095"}),
        Ask("reason", _("Reason it ends with"), "select", is_whole=False,
            choices=[Choice("", "—"), *(Choice(row.name, row.name) for row in list_loss_reasons() if row.is_active)]),
        place_ask(),
        active_ask(_("In use"), _("Refusals decided by it before keep what followed.")),
    ]  # fmt: skip


def _amount(values: Values, name: str, reader: Reader) -> Decimal | None:
    if not values[name].strip():
        return None
    read, flaw = read_money(values[name], None, reader.staff.agency.currency)
    if read is None or flaw:
        raise Invalid("not_a_number", _("A sum, for example 150 000."), field=name)
    return read.amount


def _rule_values(values: Values, reader: Reader) -> GateRuleValues:
    return try_gate_rule(
        GateRuleValues(
            position=whole_number(values, "position", default=0), gate_id=_whole(values, "gate"), source_id=_whole(values, "source"),
            season_first=values["season_first"].strip(), season_last=values["season_last"].strip(),
            worth_from=_amount(values, "worth_from", reader), worth_below=_amount(values, "worth_below", reader),
            consequence=values["consequence"], days=_whole(values, "days"), reason=values["reason"], is_active=bool(values["is_active"]),
        )
    )  # fmt: skip


def _save_rule(pk: int | None, values: Values, reader: Reader) -> None:
    save_gate_rule(rule_id=pk, values=_rule_values(values, reader), by=reader.actor, now=reader.now)


def _try_rule(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """What it would have decided of the refusals of the last ninety days, and whether an earlier rule takes all of it."""
    typed = _rule_values(values, reader)
    season = None
    if typed.season_first:
        season = (read_day(typed.season_first), read_day(typed.season_last))
    mine = GateRule(item.id if item else 0, typed.consequence, typed.gate_id, typed.source_id, season, typed.worth_from,
                    typed.worth_below, typed.days, typed.reason)  # fmt: skip
    others = [(row.position, row.pk, rule_of(row)) for row in list_gate_rules() if row.is_active and row.pk != mine.id]
    rules = [
        rule
        for _position, _pk, rule in sorted([*others, (typed.position, item.id if item else 2**62, mine)], key=lambda one: one[:2])
    ]
    refusals = refusals_since(reader.now - 3 * SPAN, read_reference(reader.revision))
    decided = [decide_refusal(rules, refusal) for refusal in refusals]
    said = [_("%(follows)s, when: %(title)s") % {"follows": _follows(mine), "title": _title(mine, reader)}]
    cautions = [_("An earlier rule takes all of it: this one would never come into play.")] if mine.id in shadowed(rules) else []
    return foreseen(
        *said,
        figures=[
            Figure(_("Refusals in ninety days"), str(len(refusals))),
            Figure(_("Decided by this rule"), str(sum(1 for rule in decided if rule is mine))),
            Figure(_("By no rule: the deal goes on"), str(sum(1 for rule in decided if rule is None))),
        ],
        cautions=cautions,
    )


REFUSAL_ROLL = Roll(
    page=REFUSALS,
    table="deals_gaterule",
    add_label=lazy("Add a rule"),
    read=_read_rules,
    asks=_rule_asks,
    save=_save_rule,
    fresh=lambda _reader: {"gate": "", "source": "", "season_first": "", "season_last": "", "worth_from": "", "worth_below": "",
                           "consequence": "ask", "days": "", "reason": "", "position": "0", "is_active": "yes"},
    try_out=_try_rule,
    preview_template=TEMPLATE,
    locks_page=True,
    help=lazy("In order; the first that fits decides. When none fits, the deal goes on and the refusal is kept."),
    empty=(lazy("No rules"), lazy("A refusal is kept and the deal goes on. Say here when it should wait, end, or go to the supervisor.")),
)  # fmt: skip
