"""Single values as people write them into the cell of a table, read with the words of whole messages."""

from __future__ import annotations

import re

from marshrut.core.money import Money

from .budgets import read_budget
from .gazetteer import Gazetteer
from .hotels import Stars, read_board, read_stars
from .line import read_line

LONGEST = 100  # characters
_BARE = re.compile(r"\s*([1-5])\s*(?:[-–—/]\s*([1-5]))?\s*(\+)?\s*")
_places = Gazetteer()


def stars_of(text: str) -> Stars | None:
    """«5», «4-5», «4+», «5*», «пять звёзд»; None for what says nothing of stars."""
    if bare := _BARE.fullmatch(text[:LONGEST]):
        low, high = sorted((int(bare[1]), int(bare[2] or bare[1])))
        return Stars(low, None if bare[3] else high, ())
    return read_stars(read_line(text[:LONGEST], _places))


def budget_of(text: str, currency: str) -> Money | None:
    """«До 300 тр», «около 2000 евро»: the most meant for all; None for what is no amount, or is one for each."""
    budget = read_budget(read_line(f"бюджет {text[:LONGEST]}", _places), currency)
    return None if budget is None or budget.is_per_person else budget.amount


def board_of(text: str) -> str | None:
    """The code of a board: «AI», «всё включено», «завтрак и ужин»; None where no board is named."""
    board = read_board(read_line(text[:LONGEST], _places))
    return board.code if board else None
