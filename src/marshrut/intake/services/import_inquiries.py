"""One row of a file as a new inquiry: through the same acceptance as every other, with its clock and its owner."""

from datetime import datetime

from django.db import connection

from marshrut.clients.services import Reached
from marshrut.intake.models import ImportedRow
from marshrut.intake.reading import Submission
from marshrut.intake.rules import Flaw
from marshrut.intake.rules.importing import Lead
from marshrut.intake.services.accepting import accept_inquiry
from marshrut.intake.services.import_history import Outcome, sift
from marshrut.intake.services.import_setting import Setting, body_of


def write_inquiries(leads: list[Lead], setting: Setting, now: datetime) -> Outcome:
    """Accept a few rows. The caller has opened the transaction, signed it and locked the run."""
    outcome = Outcome()
    for lead in sift(leads, setting, outcome, set()):
        if known_keys([setting.key_of(lead)]):
            outcome.repeated.append(lead)
        else:
            _accept(lead, setting, now, outcome)
    return outcome


def known_keys(keys: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these sources and ids came in before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select r.source_slug, r.external_id from unnest(%s::text[], %s::text[]) k(slug, id)
               join channels_rawmessage r on r.source_slug = k.slug and r.external_id = k.id and r.state <> 'repeat'""",
            [[slug for slug, _id in keys], [number for _slug, number in keys]],
        )
        return set(cursor.fetchall())


def _accept(lead: Lead, setting: Setting, now: datetime, outcome: Outcome) -> None:
    before = _last_contact()
    receipt = accept_inquiry(submission=_submission(lead, setting, now), body=body_of(lead), reference=setting.reference,
                             by=setting.by, now=now)
    if not receipt.is_new:
        outcome.repeated.append(lead)
        return
    card = receipt.card
    is_new_person = card is not None and card.matched_by == "new"
    contacts = _contacts_since(card.person_id, before) if card and card.person_id and not is_new_person else []
    ImportedRow.objects.create(
        run_id=setting.run_id, number=lead.number, raw_id=receipt.id, dossier_id=card.dossier_id if card and card.state == "open" else None,
        person_id=card.person_id if card and is_new_person else None, contacts=contacts or None,
    )  # fmt: skip
    outcome.made.append(lead)
    outcome.people += is_new_person


def _submission(lead: Lead, setting: Setting, now: datetime) -> Submission:
    slug, external_id = setting.key_of(lead)
    return Submission(
        channel="import",
        source_slug=slug,
        external_id=external_id,
        received_at=lead.received_at or now,
        name=None if lead.is_foreign else lead.name,
        contacts=tuple(Reached(way.kind, way.written, way.normal, way.tail, way.is_shared) for way in lead.ways),
        message=lead.message,
        request=lead.request,
        utm=lead.utm,
        visitor="",
        flaws=tuple(Flaw(flaw.column, flaw.code, flaw.value) for flaw in lead.flaws),
        office_id=setting.office_id,
        identities=lead.identities,
        custom=lead.of_matter,
        also=setting.also_of(lead),
    )


def _last_contact() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from clients_contactpoint")
        return int(cursor.fetchone()[0])


def _contacts_since(person_id: int, before: int) -> list[int]:
    """Ways to reach somebody that were kept since: whoever else names this person now waits for us."""
    with connection.cursor() as cursor:
        cursor.execute("select id from clients_contactpoint where person_id = %s and id > %s", [person_id, before])
        return [row[0] for row in cursor.fetchall()]
