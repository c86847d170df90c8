"""How long a client waited is kept with the answer; what the reports count of an inquiry stands in one narrow row.

Answers given before are timed here, by the hours of whoever holds the matter now: nobody wrote down those of the day.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db import migrations, models
from django.db.models import Q

from marshrut.core.triggers import function
from marshrut.core.working_time import WorkingCalendar

ANSWERED = """select i.raw_id, i.received_at, i.answered_at, e.id, coalesce(o.id, (select min(id) from agency_office where is_active)),
        coalesce(e.is_on_duty, false)
    from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
    left join agency_employee e on e.id = d.owner_id and e.is_active
        and exists (select from agency_office where id = e.office_id and is_active)
    left join agency_office o on o.id = coalesce(e.office_id, d.office_id) and o.is_active
    where i.answered_at is not null and i.received_at is not null"""


def time_answers(apps: Any, schema_editor: Any) -> None:
    """Working minutes of every answer so far. The table is written anew at once: an update of each row would double it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(ANSWERED)
        answered = cursor.fetchall()
        if not answered:
            return
        calendars = _Calendars(cursor)
        cursor.execute("create temporary table answer_timed (raw_id bigint primary key, minutes double precision) on commit drop")
        with cursor.copy("copy answer_timed from stdin") as copy:
            for raw_id, received_at, answered_at, *whose in answered:
                copy.write_row((raw_id, _minutes(calendars, received_at, answered_at, *whose)))
        cursor.execute(
            """create function pg_temp.minutes_of(bigint) returns double precision language sql stable
               as 'select minutes from pg_temp.answer_timed where raw_id = $1'"""
        )
        cursor.execute(
            "alter table intake_inquiry alter answer_minutes type double precision using pg_temp.minutes_of(raw_id)"
        )
        cursor.execute("drop function pg_temp.minutes_of(bigint)")


def _minutes(calendars: "_Calendars", received_at: Any, answered_at: Any, employee_id: Any, office_id: int, is_on_duty: bool) -> float:
    if answered_at <= received_at:
        return 0.0
    if is_on_duty:
        return float((answered_at - received_at) / timedelta(minutes=1))
    return calendars.of(employee_id, office_id).working_minutes_between(received_at, answered_at)


class _Calendars:
    """Working hours as they stand at this schema: of who has shifts their own, else the office's."""

    def __init__(self, cursor: Any) -> None:
        self._made: dict[tuple[int, int], WorkingCalendar] = {}
        self._shifts = self._windows(cursor, "select employee_id, weekday, starts, ends from agency_shift")
        self._offices = self._windows(cursor, "select office_id, weekday, opens, closes from agency_workingwindow")
        self._days: Any = defaultdict(dict)
        cursor.execute("select office_id, day, opens, closes from agency_holiday")
        for office_id, day, opens, closes in cursor.fetchall():
            self._days[office_id][day] = [(opens, closes)] if opens is not None and closes is not None else []
        cursor.execute("select id, time_zone from agency_office")
        self._zones = dict(cursor.fetchall())

    @staticmethod
    def _windows(cursor: Any, statement: str) -> Any:
        found: Any = defaultdict(lambda: defaultdict(list))
        cursor.execute(statement)
        for whose, weekday, opens, closes in cursor.fetchall():
            found[whose][weekday].append((opens, closes))
        return found

    def of(self, employee_id: int | None, office_id: int) -> WorkingCalendar:
        own = self._shifts.get(employee_id)
        key = (employee_id or 0, 0) if own else (0, office_id)
        if key not in self._made:
            self._made[key] = WorkingCalendar(self._zones[office_id], own or self._offices[office_id], self._days[office_id])
        return self._made[key]


COLUMNS = """raw_id, dossier_id, source_id, channel, category, received_at, answered_at, answer_minutes, clock_state, joined_to_id,
    outcome, disposition, reason"""
OF_INQUIRY = """{i}.raw_id, {i}.dossier_id, {i}.source_id, {i}.channel, {i}.request->>'category', {i}.received_at, {i}.answered_at,
    {i}.answer_minutes, {i}.clock_state, {i}.joined_to_id, {i}.outcome, {i}.disposition,
    btrim(split_part({i}.close_reason, ':', 1))"""
HELD = "owner_id, office_id, closed_at"
FILL = """insert into intake_reckoning({columns}, {held}) select {of_inquiry}, d.owner_id, d.office_id, d.closed_at
    from {table} i left join lateral (select {held} from journal_dossier where id = i.dossier_id limit 1) d on true;"""
WATCHED = (
    "dossier_id", "source_id", "channel", "request", "received_at", "answered_at", "answer_minutes", "clock_state", "joined_to_id",
    "outcome", "disposition", "close_reason",
)  # fmt: skip


def fill_from(table: str) -> str:
    """What is counted of the inquiries of that table."""
    return FILL.format(columns=COLUMNS, held=HELD, of_inquiry=OF_INQUIRY.format(i="i"), table=table)


CAME = f"begin {fill_from('after_rows')} return null; end"
CHANGED = f"""begin
    update intake_reckoning k set ({COLUMNS}, {HELD}) = (
        select {OF_INQUIRY.format(i="new")}, d.owner_id, d.office_id, d.closed_at from journal_dossier d where d.id = new.dossier_id)
    where k.raw_id = new.raw_id;
    return null;
end"""
GONE = "begin delete from intake_reckoning k using before_rows b where k.raw_id = b.raw_id; return null; end"
HANDED = f"""begin
    update intake_reckoning set ({HELD}) = (new.owner_id, new.office_id, new.closed_at) where dossier_id = new.id;
    return null;
end"""
IS_NEWS = "({}) is distinct from ({})".format(
    ", ".join(f"old.{column}" for column in WATCHED), ", ".join(f"new.{column}" for column in WATCHED)
)
TRIGGERS = f"""
create trigger intake_inquiry_reckon_new after insert on intake_inquiry referencing new table as after_rows
    for each statement execute function intake_reckon_new();
create trigger intake_inquiry_reckon after update on intake_inquiry for each row when ({IS_NEWS})
    execute function intake_reckon();
create trigger intake_inquiry_reckon_gone after delete on intake_inquiry referencing old table as before_rows
    for each statement execute function intake_reckon_gone();
create trigger journal_dossier_reckon after update of owner_id, office_id, closed_at on journal_dossier for each row
    when ((old.owner_id, old.office_id, old.closed_at) is distinct from (new.owner_id, new.office_id, new.closed_at))
    execute function intake_reckon_held();
alter table intake_reckoning set (fillfactor = 90);
{fill_from("intake_inquiry")}"""
BACK = """drop trigger intake_inquiry_reckon_new on intake_inquiry; drop trigger intake_inquiry_reckon on intake_inquiry;
    drop trigger intake_inquiry_reckon_gone on intake_inquiry; drop trigger journal_dossier_reckon on journal_dossier;"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_joined"), ("journal", "0008_left"), ("agency", "0006_lists")]
    operations = [
        migrations.AddField(
            "inquiry",
            "answer_minutes",
            models.FloatField(null=True, help_text="working minutes until the answer, by the holder's hours at that moment"),
        ),
        migrations.RunPython(time_answers, migrations.RunPython.noop),
        migrations.AddConstraint(
            "inquiry",
            models.CheckConstraint(
                condition=Q(answer_minutes__isnull=True) | Q(answer_minutes__gte=0, answered_at__isnull=False),
                name="intake_inquiry_answer_minutes",
            ),
        ),
        migrations.CreateModel(
            "Reckoning",
            [
                ("raw_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("dossier_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("joined_to_id", models.BigIntegerField(null=True)),
                ("owner_id", models.BigIntegerField(null=True)),
                ("office_id", models.BigIntegerField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("answer_minutes", models.FloatField(null=True)),
                ("channel", models.CharField(max_length=16)),
                ("clock_state", models.CharField(max_length=8)),
                ("outcome", models.CharField(max_length=4, null=True)),
                ("disposition", models.CharField(max_length=16)),
                ("category", models.TextField(null=True)),
                ("reason", models.TextField(help_text="the named reason of a loss, without one's own words after it")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["dossier_id"], name="intake_reckoning_dossier"),
                    models.Index(fields=["received_at"], name="intake_reckoning_received"),
                ]
            },
        ),
        function("intake_reckon_new", CAME),
        function("intake_reckon", CHANGED),
        function("intake_reckon_gone", GONE),
        function("intake_reckon_held", HANDED),
        migrations.RunSQL(TRIGGERS, BACK),
    ]
