"""The room's registration with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No tables: templates, catalogues and browser assets."""

    name = "marshrut.ui"
    label = "ui"
