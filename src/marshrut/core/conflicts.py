"""Two transactions stood in one another's way and the database ended one of them: it is simply done again.

Whatever a view writes it writes in one transaction, which is rolled back then, so that nothing is done twice. Both
faces, the pages and the JSON door, are under this middleware.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg.errors import DeadlockDetected, SerializationFailure

MOST_ATTEMPTS = 5
LONGEST_PAUSE = 0.05  # seconds, more with each attempt

log = logging.getLogger(__name__)


def is_conflict(error: BaseException) -> bool:
    """Whether the database chose this transaction to give way: a deadlock or a serialization failure."""
    return isinstance(error.__cause__, (DeadlockDetected, SerializationFailure))


class DoAgain:
    """Middleware: a view that lost such a conflict is asked again, up to five times in all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse:
        """The view's own answer. Stands last among the middleware, so that every other has had its say."""
        for attempt in range(1, MOST_ATTEMPTS):
            try:
                return view(request, *args, **kwargs)
            except OperationalError as error:
                if not is_conflict(error):
                    raise
                log.warning("attempt %s at %s gave way to another: %s", attempt, request.path, error)
                time.sleep(random.uniform(0, LONGEST_PAUSE * attempt))
        return view(request, *args, **kwargs)
