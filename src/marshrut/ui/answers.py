"""The answers of an action to the browser: what was done, and what the page should do about it."""

import json

from django.http import HttpResponse


def done(message: str = "", *, undo: str | None = None, go: str | None = None) -> HttpResponse:
    """204 that tells the page: close the dialog, say `message` (already worded), refresh every live region.

    `undo` is an address of ours; the toast offers to POST there. `go` leads the browser to another page of ours
    instead (the message is then shown there).
    """
    answer = HttpResponse(status=204)
    if go:
        answer["HX-Redirect"] = go
    detail = {key: value for key, value in (("message", message), ("undo", undo), ("go", go)) if value}
    # Header values are latin-1: JSON's own escapes keep any language inside it.
    answer["HX-Trigger"] = json.dumps({"done": detail})
    return answer
