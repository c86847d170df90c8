"""In whose hands clocks broke."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("intake", "0025_quiet_by_class"),
    ]

    operations = [
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("raw_id", models.BigIntegerField(help_text="of the inquiry, which may be gone")),
                (
                    "employee",
                    models.ForeignKey(
                        db_index=False,
                        help_text="empty: a queue",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["raw_id"], name="intake_breach_inquiry")]},
        ),
    ]
