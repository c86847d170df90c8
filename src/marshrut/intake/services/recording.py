"""An understood inquiry is written down, in one statement."""

from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.clients.queries import Match
from marshrut.intake.queries.cards import CARD, InquiryCard, read_card
from marshrut.intake.reading import Submission
from marshrut.intake.rules import as_kept
from marshrut.intake.services.distributing import Given, kept_ledger
from marshrut.intake.services.judging import Judged


def record_inquiry(
    *,
    raw_id: int,
    dossier_id: int,
    person_id: int | None,
    match: Match | None,
    submission: Submission,
    judged: Judged,
    now: datetime,
    given: Given | None = None,
    joined_to: int | None = None,
) -> InquiryCard:
    """Write an inquiry with all its reasons: given to somebody with a running clock, or joined to an open matter.

    The same statement reads it back as the door answers it, so that nothing is said that was not written; and it keeps the ledger
    that `given` was drawn from.
    """
    row = {
        "raw_id": raw_id,
        "dossier_id": dossier_id,
        "person_id": person_id,
        "matched_by": match.kind if match else "new" if person_id else "",
        "state": "joined" if joined_to else "open",
        "joined_to_id": joined_to,
        "owner_reason": _json(given.reasons if given else [{"code": "joined"}]),
        "respond_by": given.moments.breach_at if given else None,
        "warn_at": given.moments.warn_at if given else None,
        "clock_started_at": now if given else None,
        "clock_state": "running" if given else "none",
        "reroutes": 0,
        **_what_was_said(submission, judged),
        **_what_was_judged(submission, judged),
    }
    made = f"with made as (insert into intake_inquiry({', '.join(row)}) values ({', '.join(['%s'] * len(row))}) returning *)"
    values = list(row.values())
    if given and given.drawn_from:
        keeping, kept = kept_ledger(*given.drawn_from)
        made, values = f"{made}, kept as ({keeping})", [*values, *kept]
    with connection.cursor() as cursor:
        cursor.execute(made + CARD.format(inquiry="made"), values)
        return read_card(cursor.fetchone())


def _what_was_said(submission: Submission, judged: Judged) -> dict[str, Any]:
    budget = judged.facts.budget
    return {
        "channel": submission.channel,
        "is_missed_call": submission.is_missed_call,
        "external_id": submission.external_id,
        "received_at": submission.received_at,
        "message": submission.message,
        "flaws": _json([{"field": f.field, "code": f.code, "value": f.value} for f in submission.flaws]),
        "budget": budget.amount if budget else None,
        "currency": budget.currency if budget else "",
        "utm": _json(submission.utm),
        "visitor": submission.visitor,
    }


def _what_was_judged(submission: Submission, judged: Judged) -> dict[str, Any]:
    is_stated = bool(submission.request.category and judged.category)
    request, origin = as_kept(judged.facts, is_category_stated=is_stated, language=judged.spoken)
    return {
        "source_id": judged.source_id,
        "request": _json(request),
        "request_origin": _json(origin),
        "inquiry_class": judged.classification.inquiry_class,
        "class_reason": _json(judged.classification.reason),
        "category_reason": _json(judged.category_reason),
        "contact_missing": list(judged.missing),
        "relevance": judged.relevance.grade,
        "relevance_reasons": _json(judged.relevance.reasons),
        "priority": judged.priority.score,
        "priority_reasons": _json(judged.priority.reasons),
        "priority_parts": _json(judged.priority.parts),
        "arrival": _json(judged.arrival),
    }


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
