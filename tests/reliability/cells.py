"""One call into one fault, and what was seen of it, by the client and by the servers."""

from __future__ import annotations

import asyncio
import inspect
import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from helpers.calls import KEY, OTHER_KEY, set_pace
from helpers.wire import Recorded
from plexy_pay import AsyncPlexyPay, OutcomeUnknownError, PlexyError, PlexyPay
from plexy_pay._core.types import Response

from .faults import ResetsHello, Scene, scene
from .kinds import Kind
from .rules import Cell

FLAVORS = ("sync", "async")


class Seen:
    """What one call met.

    Attributes:
        cell: What the rules speak about, as it was.
        wrongs: What no call may do in any fault, and this one did; empty if all is well.
    """

    def __init__(self, cell: Cell, wrongs: list[str]) -> None:
        self.cell = cell
        self.wrongs = wrongs


class Runner:
    """Makes calls with the sync or the async client; all async calls run in one event loop."""

    def __init__(self, flavor: str) -> None:
        self._loop = asyncio.Runner() if flavor == "async" else None

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.close()

    def see(self, fault: str, kind: Kind) -> Seen:
        """Make the call in the scene of the fault, and tell what was seen."""
        with scene(fault, kind) as stage, self._client(stage) as client:
            try:
                result = self._finish(self._start(client, stage, kind))
            except PlexyError as error:
                result = error
            except BaseException as error:
                error.add_note(f"That was {kind.call} in {fault}.")
                raise
            for _ in range(result.attempts):
                # The client may have given up before the server had a turn.
                assert stage.held is None or stage.held.acquire(timeout=30), (
                    "a request did not arrive"
                )
            cell = Cell(0, result.attempts, "response", waits=tuple(stage.pace.slept))
            if isinstance(result, PlexyError):
                cell = cell._replace(
                    outcome=str(result.outcome), error=type(result).__name__
                )
            if isinstance(result, OutcomeUnknownError):
                response = self._finish(self._reconcile(result))
                cell = cell._replace(
                    cause=type(result.cause).__name__,
                    reconciled=type(response).__name__,
                )
        # The servers have stopped: every byte that reached them is known.
        requests = [
            one for one in stage.server.requests if one.line.startswith(kind.method)
        ]
        wrongs = [
            *_wrong_with_requests(requests, stage, kind),
            *_wrong_with_servers(stage, kind, cell),
        ]
        if isinstance(result, PlexyError):
            wrongs += _wrong_with_error(result, kind)
        else:
            wrongs += _wrong_with_response(result, stage)
        return Seen(cell._replace(arrived=len(requests)), wrongs)

    @contextmanager
    def _client(self, stage: Scene) -> Iterator[Any]:
        given: dict[str, Any] = {
            "api_key": KEY,
            "base_url": stage.origin,
            "environment": "test",
        } | stage.client
        client: Any = (
            PlexyPay(**given) if self._loop is None else AsyncPlexyPay(**given)
        )
        set_pace(client, stage.pace)
        try:
            yield client
        finally:
            self._finish(client.close() if self._loop is None else client.aclose())

    def _start(self, client: Any, stage: Scene, kind: Kind) -> Any:
        if stage.variants:
            return client.execute(kind.request_with_variants())
        return kind.make(client.with_raw_response)

    def _reconcile(self, error: OutcomeUnknownError) -> Any:
        return (
            error.reconcile(min_age=0)
            if self._loop is None
            else error.reconcile_async(min_age=0)
        )

    def _finish(self, result: Any) -> Any:
        if self._loop is None:
            return result
        assert inspect.iscoroutine(result)
        return self._loop.run(result)


def _wrong_with_requests(
    requests: list[Recorded], stage: Scene, kind: Kind
) -> Iterator[str]:
    """What no attempt may do."""
    if len({(one.line, one.body) for one in requests}) > 1:
        yield "two attempts sent different requests"
    if kind.key is not None and any(
        json.loads(one.body)["requestId"] != kind.key for one in requests
    ):
        yield "an attempt did not carry the idempotency key"
    allowed = stage.client.get("api_key", [KEY])
    if any(
        one.values("authorization") not in [[key] for key in allowed]
        for one in requests
    ):
        yield "an attempt did not carry exactly the raw key"


def _wrong_with_servers(stage: Scene, kind: Kind, cell: Cell) -> Iterator[str]:
    """What must not reach a server."""
    others = {
        one.line
        for one in stage.server.requests
        if not one.line.startswith(kind.method)
    }
    if others and (
        not cell.reconciled or any(not line.startswith("GET ") for line in others)
    ):
        yield f"these were sent too: {others}"
    if isinstance(stage.server, ResetsHello) and KEY.encode() in stage.server.hello:
        yield "the key left in the clear"
    if stage.elsewhere.connections:
        yield "another host was contacted"


def _wrong_with_response(response: Response[Any], stage: Scene) -> Iterator[str]:
    value = response.parsed if stage.variants else response.parsed.to_dict()
    if json.dumps(value, sort_keys=True) != json.dumps(stage.response, sort_keys=True):
        yield f"the caller got {value}, which is not what came"


def _wrong_with_error(error: PlexyError, kind: Kind) -> Iterator[str]:
    if (error.operation, error.idempotency_key, error.order_reference) != (
        kind.call,
        kind.key,
        kind.order,
    ):
        yield "the error does not know its call, its idempotency key or its order reference"
    shown = f"{error} {error!r} {vars(error)} {getattr(error, 'cause', None)!r}"
    if KEY in shown or OTHER_KEY in shown:
        yield "the error shows the key"
    again = pickle.loads(pickle.dumps(error))
    if (type(again), str(again), again.outcome) != (
        type(error),
        str(error),
        error.outcome,
    ):
        yield "the error does not survive pickling"
    if kind.moves_money and (error.outcome == "unknown") != isinstance(
        error, OutcomeUnknownError
    ):
        yield "a call that moves money has an unknown outcome without saying so"
