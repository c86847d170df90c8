"""What a bulk action does with one row, and what takes it back: always through the service a single row goes through."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import custom_fields_of, read_revision, read_staff
from marshrut.clients.queries import person_card
from marshrut.clients.services import set_custom as set_custom_of_person
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.names import clean_text
from marshrut.core.typed_values import merge_values, refuse_flaws
from marshrut.deals.queries import find_deal
from marshrut.deals.services.closing import close_deal, reopen_deal
from marshrut.intake.queries import find_inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import close_inquiry, correct_inquiry, mark_spam, reopen_inquiry, undo_correction
from marshrut.intake.services.correcting import refuse_unknown
from marshrut.intake.services.handing import clean_reason, find_receiver, hand_client_back, hand_over_client, hand_over_matter
from marshrut.intake.services.putting_back import changed_since, hand_matter_back, matter_before, put_reopened_back
from marshrut.journal.queries import custom_of, find_task
from marshrut.journal.services import NextAction, finish_task, has_other_task, lock_matter, plan_action, set_custom

SCOPES = {"inquiries": "inquiries:write", "deals": "deals:write", "clients": "persons:write"}
ACTIONS = {
    "inquiries": ("hand_over", "plan", "set", "correct", "close", "spam"),
    "deals": ("hand_over", "plan", "set", "close"),
    "clients": ("hand_over", "set"),
}
Options = Mapping[str, Any]


def check_options(action: str, page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    """The options in the form they are kept and used in. Invalid names the first that is missing or wrong."""
    return _CHECKS[action](page, options, by, now)


def _check_hand_over(page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    """To a colleague (`to`) or, a matter only, into a queue (`queue`). A client's open matters go too with `with_matters`."""
    to, queue = options.get("to"), options.get("queue") if page != "clients" else None
    find_receiver(by, read_staff(read_revision()), to=to, queue=queue)
    kept = {"to": to, "queue": queue, "reason": clean_reason(options.get("reason"))}
    return {**kept, "with_matters": bool(options.get("with_matters"))} if page == "clients" else kept


def _check_plan(page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    title, due_at = clean_text(options.get("title"), 300), options.get("due_at")
    if not title:
        raise Invalid("title_missing", _("Say what is to be done."), field="title", missing=("title",))
    if not isinstance(due_at, datetime):
        raise Invalid("due_missing", _("Choose a day and a time."), field="due_at", missing=("due_at",))
    return {"title": title, "due_at": due_at.isoformat(), "kind": clean_text(options.get("kind"), 24) or "call"}


def _check_set(page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    specs = custom_fields_of("person" if page == "clients" else "matter", read_revision())
    slug = clean_text(options.get("field"), 60)
    merged = merge_values(specs, {}, {slug: options.get("value")})
    if merged.unknown:
        raise Invalid("no_such_field", _("Choose a field."), field="field", missing=("field",))
    if merged.unreadable:
        raise Invalid("value_unreadable", _("This cannot be read."), field="value")
    refuse_flaws(merged, specs)
    return {"field": slug, "value": merged.values.get(slug)}


def _check_close(page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    outcome, reason = str(options.get("outcome") or ""), clean_text(options.get("reason"), 1000)
    if not outcome:
        raise Invalid("no_such_outcome", _("Say how it ended."), field="outcome", missing=("outcome",))
    if outcome == "lost" and not reason:
        raise Invalid("reason_missing", _("Say why it was not realised."), field="reason", missing=("reason",))
    return {"outcome": outcome, "reason": reason}


def _check_correct(page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    """A class, a category ("" none), or both; None leaves that as it is."""
    kept = {"inquiry_class": options.get("inquiry_class"), "category": options.get("category")}
    refuse_unknown(**kept, reference=read_reference())
    return kept


def _check_nothing(page: str, options: Options, by: Actor, now: datetime) -> dict[str, Any]:
    return {}


_CHECKS: dict[str, Callable[[str, Options, Actor, datetime], dict[str, Any]]] = {
    "hand_over": _check_hand_over, "plan": _check_plan, "set": _check_set, "close": _check_close, "spam": _check_nothing,
    "correct": _check_correct,
}  # fmt: skip


def dossier_of(page: str, item_id: int, by: Actor) -> int:
    """The matter a row stands for. NotFound when it is absent or out of reach."""
    card = find_inquiry(by, item_id) if page == "inquiries" else find_deal(by, item_id)
    if card is None:
        raise NotFound("not_found", _("There is nothing like that within your reach."))
    return card.dossier_id


def do_row(*, page: str, action: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    """Do it with one row; what takes it back. Whatever the service refuses is raised."""
    if page == "clients":
        return (_hand_over_client if action == "hand_over" else _set_of_person)(options, item_id, by, now)
    return _DO[action](page, options, item_id, by, now)


def _hand_over_client(options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    return hand_over_client(
        person_id=item_id, to=options["to"], with_matters=options["with_matters"], reason=options["reason"],
        staff=read_staff(read_revision()), by=by, now=now,
    )  # fmt: skip


def _set_of_person(options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    card = person_card(by, item_id)
    if card is None:
        raise NotFound("not_found", _("There is nothing like that within your reach."))
    set_custom_of_person(person_id=item_id, values={options["field"]: options["value"]}, by=by, now=now)
    return {"value": card.custom.get(options["field"])}


def _hand_over(page: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    return hand_over_matter(
        dossier_id=dossier_of(page, item_id, by), to=options["to"], queue=options.get("queue"), reason=options["reason"],
        staff=read_staff(read_revision()), by=by, now=now,
    )  # fmt: skip


def _plan(page: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    action = NextAction(options["title"], datetime.fromisoformat(options["due_at"]), options["kind"])
    return {"task": plan_action(dossier_id=dossier_of(page, item_id, by), action=action, by=by, now=now)}


def _set(page: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    matter = lock_matter(dossier_id=dossier_of(page, item_id, by), by=by)
    before = custom_of(matter.id).get(options["field"])
    set_custom(dossier_id=matter.id, values={options["field"]: options["value"]}, by=by, now=now)
    return {"value": before}


def _close(page: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    before = matter_before(matter=lock_matter(dossier_id=dossier_of(page, item_id, by), by=by))
    if page == "deals":
        close_deal(deal_id=item_id, outcome=options["outcome"], reason=options["reason"], by=by, now=now)
    else:
        close_inquiry(inquiry_id=item_id, outcome=options["outcome"], reason=options["reason"], by=by, now=now)
    return before


def _spam(page: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    before = matter_before(matter=lock_matter(dossier_id=dossier_of(page, item_id, by), by=by))
    mark_spam(inquiry_id=item_id, by=by, now=now)
    return before


def _correct(page: str, options: Options, item_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    came = correct_inquiry(inquiry_id=item_id, **options, way="bulk", reference=read_reference(), by=by, now=now)
    return {"corrections": list(came.corrections)}


_DO: dict[str, Callable[[str, Options, int, Actor, datetime], dict[str, Any]]] = {
    "hand_over": _hand_over, "plan": _plan, "set": _set, "close": _close, "spam": _spam,
    "correct": _correct,
}  # fmt: skip


def undo_row(
    *, page: str, action: str, options: Options, item_id: int, before: Mapping[str, Any] | None, by: Actor, now: datetime
) -> None:
    """Take back what was done with one row. Refused where somebody has gone on from it since."""
    kept = before or {}
    if action in ("close", "spam"):
        _reopen(page, item_id, kept, by, now)
    elif action == "set":
        _unset(page, options, item_id, kept, by, now)
    elif action == "plan":
        _unplan(kept, by, now)
    elif action == "correct":
        for number in reversed(kept["corrections"]):
            undo_correction(correction_id=number, reference=read_reference(), by=by, now=now)
    else:
        staff = read_staff(read_revision())
        if page == "clients":
            hand_client_back(person_id=item_id, before=kept, staff=staff, by=by, now=now)
        else:
            hand_matter_back(dossier_id=dossier_of(page, item_id, by), before=kept, staff=staff, by=by, now=now)


def _reopen(page: str, item_id: int, kept: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Open it again, and let it stand as it stood."""
    reference = read_reference()
    if page == "deals":
        reopen_deal(deal_id=item_id, by=by, now=now)
    else:
        reopen_inquiry(inquiry_id=item_id, reference=reference, by=by, now=now)
    put_reopened_back(dossier_id=dossier_of(page, item_id, by), before=kept, staff=reference.staff, by=by, now=now)


def _unset(page: str, options: Options, item_id: int, kept: Mapping[str, Any], by: Actor, now: datetime) -> None:
    slug, back = options["field"], {options["field"]: kept.get("value")}
    if page == "clients":
        card = person_card(by, item_id)
        if card is None or card.custom.get(slug) != options["value"]:
            raise changed_since()
        set_custom_of_person(person_id=item_id, values=back, by=by, now=now)
        return
    matter = lock_matter(dossier_id=dossier_of(page, item_id, by), by=by)
    if custom_of(matter.id).get(slug) != options["value"]:
        raise changed_since()
    set_custom(dossier_id=matter.id, values=back, by=by, now=now)


def _unplan(kept: Mapping[str, Any], by: Actor, now: datetime) -> None:
    task = find_task(by, int(kept["task"]))
    if task is None or task.state != "pending":
        raise changed_since()
    matter = lock_matter(dossier_id=task.dossier_id, by=by)
    if not has_other_task(dossier_id=matter.id, task_id=task.id):
        raise Refused("next_action_missing", _("It is the only planned action by now; it stays."))
    finish_task(task_id=task.id, state="cancelled", result="", by=by, now=now)
