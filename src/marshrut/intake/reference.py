"""Everything intake decides by, of one revision: staff, catalogue, sources and the agency's own rules, compiled once.

An inquiry takes one `Reference` and is decided by it from first to last, so that rules changed meanwhile are either
all in it or not at all. What could not be compiled is left out and told to the log: a broken row never stops intake.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import orjson
from django.db import connection, transaction

from marshrut.agency.queries import Staff, read_revision, read_staff
from marshrut.catalog.queries import Catalogue, read_catalogue
from marshrut.intake.models import CategoryCriterion, ContactPolicy, Criterion, QuietReply, RelevanceCriterion, RuleSetting
from marshrut.intake.models import ClockPolicy as ClockPolicyRow
from marshrut.intake.queries.learning import counting_learned
from marshrut.intake.queries.words import newest_word_models
from marshrut.intake.rules import (
    AXES,
    Classifier,
    Classifying,
    ClockPolicy,
    ContactRules,
    DistributionPlan,
    PriorityModel,
    RelevanceGrader,
    WordRules,
    compile_category_criteria,
    compile_contact_rules,
    compile_criteria,
    compile_distribution,
    compile_priority,
    compile_relevance,
    default_distribution,
    default_priority,
    default_relevance,
    read_confidence,
)
from marshrut.intake.rules.adjusting import adjusted
from marshrut.intake.rules.clock_policies import AnswerPolicy, ClockPlace, ClockPolicies, Kind, compile_clocks
from marshrut.intake.rules.defaults import default_exceptions
from marshrut.intake.rules.exceptions import ExceptionRules, compile_exceptions
from marshrut.intake.rules.learned import NOTHING_LEARNED, Learned, read_learned
from marshrut.intake.rules.quiet import QuietPlace, QuietReplies
from marshrut.intake.rules.text import Gazetteer
from marshrut.intake.rules.word_model import WordModel, read_word_model
from marshrut.marketing.queries import Sources, read_sources

C = TypeVar("C")
TRIES = 5
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rules:
    """The agency's rules, ready to decide with."""

    classifying: Classifying
    grader: RelevanceGrader
    priority: PriorityModel
    contacts: ContactRules
    distribution: DistributionPlan
    clocks: ClockPolicies
    exceptions: ExceptionRules
    quiet: QuietReplies = field(default_factory=QuietReplies)
    valued_by: Sequence[Any] = ()
    """Criteria and numbers of relevance and priority, and what counts of what was learned, as they are kept."""

    @property
    def classifier(self) -> Classifier:
        """The criteria of classes by themselves."""
        return self.classifying.classes

    def clock_of(self, office_id: int | None, kind: Kind = Kind()) -> ClockPolicy:  # noqa: B008 - a tuple of two words
        """The clock of a first answer."""
        return self.clocks.of(office_id, kind).first

    def next_clock_of(self, office_id: int | None, kind: Kind) -> ClockPolicy:
        """The clock of a following answer: the client has written again."""
        return self.clocks.of(office_id, kind).following


def _load_rules() -> Rules:
    criteria = Criterion.objects.filter(is_active=True).order_by("position", "id").values("name", "inquiry_class", "conditions")
    relevance = RelevanceCriterion.objects.filter(is_active=True).order_by("position", "id")
    graded = list(relevance.values("code", "name", "conditions", "points"))
    changes = dict(RuleSetting.objects.values_list("slug", "values"))
    contacts = list(ContactPolicy.objects.order_by("id").values_list("channel", "inquiry_class", "required"))
    settings = adjusted(default_relevance()["settings"], _object(changes.get("relevance")))
    kept, priority = counting_learned(), adjusted(default_priority(), _object(changes.get("priority")))
    learned = _sound_learned(kept)
    clocks = [(place_of(row), policy_of(row)) for row in ClockPolicyRow.objects.order_by("id")]
    return Rules(
        _classifying(list(criteria), _object(changes.get("classification"))),
        _sound_grader(settings, graded),
        _sound_numbers(lambda data: compile_priority(data, learned), priority, default_priority()),
        soundly(compile_contact_rules, contacts),
        _sound_numbers(
            compile_distribution, adjusted(default_distribution(), _object(changes.get("distribution"))), default_distribution()
        ),
        soundly(compile_clocks, clocks),
        _sound_numbers(
            compile_exceptions, adjusted(default_exceptions(), _object(changes.get("exceptions"))), default_exceptions()
        ),
        QuietReplies({QuietPlace(row.office_id, row.channel, row.inquiry_class): _texts_of(row) for row in QuietReply.objects.all()}),
        [settings, graded, priority, kept],
    )


def _classifying(criteria: Sequence[Any], confidence: Mapping[str, Any]) -> Classifying:
    rows = CategoryCriterion.objects.filter(is_active=True).order_by("position", "id").values("name", "category", "conditions")
    learned = newest_word_models()
    models = {axis: model for axis in AXES if (model := _sound_words(learned.get(axis))) is not None}
    words = WordRules(models, _sound_numbers(read_confidence, confidence, {}))
    return Classifying(soundly(compile_criteria, criteria), soundly(compile_category_criteria, list(rows)), words)


def _sound_words(kept: Mapping[str, Any] | None) -> WordModel | None:
    try:
        return read_word_model(kept) if kept else None
    except Exception as error:
        log.error("what was learned of words cannot be used: %s", error)
        return None


def place_of(row: ClockPolicyRow) -> ClockPlace:
    """Whom a stored clock is for."""
    return ClockPlace(row.office_id, row.channel, row.inquiry_class)


def policy_of(row: ClockPolicyRow) -> AnswerPolicy:
    """What a stored clock says."""
    return AnswerPolicy(
        ClockPolicy(row.warn_minutes, row.escalate_minutes, row.breach_minutes, row.most_reroutes),
        ClockPolicy(row.next_warn_minutes, row.next_escalate_minutes, row.next_breach_minutes, row.next_most_reroutes),
    )


def _texts_of(row: QuietReply) -> dict[str, int]:
    texts = {"ru": row.in_russian_id, "uk": row.in_ukrainian_id, "en": row.in_english_id}
    return {language: number for language, number in texts.items() if number} if row.is_active else {}


def _sound_learned(kept: Mapping[str, Mapping[str, Any]]) -> Learned:
    try:
        return read_learned(kept)
    except Exception as error:
        log.error("what was learned cannot be used, the tables of priority are: %s", error)
        return NOTHING_LEARNED


def _object(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {}


def soundly(compile_rows: Callable[[Sequence[Any]], C], rows: Sequence[Any]) -> C:
    """The rows compiled, without those that cannot be; each of them is told to the log."""
    try:
        return compile_rows(rows)
    except Exception:
        sound = []
        for row in rows:
            try:
                compile_rows([row])
                sound.append(row)
            except Exception as error:
                log.error("a rule cannot be used and is left out: %s", error)
        return compile_rows(sound)


def _sound_grader(settings: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> RelevanceGrader:
    try:
        compile_relevance({"settings": settings, "criteria": []})
    except Exception as error:
        log.error("the numbers of relevance cannot be used, the delivered ones are: %s", error)
        settings = default_relevance()["settings"]
    return soundly(lambda some: compile_relevance({"settings": settings, "criteria": list(some)}), rows)


def _sound_numbers(compile_one: Callable[[Mapping[str, Any]], C], data: Mapping[str, Any], delivered: Mapping[str, Any]) -> C:
    try:
        return compile_one(data)
    except Exception as error:
        log.error("numbers of a rule set cannot be used, the delivered ones are: %s", error)
        return compile_one(delivered)


@dataclass(frozen=True)
class Reference:
    """One consistent set: an inquiry is decided wholly by it."""

    staff: Staff
    catalogue: Catalogue
    sources: Sources
    rules: Rules

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Places in the words of a message, called as the catalogue calls them."""
        return Gazetteer(self.catalogue.find_direction, self.catalogue.written)

    @cached_property
    def mark(self) -> str:
        """Of all that the relevance and the priority of an inquiry follow from: another mark, and open ones are reckoned anew.
        A source that nobody has named yet has no chance of its own."""
        chances = {slug: card.chance for slug, card in self.sources.items() if card.is_named}
        told = orjson.dumps([self.rules.valued_by, self.catalogue.floors, chances], default=str, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(told).hexdigest()[:16]


_held: tuple[str, int, Reference] | None = None


def read_reference(revision: int | None = None) -> Reference:
    """The reference data of a revision an actor came with, else of the present one; no statement while nothing changed.

    All of it is of one revision: what was read while somebody changed something is read again, and when they do not stop
    changing it, they wait for this one reading.
    """
    asked = read_revision() if revision is None else revision
    held = _of_revision(asked)
    if held is not None:
        return held
    for _try in range(TRIES):
        before = read_revision()
        reference = _of_revision(before) or _load(before)
        if read_revision() == before:
            return _keep(before, reference)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select number from agency_revision for share")
        before = int(cursor.fetchone()[0])
        return _keep(before, _load(before))


def _of_revision(revision: int) -> Reference | None:
    """What this process holds, when it is of this revision. Another thread may put a newer one there at any moment."""
    held = _held
    return held[2] if held is not None and held[:2] == (_database(), revision) else None


def _load(revision: int) -> Reference:
    return Reference(read_staff(revision), read_catalogue(revision), read_sources(revision), _load_rules())


def _keep(revision: int, reference: Reference) -> Reference:
    global _held
    _held = (_database(), revision, reference)
    return reference


def _database() -> str:
    return str(connection.settings_dict["NAME"])
