"""What is open in an office."""

from django.db import connection


def count_open_of_office(office_id: int) -> int:
    """How many matters of this office are open."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from journal_dossier where is_open and office_id = %s", [office_id])
        return int(cursor.fetchone()[0])
