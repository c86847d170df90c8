"""What the lists' choices may be: offices, people, sources, funnels and the agency's own fields, of one revision."""

from collections.abc import Callable, Container
from dataclasses import dataclass

from marshrut.agency.queries import Staff, kept, read_custom_fields, read_staff
from marshrut.catalog.queries import Catalogue, read_catalogue
from marshrut.core.languages import LANGUAGES
from marshrut.core.typed_values import FieldSpec
from marshrut.deals.models import LossReason
from marshrut.deals.queries.passing import FunnelCard, read_funnels
from marshrut.deals.rules.list_filters import Given, ListPage, ListQuery, read_list_query
from marshrut.intake.wording import CHANNELS, CLASSES, DISPOSITIONS
from marshrut.marketing.queries import Sources, read_sources

CLOCKS = ("running", "met", "missed", "stopped", "none")


class Ids:
    """Any id the database can hold, and a few words beside."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def __contains__(self, value: object) -> bool:
        text = str(value)
        return text in self._words or (text.isascii() and text.isdecimal() and len(text) < 19)


@dataclass(frozen=True)
class ListReference:
    """Reference data that a list is narrowed and worded by."""

    staff: Staff
    sources: Sources
    catalogue: Catalogue
    funnels: dict[str, FunnelCard]
    specs: tuple[FieldSpec, ...]
    reasons: dict[str, str]
    """Why deals are not realised: slug → name, in the agency's order, those no longer offered too."""

    def specs_of(self, subject: str) -> tuple[FieldSpec, ...]:
        """The agency's own fields of people or of matters."""
        return tuple(spec for spec in self.specs if spec.subject == subject)

    def known(self, page: ListPage, given: Given) -> dict[str, Container[str]]:
        """The values each choice of a list may have."""
        places = {stage.place for funnel in self.funnels.values() for stage in funnel.stages}
        return {
            "office": Ids(), "owner": Ids("me", "none"), "queue": Ids("any"),
            "source": self.sources, "channel": CHANNELS, "class": CLASSES,
            "category": self.catalogue.categories, "direction": self.catalogue.directions,
            "funnel": self.funnels, "stage": {"inquiry", *places}, "relevance": ("A", "B", "C"), "clock": CLOCKS,
            "disposition": DISPOSITIONS, "missing": ("phone", "email"), "language": LANGUAGES,
            "reason": self.reasons if given.get("reason") else (),
        }  # fmt: skip

    def settled(self, given: Given) -> Given:
        """What an address asks for, with a source that was merged led to the one it went into."""
        return {**given, "source": [self.sources.staying(slug) for slug in given["source"]]} if given.get("source") else given

    def read(self, page: ListPage, given: Given) -> ListQuery:
        """The query of a list's address."""
        return read_list_query(page, self.settled(given), self.known(page, given), self.specs)


def _load_reasons() -> dict[str, str]:
    return dict(LossReason.objects.order_by("position").values_list("slug", "name"))


_read_reasons: Callable[[int], dict[str, str]] = kept(_load_reasons)


def list_reference(revision: int) -> ListReference:
    """The reference of one revision."""
    return ListReference(
        read_staff(revision),
        read_sources(revision),
        read_catalogue(revision),
        read_funnels(revision),
        read_custom_fields(revision),
        _read_reasons(revision),
    )
