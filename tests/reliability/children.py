"""A server in a process of its own, so that neither its work nor its faults share an interpreter with the client."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self


class Child:
    """A process that serves until it is left.

    Args:
        serve: What it runs. It gets a pipe and the arguments, sends its origin, serves until `stop` comes through
            the pipe, and sends what it has to report.
        arguments: For `serve`.

    Attributes:
        origin: Where it listens.
        report: What it reported at its end.
    """

    origin: str
    report: Any = None

    def __init__(self, serve: Callable[..., None], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, *arguments), daemon=True
        )
        self._theirs = theirs

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()
        self.origin = self._pipe.recv()
        return self

    def restart(self) -> None:
        """Have it listen somewhere else, when all that it was asked to do is done; `origin` changes."""
        self._pipe.send("restart")
        self.origin = self._pipe.recv()

    def __exit__(self, *_: object) -> None:
        self._pipe.send("stop")
        self.report = self._pipe.recv()
        self._process.join(30)
        self._pipe.close()


def serve_sandbox(pipe: Connection) -> None:
    """The sandbox, for a `Child`."""
    from plexy_pay_sandbox import RunningSandbox

    with RunningSandbox() as sandbox:
        pipe.send(sandbox.base_url)
        pipe.recv()
    pipe.send(None)
