"""What is still to be asked of somebody: struck off as soon as it is known, by whichever way it came."""

from django.db import connection


def strike_off_known(*, person_id: int) -> int:
    """Take out of the minimum contact sets of this person's open inquiries what is known of them by now; how many changed.

    Asked after a name or a way to reach them was written down. The caller has signed the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """with known as (
                   select array(select c.kind::text from clients_contactpoint c where c.person_id = p.id)
                       || case when p.surname <> '' or p.given_name <> '' then '{name}'::text[] else '{}'::text[] end as facts
                   from clients_person p where p.id = %s)
               update intake_inquiry i set contact_missing = array(select m from unnest(i.contact_missing) m where m <> all(known.facts))
               from known where i.person_id = %s and i.state <> 'closed' and i.contact_missing && known.facts""",
            [person_id, person_id],
        )
        return int(cursor.rowcount)
