"""A home in which nobody works yet: the guard that keeps an owner there is the tables' owner's to lift."""

import psycopg

from marshrut.ops import postgres


def dismiss_everybody(server: postgres.Server, database: str) -> None:
    """Delete all employees of a test's own database."""
    with psycopg.connect(server.dsn(postgres.OWNER, database), autocommit=True) as owner:
        owner.execute("alter table agency_employee disable trigger user")
        owner.execute("delete from agency_employee")
        owner.execute("alter table agency_employee enable trigger user")


def empty_home(server: postgres.Server, database: str) -> None:
    """Leave a test's own database as the first start leaves a home: one office, nobody works there yet."""
    from marshrut.agency.models import Office, Queue

    dismiss_everybody(server, database)
    Queue.objects.filter(office__isnull=False).delete()
    Office.objects.filter(slug="podil").delete()
    Office.objects.update(slug="main")
