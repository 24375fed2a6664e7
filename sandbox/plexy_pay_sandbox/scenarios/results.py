"""Define what comes of a scenario."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """Represent what came of a scenario.

    Args:
        outcome: What came of it, in the words of `Scenario.expected`; on a page `paid` or `declined`.
        ok: Whether that was expected.
        detail: What the client of a merchant, or the payer, sees.
    """

    outcome: str
    ok: bool
    detail: str
