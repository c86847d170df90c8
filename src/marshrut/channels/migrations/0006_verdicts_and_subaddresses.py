from django.db import migrations, models


class Migration(migrations.Migration):
    """Why a message waited stays known when it is discarded, so that it can be put back; a mailbox may take subaddresses."""

    dependencies = [("channels", "0005_discarded")]
    operations = [
        migrations.AddField(
            model_name="rawmessage",
            name="verdict",
            field=models.TextField(
                blank=True, db_default="", default="", help_text="why a person discarded it; `reason` says why it waited"
            ),
        ),
        migrations.AddIndex(
            model_name="rawmessage",
            index=models.Index(condition=models.Q(state="discarded"), fields=["-id"], name="channels_raw_discarded"),
        ),
        migrations.AddField(
            model_name="maildoor",
            name="takes_subaddresses",
            field=models.BooleanField(
                db_default=False, default=False, help_text="the server delivers box+anything@ into this mailbox, too (RFC 5233)"
            ),
        ),
    ]
