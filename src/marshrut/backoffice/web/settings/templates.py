"""Texts people send often, with places that are filled from the matter; tried on a client who is made up."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.agency import LANGUAGES
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask, place_ask, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.channels.queries.settings import TemplateLine, list_all_templates
from marshrut.channels.rules.templates import PLACES, fill
from marshrut.channels.services.templates import TemplateForm, check_places, save_template
from marshrut.intake.wording import say_opening
from marshrut.ui.wording import money

PAGE = register_settings(
    SettingsPage(
        slug="templates",
        group="messages",
        order=20,
        title=lazy("Message templates"),
        icon="template",
        url_name="settings_templates",
        description=lazy(
            "Texts people send often. Places in braces fill themselves with the client's name, the trip, the manager."
        ),
        watches={"channels_messagetemplate": ()},
        words=lazy("letters texts e-mail messenger placeholders"),
    )
)
describe(
    "channels_messagetemplate",
    TableWords(
        noun=lazy("Template"),
        hidden=("id",),
        said={"language": lambda value, _reader: LANGUAGES.get(value, str(value))},
        columns={
            "name": lazy("name"),
            "language": lazy("language"),
            "subject": lazy("subject"),
            "text": lazy("text"),
            "position": lazy("place in lists"),
            "is_active": lazy("in use"),
        },
    ),
)


def _read(_reader: Reader) -> list[Item]:
    return [_item(line) for line in list_all_templates()]


def _item(line: TemplateLine) -> Item:
    values = {
        "name": line.name,
        "language": line.language,
        "subject": line.subject,
        "text": line.text,
        "position": line.position,
        "is_active": "yes" if line.is_active else "",
    }
    return Item(
        line.id,
        line.name,
        values,
        (LANGUAGES.get(line.language, line.language), line.subject or line.text[:80]),
        (),
        line.is_active,
    )


def _asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    known = ", ".join(f"{{{place}}}" for place in PLACES)
    return [
        Ask("name", _("Its name"), hint=_("Colleagues choose by it."), is_required=True),
        Ask("subject", _("Subject"), hint=_("Of a letter; messengers have none.")),
        Ask(
            "text",
            _("Text"),
            "area",
            _("What stands in braces fills itself: %(known)s.") % {"known": known},
            is_required=True,
            attrs={"rows": "8"},
        ),
        Ask("language", _("Language"), "select", choices=[Choice(*pair) for pair in LANGUAGES.items()], is_whole=False),
        place_ask(),
        active_ask(),
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    form = TemplateForm(
        values["name"],
        values["language"],
        values["subject"],
        values["text"],
        whole_number(values, "position", default=0),
        bool(values["is_active"]),
    )
    save_template(template_id=pk, form=form, by=reader.actor, now=reader.now)


def sample_client(reader: Reader) -> dict[str, str]:
    """Somebody who is made up, as a template would see them."""
    return {
        "name": _("Marina"),
        "full_name": _("Marina Sokolova"),
        "manager": reader.actor.name,
        "agency": reader.staff.agency.name or reader.office.name,
        "office": reader.office.name,
        "phone": reader.staff.agency.phone or "+7 812 555-01-42",
        "trip": _("Turkey, 10 nights from 12 June, two people"),
        "sum": money("148500", reader.staff.agency.currency),
        "opens": say_opening(reader.office.calendar, reader.now, get_language() or "en"),
    }


def _try_out(values: Values, reader: Reader, _item: Item | None) -> dict[str, Any]:
    check_places(values["subject"], "subject")
    check_places(values["text"], "text")
    known = sample_client(reader)
    return {"subject": fill(values["subject"], known).text, "text": fill(values["text"], known).text}


ROLL = Roll(
    page=PAGE,
    table="channels_messagetemplate",
    add_label=lazy("Add a template"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda reader: {
        "name": "",
        "subject": "",
        "text": "",
        "language": reader.staff.agency.language,
        "position": "100",
        "is_active": "yes",
    },
    try_out=_try_out,
    preview_template="backoffice/settings/_template_preview.html",
    empty=(lazy("No templates yet"), lazy("Write the text you send most often; it will be one press away on every card.")),
)
