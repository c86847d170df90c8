"""Fields of the agency's own, of people and of matters."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.queries.settings import FieldLine, list_fields
from marshrut.agency.services.fields import FieldForm, FieldUse, save_field
from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import Figure, foreseen
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask, place_ask, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.clients.queries import count_custom as count_of_people
from marshrut.core.errors import Invalid
from marshrut.core.names import clean_text
from marshrut.core.slugs import required_name
from marshrut.core.typed_values import FieldSpec, UnreadableValue, read_value
from marshrut.journal.queries.custom import count_custom as count_of_matters

SUBJECTS = {"person": lazy("Of a client"), "matter": lazy("Of an inquiry and a deal")}
KINDS = {
    "text": lazy("Text"),
    "number": lazy("Number"),
    "date": lazy("Day"),
    "choice": lazy("One of a list"),
    "yes_no": lazy("Yes or no"),
}
PAGE = register_settings(
    SettingsPage(
        slug="fields",
        group="data",
        order=10,
        title=lazy("Own fields"),
        icon="adjustments",
        url_name="settings_fields",
        description=lazy(
            "What only you need to know of a client or a deal. They stand on cards, in lists, filters, the API and exports."
        ),
        watches={"agency_customfield": ()},
        words=lazy("custom fields attributes columns"),
    )
)
describe(
    "agency_customfield",
    TableWords(
        noun=lazy("Field"),
        hidden=("id", "slug", "subject"),
        said={"kind": lambda value, _reader: str(KINDS.get(value, value))},
        columns={
            "name": lazy("name"),
            "kind": lazy("kind"),
            "choices": lazy("choices"),
            "position": lazy("place in lists"),
            "in_list": lazy("in lists"),
            "is_active": lazy("in use"),
        },
    ),
)


def _read(_reader: Reader) -> list[Item]:
    return [_item(line) for line in list_fields()]


def _item(line: FieldLine) -> Item:
    values = {
        "subject": line.subject,
        "name": line.name,
        "kind": line.kind,
        "choices": "\n".join(line.choices),
        "position": line.position,
        "in_list": "yes" if line.in_list else "",
        "is_active": "yes" if line.is_active else "",
        "slug": line.slug,
    }
    tags = ((_("in lists"), "info"),) if line.in_list else ()
    notes = (str(KINDS.get(line.kind, line.kind)), line.slug, ", ".join(line.choices))
    return Item(line.id, line.name, values, notes, tags, line.is_active, str(SUBJECTS[line.subject]))


def _asks(_reader: Reader, item: Item | None) -> list[Ask]:
    subjects = [Choice(value, str(label)) for value, label in SUBJECTS.items()]
    first = (
        Ask("slug", _("Key for programs"), "fixed", _("It never changes, whatever the field is called."), is_whole=False)
        if item
        else Ask("subject", _("Whose"), "select", choices=subjects, is_whole=False)
    )
    return [
        Ask("name", _("Its name"), is_required=True),
        first,
        Ask(
            "kind",
            _("Kind"),
            "select",
            _("It cannot change once something is written in it."),
            [Choice(value, str(label)) for value, label in KINDS.items()],
            is_whole=False,
        ),
        Ask("choices", _("What can be chosen"), "area", _("One in a line; only for “One of a list”.")),
        place_ask(),
        Ask("in_list", _("A column and a filter of the lists"), "check"),
        active_ask(_("In use: shown on cards"), _("Values written before are kept and come back with it.")),
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    line = next((one for one in list_fields() if one.id == pk), None)
    subject = line.subject if line else values.get("subject", "")
    form = FieldForm(
        subject,
        values["name"],
        values["kind"],
        tuple(values["choices"].splitlines()),
        whole_number(values, "position", default=0),
        bool(values["in_list"]),
        bool(values["is_active"]),
    )
    save_field(field_id=pk, form=form, use=_use(line), by=reader.actor, now=reader.now)


def _use(line: FieldLine | None) -> FieldUse:
    if line is None:
        return FieldUse()
    values, by_choice = (count_of_people if line.subject == "person" else count_of_matters)(line.slug)
    return FieldUse(values, by_choice)


EXAMPLES = {"text": lazy("For example this"), "number": "12,5", "date": "31.12.2026", "yes_no": lazy("yes")}


def _try_out(values: Values, _reader: Reader, item: Item | None) -> dict[str, Any]:
    """The field on a card and in a list with an example value; how many hold one, and how many of those would not fit."""
    line = next((one for one in list_fields() if item and one.id == item.id), None)
    name, kind, choices = required_name(values["name"]), values["kind"], tuple(values["choices"].splitlines())
    if kind not in KINDS:
        raise Invalid("no_such_kind", _("Choose what kind of value it holds."), field="kind")
    spec = FieldSpec(line.subject if line else values.get("subject", ""), line.slug if line else "", name, kind, _kept(choices))
    if kind == "choice" and not spec.choices:
        raise Invalid("choices_missing", _("Write what can be chosen, one in a line."), field="choices")
    use = _use(line)
    lost = sum(number for value, number in (use.by_choice or {}).items() if not _fits(spec, value))
    held = ngettext("%(num)s card has a value", "%(num)s cards have a value", use.values) % {"num": use.values}
    refused = ngettext(
        "%(num)s value would not fit: it stays as it is only while kind and choices do.",
        "%(num)s values would not fit: they stay as they are only while kind and choices do.",
        lost,
    )
    hidden = _("It leaves cards and lists; what was written is kept and comes back with it.")
    return foreseen(
        hidden if item and item.is_active and not values["is_active"] else "",
        figures=[Figure(_("Kept in it"), held)] if line else [],
        cautions=[refused % {"num": lost}] if lost else [],
        name=name,
        example=spec.choices[0] if kind == "choice" else str(EXAMPLES[kind]),
        whose=str(SUBJECTS.get(spec.subject, "")),
        in_list=bool(values["in_list"]),
        is_shown=bool(values["is_active"]),
    )


def _kept(choices: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (clean_text(one, 120) for one in choices))))


def _fits(spec: FieldSpec, value: str) -> bool:
    try:
        return read_value(spec, value) is not None
    except UnreadableValue:
        return False


ROLL = Roll(
    page=PAGE,
    table="agency_customfield",
    add_label=lazy("Add a field"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {
        "subject": "person",
        "name": "",
        "kind": "text",
        "choices": "",
        "position": "100",
        "in_list": "",
        "is_active": "yes",
    },
    try_out=_try_out,
    preview_template="backoffice/settings/_field_preview.html",
    help=lazy("Ask for little: every field somebody must fill is a minute less with a client."),
    empty=(lazy("No fields of your own yet"), lazy("For example: passport valid until, favourite hotel chain, club card.")),
)
