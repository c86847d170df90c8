"""What people did towards the client, by when: the lists behind the figures of work are walked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0009_orders_of_lists")]

    operations = [
        migrations.AddIndex(
            model_name="touch",
            index=models.Index(
                fields=["-at", "kind"],
                name="journal_touch_logged",
                condition=models.Q(kind__in=["call_out", "call_in", "message_out", "email_out", "mail_out", "meeting"]),
            ),
        ),
    ]
