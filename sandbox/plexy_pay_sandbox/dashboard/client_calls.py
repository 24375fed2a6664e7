"""Find the call of the client that makes a request, and make sure that it makes the same one.

The names of arguments are those of the client's own models. Each call that is found is made once against a transport
that sends nothing: what the client would send must be what was sent, or there is no such call.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from inspect import signature
from operator import attrgetter
from typing import Any, Final, cast, get_type_hints
from urllib.parse import parse_qsl, urlsplit

import attrs
import httpx
from plexy_pay import UNSET, Money, PlexyError, PlexyPay

from .. import wire
from ..request_log import LoggedRequest
from ..validation import Contract, InvalidRequest, Operation

_NOWHERE: Final = "http://127.0.0.1"
_AGENT: Final = "agent_id"
_FURTHER: Final = "additional_properties"


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
    operation, values = _operation_at(contract, logged.method, parts.path)
    method = _method_of(operation.full_name)
    if method is None:
        raise NoCall("The client has no method for this operation.")
    offered = signature(method).parameters
    query = parse_qsl(parts.query, keep_blank_values=True)
    named = _named_values(contract, operation, values, query, list(offered))
    if logged.idempotency_key is not None and "idempotency_key" in offered:
        named["idempotency_key"] = logged.idempotency_key
    positional: list[object] = [
        values[name] for name in _path_names(operation) if name in offered
    ]
    pages = _gives_pages(method)
    for body in _bodies(contract, operation, logged.body):
        call = ClientCall(
            operation=operation, positional=positional, named=body | named, pages=pages
        )
        if _makes(call, logged, values.get(_AGENT)):
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


def _method_of(name: str) -> Any:
    try:
        return attrgetter(name)(_silent_client(None)[0])
    except AttributeError:
        return None


def _gives_pages(method: Any) -> bool:
    return str(signature(method).return_annotation).startswith("Pager[")


def _path_names(operation: Operation) -> list[str]:
    return re.findall(r"{([^}]*)}", operation.path)


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


# --- bodies ---------------------------------------------------------------------------------------------------


def _bodies(
    contract: Contract, operation: Operation, body: object
) -> Iterator[dict[str, object]]:
    """Yield the arguments that may make a body, the ones that a person would choose first."""
    if body is None or body == {}:
        yield {}
        return
    model = _model_of(contract, operation)
    if model is None or not isinstance(body, dict):
        return
    plain = _params_of(model.from_dict(cast("dict[str, Any]", body)))
    priced = _with_money(model, plain)
    if priced != plain:
        yield priced
    yield plain


def _model_of(contract: Contract, operation: Operation) -> Any:
    """Return the model of the body of an operation, from the functions of the client for it."""
    name = str(contract.at(operation.pointer).get("operationId", ""))
    module = _snake(name)
    package = operation.resource.replace(".", "_")
    try:
        functions = import_module(f"plexy_pay.api.{package}.{module}")
    except ModuleNotFoundError:
        return None
    return get_type_hints(functions.request).get("body")


def _snake(name: str) -> str:
    """Return `continue_three_d_secure` for `continueThreeDSecure`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _params_of(value: object) -> Any:
    """Return a value that the client has read as what a caller passes for it."""
    if attrs.has(type(value)):
        return dict(_fields_of(value))
    if isinstance(value, list):
        return [_params_of(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: _params_of(one) for name, one in fields.items()}
    return value.value if isinstance(value, Enum) else value


def _fields_of(model: Any) -> Iterator[tuple[str, Any]]:
    kind: type[Any] = model.__class__
    for attribute in attrs.fields(kind):
        value = getattr(model, attribute.name)
        if attribute.name != _FURTHER and value is not UNSET:
            yield attribute.alias or attribute.name, _params_of(value)
    for name, value in model.additional_properties.items():
        yield name, _params_of(value)


# --- money ----------------------------------------------------------------------------------------------------


def _with_money(model: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with Money where the client writes the same JSON for it: it knows the units, nobody guesses."""
    wanted = _json_of(model, params)
    found = params
    for place in list(_objects_in(params)):
        for priced in _priced(_at(found, place), is_whole_body=not place):
            changed = _replaced(found, place, priced)
            if _json_of(model, changed) == wanted:
                found = changed
                break
    return found


def _json_of(model: Any, params: Mapping[str, Any]) -> object:
    """Return the JSON that the client makes of arguments; None if it refuses them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.from_params(params).to_dict()
    except PlexyError:
        return None


def _objects_in(
    value: object, place: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the places of the objects in a value, the outermost first."""
    if isinstance(value, dict):
        yield place
        for name, one in cast("dict[str, object]", value).items():
            yield from _objects_in(one, (*place, name))


def _at(value: Any, place: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the object at a place; an empty one if Money has taken it."""
    for name in place:
        value = _fields(value).get(name)
    return _fields(value)


def _fields(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _replaced(value: Any, place: tuple[str, ...], other: object) -> Any:
    if not place:
        return other
    name, *rest = place
    return value | {name: _replaced(value[name], tuple(rest), other)}


def _priced(found: Mapping[str, Any], *, is_whole_body: bool) -> Iterator[object]:
    """Yield what an object with an amount and a currency may be instead: Money, or the object with Money in it."""
    currency = found.get("currency")
    if not isinstance(currency, str):
        return
    for name in ("amount", "value"):
        for money in _moneys(found.get(name), currency):
            beside = {key: one for key, one in found.items() if key != "currency"}
            if beside.keys() == {name} and not is_whole_body:
                yield money
            yield beside | {name: money}


def _moneys(amount: object, currency: str) -> Iterator[Money]:
    """Yield the sums that an amount may be, in minor and in major units."""
    if isinstance(amount, bool) or not isinstance(amount, (int, str, Decimal)):
        return
    try:
        if isinstance(amount, int):
            yield Money.from_minor(amount, currency)
        yield Money(amount, currency)
    except (PlexyError, ValueError, ArithmeticError):
        return


# --- the proof ------------------------------------------------------------------------------------------------


def _makes(call: ClientCall, logged: LoggedRequest, agent_id: str | None) -> bool:
    """Return whether a call makes the request that was logged: method, path, query, body and idempotency key."""
    client, sent = _silent_client(agent_id)
    sent.clear()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = attrgetter(call.name)(client)(*call.positional, **call.named)
            if call.pages:
                next(iter(made), None)
    except (PlexyError, TypeError):
        # The transport refuses each request, and the client refuses what it cannot send.
        pass
    if len(sent) != 1:
        return False
    (request,) = sent
    return (
        request.method == logged.method
        and _target(str(request.url), pages=call.pages)
        == _target(logged.path, pages=call.pages)
        and _read(request.content) == logged.body
        and request.headers.get("idempotency-key") == logged.idempotency_key
    )


def _target(address: str, *, pages: bool) -> tuple[str, list[tuple[str, str]]]:
    """Return the path and the query of an address. A pager names the first page, which is the one without a number."""
    parts = urlsplit(address)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    first = ("page", "1") if pages else None
    return parts.path, [pair for pair in query if pair != first]


def _read(content: bytes) -> object:
    return wire.loads(content) if content else None


@cache
def _silent_client(agent_id: str | None) -> tuple[PlexyPay, list[httpx.Request]]:
    """Return a client that sends nothing, and the list of what it would have sent."""
    sent: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(400)

    client = PlexyPay(
        "pr_sandbox",
        checkout_api_key="ck_sandbox",
        gate_api_key="gk_sandbox",
        agent_id=agent_id or "agent",
        base_url=_NOWHERE,
        max_retries=0,
        allow_inferred=True,
        http_client=httpx.Client(transport=httpx.MockTransport(take), trust_env=False),
    )
    return client, sent
