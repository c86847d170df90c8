"""What was stopped is more than what was lost: it is read by the moment of its end, and the narrower index serves nobody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0027_on_hand_by_indexes")]
    operations = [migrations.RemoveIndex(model_name="reckoning", name="intake_reckoning_dropped")]
