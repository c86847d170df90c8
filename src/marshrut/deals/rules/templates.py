"""Ready funnels (F01): data of `deals/data/funnels.json`, in three languages. The first-run page and the settings offer them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Words = Mapping[str, str]
"""A text by language: ru, uk, en."""


@dataclass(frozen=True, slots=True)
class StageTemplate:
    """A stage of a ready funnel; minutes are working minutes, `longest_days` after which a deal is stuck."""

    slug: str
    name: Words
    task_title: Words
    task_kind: str
    task_minutes: int
    required_facts: tuple[str, ...]
    hint: Words
    longest_days: int | None
    is_last: bool

    def worded(self, language: str) -> dict[str, Any]:
        """The values of a row of `deals.Stage`, in one language."""
        return {
            "slug": self.slug,
            "name": self.name[language],
            "task_title": self.task_title[language],
            "task_kind": self.task_kind,
            "task_minutes": self.task_minutes,
            "required_facts": list(self.required_facts),
            "hint": self.hint[language],
            "longest_days": self.longest_days,
            "is_last": self.is_last,
        }


@dataclass(frozen=True, slots=True)
class FunnelTemplate:
    """A ready funnel; those `at_start` are in every new home."""

    slug: str
    name: Words
    about: Words
    stages: tuple[StageTemplate, ...]
    at_start: bool


@cache
def funnel_templates() -> tuple[FunnelTemplate, ...]:
    """All ready funnels in their order."""
    data = json.loads((files("marshrut.deals") / "data" / "funnels.json").read_text(encoding="utf-8"))
    return tuple(
        FunnelTemplate(
            row["slug"], row["name"], row["about"], tuple(_stage(stage) for stage in row["stages"]), bool(row["at_start"])
        )
        for row in data
    )


def find_template(slug: str) -> FunnelTemplate | None:
    """The ready funnel of that slug."""
    return next((template for template in funnel_templates() if template.slug == slug), None)


def _stage(row: dict[str, Any]) -> StageTemplate:
    return StageTemplate(**{**row, "required_facts": tuple(row["required_facts"])})
