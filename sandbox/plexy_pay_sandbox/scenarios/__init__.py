"""The test scenarios of the vendor's documentation, made executable."""

from __future__ import annotations

from .results import Result
from .running import Keys, run
from .table import SCENARIOS, Api, Scenario

__all__ = ["SCENARIOS", "Api", "Keys", "Result", "Scenario", "run"]
