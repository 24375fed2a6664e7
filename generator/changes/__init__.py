"""Compare two specs for the people who use the package: `python -m generator changes OLD NEW`."""

from __future__ import annotations

from .change import Change, Level
from .changelog import changelog_entry
from .comparison import compare
from .side_loader import load_side
from .versions import proposed_version

__all__ = (
    "Change",
    "Level",
    "changelog_entry",
    "compare",
    "load_side",
    "proposed_version",
)
