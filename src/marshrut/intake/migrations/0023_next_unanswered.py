"""The few who wrote again, whose clock broke and who still wait: what burns finds them by their own short index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("intake", "0022_closed_reckoning")]
    operations = [
        migrations.AddIndex(
            "nextanswer",
            models.Index(
                condition=Q(state="missed", answered_at__isnull=True), fields=["dossier"], name="intake_nextanswer_unanswered"
            ),
        ),
    ]
