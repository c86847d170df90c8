"""Indexes in the orders lists of inquiries are read in, and for what narrows them to few: a page is walked, not sorted out of everything."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.fields.json import KT, KeyTransform


class Migration(migrations.Migration):
    dependencies = [("intake", "0018_classifying_guards")]

    operations = [
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["state", "priority", "raw"], name="intake_inquiry_priority"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                fields=["state", "respond_by", "raw"], name="intake_inquiry_respond", condition=models.Q(respond_by__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["-received_at", "-raw"], name="intake_inquiry_ended", condition=models.Q(state="closed")),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["channel", "source"], name="intake_inquiry_door"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["source", "dossier"], name="intake_inquiry_open_source", condition=models.Q(state="open")),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(KT("request__category"), name="intake_inquiry_category"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=GinIndex(KeyTransform("directions", "request"), name="intake_inquiry_directions", fastupdate=False),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["inquiry_class"], name="intake_inquiry_class", condition=~models.Q(inquiry_class="new_sale")),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["state", "relevance"], name="intake_inquiry_relevance", condition=~models.Q(relevance="A")),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                fields=["clock_state"], name="intake_inquiry_unclocked", condition=models.Q(clock_state__in=["none", "stopped"])
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["disposition"], name="intake_inquiry_disposition", condition=~models.Q(disposition="")),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["raw"], name="intake_inquiry_incomplete", condition=~models.Q(contact_missing=[])),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                models.Func("close_reason", models.Value(": "), models.Value(1), function="split_part"),
                name="intake_inquiry_reason",
                condition=~models.Q(close_reason=""),
            ),
        ),
        migrations.AddIndex(
            model_name="reckoning",
            index=models.Index(fields=["owner_id", "received_at"], name="intake_reckoning_holder"),
        ),
    ]
