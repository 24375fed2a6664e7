"""How everything here is measured: interleaved rounds, ratios of one round, and their spread."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A median with the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


def interleave(
    sides: Mapping[str, Callable[[], float]], *, rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Measure every side once in each round, and give the values of each side, round by round.

    A machine that grows slower or faster meanwhile does so for all sides alike. Every second round goes backwards, so
    that no side always runs in the wake of the same other one.

    Args:
        sides: What to measure by name; each call measures once and gives the value.
        rounds: How many values each side gets.
        warm_up: Rounds before the first that counts.
    """
    values: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(-warm_up, rounds):
        for name in reversed(sides) if number % 2 else sides:
            value = sides[name]()
            if number >= 0:
                values[name].append(value)
    return values


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """How many times as much one side took as another, compared round by round."""
    return Spread.of([mine / other for mine, other in zip(ours, theirs, strict=True)])


def differences(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """How much more one side took than another, compared round by round."""
    return Spread.of([mine - other for mine, other in zip(ours, theirs, strict=True)])
