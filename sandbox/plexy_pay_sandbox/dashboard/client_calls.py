"""Find the call of the client that makes a request, and make sure that it makes the same one.

The client itself writes the request of each call that is found, and sends nothing. It must be the one that was sent, or
there is no such call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import signature
from operator import attrgetter
from typing import Any, Final, get_type_hints
from urllib.parse import parse_qsl, urlsplit

from plexy_pay import PlexyPay

from .. import wire
from ..request_log import LoggedRequest
from ..validation import Contract, InvalidRequest, Operation
from .client_bodies import REFUSALS, arguments_of

_BODY: Final = "body"
_KEY: Final = "idempotency_key"
_KEY_HEADER: Final = "Idempotency-Key"


class NoCall(Exception):
    """Raised when no call of the client makes a request; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCall:
    """Represent a call of the client.

    Attributes:
        operation: The operation that it is of.
        positional: The values of its path.
        named: Its other arguments.
        pages: Whether it gives a pager, which sends nothing before it is asked for an item.
    """

    operation: Operation
    positional: list[object] = field(default_factory=list[object])
    named: dict[str, object] = field(default_factory=dict[str, object])
    pages: bool = False

    @property
    def name(self) -> str:
        """Return what is called, as `payment_links.create`."""
        return self.operation.full_name

    @property
    def values(self) -> list[object]:
        """Return all that it passes."""
        return [*self.positional, *self.named.values()]


def call_of(contract: Contract, logged: LoggedRequest) -> ClientCall:
    """Return the call that makes a request.

    Raises:
        NoCall: if there is none.
    """
    parts = urlsplit(logged.path)
    operation, path = _operation_at(contract, logged.method, parts.path)
    method, functions = _method_of(operation), _functions_of(contract, operation)
    if method is None or functions is None:
        raise NoCall("The client has no method for this operation.")
    offered = signature(method).parameters
    query = parse_qsl(parts.query, keep_blank_values=True)
    others = _named_values(contract, operation, path, query, list(offered))
    if logged.idempotency_key is not None and _KEY in offered:
        others[_KEY] = logged.idempotency_key
    positional: list[object] = [path[name] for name in path if name in offered]
    settings = {name: path[name] for name in path if name not in offered}
    model = get_type_hints(functions.request).get(_BODY)
    for body in arguments_of(model, logged.body):
        call = ClientCall(
            operation=operation,
            positional=positional,
            named=body | others,
            pages=_gives_pages(method),
        )
        if not _takes(method, call):
            continue
        whole = others | {_BODY: body} if model is not None else others
        made = _made(functions, model, positional, whole, settings)
        if made is not None and _is_same(made, logged, pages=call.pages):
            return call
    raise NoCall(
        "The client sends no such request: it refuses these values, or has no name for some of them."
    )


def _operation_at(
    contract: Contract, method: str, path: str
) -> tuple[Operation, dict[str, str]]:
    for operation, values in contract.match(path):
        if operation.method == method:
            return operation, values
    raise NoCall("The API has no such operation, so the client has no method for it.")


def _method_of(operation: Operation) -> Any:
    """Return the method of the client for an operation; None if it has none."""
    try:
        return attrgetter(operation.full_name)(_client())
    except AttributeError:
        return None


@cache
def _client() -> PlexyPay:
    """Return a client whose methods are looked at, and never called."""
    return PlexyPay("pr_sandbox", base_url="http://127.0.0.1", agent_id="agent")


def _functions_of(contract: Contract, operation: Operation) -> Any:
    """Return the module of the client's functions for an operation; None if it has none."""
    name = _snake(str(contract.at(operation.pointer).get("operationId", "")))
    package = operation.resource.replace(".", "_")
    try:
        return import_module(f"plexy_pay.api.{package}.{name}")
    except ModuleNotFoundError:
        return None


def _snake(name: str) -> str:
    """Return `continue_three_d_secure` for `continueThreeDSecure`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _gives_pages(method: Any) -> bool:
    return str(signature(method).return_annotation).startswith("Pager[")


def _named_values(
    contract: Contract,
    operation: Operation,
    path: Mapping[str, str],
    query: list[tuple[str, str]],
    offered: list[str],
) -> dict[str, object]:
    """Return the values of the query by the names of their arguments."""
    by_letters = {_letters(name): name for name in offered}
    try:
        _, typed, _ = contract.check_parameters(operation, path, query)
    except InvalidRequest:
        # A value that does not fit is shown as it is; the client may still send it.
        typed = dict(query)
    return {by_letters.get(_letters(name), name): typed[name] for name in typed}


def _letters(name: str) -> str:
    """Return what `pageSize` and `page_size` have in common."""
    return name.replace("_", "").lower()


# --- the proof ------------------------------------------------------------------------------------------------


def _takes(method: Any, call: ClientCall) -> bool:
    """Return whether a method has these arguments."""
    try:
        signature(method).bind(*call.positional, **call.named)
    except TypeError:
        return False
    return True


def _made(
    functions: Any,
    model: Any,
    positional: list[object],
    named: Mapping[str, Any],
    settings: Mapping[str, str],
) -> Any:
    """Return the request that the client writes, not yet sent; None if it refuses the arguments.

    Args:
        functions: The client's functions for the operation.
        model: The model of the body; None if there is none.
        positional: The values of the path.
        named: The other arguments, with those of the body under `body`.
        settings: The values of the path that a setting of the client gives.
    """
    arguments = dict(named)
    try:
        if model is not None:
            arguments[_BODY] = model.from_params(arguments[_BODY])
        made = functions.request(*positional, **arguments)
    except REFUSALS:
        return None
    made.path_params = {**made.path_params, **settings}
    return made


def _is_same(made: Any, logged: LoggedRequest, *, pages: bool) -> bool:
    """Return whether two requests are the same: path, query, body and idempotency key. An empty body is none."""
    try:
        target, content = made.target(), made.content()
    except REFUSALS:
        # A value of the path could lead to another path.
        return False
    sent: object = wire.loads(content) if content else {}
    return (
        _target(target, pages=pages) == _target(logged.path, pages=pages)
        and sent == ({} if logged.body is None else logged.body)
        and made.header_texts().get(_KEY_HEADER) == logged.idempotency_key
    )


def _target(address: str, *, pages: bool) -> tuple[str, list[tuple[str, str]]]:
    """Return the path and the query of an address. A pager names the first page, which is the one without a number."""
    parts = urlsplit(address)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    first = ("page", "1") if pages else None
    return parts.path, [pair for pair in query if pair != first]
