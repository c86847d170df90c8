"""Nothing unclassified is assigned: a matter that begins as an inquiry has one, with its class, before it has a holder."""

from django.db import migrations

from marshrut.core.triggers import deferred, function

# The inquiry's class is held by its own constraint; here it is seen to that there is an inquiry at all.
CLASSIFIED = """begin
    if new.phase = 'inquiry' and num_nonnulls(new.owner_id, new.queue_id) > 0
       and not exists (select from intake_inquiry where dossier_id = new.id)
       and exists (select from journal_dossier where id = new.id and phase = 'inquiry' and num_nonnulls(owner_id, queue_id) > 0) then
        raise exception using errcode = '23514', constraint = 'intake_classified', table = 'journal_dossier',
            message = format('matter %s has a holder and no inquiry with a class', new.id);
    end if;
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0023_next_unanswered")]
    operations = [
        function("intake_classified_guard", CLASSIFIED),
        deferred("intake_dossier_classified", "journal_dossier", "insert", "intake_classified_guard()"),
    ]
