"""Rules in words: what cannot be used and why, said to whoever edits them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from marshrut.intake.rules import RulesetError
from marshrut.intake.rules.condition_trees import ConditionFormError

_CONDITION_REFUSALS = {
    "empty": noop("Say at least one value here."),
    "empty_group": noop("This group has no conditions: add one or remove the group."),
    "no_word": noop("“%(value)s” has no word in it."),
    "too_long": noop("“%(value)s…” is too long: 80 characters at most."),
    "too_many": noop("That is too much for one place."),
    "not_a_number": noop("“%(value)s” is not a number."),
    "unknown_name": noop("“%(value)s” is not known here: choose from the list."),
    "unknown_season": noop("There is no season “%(value)s”."),
    "too_deep": noop("Groups stand in groups too deep."),
}
_NUMBER_REFUSALS = {
    "is missing": noop("Fill in a number."),
    "must be a number": noop("This is not a number."),
}


def condition_refusal(error: ConditionFormError) -> str:
    """Why a line of conditions cannot be used."""
    return _(_CONDITION_REFUSALS.get(error.code, "%(value)s")) % {"value": error.value}


def number_refusal(error: RulesetError) -> str:
    """Why a number of a rule set cannot be used."""
    if error.sentence in _NUMBER_REFUSALS:
        return _(_NUMBER_REFUSALS[error.sentence])
    if error.sentence.startswith("must be a number from "):
        least, _to, most = error.sentence.removeprefix("must be a number from ").partition(" to ")
        return _("A number from %(least)s to %(most)s.") % {"least": least, "most": most}
    if error.path.startswith("priority.cooling"):
        return _("It starts with all at nought hours; hours rise and what is left falls.")
    return _("This value cannot be used.")


_ALARMS = {
    "nobody_at_work": noop("Nobody is at work: “%(queue)s”"),
    "too_long": noop("The queue waits too long: “%(queue)s”"),
    "too_many": noop("The queue grows too long: “%(queue)s”"),
}


def queue_alarm(reason: str, queue: str, waiting: int, minutes: float) -> tuple[str, str]:
    """Why a queue calls for its supervisor, and how bad it is."""
    wait = ngettext(
        "%(num)s inquiry waits, the longest %(minutes)s min of working time",
        "%(num)s inquiries wait, the longest %(minutes)s min of working time",
        waiting,
    )
    return _(_ALARMS.get(reason, _ALARMS["too_long"])) % {"queue": queue}, wait % {"num": waiting, "minutes": round(minutes)}
