"""Messages as people wrote them, with what they are, in the order in which they came."""

from functools import cache
from pathlib import Path

from marshrut.intake.rules.word_learning import Example


@cache
def said_by_people() -> tuple[Example, ...]:
    """Some two hundred messages of seven classes, Russian and Ukrainian, numbered in their order."""
    lines = (Path(__file__).parent / "data" / "said_by_people.tsv").read_text("utf-8").splitlines()
    return tuple(Example(message, label, number + 1) for number, line in enumerate(lines) for label, message in [line.split("\t")])
