"""An open deal stands on an open dossier, which then has a next action."""

from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import deferred, function, keep_from_truncate, raise_revision

# The dossier's own guard sees to the next action; here it is locked, so that nobody closes it meanwhile.
DEAL = """
declare stands_open boolean;
begin
    if new.state <> 'open' then return null; end if;
    select is_open into stands_open from journal_dossier where id = new.dossier_id for no key update;
    if not stands_open and (select state from deals_deal where id = new.id) = 'open' then
        raise exception using errcode = '23514', constraint = 'deals_open_deal', table = 'deals_deal',
            message = format('deal %s is open but its dossier is closed', new.id);
    end if;
    return null;
end"""

DOSSIER = """begin
    if not new.is_open and not (select is_open from journal_dossier where id = new.id)
       and exists (select from deals_deal where dossier_id = new.id and state = 'open') then
        raise exception using errcode = '23514', constraint = 'deals_open_deal', table = 'journal_dossier',
            message = format('dossier %s cannot close: its deal is open', new.id);
    end if;
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial"), ("intake", "0002_guards")]
    operations = [
        migrations.RunSQL("alter table deals_deal alter column id restart with 5001;", migrations.RunSQL.noop),
        function("deals_deal_guard", DEAL),
        function("deals_dossier_guard", DOSSIER),
        deferred("deals_deal_next_action", "deals_deal", "insert or update of state, dossier_id", "deals_deal_guard()"),
        deferred("deals_dossier_closes", "journal_dossier", "update of is_open", "deals_dossier_guard()"),
        keep_from_truncate("deals_deal"),
        track("deals_deal"),
        track("deals_stageentry"),
        *(
            operation(table)
            for table in ("deals_funnel", "deals_stage", "deals_lossreason")
            for operation in (track, raise_revision)
        ),
    ]
