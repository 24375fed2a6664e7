"""Respond to the operations of the document: keys, checks, handlers and responses.

The document says which operations there are, where they lie, what they take and which status means success.
This module finds the operation of a request, checks key, parameters and body, lets the handler do its work,
and lets `responses` turn a refusal into the error body of the family. An operation that has no handler gets the
document's own example (`examples`), with the header `Plexy-Sandbox-Example: true`, and the log says so.

Documented: three families of operations, each with keys of its own, the raw key in `Authorization` (Pay API, Gate)
or in `x-api-key` (v2) without `Bearer`, 401 for a missing or wrong key, 404 for what is not there, and the body
with nothing but a message that a second refund got.

Stand-in choices, made because no public source says otherwise:

* Query parameters that the document does not have are refused: a filter that is quietly ignored looks as if
  it worked.
* All keys of one sandbox belong to one merchant, and to one agent of the Gate. The key of one family is refused by
  the others, and another agent's id with 401. `/health` wants a key, too.
* `X-Request-Id` on every response; on those of v2 it is the same as the documented `Request-Id: req_...`.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .access import PAY
from .examples import HEADER, Examples
from .handlers import HANDLERS, Call, Handler
from .refusals import Refusal
from .responses import Errors, json_response
from .validation import (
    Contract,
    InvalidRequest,
    MalformedRequest,
    Operation,
    ValidRequest,
)
from .world import World

_log = logging.getLogger("plexy_pay_sandbox")


class Api:
    """Respond to the operations of the document.

    Args:
        contract: The document, read.
        world: The memory of the sandbox.
        keys: The keys of each family.
        agent_id: The agent of the Gate.
    """

    def __init__(
        self,
        contract: Contract,
        world: World,
        keys: Mapping[str, Sequence[str]],
        agent_id: str,
    ) -> None:
        self.contract = contract
        self._examples = Examples(contract)
        self._world = world
        self._keys = {
            name: [key.encode() for key in family] for name, family in keys.items()
        }
        self._agent_id = agent_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path = _raw_path(request)
        errors = Errors(
            self.contract.family_near(path) or PAY, request.scope["request_id"]
        )
        matches = self.contract.match(path)
        if not matches:
            return errors.no_route()
        found = [match for match in matches if match[0].method == request.method]
        if not found:
            return errors.no_method(
                ", ".join(operation.method for operation, _ in matches)
            )
        operation, values = found[0]
        if "logged" in request.scope:
            request.scope["logged"].operation = operation.full_name
        errors = Errors(operation.family, errors.request_id)
        if not self._key_is_known(operation, request):
            return errors.no_key(self.contract.key_headers[operation.family])
        if values.get("agent_id", self._agent_id) != self._agent_id:
            return errors.other_agent()
        content = await request.body()
        try:
            return self._perform(operation, values, request, content)
        except MalformedRequest as error:
            return errors.malformed(str(error), _source(operation))
        except InvalidRequest as error:
            return errors.invalid(error, _source(operation))
        except Refusal as refusal:
            return errors.refused(refusal)

    def _perform(
        self,
        operation: Operation,
        path: Mapping[str, str],
        request: Request,
        content: bytes,
    ) -> Response:
        path_values, query, headers = self.contract.check_parameters(
            operation, path, request.query_params.multi_items(), request.headers.items()
        )
        body = self.contract.check_body(
            operation, request.headers.get("content-type", ""), content
        )
        valid = ValidRequest(path_values, query, headers, body)
        origin = str(request.base_url).rstrip("/")
        handler = _handler_of(operation)
        if handler is None:
            return self._example(operation)
        made = handler(Call(self._world, valid, origin))
        if made is None or not operation.success_has_body:
            return Response(status_code=operation.success_status)
        return json_response(made, operation.success_status)

    def _example(self, operation: Operation) -> Response:
        """Respond with what the document shows, marked as such: the sandbox does not know what the operation does."""
        _log.warning(
            "%s has no handler in the sandbox: an example of the document is its response",
            _named(operation),
        )
        if operation.success_has_body:
            made = json_response(self._examples.of(operation), operation.success_status)
        else:
            made = Response(status_code=operation.success_status)
        made.headers[HEADER] = "true"
        return made

    def _key_is_known(self, operation: Operation, request: Request) -> bool:
        # The raw header lines: two headers with keys are one too many, whatever they say.
        header = self.contract.key_headers[operation.family].lower().encode()
        given = [value for name, value in request.headers.raw if name == header]
        known = False
        for key in self._keys[operation.family]:
            known |= len(given) == 1 and hmac.compare_digest(given[0], key)
        return known


def without_handler(contract: Contract) -> list[str]:
    """Return the operations that only an example of the document responds to."""
    return [
        _named(operation)
        for operation in contract.operations
        if not _handler_of(operation)
    ]


def operation_names(contract: Contract) -> list[str]:
    """Return the operations as `resource.method`."""
    return [operation.full_name for operation in contract.operations]


def _handler_of(operation: Operation) -> Handler | None:
    return HANDLERS.get((operation.resource, operation.name))


def _named(operation: Operation) -> str:
    """Name an operation as its maintainer knows it."""
    return f"{operation.method} {operation.path} ({operation.full_name})"


def _raw_path(request: Request) -> str:
    """Return the path as the client wrote it: in an order reference, `%2F` is a slash and ends no segment."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.split(b"?")[0].decode("latin-1")


def _source(operation: Operation) -> str:
    first, *others = operation.resource.split(".")[0].split("_")
    return first + "".join(word.capitalize() for word in others)
