"""The arithmetic of the reports: pure, nothing to look up."""

from marshrut.insights.rules.intervals import Z95, wilson
from marshrut.insights.rules.strata import Difference, Stratum, crude_difference, level_difference

__all__ = ["Z95", "Difference", "Stratum", "crude_difference", "level_difference", "wilson"]
