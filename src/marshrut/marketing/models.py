"""Where inquiries come from."""

from django.db import models


class Source(models.Model):
    """A source of inquiries. One that nobody has named yet is kept and shown to be named."""

    slug = models.CharField(max_length=120, unique=True)
    name = models.TextField()
    is_named = models.BooleanField(default=True, db_default=True)
    is_active = models.BooleanField(default=True, db_default=True, help_text="offered where a source is chosen")
    chance = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default="0.15",
        db_default=0.15,
        help_text="prior chance of a sale, 0 to 1, until own data say better",
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", help_text="another spelling of that one: what names this counts for it"
    )


class SourceCost(models.Model):
    """Money spent to be found through a source, evenly over its days: an invoice, a month of advertising, a stand at a fair."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True, db_default=True, help_text="counted; one entered by mistake is not")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(first_day__lte=models.F("last_day")), name="marketing_cost_days"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="marketing_cost_amount"),
        ]
