"""One request for a list: the address read, the reach, the columns; what the page, the export and bulk actions share."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from marshrut.deals.queries.list_reference import list_reference
from marshrut.deals.queries.list_rows import read_clients, read_matters
from marshrut.deals.queries.lists import Cursor, ListReading
from marshrut.deals.rules.list_filters import ListPage
from marshrut.desk.lists.columns import chosen_columns, columns_of
from marshrut.desk.lists.shown import Shown
from marshrut.desk.web.pages import Desk

ADDRESSES = {"inquiries": "list_inquiries", "deals": "list_deals", "clients": "people"}
PASSING = ("part", "after", "shown", "exact", "view")
"""What stands in an address but narrows nothing: never part of a saved view or of a link to a filter."""


class AskedList:
    """One request for a list: what is asked, by whom, and what is shown of it."""

    def __init__(self, desk: Desk, page: ListPage, query: QueryDict) -> None:
        reference = list_reference(desk.revision)
        named = {name: list(query.getlist(name)) for name in query}
        self.merged = [slug for slug in named.get("source", ()) if slug in reference.sources.spelled]
        """Sources of the address that have gone into others since: everything here goes by those."""
        self.given = reference.settled(named)
        self.desk, self.page, self.query = desk, page, query.copy()
        if self.merged:
            self.query.setlist("source", list(self.given["source"]))
        self.shown = Shown(desk, reference)
        self.wanted = reference.read(page, self.given)
        self.reading = ListReading(desk.actor, self.wanted, reference, desk.now, ZoneInfo(desk.office.time_zone))
        self.available = columns_of(page.slug, page.subject, self.shown)
        self.columns = chosen_columns(self.available, self.given.get("columns", ()))

    def read(self, limit: int, after: Cursor | None = None) -> list[Any]:
        """Rows of the list from a cursor on."""
        read = read_clients if self.page.subject == "person" else read_matters
        return list(read(self.reading, limit=limit, after=after))

    def address(self, **changed: str | None) -> str:
        """The address of this list with some names changed, or taken out (None)."""
        left = [(name, values) for name, values in self.query.lists() if name not in PASSING and name not in changed]
        query = urlencode([*left, *((name, value) for name, value in changed.items() if value is not None)], doseq=True)
        return f"{reverse(ADDRESSES[self.page.slug])}?{query}"

    def filters(self) -> str:
        """The query of this list, without what passes: what a view keeps and an export notes."""
        return self.address().partition("?")[2]

    def noted(self) -> str:
        """As `filters`, without the words somebody searched by: what is noted of an export names no client."""
        return self.address(**({"q": "…"} if self.wanted.text else {})).partition("?")[2]
