"""What a supervisor decided of a refusal that the agency's rule left to them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("deals", "0009_gates_guards")]

    operations = [
        migrations.AddField(
            "gateanswer",
            "decision",
            models.TextField(blank=True, db_default="", default="", help_text="what the supervisor said, where it was theirs"),
        ),
        migrations.AddField("gateanswer", "decided_by", models.TextField(null=True)),
        migrations.AddField("gateanswer", "decided_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "gateanswer", models.Index(fields=["at"], name="deals_gateanswer_asked", condition=Q(consequence="ask"))
        ),
        migrations.AddConstraint(
            "gateanswer",
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(consequence="ask")),
                name="deals_gateanswer_decided",
            ),
        ),
    ]
