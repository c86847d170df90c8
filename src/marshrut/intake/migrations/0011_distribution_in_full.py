"""Shares that grow, what was taken from queues by hand, queues that call for their supervisor."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ROW = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0011_newcomer_guards"),
        ("intake", "0010_unanswered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="shareledger",
            name="round",
            field=models.JSONField(
                help_text="where the weights that count now began to; empty: whole weights from the start", null=True
            ),
        ),
        migrations.CreateModel(
            name="Taking",
            fields=[
                ROW,
                ("raw_id", models.BigIntegerField(help_text="of the inquiry, which may be gone")),
                (
                    "employee",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("waited_minutes", models.FloatField(help_text="working minutes of the queue until it was taken")),
                ("priority", models.PositiveSmallIntegerField(help_text="of the inquiry at that moment")),
                ("passed_over", models.PositiveIntegerField(help_text="how many of the same queue had waited longer")),
            ],
            options={"indexes": [models.Index(fields=["-at"], name="intake_taking_newest")]},
        ),
        migrations.CreateModel(
            name="QueueAlarm",
            fields=[
                ROW,
                (
                    "queue",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agency.queue"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agency.office"
                    ),
                ),
                ("reason", models.CharField(help_text="nobody_at_work, too_long or too_many", max_length=16)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("waiting", models.PositiveIntegerField(help_text="most that waited at once")),
                ("longest_minutes", models.FloatField(help_text="working minutes of the longest waiting")),
            ],
            options={
                "indexes": [models.Index(fields=["-began_at"], name="intake_alarm_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at__isnull=True), fields=("queue", "office"), name="intake_alarm_once", nulls_distinct=False
                    )
                ],
            },
        ),
    ]
