"""What a list is shown by: who reads, and the words for what its rows hold."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from marshrut.core.masks import mask_email, mask_phone, mask_text
from marshrut.core.typed_values import FieldSpec
from marshrut.deals.queries.list_reference import ListReference
from marshrut.desk.web.pages import Desk
from marshrut.desk.wording import day
from marshrut.marketing.queries import SourceCard


@dataclass(frozen=True)
class Shown:
    """The reader and the reference data one page of a list is worded by."""

    desk: Desk
    reference: ListReference

    @cached_property
    def sees_phones(self) -> bool:
        return self.desk.actor.shows("phone")

    def phone(self, number: str | None) -> str:
        """A number as this reader may see it."""
        return (number if self.sees_phones else mask_phone(number)) or ""

    def email(self, address: str | None) -> str:
        """An address as this reader may see it."""
        return (address if self.sees_phones else mask_email(address)) or ""

    def text(self, text: str | None, *known: str | None) -> str:
        """Words of people as this reader may see them: with ways to reach somebody hidden, where those are hidden."""
        if not text or self.sees_phones:
            return text or ""
        return mask_text(text, tuple(filter(None, known)))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.desk.office.time_zone)

    @cached_property
    def sources(self) -> dict[int, SourceCard]:
        return {card.id: card for card in self.reference.sources.values()}

    @cached_property
    def stages(self) -> dict[str, str]:
        """Names of stages by place."""
        return {stage.place: stage.name for funnel in self.reference.funnels.values() for stage in funnel.stages}

    def place(self, place: str) -> str:
        return _("Inquiry") if place == "inquiry" else self.stages.get(place, place.rpartition("/")[2])

    def own_value(self, spec: FieldSpec, custom: dict[str, Any]) -> str:
        """A value of a field of the agency's own, in words; empty when there is none."""
        return own_words(spec, custom.get(spec.slug))


def own_words(spec: FieldSpec, value: Any) -> str:
    """A kept value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return day(str(value)) if spec.kind == "date" else str(value)
