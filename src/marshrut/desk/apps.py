"""The room's registration with Django, and its pages in the sidebar."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """No tables: pages, their addresses and their entries in the sidebar."""

    name = "marshrut.desk"
    label = "desk"

    def ready(self) -> None:
        from marshrut.desk.web.sidebar import register_pages

        register_pages()
