"""The registry of the sidebar: rooms above register their entries and who the reader is; `ui` only draws them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise

from marshrut.ui.wording import language, up_to

Label = str | Promise


@dataclass(frozen=True, eq=False)
class Registration:
    """One entry as a room registered it; `also` are url names of pages that belong under it."""

    section: Label
    label: Label
    url_name: str
    icon: str
    order: int
    count: Callable[[HttpRequest], int | None] | None
    allowed: Callable[[HttpRequest], bool] | None
    also: tuple[str, ...]
    is_urgent: bool
    most: int | None


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar for one reader."""

    label: str
    url: str
    icon: str
    count: int | None
    is_current: bool
    is_urgent: bool
    most: int | None = None

    @property
    def figure(self) -> str:
        """The count as it is shown: above `most` only that there are more."""
        return up_to(self.count or 0, self.most) if self.most is not None else str(self.count)


@dataclass(frozen=True)
class Section:
    """Entries under one heading (empty for the first)."""

    label: str
    entries: list[Entry]


@dataclass(frozen=True)
class Viewer:
    """The reader, as the frame shows them: name, what they are, their office, whether on shift (None: not told).

    `id` lets the browser tell news given to this very reader from news of colleagues within reach.
    """

    name: str
    role: str = ""
    office: str = ""
    is_on_shift: bool | None = None
    id: int | None = None


@dataclass(frozen=True)
class Bell:
    """What waits unseen for one reader: how many notices, the newest of them, and whether nothing may sound now."""

    unseen: int
    newest_id: int | None
    is_quiet: bool


_registered: list[Registration] = []
_bell: list[Callable[[HttpRequest], Bell | None]] = []
_viewer: list[Callable[[HttpRequest], Viewer]] = []


def register_entry(
    section: Label,
    label: Label,
    url_name: str,
    icon: str,
    order: int,
    *,
    count: Callable[[HttpRequest], int | None] | None = None,
    allowed: Callable[[HttpRequest], bool] | None = None,
    also: Iterable[str] = (),
    is_urgent: bool = False,
    most: int | None = None,
) -> None:
    """Put an entry into the sidebar; lazily translated labels. The same url name twice replaces the first.

    A count above `most` is shown as that and a plus.
    """
    _registered[:] = [entry for entry in _registered if entry.url_name != url_name]
    _registered.append(
        Registration(section, label, url_name, icon, order, count, allowed, tuple(also), is_urgent, most)
    )
    _registered.sort(key=lambda entry: entry.order)


def register_viewer(describe: Callable[[HttpRequest], Viewer]) -> None:
    """Say how the reader of a request is described; the room that knows people calls this once."""
    _viewer[:] = [describe]


def register_bell(describe: Callable[[HttpRequest], Bell | None]) -> None:
    """Say what waits unseen for the reader of a request; the room that shows notices calls this once."""
    _bell[:] = [describe]


def bell(request: HttpRequest) -> Bell | None:
    """The bell of this reader; None where nobody rings it."""
    return _bell[0](request) if _bell else None


def viewer(request: HttpRequest) -> Viewer:
    """The reader of this request."""
    if _viewer:
        return _viewer[0](request)
    return Viewer(name=str(getattr(getattr(request, "user", None), "name", "")))


def sections(request: HttpRequest) -> list[Section]:
    """The sidebar for this reader, sections in the order of their first entry; a page asks for it several times."""
    made: list[Section] | None = getattr(request, "sidebar", None)
    if made is None:
        made = _sections(request)
        request.sidebar = made  # type: ignore[attr-defined]
    return made


def _sections(request: HttpRequest) -> list[Section]:
    current = _current_name(request)
    found: dict[str, list[Entry]] = {}
    for item in _registered:
        if item.allowed is not None and not item.allowed(request):
            continue
        section, label, address = _worded(item, language())
        found.setdefault(section, []).append(
            Entry(
                label=label,
                url=address,
                icon=item.icon,
                count=item.count(request) if item.count else None,
                is_current=current == item.url_name or current in item.also,
                is_urgent=item.is_urgent,
                most=item.most,
            )
        )
    return [Section(label, entries) for label, entries in found.items()]


@lru_cache(maxsize=256)
def _worded(item: Registration, _language: str) -> tuple[str, str, str]:
    """Heading, name and address of an entry: the same for everybody of one language."""
    return str(item.section), str(item.label), reverse(item.url_name)


def _current_name(request: HttpRequest) -> str | None:
    """The url name of the page the reader looks at: for a fragment, of the page that asked for it."""
    page = request.headers.get("HX-Current-URL")
    if not page:
        return request.resolver_match.url_name if request.resolver_match else None
    try:
        return resolve(urlsplit(page).path).url_name
    except Resolver404:
        return None


def may(request: HttpRequest, scope: str) -> bool:
    """Whether the reader holds a scope: what they may not do is not offered to them."""
    actor = getattr(request, "actor", None)
    return bool(actor and actor.may(scope))
