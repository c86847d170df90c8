"""What is decided of deals, from facts alone: may a deal come to stand at a stage, and is a stage's name a result."""

from .moving import FACT_KINDS, GivenFacts, Move, StageFacts, decide_move, place_of, read_facts

__all__ = ["FACT_KINDS", "GivenFacts", "Move", "StageFacts", "decide_move", "place_of", "read_facts"]
