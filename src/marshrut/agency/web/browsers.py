"""Which browser somebody looks through, in a few words, and from which address."""

from django.http import HttpRequest

# The first that stands in the line is meant: browsers name those they descend from, too.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex Browser"), ("Firefox", "Firefox"), ("CriOS", "Chrome"),
             ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))


def browser_of(request: HttpRequest) -> str:
    """`Firefox, Windows`; the beginning of what it says of itself when that is neither."""
    said = str(request.META.get("HTTP_USER_AGENT", ""))[:400]
    named = [next((word for mark, word in known if mark in said), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, named)) or "".join(char for char in said if char.isprintable())[:60]


def address_of(request: HttpRequest) -> str:
    """The network address the request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))[:60]
