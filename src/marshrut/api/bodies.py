"""Bodies of the intake door: any bytes in, a JSON object or a problem out."""

import json
import re
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marshrut.core.errors import DomainError, Invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 32
MOST_DIGITS = 1000
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


class Unreadable(DomainError):
    status = 400


class TooLarge(DomainError):
    status = 413


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The one JSON object of a body. Raises Unreadable (400), TooLarge (413) or Invalid (422, nested too deep)."""
    body = request.body
    if len(body) > MOST_BYTES:
        raise TooLarge("body_too_large", _("The body is over 10 MB."))
    value = _parse(body)
    if not isinstance(value, dict):
        raise Unreadable("not_an_object", _("The body must be one JSON object."))
    if _is_deeper(value, MOST_DEPTH):
        raise Invalid("too_deep", _("The body is nested more than %(depth)s levels deep.") % {"depth": MOST_DEPTH}, field="body")
    return value


def _parse(body: bytes) -> Any:
    if not _LONG_NUMBER.search(body):  # orjson rounds those: two ids of twenty digits would become one
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass
    try:
        # What orjson refuses but a browser or a script may send: NaN, lone surrogates, endless numbers, a byte order
        # mark. They are cleaned or dropped later.
        return json.loads(body.decode("utf-8-sig"), parse_int=_whole)
    except RecursionError as error:
        raise Invalid(
            "too_deep", _("The body is nested more than %(depth)s levels deep.") % {"depth": MOST_DEPTH}, field="body"
        ) from error
    except ValueError as error:
        raise Unreadable("not_json", _("The body is not one JSON object in UTF-8.")) from error


def _whole(digits: str) -> int | float:
    """A whole number; one that nothing could mean is infinite, and dropped like every other that makes no sense."""
    return int(digits) if len(digits) <= MOST_DIGITS else float("inf")


def _is_deeper(value: Any, most: int) -> bool:
    layer = [value]
    for _level in range(most):
        layer = [
            child
            for item in layer
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return False
    return True
