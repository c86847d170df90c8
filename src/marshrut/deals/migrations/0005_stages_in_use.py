"""An open deal stands at a stage in use: neither a move that comes late nor a switch past the program leaves it out of sight."""

from django.db import migrations

from marshrut.core.triggers import deferred, function

DEAL = """begin
    if exists (select from deals_deal d join deals_stage s on s.id = d.stage_id
               where d.id = new.id and d.state = 'open' and not s.is_active) then
        raise exception using errcode = '23514', constraint = 'deals_stage_in_use', table = 'deals_deal',
            message = format('deal %s is open at a stage that is no longer used', new.id);
    end if;
    return null;
end"""

STAGE = """begin
    if exists (select from deals_stage s join deals_deal d on d.stage_id = s.id
               where s.id = new.id and not s.is_active and d.state = 'open') then
        raise exception using errcode = '23514', constraint = 'deals_stage_in_use', table = 'deals_stage',
            message = format('stage %s has open deals', new.id);
    end if;
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_bulk")]
    operations = [
        function("deals_stage_of_deal_guard", DEAL),
        function("deals_stage_guard", STAGE),
        deferred("deals_deal_stage_in_use", "deals_deal", "insert or update of stage_id, state", "deals_stage_of_deal_guard()"),
        deferred("deals_stage_stays_in_use", "deals_stage", "update of is_active", "deals_stage_guard()"),
    ]
