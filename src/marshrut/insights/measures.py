"""Every measure once: its name, its definition in words, and the condition that both counts it and lists it.

Reports count with `where` and the list behind a number is read with the same `where`; so they cannot differ.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marshrut.deals.queries.standing_still import STUCK

Words = str | Promise

LED = "i.joined_to_id is null"
"""An inquiry that leads its matter: one that joined an open matter is not counted a second time."""
SILENT = f"{LED} and i.answered_at is null and i.disposition = ''"
ENDED = frozenset({"closed", "won", "lost"})
"""What has ended: counted by the day of closing, or of the inquiries received, as is asked."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted: rows of `base` of which `only` holds.

    `at` is the moment that puts one into a period, `whose` the person; `holder` has owner_id and office_id of its matter,
    whose id `matter` is. A matter, a stage or a funnel is joined from the left: it is not read where nothing asks for it.
    """

    base: str
    key: str
    at: str
    whose: str
    what: str = "''"
    only: str = "true"
    holder: str = "d"
    matter: str = "d.id"
    is_now: bool = False
    by_label: bool = False

    @property
    def is_inquiry(self) -> bool:
        return self.base.startswith("intake_reckoning")

    @property
    def is_deal(self) -> bool:
        return self.base.startswith("deals_deal")


_INQUIRIES = "intake_reckoning i"
_DEALS = """deals_deal l left join journal_dossier d on d.id = l.dossier_id left join deals_stage s on s.id = l.stage_id
    left join deals_funnel f on f.id = s.funnel_id"""
_TASKS = "journal_task t left join journal_dossier d on d.id = t.dossier_id"
_TOUCHES = "journal_touch x left join journal_dossier d on d.id = x.dossier_id"
UNITS = {
    "inquiry": Unit(_INQUIRIES, "i.raw_id", "i.received_at", "i.owner_id", holder="i", matter="i.dossier_id"),
    "closed_inquiry": Unit(
        _INQUIRIES, "i.raw_id", "i.closed_at", "i.owner_id", only="i.received_at is not null", holder="i", matter="i.dossier_id"
    ),
    "deal_opened": Unit(_DEALS, "l.id", "l.opened_at", "d.owner_id"),
    "deal_closed": Unit(_DEALS, "l.id", "l.closed_at", "d.owner_id"),
    "deal_now": Unit(_DEALS, "l.id", "l.stage_entered_at", "d.owner_id", only="l.state = 'open' and d.is_open", is_now=True),
    "deal_flow": Unit(_DEALS, "l.id", "l.opened_at", "d.owner_id", is_now=True),
    "task_done": Unit(
        _TASKS, "t.id", "t.done_at", "t.done_by", "t.title", "t.state = 'done'", matter="t.dossier_id", by_label=True
    ),
    "task_now": Unit(
        _TASKS, "t.id", "t.due_at", "t.assignee_id", "t.title", "t.state = 'pending' and d.waits_until is null", is_now=True
    ),
    "touch": Unit(_TOUCHES, "x.id", "x.at", "x.by", "x.kind", matter="x.dossier_id", by_label=True),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `kind` is number, share, money, minutes or days; without a unit it is made of others and has no list."""

    code: str
    label: Words
    definition: Words
    unit: str = ""
    where: str = "true"
    kind: str = "number"


_ENTRY = "select from deals_stageentry n join deals_stage z on z.id = n.stage_id where n.deal_id = l.id and z.funnel_id = f.id"
_REACHED = f"""l.id in (select deal_id from deals_stageentry where entered_at >= {{since}} and entered_at < {{until}})
    and exists ({_ENTRY} and z.position >= {{position}} and n.entered_at < {{until}})
    and not exists ({_ENTRY} and z.position >= {{position}} and n.entered_at < {{since}})"""
_FURTHER = f"exists ({_ENTRY} and z.position > {{position}})"
_STAYED = f"s.position <= {{position}} and not {_FURTHER}"
"""Who came no further stands no further now, which is known without looking at the way."""

_INCOMPLETE = "exists (select from intake_inquiry q where q.raw_id = i.raw_id and q.contact_missing <> '{{}}')"

_LISTED = (
    Measure(
        "inquiries",
        _("Inquiries"),
        _(
            "Inquiries received in the period. One that joined an open matter of the same client is not "
            "counted a second time; history whose moment of receipt is unknown is left out."
        ),
        "inquiry",
        LED,
    ),
    Measure(
        "joined",
        _("Came again"),
        _("Inquiries that joined an open matter of the same client."),
        "inquiry",
        "i.joined_to_id is not null",
    ),
    Measure(
        "open",
        _("Still open"),
        _(
            "Inquiries of the period whose matter has no outcome yet, the deals born of them included. They are shown "
            "apart and take no part in conversion."
        ),
        "inquiry",
        f"{LED} and i.outcome is null and i.disposition = ''",
    ),
    Measure(
        "no_sale",
        _("No sale asked"),
        _(
            "Spam, duplicates, wrong numbers and addresses, price checks: closed with a disposition. They "
            "take no part in conversion."
        ),
        "inquiry",
        f"{LED} and i.disposition <> '' and i.outcome is null",
    ),
    Measure(
        "closed",
        _("Closed"),
        _(
            "Inquiries that ended as realised or not realised in the period, whenever they were received; or, when that is "
            "asked, those received in the period that have ended since."
        ),
        "inquiry",
        f"{LED} and i.outcome is not null",
    ),
    Measure(
        "won",
        _("Realised"),
        _("Inquiries that ended in a sale, counted like the closed ones."),
        "inquiry",
        f"{LED} and i.outcome = 'won'",
    ),
    Measure(
        "lost",
        _("Not realised"),
        _("Inquiries that ended without a sale, counted like the closed ones; each has a reason."),
        "inquiry",
        f"{LED} and i.outcome = 'lost'",
    ),
    Measure(
        "incomplete",
        _("Incomplete contacts"),
        _("Inquiries of the period of which something of the minimum contact set is still not known."),
        "inquiry",
        f"{LED} and {_INCOMPLETE}",
    ),
    Measure(
        "lost_incomplete",
        _("Ended incomplete"),
        _(
            "Inquiries of the period that ended, not realised or without a sale asked, before the minimum contact set was "
            "known: nobody can call them again."
        ),
        "inquiry",
        f"{LED} and (i.outcome = 'lost' or i.disposition not in ('', 'spam')) and {_INCOMPLETE}",
    ),
    Measure(
        "answered",
        _("Answered"),
        _("Inquiries of the period to which a person has turned: called, wrote, met or opened the deal."),
        "inquiry",
        f"{LED} and i.answered_at is not null",
    ),
    Measure(
        "kept",
        _("In time"),
        _("Answered before the response clock broke, by the first holder."),
        "inquiry",
        f"{LED} and i.clock_state = 'met'",
    ),
    Measure(
        "missed",
        _("Too late"),
        _("The response clock broke: answered later, handed to somebody else, or not answered yet."),
        "inquiry",
        f"{LED} and i.clock_state = 'missed'",
    ),
    Measure(
        "timed",
        _("On the clock"),
        _("Inquiries whose response clock has ended, kept or broken."),
        "inquiry",
        f"{LED} and i.clock_state in ('met', 'missed')",
    ),
    Measure(
        "silent",
        _("Without an answer"),
        _("Inquiries of the period to which nobody has turned yet, or ever; those that asked for no sale are left out."),
        "inquiry",
        SILENT,
    ),
    Measure("deals_opened", _("Deals opened"), _("Deals opened in the period."), "deal_opened"),
    Measure("deals_won", _("Deals realised"), _("Deals closed as realised in the period."), "deal_closed", "l.state = 'won'"),
    Measure(
        "deals_lost", _("Deals not realised"), _("Deals closed as not realised in the period."), "deal_closed", "l.state = 'lost'"
    ),
    Measure("standing", _("Stand now"), _("Open deals that stand at the stage at this moment, whatever the period."), "deal_now"),
    Measure(
        "stuck",
        _("Stuck"),
        _(
            "Open deals that stand longer than their stage allows, or that have not moved and of which nothing was "
            "said or done for two weeks. What was put aside to wait is not stuck."
        ),
        "deal_now",
        STUCK,
    ),
    Measure("reached", _("Reached"), _("Deals that first came to the stage, or past it, in the period."), "deal_flow", _REACHED),
    Measure(
        "further",
        _("Went on"),
        _("Of those that reached the stage in the period: deals that have stood at a later one since."),
        "deal_flow",
        f"{_REACHED} and {_FURTHER}",
    ),
    Measure(
        "here",
        _("Still here"),
        _("Of those that reached the stage in the period: open deals that have come no further."),
        "deal_flow",
        f"l.state = 'open' and {_STAYED} and {_REACHED}",
    ),
    Measure(
        "sold_here",
        _("Sold here"),
        _("Of those that reached the stage in the period: deals realised from it, the stages after it skipped or none."),
        "deal_flow",
        f"l.state = 'won' and l.closed_at >= {{since}} and {_STAYED} and {_REACHED}",
    ),
    Measure(
        "lost_here",
        _("Lost here"),
        _("Of those that reached the stage in the period: deals that ended at it as not realised."),
        "deal_flow",
        f"l.state = 'lost' and l.closed_at >= {{since}} and {_STAYED} and {_REACHED}",
    ),
    Measure(
        "done",
        _("Actions done"),
        _("Planned actions completed in the period by people."),
        "task_done",
        "starts_with(t.done_by, 'employee:')",
    ),
    Measure(
        "overdue",
        _("Overdue now"),
        _("Planned actions whose time has passed at this moment; matters put aside to wait are left out."),
        "task_now",
        "t.due_at < {now}",
    ),
    Measure(
        "calls",
        _("Calls"),
        _("Calls logged in the period, in and out."),
        "touch",
        "x.kind in ('call_out', 'call_in') and starts_with(x.by, 'employee:')",
    ),
    Measure(
        "messages",
        _("Messages"),
        _("Messages and letters sent to clients in the period."),
        "touch",
        "x.kind in ('message_out', 'email_out', 'mail_out') and starts_with(x.by, 'employee:')",
    ),
    Measure(
        "meetings",
        _("Meetings"),
        _("Meetings logged in the period."),
        "touch",
        "x.kind = 'meeting' and starts_with(x.by, 'employee:')",
    ),
)
_MADE = (
    Measure(
        "conversion",
        _("Conversion"),
        _(
            "Realised ÷ closed. Open ones are not in it, nor what asked for no sale. Beside it stands the "
            "95 % interval (Wilson): with few closed ones the true share may be anywhere within it."
        ),
        kind="share",
    ),
    Measure(
        "amount",
        _("Sold for"),
        _("Sum of the realised deals, each currency apart; of a matter realised without a deal, what it was worth."),
        kind="money",
    ),
    Measure(
        "margin",
        _("Margin"),
        _("What stays with the agency of the realised deals where it is known, each currency apart."),
        kind="money",
    ),
    Measure(
        "median",
        _("Median answer"),
        _(
            "Half of the clients were answered faster. Working minutes from receipt to the first answer, by the hours of whoever "
            "held the matter when it was given (on duty: round the clock), else of its office. They are kept with the answer: new "
            "hours or another manager do not change them."
        ),
        kind="minutes",
    ),
    Measure(
        "ninetieth",
        _("90 % within"),
        _("Nine of ten clients were answered faster; working minutes as for the median."),
        kind="minutes",
    ),
    Measure(
        "so_far",
        _("So far"),
        _(
            "Realised ÷ all inquiries of the month that asked for a sale, the open ones included: it can only grow, and tells "
            "little of a month whose inquiries are mostly open still."
        ),
        kind="share",
    ),
    Measure(
        "cost",
        _("Cost"),
        _("What was spent on the source on these days, each currency apart; of a longer cost the share of its days."),
        kind="money",
    ),
    Measure("cost_per_inquiry", _("An inquiry costs"), _("Cost ÷ inquiries of the period that asked for a sale."), kind="money"),
    Measure("cost_per_won", _("A sale costs"), _("Cost ÷ realised."), kind="money"),
    Measure(
        "after_cost",
        _("Remains"),
        _("Margin of the realised deals less the cost, each currency apart: what the source has earned, before wages and rent."),
        kind="money",
    ),
    Measure(
        "apart",
        _("Against the others"),
        _("Conversion of this line less that of all the others, in points, with its 95 % interval."),
        kind="share",
    ),
    Measure(
        "same_manager",
        _("With the same manager"),
        _("The same difference among inquiries of one manager (Mantel–Haenszel): what the choice of the manager does not explain."),
        kind="share",
    ),
    Measure(
        "same_hour",
        _("At the same hours"),
        _("The same difference among inquiries of one part of the week: morning, day, evening, night, weekend."),
        kind="share",
    ),
    Measure(
        "own",
        _("Left to the source"),
        _("The same difference among inquiries of one manager and one part of the week: what is left is the source's own."),
        kind="share",
    ),
    Measure(
        "cause",
        _("So"),
        _("What the differences say in a sentence; nothing is claimed that the intervals do not carry."),
        kind="text",
    ),
    Measure(
        "same_source",
        _("With the same source"),
        _("The same difference among inquiries of one source (Mantel–Haenszel): what a quick or slow source does not explain."),
        kind="share",
    ),
    Measure(
        "asked", _("Wrote again"), _("Times a client wrote on an open matter and an answer was due, by who held it."), kind="waits"
    ),
    Measure(
        "broke", _("Broke in their hands"), _("Clocks that broke while this person held the matter, whoever answered later."), kind="waits"
    ),
    Measure("passed_on", _("Somebody else has it now"), _("Of these: somebody else holds the matter now."), kind="waits"),
    Measure("in_time", _("In time"), _("Of these: answered before their clock broke."), kind="waits"),
    Measure("too_late", _("Too late"), _("Of these: answered after their clock broke, or not yet."), kind="waits"),
    Measure("in_time_share", _("Kept in time"), _("In time ÷ next answers whose clock has ended."), kind="share"),
    Measure(
        "next_median", _("Median answer"), _("Half of the clients who wrote again were answered faster; working minutes."), kind="minutes"
    ),
    Measure(
        "next_ninetieth", _("90 % within"), _("Nine of ten clients who wrote again were answered faster; working minutes."), kind="minutes"
    ),
    Measure("kept_share", _("Kept in time"), _("In time ÷ inquiries whose response clock has ended."), kind="share"),
    Measure("worth", _("Worth now"), _("Sum of the deals that stand at the stage now, each currency apart."), kind="money"),
    Measure(
        "further_share",
        _("To the next"),
        _("Went on ÷ reached: the share of the deals that reached the stage in the period and have come further since."),
        kind="share",
    ),
    Measure(
        "stay",
        _("Median stay"),
        _("Days at the stage, the middle of the stays that ended in the period by going on, back, or by the end of the deal."),
        kind="days",
    ),
)
MEASURES: dict[str, Measure] = {measure.code: measure for measure in (*_LISTED, *_MADE)}
LISTED = frozenset(measure.code for measure in _LISTED)
