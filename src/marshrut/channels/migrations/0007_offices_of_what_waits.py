from django.db import migrations

FORMS = """
update channels_rawmessage r set office_id = f.office_id from channels_form f
where r.state in ('quarantined', 'discarded') and r.office_id is null and f.office_id is not null
    and r.by like 'form:%' and split_part(r.by, ':', 2) = f.key"""
TOKENS = """
update channels_rawmessage r set office_id = t.office_id from agency_apitoken t
where r.state in ('quarantined', 'discarded') and r.office_id is null and t.office_id is not null and r.by = 'token:' || t.id"""
SOURCES = """
update channels_rawmessage r set office_id = s.office_id from (
    select source_slug, min(office_id) as office_id from (
        select source_slug, office_id from channels_form where is_active
        union all select source_slug, office_id from channels_maildoor where is_active) doors
    group by source_slug having count(distinct office_id) = 1 and count(*) = count(office_id)) s
where r.state in ('quarantined', 'discarded') and r.office_id is null and r.source_slug = s.source_slug"""
CHECKED = "set constraints all immediate; set constraints all deferred"  # a later migration may alter this table at once
VERDICTS = """
update channels_rawmessage set verdict = reason where state = 'discarded' and verdict = ''"""


class Migration(migrations.Migration):
    """What waits belongs to the office whose form, token or source brought it; so far only letters did."""

    dependencies = [("channels", "0006_verdicts_and_subaddresses"), ("agency", "0004_first_day_guards")]
    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (FORMS, TOKENS, SOURCES, VERDICTS, CHECKED)]
