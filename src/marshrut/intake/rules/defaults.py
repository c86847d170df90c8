"""The rules an agency starts with: data of `intake/data`, parsed, and compiled once."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from .classification import Classifier, compile_category_criteria, compile_criteria
from .priority import PriorityModel, compile_priority
from .relevance import RelevanceGrader, compile_relevance


def default_criteria() -> list[dict[str, Any]]:
    """The ordered classification criteria, as rows to seed."""
    rows: list[dict[str, Any]] = _read("criteria.json")
    return rows


def default_category_criteria() -> list[dict[str, Any]]:
    """The ordered criteria of category, as rows to seed."""
    rows: list[dict[str, Any]] = _read("category_criteria.json")
    return rows


def default_relevance() -> dict[str, Any]:
    """Prices, seasons and criteria of relevance."""
    data: dict[str, Any] = _read("relevance.json")
    return data


def default_distribution() -> dict[str, Any]:
    """How inquiries are given out."""
    data: dict[str, Any] = _read("distribution.json")
    data.pop("about")
    return data


def default_exceptions() -> dict[str, Any]:
    """What may come before a new inquiry."""
    data: dict[str, Any] = _read("exceptions.json")
    return data


def default_priority() -> dict[str, Any]:
    """The numbers of the priority model."""
    data: dict[str, Any] = _read("priority.json")
    return data


@cache
def default_classifier() -> Classifier:
    """The starting criteria, compiled."""
    return compile_criteria(default_criteria())


@cache
def default_categories() -> Classifier:
    """The starting criteria of category, compiled."""
    return compile_category_criteria(default_category_criteria())


@cache
def default_grader() -> RelevanceGrader:
    """The starting criteria of relevance, compiled."""
    return compile_relevance(default_relevance())


@cache
def default_priority_model() -> PriorityModel:
    """The starting priority model."""
    return compile_priority(default_priority())


def _read(name: str) -> Any:
    return json.loads((files("marshrut.intake") / "data" / name).read_text(encoding="utf-8"))
