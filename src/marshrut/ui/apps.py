"""The room's registration with Django."""

import threading

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import trans_real


class UiConfig(AppConfig):
    """No tables: templates, catalogues and browser assets."""

    name = "marshrut.ui"
    label = "ui"

    def ready(self) -> None:
        """The language and the time zone in use lie in the thread's own storage (docs/adr/0057).

        Django keeps them where coroutines find them too. No coroutine of ours words anything, and a page asks for them
        some six hundred times: that was a tenth of its cost.
        """
        trans_real._active = threading.local()  # type: ignore[attr-defined]
        timezone._active = threading.local()  # type: ignore[attr-defined]
