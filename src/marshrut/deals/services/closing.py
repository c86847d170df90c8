"""The end of a deal, what it earned, and its being opened again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.clients.services import count_past_deal
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.money import Money
from marshrut.core.names import clean_text
from marshrut.deals.models import Deal, DealState
from marshrut.deals.services.reviews import REOPENED, keep_review
from marshrut.deals.services.standing import enter_stage, funnel_and_staff, lock_deal, stage_action
from marshrut.intake.queries import leading_inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import record_outcome, reopen_inquiry, reopen_outcome
from marshrut.intake.services.matters import OUTCOMES, holder_again
from marshrut.journal.services import Place, add_touch, close_dossier, lock_matter, move_dossier, reopen_dossier


@transaction.atomic
def close_deal(
    *, deal_id: int, outcome: str, reason: str, by: Actor, now: datetime, margin: Money | None = None
) -> None:
    """Close a deal as realised, or as not realised with a reason. The outcome is written down on its inquiry too.

    `margin` is what stays with the agency of a realised one; None leaves what is known of it.
    """
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    if deal.state != DealState.OPEN:
        raise Refused("deal_closed", _("This deal is closed already."))
    if outcome not in OUTCOMES:
        raise Invalid("no_such_outcome", _("Say how it ended: won or lost."), field="outcome", missing=("outcome",))
    state = OUTCOMES[outcome]
    if state == "lost" and not reason.strip():
        raise Invalid("reason_missing", _("Say why it was not realised."), field="reason", missing=("reason",))
    if margin is not None and state == DealState.WON:
        put_margin(deal, margin)
    deal.state, deal.close_reason, deal.closed_at, deal.closed_by = state, clean_text(reason, 1000), now, by.label
    deal.save(update_fields=["state", "close_reason", "closed_at", "closed_by", "margin", "currency"])
    if deal.inquiry_id:
        record_outcome(inquiry_id=deal.inquiry_id, outcome=state, reason=clean_text(reason, 1000))
    if state == "won" and matter.person_id:
        count_past_deal(person_id=matter.person_id, change=1)
    add_touch(dossier_id=matter.id, kind="close", direction="none", body=reason, by=by, now=now, data={"outcome": state})
    close_dossier(matter=matter, by=by, now=now)


@transaction.atomic
def set_margin(*, deal_id: int, margin: Money | None, by: Actor, now: datetime) -> None:
    """Write down what stays with the agency of a deal, or that it is not known. Invalid where it cannot be so."""
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    known = deal.currency
    if margin is None:
        deal.margin = None
    else:
        put_margin(deal, margin)
    deal.save(update_fields=["margin", "currency"])
    if deal.state == DealState.OPEN and deal.currency != known:  # a deal without a sum takes the currency of its margin
        move_dossier(dossier_id=matter.id, place=Place("deal", matter.place, deal.amount, deal.currency))


def put_margin(deal: Deal, margin: Money) -> None:
    """The margin of a locked deal, not saved yet. It is in the deal's currency, and no more than the deal was sold for."""
    if margin.amount < 0:
        raise Invalid("margin_unreadable", _("Say what stays with the agency, for example 18 000."), field="margin")
    if deal.amount is not None and deal.currency and margin.currency != deal.currency:
        sentence = _("The deal is in %(currency)s, and so is its margin.") % {"currency": deal.currency}
        raise Invalid("margin_currency", sentence, field="margin")
    if deal.amount is not None and margin.amount > deal.amount:
        raise Invalid("margin_too_large", _("More than the deal was sold for: name what stays with the agency."), field="margin")
    deal.margin = margin.amount
    deal.currency = deal.currency or margin.currency


@transaction.atomic
def reopen_deal(*, deal_id: int, by: Actor, now: datetime) -> None:
    """Open a closed deal again at the stage where it stood, with that stage's task as the next action."""
    sign(by.label)
    deal, matter = lock_deal(deal_id, by)
    if deal.state == DealState.OPEN or matter.is_open:
        raise Refused("deal_open", _("This deal is open."))
    staff, funnel = funnel_and_staff(deal.stage.funnel.slug)
    stage = funnel.find(deal.stage.slug) or funnel.stages[0]
    was_won = deal.state == DealState.WON
    deal.state, deal.close_reason, deal.closed_at, deal.closed_by = DealState.OPEN, "", None, None
    deal.save(update_fields=["state", "close_reason", "closed_at", "closed_by"])
    enter_stage(deal, stage, by, now)  # where it stood may have been retired since
    holder = holder_again(matter, read_reference(), now)
    reopen_dossier(
        matter=matter,
        holder=holder,
        place=Place("deal", stage.place, deal.amount, deal.currency),
        action=stage_action(stage, holder.owner_id, staff, now),
        by=by,
        now=now,
    )
    inquiry_id = deal.inquiry_id or leading_inquiry(matter.id)
    if inquiry_id:
        reopen_outcome(inquiry_id=inquiry_id)
    if was_won and matter.person_id:
        count_past_deal(person_id=matter.person_id, change=-1)
    add_touch(dossier_id=matter.id, kind="reopen", direction="none", body="", by=by, now=now)


@transaction.atomic
def reopen_stopped(*, dossier_id: int, note: str, by: Actor, now: datetime) -> None:
    """A supervisor does not let an end stand: the deal, or the inquiry that never became one, is open again."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    keep_review(matter=matter, verdict=REOPENED, note=note, by=by, now=now)
    deal = Deal.objects.filter(dossier_id=matter.id).order_by("-id").first()
    if deal is not None:
        reopen_deal(deal_id=deal.pk, by=by, now=now)
        return
    inquiry_id = leading_inquiry(matter.id)
    if inquiry_id is None:
        raise NotFound("no_such_matter", _("There is no such matter within your reach."))
    reopen_inquiry(inquiry_id=inquiry_id, reference=read_reference(), by=by, now=now)
