"""Do once more what a journal has kept: the same code, at the same moments, with the same ids.

No webhook goes out meanwhile. A step that leads to another response than at first would leave another state behind, so
the journal is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from starlette.types import ASGIApp, Scope

from .journal import Journal, JournalError, Kind, Step
from .kept_requests import HEADERS
from .steps import Parts, Sent, send_whole
from .validation import Contract


def headers_of(contract: Contract) -> frozenset[str]:
    """Return the names of the headers that a request cannot be repeated without, keys left out."""
    documented = {
        parameter.name.lower()
        for operation in contract.operations
        for parameter in operation.parameters
        if parameter.place == "header"
    }
    keys = {name.lower() for name in contract.key_headers.values()}
    return HEADERS.union(documented) - keys


class Replay:
    """Repeat the steps of a journal.

    Args:
        journal: The journal.
        parts: The parts that the steps change, as they are when they are made.
        app: Responds to the requests.
        contract: The document, read.
        keys: The keys of each family.
    """

    def __init__(
        self,
        journal: Journal,
        parts: Parts,
        app: ASGIApp,
        contract: Contract,
        keys: Mapping[str, Sequence[str]],
    ) -> None:
        self._journal = journal
        self._parts = parts
        self._app = app
        self._contract = contract
        self._keys = keys

    def run(self) -> bool:
        """Repeat all steps; return whether the options of the sender are still those of the last start.

        Raises:
            JournalError: if a step has another response than at first.
        """
        own, last = self._parts.sender.options(), None
        for number, step in self._journal.steps():
            with self._parts.clock.stopped(step.moment):
                self._parts.draws.resume(step.seed, step.notes)
                if step.kind is Kind.REQUEST:
                    self._request(number, step)
                elif step.kind is Kind.TIME:
                    self._parts.settle()
                else:
                    last = json.loads(step.body)
                    self._parts.sender.begin_with(last)
        if last != own:
            self._parts.sender.begin_with(own)
        self._parts.sender.restore(self._journal.outcomes())
        return last == own

    def _request(self, number: int, step: Step) -> None:
        sent, mistake = Sent([]), None
        try:
            send_whole(self._app, self._scope(step), step.body, sent)
        except Exception as error:
            # A mistake in the sandbox that happened at first, too, is part of the story.
            mistake = error
        if (sent.status, sent.digest) != (step.status, step.digest):
            raise JournalError(
                f"{self._journal.path} cannot be repeated: {step.method} {step.path}, step {number}, had a response "
                f"with {step.status} and has another one now, with {sent.status}. It was made by a sandbox with other "
                "rules. The file was left as it is. Start the sandbox that made it, or choose another file for --db."
            ) from mistake

    def _scope(self, step: Step) -> Scope:
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in (*step.headers, *self._key_for(step))
        ]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": step.method,
            "path": unquote(step.path),
            "raw_path": step.path.encode("latin-1"),
            "root_path": "",
            "query_string": step.query.encode("latin-1"),
            "headers": headers,
            "request_id": "",
        }

    def _key_for(self, step: Step) -> list[tuple[str, str]]:
        """Return the header with a key: requests are kept without theirs, which were right."""
        for operation, _ in self._contract.match(step.path):
            family = operation.family
            header = self._contract.key_headers[family].lower()
            return [(header, self._keys[family][0])]
        return []
