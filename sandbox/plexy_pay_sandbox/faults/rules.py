"""The faults that are set: which one strikes, how often, and by which dice.

A target is an operation (`payments.capture`) or an event (`transaction.charged`), all of a resource (`payments.*`), or
everything (`*`). Of several faults for one target the one that was set first strikes; one request meets one fault.

A fault with a probability throws a die of its own for each request that it could strike, in the order in which the
requests come. The same seed and the same order of requests give the same strikes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from .. import wire
from ..control_requests import NotThere
from ..suggestions import meant
from .kinds import FaultKind, Strikes, kind_named

_REMEMBERED: Final = 1000
_LONGEST: Final = 30 * 24 * 3600


class UnknownFault(NotThere):
    """Raised when there is no fault with that id."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """Represent a fault that is set.

    Args:
        id: Its id in the sandbox.
        target: The operations or events that it strikes.
        kind: What it does.
        times: How often it strikes at most; None for no limit.
        probability: How likely it strikes each time; None for certain.
        seed: What decides, if it has a probability.
        seconds: The duration in seconds, for faults that have one.
        struck: How often it has struck.
    """

    id: str
    target: str
    kind: FaultKind
    times: int | None
    probability: float | None
    seed: int
    seconds: float | None
    struck: int = 0
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    @property
    def is_spent(self) -> bool:
        """Return whether it strikes no more."""
        return self.times is not None and self.struck >= self.times

    def fits(self, name: str) -> bool:
        """Return whether an operation or event is among its targets."""
        if self.target.endswith("*"):
            return name.startswith(self.target[:-1])
        return name == self.target

    def strikes(self) -> bool:
        """Return whether it strikes this time, and count that."""
        if self.probability is not None and self._dice.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def show(self) -> dict[str, Any]:
        """Return the fault as `GET /_sandbox/faults` lists it."""
        return {
            "id": self.id,
            "target": self.target,
            "fault": self.kind.name,
            "times": self.times,
            "probability": _shown(self.probability),
            "seed": None if self.probability is None else self.seed,
            "seconds": _shown(self.seconds),
            "struck": self.struck,
        }


class Faults:
    """Hold the faults that are set.

    Args:
        operations: The operations of the document, as `resource.method`.
        events: The events that the sandbox can post.
    """

    def __init__(self, operations: Collection[str], events: Collection[str]) -> None:
        self._names = {
            Strikes.REQUEST: tuple(operations),
            Strikes.WEBHOOK: tuple(events),
        }
        self._made = 0
        self._faults: list[Fault] = []

    def set(
        self,
        target: str,
        fault: str,
        *,
        times: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
        seconds: float | None = None,
    ) -> Fault:
        """Set a fault.

        Args:
            target: The operations or events that it strikes.
            fault: Its name.
            times: How often it strikes at most; None is once, or without a limit if it has a probability.
            probability: How likely it strikes each time.
            seed: What decides then; None is 0.
            seconds: The seconds that it takes.

        Raises:
            ValueError: if there is no such target or fault, or a number does not fit.
        """
        kind = kind_named(fault)
        self._check_target(target, kind)
        _check_numbers(kind, times, probability, seed, seconds)
        if times is None and probability is None:
            times = 1
        self._made += 1
        made = Fault(
            id=f"flt_{self._made}",
            target=target,
            kind=kind,
            times=times,
            probability=probability,
            seed=seed or 0,
            seconds=kind.seconds if seconds is None else seconds,
        )
        self._faults.append(made)
        self._forget_spent()
        return made

    def targets(self) -> list[str]:
        """Return all operations and events that a fault may strike."""
        return [*self._names[Strikes.REQUEST], *self._names[Strikes.WEBHOOK]]

    @property
    def is_empty(self) -> bool:
        """Return whether no fault is set."""
        return not self._faults

    def list(self) -> list[Fault]:
        """Return the faults that are set, the oldest first; those that strike no more are among them."""
        return list(self._faults)

    def remove(self, fault_id: str) -> None:
        """Remove one fault.

        Raises:
            UnknownFault: if there is none with that id.
        """
        for fault in self._faults:
            if fault.id == fault_id:
                self._faults.remove(fault)
                return
        raise UnknownFault(f"there is no fault {fault_id}")

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def strike(self, strikes: Strikes, name: str) -> Fault | None:
        """Return the fault that strikes an operation or an event, and count that."""
        for fault in self._faults:
            if fault.kind.strikes is not strikes or fault.is_spent:
                continue
            if fault.fits(name) and fault.strikes():
                return fault
        return None

    def _check_target(self, target: str, kind: FaultKind) -> None:
        names = self._names[kind.strikes]
        known = dict.fromkeys(names)
        for name in names:
            resource = name.rpartition(".")[0]
            if resource:
                known[f"{resource}.*"] = None
        if target == "*" or target in known:
            return
        what = "operation" if kind.strikes is Strikes.REQUEST else "event"
        raise ValueError(
            f"{kind.name} strikes an {what}, and there is no {target!r}{meant(target, known)}"
        )

    def _forget_spent(self) -> None:
        """Forget the oldest fault that strikes no more, where there are very many."""
        if len(self._faults) <= _REMEMBERED:
            return
        spent = next((fault for fault in self._faults if fault.is_spent), None)
        if spent is not None:
            self._faults.remove(spent)


def _check_numbers(
    kind: FaultKind,
    times: int | None,
    probability: float | None,
    seed: int | None,
    seconds: float | None,
) -> None:
    if times is not None and times < 1:
        raise ValueError("times must be 1 or more")
    if probability is not None and not 0 < probability <= 1:
        raise ValueError("probability must be above 0, and 1 at most")
    if seed is not None and probability is None:
        raise ValueError("a seed is for a probability: give one too")
    if seconds is None:
        return
    if kind.seconds is None:
        raise ValueError(f"{kind.name} takes no seconds")
    if not (math.isfinite(seconds) and 0 <= seconds <= _LONGEST):
        raise ValueError(f"seconds must be 0 to {_LONGEST}")


def _shown(number: float | None) -> Decimal | None:
    return None if number is None else wire.exact(number)
