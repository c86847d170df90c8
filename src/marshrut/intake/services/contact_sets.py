"""What is still to be asked of somebody: struck off as soon as it is known, by whichever way it came, and out of the next step too."""

from collections.abc import Sequence

from django.db import connection

from marshrut.agency.queries import read_revision, read_staff
from marshrut.intake.rules.clock_policies import MISSED_CALL
from marshrut.intake.wording import first_action_title, next_answer_title
from marshrut.journal.services import retitle_tasks


def strike_off_known(*, person_id: int) -> int:
    """Take out of the minimum contact sets of this person's open inquiries what is known of them by now; how many changed.

    Asked after a name or a way to reach them was written down. The caller has signed the transaction. A way that is shared with
    others, or is junk, is none of theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """with known as (
                   select array(select c.kind::text from clients_contactpoint c where c.person_id = p.id and not c.is_shared)
                       || case when p.surname <> '' or p.given_name <> '' then '{name}'::text[] else '{}'::text[] end as facts
                   from clients_person p where p.id = %s),
               lacking as (
                   select i.raw_id, i.contact_missing as missing, known.facts from intake_inquiry i, known
                   where i.person_id = %s and i.state <> 'closed' and i.contact_missing && known.facts for no key update of i)
               update intake_inquiry i set contact_missing = array(select m from unnest(l.missing) m where m <> all(l.facts))
               from lacking l where i.raw_id = l.raw_id
               returning i.dossier_id, case when i.is_missed_call then %s else i.channel end, l.missing, i.contact_missing""",
            [person_id, person_id, MISSED_CALL],
        )
        changed = cursor.fetchall()
    for dossier_id, channel, was, missing in changed:
        ask_anew(dossier_id=dossier_id, channel=channel, was=was, missing=missing)
    return len(changed)


def ask_anew(*, dossier_id: int, channel: str, was: Sequence[str], missing: Sequence[str]) -> None:
    """The planned step that asks for what was missing asks for what is missing still; one that a person has worded otherwise stays."""
    language = read_staff(read_revision()).agency.language
    for title in (first_action_title, next_answer_title):
        retitle_tasks(dossier_id=dossier_id, was=title(channel, was, language), title=title(channel, missing, language))
