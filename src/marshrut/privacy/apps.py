"""The room's registration with Django, and its pages in the sidebar."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Retention rules and the register of erasures."""

    name = "marshrut.privacy"
    label = "privacy"

    def ready(self) -> None:
        from marshrut.privacy.web.sidebar import register_pages

        register_pages()
