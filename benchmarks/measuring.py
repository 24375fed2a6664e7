"""How everything here is measured: interleaved rounds, ratios of one round, and their spread."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

ValueT = TypeVar("ValueT")


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


@dataclass(frozen=True)
class Took:
    """What a process took from its start to its end, in seconds, and what it printed.

    CPU time is that of the process and of those it waited for. It is the better measure of work on a machine that has
    other things to do; where nothing else runs and nothing is waited for, both clocks say the same.
    """

    wall: float
    cpu: float
    output: str

    @classmethod
    def running(cls, command: Sequence[str]) -> Took:
        """Run a command to its end; what it writes to standard error is shown only if it fails."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        # A ready environment has its bytecode; some machines forbid Python to write it.
        environment = {
            name: text
            for name, text in os.environ.items()
            if name != "PYTHONDONTWRITEBYTECODE"
        }
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise RuntimeError(
                f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}"
            )
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return cls(wall, cpu, done.stdout)


def interleave(
    sides: Mapping[str, Callable[[], ValueT]], *, rounds: int, warm_up: int = 1
) -> dict[str, list[ValueT]]:
    """Measure every side once in each round, and give the values of each side, round by round.

    A machine that grows slower or faster meanwhile does so for all sides alike. Every second round goes backwards, so
    that no side always runs in the wake of the same other one.

    Args:
        sides: What to measure by name; each call measures once and gives the value.
        rounds: How many values each side gets.
        warm_up: Rounds before the first that counts.
    """
    values: dict[str, list[ValueT]] = {name: [] for name in sides}
    for number in range(-warm_up, rounds):
        for name in reversed(list(sides)) if number % 2 else sides:
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
