"""A pair is suspected once, in one order; relations are kept in history."""

from django.db import migrations, models

from marshrut.core.history import track


class Migration(migrations.Migration):
    dependencies = [("clients", "0007_suspects_in_order")]

    operations = [
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.UniqueConstraint(fields=('person', 'other'), name='clients_suspect_once'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.CheckConstraint(condition=models.Q(('other__isnull', True), ('person__lt', models.F('other')), _connector='OR'), name='clients_suspect_order'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'different', 'merged', 'linked', 'settled'])), name='clients_suspect_state'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['double', 'household', 'name'])), name='clients_suspect_kind'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='clients_suspect_settled'),
        ),
        track("clients_relation"),
    ]
