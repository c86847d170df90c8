"""Forms on the agency's site: where their inquiries go, what people consent to, and how a form is put on a page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask
from marshrut.backoffice.web.settings.story import TableWords, describe, office_name
from marshrut.channels.queries.settings import FormLine, list_site_forms
from marshrut.channels.services.site_forms import FormForm, next_version, save_site_form
from marshrut.marketing.queries import read_sources

PAGE = register_settings(
    SettingsPage(
        slug="forms",
        group="inquiries",
        order=20,
        title=lazy("Forms on your site"),
        icon="forms",
        url_name="settings_forms",
        description=lazy("A form that makes an inquiry the moment somebody sends it. Each has an address you can put on a page."),
        watches={"channels_form": ()},
        words=lazy("website embed consent personal data iframe address"),
    )
)
describe(
    "channels_form",
    TableWords(
        noun=lazy("Form"),
        said={"office_id": office_name},
        hidden=("id", "key"),
        columns={
            "name": lazy("name"),
            "source_slug": lazy("source"),
            "office_id": lazy("office"),
            "consent_text": lazy("text of consent"),
            "consent_version": lazy("version of consent"),
            "is_active": lazy("in use"),
        },
    ),
)


def _read(reader: Reader) -> list[Item]:
    sources = {slug: card.name for slug, card in read_sources(reader.revision).items()}
    return [_item(line, sources, reader) for line in list_site_forms()]


def _item(line: FormLine, sources: dict[str, str], reader: Reader) -> Item:
    office = reader.staff.offices.get(line.office_id or 0)
    values = {
        "name": line.name,
        "source": line.source_slug,
        "office": line.office_id or "",
        "consent_text": line.consent_text,
        "is_active": "yes" if line.is_active else "",
        "key": line.key,
        "version": line.consent_version,
    }
    notes = (
        reverse("public_form", args=[line.key]),
        sources.get(line.source_slug, line.source_slug),
        office.name if office else "",
        _("consent, version %(version)s") % {"version": line.consent_version},
    )
    return Item(line.id, line.name, values, notes, (), line.is_active)


def _asks(reader: Reader, item: Item | None) -> list[Ask]:
    sources = [
        Choice(card.slug, card.name)
        for card in read_sources(reader.revision).values()
        if card.is_active or (item and item.values["source"] == card.slug)
    ]
    offices = [Choice("", _("whoever is free, of any office")), *(Choice(str(o.id), o.name) for o in reader.staff.offices.values())]
    key = (
        Ask("key", _("Its address ends with"), "fixed", _("It never changes: pages that show the form would lose it."))
        if item
        else Ask("key", _("Its address ends with"), hint=_("Latin letters, digits, hyphens. Empty: made of the name."))
    )
    return [
        Ask("name", _("Its name"), hint=_("For colleagues: where on the site it stands."), is_required=True),
        Ask("source", _("Source"), "select", choices=sources, is_whole=False),
        Ask("office", _("Office"), "select", choices=offices, is_whole=False),
        Ask(
            "consent_text",
            _("What people consent to"),
            "area",
            _("Shown beside the box to be ticked. Another text is another version: who agreed to which stays known."),
            is_required=True,
        ),
        key,
        active_ask(_("In use: the form can be opened and sent")),
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    office = values["office"]
    form = FormForm(
        values["name"],
        values["source"],
        int(office) if office.isascii() and office.isdigit() and len(office) < 10 else None,
        values["consent_text"],
        bool(values["is_active"]),
        values["key"],
    )
    known = read_sources(reader.revision)
    if form.source_slug not in known:
        form = FormForm(form.name, "", form.office_id, form.consent_text, form.is_active, form.key)
    save_site_form(form_id=pk, form=form, by=reader.actor, now=reader.now)


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """How the form's head and consent will look, which version it will be, and what to put on a page."""
    office = reader.staff.offices.get(int(values["office"]) if values["office"].isdigit() else 0) or reader.staff.first_office
    version = item.values["version"] if item else "1"
    if item and item.values["consent_text"] != values["consent_text"]:
        version = next_version(version)
    address = f"{reader.staff.agency.address}{reverse('public_form', args=[values['key']])}" if item else ""
    return {
        "office": office.name,
        "consent": values["consent_text"],
        "version": version,
        "address": address,
        "is_whole": bool(reader.staff.agency.address),
        "snippet": _snippet(address, values["name"]) if address else "",
    }


def _snippet(address: str, title: str) -> str:
    safe = title.replace("&", "&amp;").replace('"', "&quot;")
    return f'<iframe src="{address}" title="{safe}" width="100%" height="820" style="border:0" loading="lazy"></iframe>'


ROLL = Roll(
    page=PAGE,
    table="channels_form",
    add_label=lazy("Add a form"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {
        "name": "",
        "source": "site",
        "office": "",
        "key": "",
        "is_active": "yes",
        "consent_text": _("I agree that the agency processes my personal data to answer this request."),
    },
    try_out=_try_out,
    preview_template="backoffice/settings/_form_preview.html",
    empty=(lazy("No forms yet"), lazy("Add one and put its address on your site: what is sent there comes to your queue at once.")),
)
