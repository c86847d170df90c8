"""The decisions of intake: facts in, decisions with their reasons out. Nothing here reads a clock, a database or the
network. Classification (P01), contact set (P03, P04), relevance (Q02), priority (P06), distribution (P02), the
response clock (P05)."""

from .classification import Classification, Classifier, compile_criteria
from .clock import ClockPolicy, ClockState, Moments, Step, due_steps, moments, next_step_at, respond_by
from .conditions import RulesetError
from .contact_set import DEFAULT_CONTACT_RULES, ContactRules, ContactSet, check_contact_set, compile_contact_rules, read_required
from .defaults import (
    default_classifier,
    default_criteria,
    default_grader,
    default_priority,
    default_priority_model,
    default_relevance,
)
from .distribution import (
    STEPS,
    USUAL_PLAN,
    Assignment,
    Candidate,
    Demand,
    DistributionPlan,
    Drawn,
    Ledger,
    Shortlist,
    assign,
    compile_distribution,
    completed,
    draw,
    pool_key,
    shortlist,
)
from .facts import CATEGORIES, CHANNELS, CLASSES, STRANGER, InquiryFacts, PersonFacts, Reason, RequestFacts
from .languages import Spoken, language_of, spoken
from .priority import Priority, PriorityModel, compile_priority
from .relevance import Relevance, RelevanceGrader, compile_relevance
from .requests import Flaw, read_request

__all__ = [
    "CATEGORIES",
    "CHANNELS",
    "CLASSES",
    "DEFAULT_CONTACT_RULES",
    "STEPS",
    "STRANGER",
    "USUAL_PLAN",
    "Assignment",
    "Candidate",
    "Classification",
    "Classifier",
    "ClockPolicy",
    "ClockState",
    "ContactRules",
    "ContactSet",
    "Demand",
    "DistributionPlan",
    "Drawn",
    "Flaw",
    "InquiryFacts",
    "Ledger",
    "Moments",
    "PersonFacts",
    "Priority",
    "PriorityModel",
    "Reason",
    "Relevance",
    "RelevanceGrader",
    "RequestFacts",
    "RulesetError",
    "Shortlist",
    "Spoken",
    "Step",
    "assign",
    "check_contact_set",
    "compile_contact_rules",
    "compile_criteria",
    "compile_distribution",
    "compile_priority",
    "compile_relevance",
    "completed",
    "default_classifier",
    "default_criteria",
    "default_grader",
    "default_priority",
    "default_priority_model",
    "default_relevance",
    "draw",
    "due_steps",
    "language_of",
    "moments",
    "next_step_at",
    "pool_key",
    "read_request",
    "read_required",
    "respond_by",
    "shortlist",
    "spoken",
]
