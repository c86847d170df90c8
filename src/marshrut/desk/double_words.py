"""How a suspicion is said: what agrees, what differs, and what a field and a relation are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.clients.rules import Level

FIELDS = {
    "given": noop("given name"), "surname": noop("surname"), "patronymic": noop("patronymic"), "born": noop("date of birth"),
    "phones": noop("phone"), "emails": noop("e-mail"), "house": noop("address"), "street": noop("address"), "extra": noop("address"),
    "place": noop("town or village"), "postcode": noop("postcode"), "region": noop("region"),
}  # fmt: skip
LEVELS = {
    Level.SAME: (noop("%(field)s: the same"), "good"),
    Level.NEAR: (noop("%(field)s: nearly the same"), "info"),
    Level.ALIKE: (noop("%(field)s: somewhat alike"), "neutral"),
    Level.DIFFERENT: (noop("%(field)s: different"), "warm"),
}
RELATIONS = {
    "spouse": noop("Husband or wife"), "child": noop("Child"), "parent": noop("Parent"), "companion": noop("Travels along"),
    "payer": noop("Pays for them"), "paid_for": noop("Is paid for by them"), "relative": noop("Relative"),
}  # fmt: skip
PERSON_FIELDS = {
    "surname": noop("Surname"), "given_name": noop("Given name"), "patronymic": noop("Patronymic"), "born_on": noop("Date of birth"),
    "language": noop("Language"), "owner_id": noop("Manager"),
}  # fmt: skip
KINDS = {
    "journal_dossier": noop("Inquiries and deals"), "intake_inquiry": noop("Inquiries that came in"), "clients_consent": noop("Consents"),
    "clients_contactpoint": noop("Phones, addresses, messengers"), "clients_person": noop("Records merged into it before"),
    "journal_touch": noop("Calls, letters and notes"), "journal_task": noop("Actions"), "channels_letter": noop("Letters that came"),
    "channels_sending": noop("Letters that were sent"), "channels_attachment": noop("Files"), "deals_deal": noop("Deals"),
    "journal_notice": noop("Notices"), "deals_gateanswer": noop("Answers at gates"), "deals_stopreview": noop("Reviews of stopped work"),
}  # fmt: skip


SEEN = {
    "same_way": noop("one phone, e-mail or messenger of both"),
    "chosen_and_phone": noop("came as the one, with the phone of the other"),
    "chosen_and_email": noop("came as the one, with the e-mail of the other"),
    "chosen_and_messenger": noop("came as the one, with the messenger of the other"),
    "linked": noop("written down by hand as belonging together"),
}
"""What was seen by a person or at the door, rather than reckoned."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that speaks for a suspicion, or against it."""

    label: str
    tone: str


def signs_of(reason: Mapping[str, Any]) -> list[Sign]:
    """What agrees and what differs, the nearest first."""
    if reason.get("code") == "other_name":
        return [Sign(_("came under another name: %(name)s") % {"name": reason.get("name", "")}, "warm")]
    if "fields" not in reason:
        return [Sign(_(SEEN.get(reason.get("code", ""), "the phone is one person's, the e-mail another's")), "warm")]
    return _signs(reason["fields"])


def _signs(fields: Mapping[str, int]) -> list[Sign]:
    ranked = sorted(fields.items(), key=lambda item: item[1])
    said = dict.fromkeys((_(FIELDS[name]), Level(level)) for name, level in ranked if name in FIELDS)
    return [Sign(_(LEVELS[level][0]) % {"field": name}, LEVELS[level][1]) for name, level in said]


def said_of_fields(fields: Mapping[str, int]) -> str:
    """How far fields agree, in one line; of those that differ nothing."""
    return ", ".join(sign.label for sign in _signs(fields) if sign.tone != "warm")


def said_of(reason: Mapping[str, Any]) -> str:
    """The signs in one line; of those that differ nothing."""
    signs = signs_of(reason)
    return ", ".join(sign.label for sign in signs if sign.tone != "warm" or len(signs) == 1)


def relation_label(kind: str) -> str:
    return _(RELATIONS[kind])
