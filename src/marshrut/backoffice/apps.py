"""The room's registration with Django, and its pages in the sidebar."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """No tables: pages, their addresses and their entries in the sidebar."""

    name = "marshrut.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        from marshrut.backoffice.web.sidebar import register_pages

        register_pages()
