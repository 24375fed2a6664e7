"""Faults on demand, for programs: what `routes` takes over HTTP, as methods."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..control_calls import ask
from .routes import PATH


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFault:
    """A fault that is set, as far as it had struck when it was asked for.

    Attributes:
        id: Its id in the sandbox.
        target: The operations or events that it strikes.
        fault: Its name.
        times: How often it strikes at most; None for no limit.
        probability: How likely it strikes each time; None for certain.
        seed: What decides, if it has a probability.
        seconds: The duration in seconds, for faults that have one.
        struck: How often it has struck.
    """

    id: str
    target: str
    fault: str
    times: int | None
    probability: float | None
    seed: int | None
    seconds: float | None
    struck: int


class FaultControl:
    """Make a running sandbox fail as networks, gateways and receivers do.

    `RunningSandbox.faults` is one. For a sandbox that was started as a command, make one with its address.

    Args:
        base_url: The sandbox's origin, such as `http://127.0.0.1:8490`.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"<FaultControl {self._base_url}>"

    def next(
        self, target: str, fault: str, *, seconds: float | None = None
    ) -> SetFault:
        """Set a fault that strikes once: the next request or event of the target.

        Args:
            target: An operation such as `payments.capture`, an event such as `transaction.charged`, all of a resource
                (`payments.*`), or everything (`*`).
            fault: Its name, such as `response_lost`.
            seconds: The seconds that it takes, for one that takes some.

        Raises:
            ValueError: if there is no such target or fault.
        """
        return self.set(target, fault, times=1, seconds=seconds)

    def set(
        self,
        target: str,
        fault: str,
        *,
        times: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
        seconds: float | None = None,
    ) -> SetFault:
        """Set a fault. Of several for one target the one that was set first strikes.

        Args:
            target: As in `next`.
            fault: As in `next`.
            times: How often it strikes at most; None is once, or without a limit if it has a probability.
            probability: How likely it strikes each time: above 0, 1 at most.
            seed: What decides then; None is 0. The same seed and order of requests give the same strikes.
            seconds: As in `next`.

        Raises:
            ValueError: if there is no such target or fault, or a number does not fit.
        """
        body = {
            "target": target,
            "fault": fault,
            "times": times,
            "probability": probability,
            "seed": seed,
            "seconds": seconds,
        }
        return self._call("POST", PATH, body)[0]

    def list(self) -> builtins.list[SetFault]:
        """Return the faults that are set, the oldest first, with how often each has struck."""
        return self._call("GET", PATH)

    def remove(self, fault: SetFault | str) -> None:
        """Remove one fault.

        Args:
            fault: The fault, or its id.

        Raises:
            ValueError: if it is not set.
        """
        fault_id = fault if isinstance(fault, str) else fault.id
        self._call("DELETE", f"{PATH}/{quote(fault_id, safe='')}")

    def clear(self) -> None:
        """Remove all faults."""
        self._call("DELETE", PATH)

    def _call(
        self, method: str, path: str, body: Any = None
    ) -> builtins.list[SetFault]:
        response = ask(self._base_url, method, path, body)
        return [_set(listed) for listed in response["faults"]]


def _set(listed: Mapping[str, Any]) -> SetFault:
    fields = dict(listed)
    for name in ("probability", "seconds"):
        number = fields[name]
        fields[name] = None if number is None else float(number)
    return SetFault(**fields)
