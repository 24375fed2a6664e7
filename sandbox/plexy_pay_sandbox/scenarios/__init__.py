"""The test scenarios of the vendor's documentation, made executable."""

from __future__ import annotations

from .running import Keys, Result, run
from .table import SCENARIOS, Api, Scenario

__all__ = ["SCENARIOS", "Api", "Keys", "Result", "Scenario", "run"]
