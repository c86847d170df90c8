"""What the agency sells and where to, and who is skilled in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Category(models.Model):
    slug = models.SlugField(unique=True)
    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True, db_default=True)


class Direction(models.Model):
    """A country or region. `floor_price` is the least plausible price of a night for one person, in `currency`."""

    slug = models.SlugField(unique=True)
    name = models.TextField()
    aliases = ArrayField(models.TextField(), default=list, help_text="other spellings and languages, lower case")
    floor_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="RUB")
    is_active = models.BooleanField(default=True, db_default=True)


class Skill(models.Model):
    """An employee sells this category, or this direction, or this category in this direction."""

    employee = models.ForeignKey("agency.Employee", models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True)
    direction = models.ForeignKey(Direction, models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__isnull=False) | models.Q(direction__isnull=False), name="catalog_skill_of_something"
            )
        ]
