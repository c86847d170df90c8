"""What was known on arrival, what a priority was made of, numbers learned from own history, and new inquiries passed over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q, Value

ROW = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("intake", "0012_on_hand"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterField(
            model_name="rulesetting",
            name="slug",
            field=models.SlugField(help_text="priority, relevance, distribution, learned or exceptions", unique=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="priority_parts",
            field=models.JSONField(
                default=list, db_default=Value([], models.JSONField()),
                help_text="chance, margin, cooling, minutes: what the priority was made of, and where each is from",
            ),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="arrival",
            field=models.JSONField(
                default=dict, db_default=Value({}, models.JSONField()),
                help_text="what was known on arrival, fact by fact: a chance of a sale is learned from it",
            ),
        ),
        migrations.CreateModel(
            name="Learning",
            fields=[
                ROW,
                ("kind", models.CharField(help_text="chance, rates, cooling or margin", max_length=8)),
                ("values", models.JSONField()),
                ("figures", models.JSONField(
                    help_text="how it was learned and judged: cases, from when to when, quality, what it has to beat")),
                ("may_be_used", models.BooleanField(help_text="a chance that is no better than shares of sources may not")),
                ("learned_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "-id"], name="intake_learning_newest")],
                "constraints": [
                    models.CheckConstraint(condition=Q(kind__in=["chance", "rates", "cooling", "margin"]), name="intake_learning_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningRun",
            fields=[
                ROW,
                ("kind", models.CharField(help_text="learning or replay", max_length=8)),
                ("asked", models.JSONField(default=dict)),
                ("progress", models.FloatField(db_default=0, default=0, help_text="0 to 1")),
                ("result", models.JSONField(null=True)),
                ("problem", models.TextField(blank=True, db_default="", default="")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.TextField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PassedOver",
            fields=[
                ROW,
                ("dossier_id", models.BigIntegerField(help_text="of the matter that was worked on, which may be gone")),
                ("raw_id", models.BigIntegerField(help_text="of the inquiry that waited, which may be gone")),
                ("exception", models.CharField(blank=True, help_text="empty: none covered it", max_length=16)),
                ("at", models.DateTimeField()),
                ("employee", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"indexes": [models.Index(fields=["-at"], name="intake_passedover_newest")]},
        ),
    ]  # fmt: skip
