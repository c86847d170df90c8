import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from marshrut.core.history import track


class Migration(migrations.Migration):
    dependencies = [("marketing", "0004_merged_sources"), ("agency", "0002_guards")]
    operations = [
        migrations.CreateModel(
            "SourceCost",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("is_active", models.BooleanField(db_default=True, default=True, help_text="counted; one entered by mistake is not")),
                (
                    "source",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="marketing.source"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="marketing_cost_days"),
                    models.CheckConstraint(condition=Q(amount__gt=0), name="marketing_cost_amount"),
                ]
            },
        ),
        track("marketing_sourcecost"),
    ]
