import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce

from marshrut.core.history import track
from marshrut.core.triggers import raise_revision


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_first_day"), ("agency", "0002_guards")]
    operations = [
        migrations.CreateModel(
            "PriceFloor",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("season_first", models.CharField(blank=True, db_default="", default="", max_length=5)),
                ("season_last", models.CharField(blank=True, db_default="", default="", max_length=5)),
                ("stars", models.PositiveSmallIntegerField(null=True)),
                ("price", models.DecimalField(decimal_places=2, help_text="of a night for one person", max_digits=12)),
                ("currency", models.CharField(max_length=3)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                (
                    "direction",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.direction"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(price__gt=0), name="catalog_floor_price"),
                    models.CheckConstraint(condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="catalog_floor_stars"),
                    models.CheckConstraint(
                        condition=Q(season_first="", season_last="", stars__isnull=False)
                        | (~Q(season_first="") & ~Q(season_last="")),
                        name="catalog_floor_closer",
                    ),
                    models.UniqueConstraint(
                        "direction",
                        "season_first",
                        "season_last",
                        Coalesce("stars", 0),
                        name="catalog_floor_once",
                        condition=Q(is_active=True),
                    ),
                ]
            },
        ),
        track("catalog_pricefloor"),
        raise_revision("catalog_pricefloor"),
    ]
