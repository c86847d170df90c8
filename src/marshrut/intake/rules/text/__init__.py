"""What a message asks for, read out of its words, in Russian and Ukrainian. See ADR 0050 and `reading.read_text`.

A message becomes tokens (`tokens`), each with one sign that says what kind of word it is (`vocabulary`); what is no request
(quotations, signatures, trips that were) is blotted out (`scope`); then each module finds its own kind of value as patterns
over the line of signs: `directions`, `dates`, `stays`, `party`, `hotels`, `budgets`.
"""

from .cells import board_of, budget_of, stars_of
from .gazetteer import Gazetteer
from .reading import Span, TextRequest, read_text, warm_up

__all__ = ["Gazetteer", "Span", "TextRequest", "board_of", "budget_of", "read_text", "stars_of", "warm_up"]
