"""The minimum contact set: what has to be known of an inquiry of a channel and a class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import (
    Choice,
    channel_choices,
    class_choices,
    month_of,
    posted_lists,
    reference_of,
    sample_note,
)
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import DomainError
from marshrut.core.undo import Row
from marshrut.intake.rules import ContactRules, read_required
from marshrut.intake.rules.contact_set import DEFAULT_REQUIRED, KNOWN, Required
from marshrut.intake.rules.previews import count_incomplete
from marshrut.intake.services.rule_settings import drop_contact_policy, save_contact_policy, try_contact_policy
from marshrut.intake.wording import channel_label, class_label, missing_label

WAYS = ("phone", "email", "messenger")
PAGE = register_settings(
    SettingsPage(
        slug="contact-set",
        group="inquiries",
        title=lazy("Minimum contact set"),
        icon="id-badge-2",
        order=50,
        url_name="settings_contact_set",
        description=lazy(
            "What has to be known before an inquiry counts as properly taken. "
            "The nearer row counts: channel and class, then the channel, then the class."
        ),
        watches={"intake_contactpolicy": ()},
        words=lazy("required name phone e-mail contact"),
    )
)


def _for_whom(channel: str, inquiry_class: str) -> str:
    names = [
        channel_label(channel) if channel else _("any channel"),
        class_label(inquiry_class) if inquiry_class else _("any class"),
    ]
    return " · ".join(names)


def _said(required: Sequence[Sequence[str]]) -> str:
    """Required things in words: "name; phone or messenger"."""
    return "; ".join(f" {_('or')} ".join(missing_label(way) for way in ways) for ways in required)


def _row_name(row: Mapping[str, Any], _reader: Reader) -> str:
    return _for_whom(str(row.get("channel") or ""), str(row.get("inquiry_class") or ""))


describe(
    "intake_contactpolicy",
    TableWords(
        noun=lazy("Contact set"),
        named_by=("channel", "inquiry_class"),
        name_of=_row_name,
        hidden=("id",),
        columns={"channel": lazy("channel"), "inquiry_class": lazy("class"), "required": lazy("has to be known")},
        said={"required": lambda value, _reader: _said([str(one).split("|") for one in value])},
    ),
)


@dataclass(frozen=True)
class PolicyRow:
    """One row of the table: whose it is and what it asks for; a delivered one has no id."""

    id: int | None
    channel: str
    inquiry_class: str
    title: str
    required: str


@require_safe
@for_staff("settings:write")
def contact_set(request: ReaderRequest) -> HttpResponse:
    """The agency's own rows, and those that are delivered."""
    own = _read_rows()
    taken = {(row.channel, row.inquiry_class) for row in own}
    delivered = [
        PolicyRow(None, channel, of_class, _for_whom(channel, of_class), _said(required))
        for (channel, of_class), required in DEFAULT_REQUIRED.items()
        if (channel, of_class) not in taken
    ]
    return page_of(request, PAGE, "backoffice/settings/contact_set.html", {"own": own, "delivered": delivered})


def _read_rows() -> list[PolicyRow]:
    with connection.cursor() as cursor:
        cursor.execute("select id, channel, inquiry_class, required from intake_contactpolicy order by channel, inquiry_class")
        return [
            PolicyRow(row[0], row[1], row[2], _for_whom(row[1], row[2]), _said([one.split("|") for one in row[3]]))
            for row in cursor.fetchall()
        ]


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def policy(request: ReaderRequest) -> HttpResponse:
    """One row in a dialog: ?channel=&class= name it; a new one names nothing."""
    rules = reference_of(request).rules.contacts
    channel, of_class = request.GET.get("channel", ""), request.GET.get("class", "")
    context = {"channels": channel_choices(), "classes": class_choices(), "things": _choices(KNOWN), "ways": _choices(WAYS)}
    if request.method == "GET":
        values = _values_of(rules.required_of(channel, of_class)) | {"channel": channel, "inquiry_class": of_class}
        return dialog_of(request, PAGE, "backoffice/settings/_contact_dialog.html", {**context, "values": values})
    posted = posted_lists(request)
    values = {
        "channel": _one(posted, "channel"),
        "inquiry_class": _one(posted, "inquiry_class"),
        "prefer": _one(posted, "prefer"),
        "must": posted.get("must", []),
        "one_of": posted.get("one_of", []),
        "also": posted.get("also", []),
    }
    asked = {"channel": values["channel"], "inquiry_class": values["inquiry_class"], "required": _required(values)}
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_contact_preview.html", lambda: _preview(request, rules, asked))
    try:
        with saving(request, PAGE, _row_of(values["channel"], values["inquiry_class"])):
            save_contact_policy(**asked, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_contact_dialog.html", context, values, error, ["required"])
    return saved(PAGE)


@require_http_methods(["POST"])
@for_staff("settings:write")
def policy_drop(request: ReaderRequest, pk: int) -> HttpResponse:
    """A row of the agency's own counts no more."""
    drop_contact_policy(policy_id=pk, by=request.reader.actor, now=request.reader.now)
    return saved(PAGE, _("Removed"))


def _choices(names: Any) -> list[Choice]:
    return [Choice(name, missing_label(name)) for name in names]


def _one(posted: Mapping[str, list[str]], name: str) -> str:
    return posted.get(name, [""])[0][:40] if posted.get(name) else ""


def _row_of(channel: str, inquiry_class: str) -> set[Row]:
    with connection.cursor() as cursor:
        cursor.execute("select id from intake_contactpolicy where channel = %s and inquiry_class = %s", [channel, inquiry_class])
        return {("intake_contactpolicy", row[0]) for row in cursor.fetchall()}


def _values_of(required: Required) -> Values:
    several = [ways for ways in required if len(ways) > 1]
    return {
        "must": [ways[0] for ways in required if len(ways) == 1],
        "one_of": list(several[0]) if several else [],
        "prefer": several[0][0] if several else "",
        "also": list(several[1]) if len(several) > 1 else [],
    }


def _required(values: Values) -> list[str]:
    """What the form asks for, as entries of alternatives; the preferred way stands first."""
    one_of = sorted(values["one_of"], key=lambda way: way != values["prefer"])
    return [*values["must"], *(["|".join(one_of)] if one_of else []), *(["|".join(values["also"])] if values["also"] else [])]


def _preview(request: ReaderRequest, rules: ContactRules, asked: Mapping[str, Any]) -> dict[str, Any]:
    channel, inquiry_class, required = try_contact_policy(asked["channel"], asked["inquiry_class"], asked["required"])
    wanted = ContactRules({**rules.own, (channel, inquiry_class): read_required(required)})
    sample = month_of(request)
    cases = [(one.facts, one.inquiry_class) for one in sample]
    (before, _lacked), (after, lacked) = count_incomplete(rules, cases), count_incomplete(wanted, cases)
    return {
        "before": before,
        "after": after,
        "total": len(sample),
        "said": _said(read_required(required)),
        "note": sample_note(sample),
        "lacked": [(missing_label(name), number) for name, number in lacked.most_common()],
    }
