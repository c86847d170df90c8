"""What is worth knowing of ordered criteria while one edits them: what never holds, always holds, or is never reached, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.agency.web.pages import ReaderRequest
from marshrut.backoffice.web.settings.criterion_lists import said_clash
from marshrut.intake.rules.condition_logic import always_holds, contradiction, shadows
from marshrut.intake.rules.condition_trees import Group
from marshrut.intake.rules.previews import Reached

MOST_NAMED = 3


@dataclass(frozen=True)
class Asked:
    """A criterion of the list that is asked, as the warnings see it."""

    name: str
    tree: Group


def said_of_one(request: ReaderRequest, asked: Sequence[Asked], place: int, reached: Sequence[Reached], total: int) -> list[str]:
    """Of the criterion at this place: by itself, what stands above it, and what it takes from those below."""
    tree, mine = asked[place].tree, reached[place]
    said = []
    if clash := said_clash(request, tree):
        return [clash]
    if always_holds(tree):
        said.append(_("It matches every inquiry: criteria below it are never asked."))
    elif total and len(mine.matched) == total:
        said.append(_("It matched every inquiry of the month."))
    elif total and not mine.matched:
        said.append(_("It matched nothing in the month."))
    if earlier := _shadow(asked, place):
        said.append(_("It is never reached: “%(name)s” above it takes everything it would match.") % {"name": earlier})
    elif mine.matched and not mine.decided:
        said.append(_taken(asked, mine))
    below = [one.name for one in asked[place + 1 :] if shadows(tree, one.tree) and not always_holds(tree)]
    if below:
        said.append(_("Below it these are never reached any more: %(names)s.") % {"names": _named(below)})
    return said


def said_of_list(asked: Sequence[Asked], reached: Sequence[Reached], total: int) -> list[str]:
    """Of a whole list in its order: one sentence for each criterion that does nothing."""
    said = []
    for place, one in enumerate(asked):
        mine, name = reached[place], {"name": one.name}
        if contradiction(one.tree):
            said.append(_("“%(name)s” can never hold: its conditions exclude each other.") % name)
        elif earlier := _shadow(asked, place):
            said.append(_("“%(name)s” is never reached: “%(earlier)s” above it takes everything.") % (name | {"earlier": earlier}))
        elif always_holds(one.tree) and place + 1 < len(asked):
            said.append(_("“%(name)s” matches every inquiry: those below it are never asked.") % name)
        elif mine.matched and not mine.decided:
            said.append(f"{one.name}: {_taken(asked, mine)}")
        elif total and len(mine.matched) == total:
            said.append(_("“%(name)s” matched every inquiry of the month.") % name)
    silent = [one.name for one, mine in zip(asked, reached, strict=True) if total and not mine.matched and not contradiction(one.tree)]
    if silent:
        said.append(_("Matched nothing in the month: %(names)s.") % {"names": _named(silent)})
    return said


def _shadow(asked: Sequence[Asked], place: int) -> str:
    """The name of one above that certainly takes everything this one would match; empty when there is none."""
    return next((one.name for one in asked[:place] if shadows(one.tree, asked[place].tree)), "")


def _taken(asked: Sequence[Asked], mine: Reached) -> str:
    """Who took what this one matched: “all 37 it would match are taken by …”."""
    takers = [f"{_quoted(asked[place].name)} ({number})" for place, number in mine.takers.most_common(MOST_NAMED)]
    number = len(mine.matched)
    return ngettext(
        "The %(num)s it would match is taken by criteria above it: %(names)s.",
        "All %(num)s it would match are taken by criteria above it: %(names)s.",
        number,
    ) % {"num": number, "names": ", ".join(takers)}


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(_quoted(name) for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else _("%(names)s and %(number)s more") % {"names": shown, "number": len(names) - MOST_NAMED}


def _quoted(name: str) -> str:
    return _("“%(name)s”") % {"name": name}
