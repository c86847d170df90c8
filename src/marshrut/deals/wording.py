"""Funnels in words: why a name is no stage, said to whoever edits it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.deals.rules import LONGEST_NAME, NameJudgement

_REFUSALS = {
    "empty": noop("Name the result that is reached at this stage."),
    "too_long": noop("A name has at most %(most)s characters."),
    "process": noop("“%(word)s” is a process: how long does it go on, and what does it end in? Name its result."),
    "task": noop("“%(word)s” is a task: it belongs into the next action. Name what is reached when it is done."),
    "meaningless": noop("“%(word)s” says nothing: every open deal is like that. Name what has been reached."),
    "negative": noop("A stage says what was reached, not what was not; what stopped has a task or an end."),
}
_HINTS = {
    "own_of_source": noop("A well-known name, kept; it would read better as a result."),
    "unclear": noop("Is this a result? Say what has happened to it."),
}


def stage_name_refusal(judged: NameJudgement) -> str:
    """Why this is no name of a stage, and a better one when it is known."""
    sentence = _(_REFUSALS[judged.code]) % {"word": judged.word, "most": LONGEST_NAME}
    return f"{sentence} {_('Better: “%(name)s”.') % {'name': judged.better}}" if judged.better else sentence


def stage_name_hint(judged: NameJudgement) -> str:
    """What is worth a thought about a name that is kept; empty for a plain result."""
    if judged.code not in _HINTS:
        return ""
    return f"{_(_HINTS[judged.code])} {_('Better: “%(name)s”.') % {'name': judged.better} if judged.better else ''}".rstrip()


FACTS = {
    "amount": noop("Budget or price"),
    "need": noop("What they need"),
    "dates": noop("Dates"),
    "party": noop("Who travels"),
    "selection": noop("Selection shown"),
    "meeting_on": noop("Day of the meeting"),
    "option": noop("Chosen option"),
    "prepayment": noop("Prepayment"),
    "passports": noop("Passports"),
    "contract": noop("Contract"),
    "booking_number": noop("Booking number"),
    "paid_on": noop("Paid in full on"),
    "documents_on": noop("Documents handed over on"),
    "returned_on": noop("Returned on"),
    "feedback": noop("Feedback"),
}
TASK_KINDS = {"call": noop("Call"), "write": noop("Write"), "meeting": noop("Meeting"), "document": noop("Documents"),
              "hold": noop("Hold runs out"), "payment": noop("Payment is due"), "trouble": noop("Trouble on a trip")}


CONSEQUENCES = {
    "go_on": noop("Goes on all the same"),
    "wait": noop("Waits and comes back by itself"),
    "close": noop("Ends as not realised"),
    "ask": noop("The supervisor decides"),
}


def consequence_label(code: str) -> str:
    """What follows a refusal at a gate."""
    return _(CONSEQUENCES[code]) if code in CONSEQUENCES else code


def fact_label(name: str) -> str:
    """What a fact of a deal is called."""
    return _(FACTS[name]) if name in FACTS else name


def task_kind_label(kind: str) -> str:
    """What kind of action it is."""
    return _(TASK_KINDS[kind]) if kind in TASK_KINDS else kind
