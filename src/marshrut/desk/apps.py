"""The room's registration with Django, and its pages in the sidebar."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """No tables: pages, their addresses and their entries in the sidebar."""

    name = "marshrut.desk"
    label = "desk"

    def ready(self) -> None:
        from marshrut.desk.web.notices import describe_bell
        from marshrut.desk.web.sidebar import register_pages
        from marshrut.ui.navigation import register_bell

        register_pages()
        register_bell(describe_bell)
