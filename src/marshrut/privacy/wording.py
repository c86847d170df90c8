"""The room's own words: what rules are about, what was done, on what ground."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

SUBJECTS = {
    "raw_bodies": (noop("Raw messages"), noop("The messages as they came, byte for byte. What was understood of them stays.")),
    "import_files": (noop("Imported files"), noop("The files leads were imported from, and the values that could not be taken.")),
    "spam_people": (noop("Senders of spam"), noop("People whose every inquiry was spam: erased.")),
    "idle_people": (noop("People who never bought"), noop("Nothing open and nothing heard for so long: erased.")),
}
ACTS = {"export": noop("Handed over"), "erasure": noop("Erased")}
PURPOSES = {"processing": noop("Processing of personal data"), "marketing": noop("Offers and news")}


def subject_label(subject: str) -> str:
    return _(SUBJECTS[subject][0])


def subject_hint(subject: str) -> str:
    return _(SUBJECTS[subject][1])


def act_label(kind: str) -> str:
    return _(ACTS[kind])


def purpose_label(purpose: str) -> str:
    return _(PURPOSES.get(purpose, purpose))


def ground_words(ground: str) -> str:
    """A rule's code in words; what a person wrote as it stands."""
    return _("by the rule “%(rule)s”") % {"rule": subject_label(ground)} if ground in SUBJECTS else ground
