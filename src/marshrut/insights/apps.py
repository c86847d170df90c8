"""The room's registration with Django, and its pages in the sidebar."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """No tables yet: reports and their addresses."""

    name = "marshrut.insights"
    label = "insights"

    def ready(self) -> None:
        from marshrut.insights.web.sidebar import register_pages

        register_pages()
