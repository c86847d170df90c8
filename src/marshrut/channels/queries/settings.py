"""Reads for the pages of settings: every form and every template, what is not used any more included."""

from dataclasses import dataclass

from marshrut.channels.models import Form, MessageTemplate


@dataclass(frozen=True, slots=True)
class FormLine:
    """A public form."""

    id: int
    key: str
    name: str
    source_slug: str
    office_id: int | None
    consent_text: str
    consent_version: str
    is_active: bool


def list_site_forms() -> list[FormLine]:
    """Every form, those in use first."""
    fields = ("id", "key", "name", "source_slug", "office_id", "consent_text", "consent_version", "is_active")
    return [FormLine(*row) for row in Form.objects.order_by("-is_active", "id").values_list(*fields)]


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template, used or not."""

    id: int
    name: str
    language: str
    subject: str
    text: str
    position: int
    is_active: bool


def list_all_templates() -> list[TemplateLine]:
    """Every template in its order, those in use first."""
    fields = ("id", "name", "language", "subject", "text", "position", "is_active")
    return [TemplateLine(*row) for row in MessageTemplate.objects.order_by("-is_active", "position", "id").values_list(*fields)]
