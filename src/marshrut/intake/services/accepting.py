"""An inquiry comes in: stored raw, then understood in the same transaction, or kept in quarantine with the reason."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.channels.queries import find_key, office_of_source
from marshrut.channels.services import (
    Stored,
    digest_of,
    keep_repeat,
    lock_key,
    quarantine,
    release,
    remember_key,
    store_raw,
)
from marshrut.clients.queries import Match, find_by_contacts, find_chosen
from marshrut.clients.services import give_keeper, keep_consent
from marshrut.core.conflicts import is_conflict
from marshrut.core.errors import DomainError, Refused
from marshrut.core.history import sign
from marshrut.intake.queries import InquiryCard, LeadingInquiry, Standing, find_dossier_of, is_planned, standing_of
from marshrut.intake.reading import Submission
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Demand
from marshrut.intake.rules.clock_policies import MISSED_CALL, Kind
from marshrut.intake.rules.exceptions import TROUBLE
from marshrut.intake.services.distributing import Given, choose_holder
from marshrut.intake.services.judging import Judged, facts_of, judge
from marshrut.intake.services.next_answers import client_wrote
from marshrut.intake.services.quiet_replies import Written, reply_if_quiet
from marshrut.intake.services.recognising import choose_person, complete_person, make_person
from marshrut.intake.services.recording import record_inquiry
from marshrut.intake.wording import first_action_title, next_answer_title
from marshrut.journal.services import (
    Matter,
    NextAction,
    Place,
    add_task,
    add_touch,
    keep_custom,
    lock_matter,
    open_dossier,
    wake_matter,
)

DOOR = system("door")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the door answers: the inquiry's id from now on, whether it is new, and why it waits if it does."""

    id: int
    is_new: bool
    quarantined: str = ""
    card: InquiryCard | None = None


def accept_inquiry(
    *, submission: Submission, body: bytes, reference: Reference, by: Actor, now: datetime, key: str = ""
) -> Receipt:
    """Keep an inquiry and do everything that follows, in one transaction.

    A known external id gives the first inquiry again (another body becomes a touch on it). A known idempotency key
    gives the first answer again, or Refused when the body differs. Whatever goes wrong in understanding, what came in
    is not lost: it is stored again by itself, in quarantine, and waits for a person.
    """
    try:
        return _accept(submission, body, reference, by, now, key)
    except DomainError:
        raise
    except Exception as error:
        if is_conflict(error):
            raise
        log.exception("an inquiry could not be understood")
        reason = _("It could not be understood: %(error)s") % {"error": type(error).__name__}
        return _accept(replace(submission, obstacle=reason), body, reference, by, now, key)


@transaction.atomic
def _accept(submission: Submission, body: bytes, reference: Reference, by: Actor, now: datetime, key: str) -> Receipt:
    if key:
        repeated = _repeated_key(submission, body, key, by, now)
        if repeated is not None:
            return repeated
    stored = store_raw(
        channel=submission.channel,
        source_slug=submission.source_slug,
        external_id=submission.external_id,
        body=body,
        identities=(*submission.identities, *submission.known_as),
        by=by.label,
        now=now,
    )
    if key:
        remember_key(token_id=by.id, key=key, body=body, raw_id=stored.id, now=now)
    if not stored.is_new:
        return _repeated(stored, submission, body, reference, by, now)
    if submission.obstacle:
        quarantine(raw_id=stored.id, reason=submission.obstacle, office_id=_office_of(submission, by))
        return Receipt(stored.id, is_new=True, quarantined=submission.obstacle)
    card = understand(raw_id=stored.id, submission=submission, reference=reference, by=by, now=now)
    return Receipt(stored.id, is_new=True, card=card)


def _repeated_key(submission: Submission, body: bytes, key: str, by: Actor, now: datetime) -> Receipt | None:
    lock_key(token_id=by.id, key=key)
    used = find_key(by.id, key, now)
    if used is None or (submission.external_id and find_dossier_of(submission.source_slug, submission.external_id)):
        return None  # a known external id wins over a key
    if used.body_digest != digest_of(body):
        raise Refused(
            "key_reused", _("This Idempotency-Key was used with another body within the last day."), field="Idempotency-Key"
        )
    return Receipt(used.raw_id, is_new=False)


def _repeated(stored: Stored, submission: Submission, body: bytes, reference: Reference, by: Actor, now: datetime) -> Receipt:
    """The first inquiry again; another body for it becomes a touch, or makes what waited in quarantine understood."""
    is_kept = not stored.is_same_body and keep_repeat(
        channel=submission.channel,
        source_slug=submission.source_slug,
        external_id=submission.external_id,
        body=body,
        by=by.label,
        now=now,
    )
    if is_kept and not submission.obstacle and release(raw_id=stored.id):
        understand(raw_id=stored.id, submission=submission, reference=reference, by=by, now=now)
        return Receipt(stored.id, is_new=True)
    known = find_dossier_of(submission.source_slug, submission.external_id)
    if is_kept and known:
        matter = lock_matter(dossier_id=known.dossier_id, by=DOOR)
        if matter.is_open:
            kind = Kind(submission.channel, "open_matter")
            client_wrote(matter=matter, kind=kind, since=submission.received_at, reference=reference, now=now)
        add_touch(
            dossier_id=matter.id,
            kind="inquiry",
            direction="in",
            body=submission.message,
            by=by,
            now=now,
            data={"channel": submission.channel, "repeats": stored.id},
        )
    return Receipt(stored.id, is_new=False)


@transaction.atomic
def accept_quarantined(*, submission: Submission, body: bytes, reason: str, by: Actor, now: datetime) -> Receipt:
    """Keep what looks wrong (a bot's form, a flood) without understanding it: it is never lost, a person looks."""
    stored = store_raw(
        channel=submission.channel,
        source_slug=submission.source_slug,
        external_id=submission.external_id,
        body=body,
        identities=(),
        by=by.label,
        now=now,
    )
    if stored.is_new:
        quarantine(raw_id=stored.id, reason=reason, office_id=_office_of(submission, by))
    return Receipt(stored.id, is_new=stored.is_new, quarantined=reason)


def _office_of(submission: Submission, by: Actor) -> int | None:
    """Whose supervisor looks at what waits: the office of the door, of whoever handed it in, or of its source alone."""
    return submission.office_id or by.office_id or office_of_source(submission.source_slug)


@transaction.atomic
def understand_again(*, raw_id: int, submission: Submission, reference: Reference, by: Actor, now: datetime) -> Receipt:
    """A person, or a better rule, releases a message from quarantine; its id stays."""
    sign(by.label)
    if not release(raw_id=raw_id):
        raise Refused("understood_already", _("This message does not wait in quarantine any more."))
    understand(raw_id=raw_id, submission=submission, reference=reference, by=by, now=now)
    return Receipt(raw_id, is_new=True)


def understand(*, raw_id: int, submission: Submission, reference: Reference, by: Actor, now: datetime) -> InquiryCard:
    """Person → class → relevance → priority → owner or queue → clock → next action."""
    matches = find_by_contacts(submission.identities)
    chosen = find_chosen(by, submission.person_id) if submission.person_id else None
    person = chosen or choose_person(matches, submission)
    standing = standing_of(person.person_id) if person else Standing(None, None)
    leading = standing.leading
    facts = facts_of(submission, reference, person, leading)
    judged = judge(facts, submission, reference, person)
    if person:
        complete_person(person, matches, submission, _language_of(judged))
    if leading and person:
        return _join(raw_id, submission, reference, judged, person, leading, by, now)
    return _lead(raw_id, submission, reference, judged, person, standing.ended_id, by, now)


def _lead(
    raw_id: int,
    submission: Submission,
    reference: Reference,
    judged: Judged,
    person: Match | None,
    previous_id: int | None,
    by: Actor,
    now: datetime,
) -> InquiryCard:
    """The inquiry leads a matter of its own: given to somebody, with a clock and a next action.

    `previous_id` is the last matter of a client who came back: a new one is opened, with that story in sight.
    """
    demand = Demand(submission.office_id, judged.category, judged.directions, person.owner_id if person else None,
                    language=_language_of(judged))  # fmt: skip
    kind = Kind(MISSED_CALL if submission.is_missed_call else submission.channel, judged.classification.inquiry_class)
    given = choose_holder(reference, demand, now, kind)
    holder = given.holder
    person_id = person.person_id if person else make_person(submission, holder.owner_id, holder.office_id, now, demand.language)
    if person and person.owner_id is None and holder.owner_id:
        give_keeper(person_id=person.person_id, owner_id=holder.owner_id, office_id=holder.office_id)
    _keep_consent(submission, person_id, raw_id, now)
    budget = judged.facts.budget
    dossier_id, _task_id = open_dossier(
        person_id=person_id,
        holder=holder,
        place=Place(worth=budget.amount if budget else None, currency=budget.currency if budget else ""),
        action=_first_action(kind, judged, given, reference),
        said=submission.message,
        heard=_heard(submission),
        by=by,
        now=submission.received_at,
        previous_id=previous_id,
    )
    keep_custom(dossier_id=dossier_id, values=submission.custom)
    led = Matter(dossier_id, person_id, holder.owner_id, holder.queue_id, holder.office_id, "inquiry", "inquiry", True)
    _reply_at_night(led, submission, judged, reference, by, now)
    return record_inquiry(
        raw_id=raw_id,
        dossier_id=dossier_id,
        person_id=person_id,
        match=person,
        submission=submission,
        judged=judged,
        now=now,
        given=given,
    )


def _first_action(kind: Kind, judged: Judged, given: Given, reference: Reference) -> NextAction:
    """What is done next with a new inquiry, until its clock would break."""
    title = first_action_title(kind.channel, judged.missing, reference.staff.agency.language)
    usual = "write" if kind.channel in ("email", "messenger") else "call"
    return NextAction(title, given.moments.breach_at, _kind_of_action(kind.inquiry_class, usual))


def _join(
    raw_id: int,
    submission: Submission,
    reference: Reference,
    judged: Judged,
    person: Match,
    leading: LeadingInquiry,
    by: Actor,
    now: datetime,
) -> InquiryCard:
    """The person has an open matter: the inquiry joins its story, and its holder is to answer."""
    matter = Matter(
        leading.dossier_id,
        person.person_id,
        leading.owner_id,
        leading.queue_id,
        leading.office_id,
        leading.phase,
        leading.place,
        True,
        leading.waits_until,
    )
    kind = Kind(MISSED_CALL if submission.is_missed_call else submission.channel, judged.classification.inquiry_class)
    add_touch(
        dossier_id=leading.dossier_id,
        kind="inquiry",
        direction="in",
        body=submission.message,
        by=by,
        now=now,
        data={**_heard(submission), "inquiry": raw_id},
    )
    due_at = client_wrote(matter=matter, kind=kind, since=submission.received_at, reference=reference, now=now)
    matter = _awake(matter, by, now)
    _plan_answer(matter, kind, judged.missing, due_at, reference, by, now)
    _reply_at_night(matter, submission, judged, reference, by, now)
    _keep_consent(submission, person.person_id, raw_id, now)
    keep_custom(dossier_id=leading.dossier_id, values=submission.custom)
    return record_inquiry(
        raw_id=raw_id,
        dossier_id=leading.dossier_id,
        person_id=person.person_id,
        match=person,
        submission=submission,
        judged=judged,
        now=now,
        joined_to=leading.inquiry_id,
    )


def _plan_answer(
    matter: Matter, kind: Kind, missing: Sequence[str], due_at: datetime, reference: Reference, by: Actor, now: datetime
) -> None:
    """The next action is to answer; who called five times is called back once."""
    language = reference.staff.agency.language
    is_call = kind.channel == MISSED_CALL
    title = first_action_title(MISSED_CALL, (), language) if is_call else next_answer_title(kind.channel, missing, language)
    if not (is_call and is_planned(matter.id, title)):
        add_task(matter=matter, action=NextAction(title, due_at, _kind_of_action(kind.inquiry_class, "call")), by=by, now=now)


def _kind_of_action(inquiry_class: str, usual: str) -> str:
    """Trouble on a trip comes before whatever else is new."""
    return TROUBLE if inquiry_class == "trip_trouble" else usual


def _language_of(judged: Judged) -> str:
    """What the inquiry is written in; empty when nothing says it."""
    return judged.spoken.language if judged.spoken else ""


def _heard(submission: Submission) -> dict[str, Any]:
    """How it came, for the story."""
    return {"channel": submission.channel, **({"missed": True} if submission.is_missed_call else {})}


def _reply_at_night(matter: Matter, submission: Submission, judged: Judged, reference: Reference, by: Actor, now: datetime) -> None:
    """Outside working time the client is told when they are answered; whoever is being written down by a person here is not."""
    if by.kind == "employee":
        return
    written = Written(
        submission.channel,
        judged.classification.inquiry_class,
        _language_of(judged),
        submission.normal_of("email") or "",
        submission.name.display if submission.name else "",
        submission.received_at,
        submission.subject,
        submission.message_id,
    )
    reply_if_quiet(matter=matter, written=written, reference=reference, now=now)


def _awake(matter: Matter, by: Actor, now: datetime) -> Matter:
    """Whoever comes by themselves is not waited for any longer."""
    if matter.waits_until is None:
        return matter
    wake_matter(matter=matter, how="inquiry", by=by, now=now)
    return replace(matter, waits_until=None)


def _keep_consent(submission: Submission, person_id: int | None, raw_id: int, now: datetime) -> None:
    if submission.consent:
        keep_consent(
            person_id=person_id,
            raw_id=raw_id,
            text=submission.consent.text,
            version=submission.consent.version,
            channel=submission.channel,
            given_at=now,
        )
