"""What is decided of deals, from facts alone: may a deal come to stand at a stage, and is a stage's name a result."""

from .gates import ASK, CLOSE, CONSEQUENCES, GO_ON, WAIT, GateRule, Refusal, decide_refusal, shadowed, worth_in
from .moving import FACT_KINDS, GivenFacts, Move, StageFacts, decide_move, place_of, read_facts
from .stage_names import LONGEST_NAME, NameJudgement, Verdict, judge_stage_name
from .templates import FunnelTemplate, StageTemplate, find_template, funnel_templates

__all__ = [
    "ASK",
    "CLOSE",
    "CONSEQUENCES",
    "FACT_KINDS",
    "GO_ON",
    "LONGEST_NAME",
    "WAIT",
    "FunnelTemplate",
    "GateRule",
    "GivenFacts",
    "Move",
    "NameJudgement",
    "Refusal",
    "StageFacts",
    "StageTemplate",
    "Verdict",
    "decide_move",
    "decide_refusal",
    "find_template",
    "funnel_templates",
    "judge_stage_name",
    "place_of",
    "read_facts",
    "shadowed",
    "worth_in",
]
