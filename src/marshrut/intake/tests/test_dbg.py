from marshrut.intake.tests.test_importing import *
from marshrut.intake.tests.conftest import *
def test_x(cast):
    from marshrut.intake.models import ImportedRow, Inquiry
    run = all_at_once(table(ROWS), cast.supervisor, "inquiries")
    print(list(ImportedRow.objects.values("number","raw_id","dossier_id","person_id","contacts")), list(Inquiry.objects.values("raw_id","matched_by","person_id","state")))
    take_out(run.pk, cast.supervisor)
    from django.db import connection
    with connection.cursor() as c:
        c.execute("select id from clients_person"); print(c.fetchall())
        c.execute("select person_id,raw_id from clients_consent"); print(c.fetchall())
    assert 0
