"""What the agency sells and where to, and who is skilled in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce


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


class PriceFloor(models.Model):
    """A closer floor of a direction than its usual one: in a season (month-day to month-day), for so many stars and more, or both."""

    direction = models.ForeignKey(Direction, models.CASCADE, related_name="+")
    season_first = models.CharField(max_length=5, blank=True, default="", db_default="")
    season_last = models.CharField(max_length=5, blank=True, default="", db_default="")
    stars = models.PositiveSmallIntegerField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, help_text="of a night for one person")
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="catalog_floor_price"),
            models.CheckConstraint(
                condition=models.Q(stars__isnull=True) | models.Q(stars__range=(1, 5)), name="catalog_floor_stars"
            ),
            models.CheckConstraint(
                condition=(models.Q(season_first="", season_last="", stars__isnull=False))
                | (~models.Q(season_first="") & ~models.Q(season_last="")),
                name="catalog_floor_closer",
            ),
            models.UniqueConstraint(
                "direction",
                "season_first",
                "season_last",
                Coalesce("stars", 0),
                name="catalog_floor_once",
                condition=models.Q(is_active=True),
            ),
        ]


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
