"""Indexes in the orders lists of deals are read in, and for what narrows them to few: a page is walked, not sorted out of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0006_entry_when")]

    operations = [
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                fields=["state", "stage_entered_at", "id"], name="deals_deal_entered", include=("dossier", "stage")
            ),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["state", "amount", "id"], name="deals_deal_amount", condition=models.Q(amount__isnull=False)),
        ),
        migrations.AddIndex(model_name="deal", index=models.Index(fields=["opened_at", "id"], name="deals_deal_opened")),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["closed_at"], name="deals_deal_closed", condition=models.Q(closed_at__isnull=False)),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                models.Func("close_reason", models.Value(": "), models.Value(1), function="split_part"),
                name="deals_deal_reason",
                condition=~models.Q(close_reason=""),
            ),
        ),
    ]
