"""What to ask about in a loaded home, as JSON on stdout: a manager with a session, clients with numbers, surnames."""

from __future__ import annotations

import json
import sys

from marshrut.ops import databases, homes


def main() -> int:
    with databases.at_work(homes.chosen_home()):
        print(json.dumps(collect(), ensure_ascii=False))
    return 0


def collect() -> dict[str, object]:
    """Of the manager with the most open matters; clients and names spread over the whole table."""
    from django.db import connection

    with connection.cursor() as cursor:
        # A manager: an earlier run may have left more with whoever answers for everything.
        cursor.execute("""select d.owner_id from journal_dossier d join agency_employee e on e.id = d.owner_id
            where d.is_open and e.role = 'manager' group by 1 order by count(*) desc limit 1""")
        owner = cursor.fetchone()[0]
        cursor.execute("""select p.id, p.surname, p.given_name, c.normal from clients_person p
            join clients_contactpoint c on c.person_id = p.id and c.kind = 'phone'
            where p.surname <> '' and p.given_name <> '' and p.id % (select greatest(1, count(*) / 60) from clients_person) = 0
            order by p.id limit 60""")
        people = [list(row) for row in cursor.fetchall()]
        cursor.execute("""select c.normal from clients_person p join clients_contactpoint c on c.person_id = p.id and c.kind = 'phone'
            where p.owner_id = %s and not exists (select from journal_dossier d where d.person_id = p.id and d.is_open)
            order by p.id desc limit 60""", [owner])
        clients = [row[0] for row in cursor.fetchall()]
    return {"clients": clients, "owner": owner, "cookie": open_session(owner), "overseer": open_session(overseer()), "people": people}


def overseer() -> int:
    """Somebody who sees everything, for the reports of the whole agency."""
    from marshrut.agency.models import Employee, Office

    office = Office.objects.order_by("id").first()
    assert office is not None  # every home is seeded with one
    owner, _ = Employee.objects.get_or_create(
        email="owner@bench.example", defaults={"name": "Владелец", "role": "owner", "office": office, "password": "!"})  # fmt: skip
    return int(owner.pk)


def open_session(employee_id: int) -> str:
    """A logged-in session of this employee, as the cookie a browser would send."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from marshrut.agency.models import Employee
    from marshrut.agency.services import start_session
    from marshrut.core.clock import utc_now

    employee = Employee.objects.get(pk=employee_id)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(employee.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = employee.get_session_auth_hash()
    session.create()
    start_session(employee_id=employee.pk, session_key=session.session_key, browser="bench", now=utc_now())
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    sys.exit(main())
