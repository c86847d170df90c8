"""Clocks by channel and class, of following answers, missed calls, and what is said outside working time."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

STATES = [("none", "None"), ("running", "Running"), ("met", "Met"), ("missed", "Missed"), ("stopped", "Stopped")]
ROW = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def minutes(name: str, default: int) -> migrations.AddField:
    """One number of a clock of following answers."""
    return migrations.AddField("clockpolicy", name, models.PositiveSmallIntegerField(db_default=default, default=default))


def template() -> models.ForeignKey:
    """The text in one language."""
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to="channels.messagetemplate",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0011_newcomer_guards"),
        ("channels", "0010_quarantine_live"),
        ("intake", "0014_learning_guards"),
        ("journal", "0008_left"),
    ]
    operations = [
        migrations.AddField(
            "inquiry",
            "is_missed_call",
            models.BooleanField(db_default=False, default=False, help_text="they called, and nobody took the call"),
        ),
        migrations.AddField(
            "clockpolicy",
            "channel",
            models.CharField(blank=True, db_default="", default="", help_text="a channel, or missed_call", max_length=16),
        ),
        migrations.AddField(
            "clockpolicy", "inquiry_class", models.CharField(blank=True, db_default="", default="", max_length=16)
        ),
        minutes("next_warn_minutes", 15),
        minutes("next_escalate_minutes", 30),
        minutes("next_breach_minutes", 60),
        minutes("next_most_reroutes", 0),
        migrations.RemoveConstraint("clockpolicy", "intake_clock_once"),
        migrations.AddConstraint(
            "clockpolicy",
            models.UniqueConstraint(
                fields=("office", "channel", "inquiry_class"), name="intake_clock_place_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            "clockpolicy",
            models.CheckConstraint(
                condition=Q(
                    next_warn_minutes__lte=F("next_escalate_minutes"), next_escalate_minutes__lte=F("next_breach_minutes")
                ),
                name="intake_clock_next_order",
            ),
        ),
        migrations.CreateModel(
            "NextAnswer",
            [
                ROW,
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.dossier"
                    ),
                ),
                ("channel", models.CharField(help_text="how they wrote; with the class it says which clock counts", max_length=16)),
                ("inquiry_class", models.CharField(max_length=16)),
                ("since", models.DateTimeField(help_text="when the client wrote")),
                ("started_at", models.DateTimeField(help_text="when the present holder's round began")),
                ("respond_by", models.DateTimeField()),
                ("warn_at", models.DateTimeField(help_text="the next moment the clock does something", null=True)),
                ("state", models.CharField(choices=STATES, default="running", max_length=8)),
                (
                    "step",
                    models.PositiveSmallIntegerField(db_default=0, default=0, help_text="0 fresh, 1 owner warned, 2 supervisor told"),
                ),
                ("reroutes", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer_minutes",
                    models.FloatField(
                        help_text="working minutes until the answer, by the holder's hours at that moment", null=True
                    ),
                ),
                (
                    "answered_for",
                    models.BigIntegerField(
                        help_text="the employee who held the matter when it was answered or broke", null=True
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(state="running"), fields=["warn_at"], name="intake_nextanswer_due"),
                    models.Index(fields=["-since"], name="intake_nextanswer_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(state="none") & Q(state__in=[state for state, _label in STATES]), name="intake_nextanswer_state"
                    ),
                    models.UniqueConstraint(condition=Q(state="running"), fields=("dossier",), name="intake_nextanswer_once"),
                ],
            },
        ),
        migrations.CreateModel(
            "QuietReply",
            [
                ROW,
                (
                    "office",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to="agency.office"
                    ),
                ),
                ("channel", models.CharField(blank=True, db_default="", default="", max_length=16)),
                ("in_russian", template()),
                ("in_ukrainian", template()),
                ("in_english", template()),
                ("is_active", models.BooleanField(db_default=True, default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "channel"), name="intake_quiet_place_once", nulls_distinct=False)
                ]
            },
        ),
    ]
