"""A category found by criteria, what people said an inquiry is, and what is learned from that."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q, Value

ROW = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
LEARNED = ["chance", "rates", "cooling", "margin", "class", "category"]


class Migration(migrations.Migration):
    dependencies = [("intake", "0016_answering_guards")]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="category_reason",
            field=models.JSONField(
                default=dict, db_default=Value({}, models.JSONField()),
                help_text="where the category of the request is from: stated, a criterion, the words, a person",
            ),
        ),
        migrations.CreateModel(
            name="CategoryCriterion",
            fields=[
                ROW,
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.TextField()),
                ("category", models.CharField(help_text="slug of a category of the catalogue", max_length=120)),
                ("conditions", models.JSONField()),
                ("is_active", models.BooleanField(db_default=True, default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ROW,
                ("axis", models.CharField(help_text="class or category", max_length=8)),
                ("before", models.CharField(blank=True, max_length=120)),
                ("after", models.CharField(blank=True, help_text="the same as before where it was confirmed", max_length=120)),
                ("reason_before", models.JSONField(default=dict)),
                ("way", models.CharField(help_text="dialog, proposal, confirmed, bulk, spam or program", max_length=9)),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("by_name", models.TextField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.TextField(blank=True, db_default="", default="")),
                ("inquiry", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="intake.inquiry")),
            ],
            options={
                "indexes": [models.Index(condition=Q(undone_at__isnull=True), fields=["axis", "-at"], name="intake_correction_newest")],
                "constraints": [models.CheckConstraint(condition=Q(axis__in=["class", "category"]), name="intake_correction_axis")],
            },
        ),
        migrations.AlterField(
            model_name="learning",
            name="kind",
            field=models.CharField(help_text="chance, rates, cooling or margin; class or category", max_length=8),
        ),
        migrations.RemoveConstraint(model_name="learning", name="intake_learning_kind"),
        migrations.AddConstraint(
            model_name="learning", constraint=models.CheckConstraint(condition=Q(kind__in=LEARNED), name="intake_learning_kind")
        ),
    ]  # fmt: skip
