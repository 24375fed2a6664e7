"""Every method of both clients, their raw twins and the functions beneath: an error takes no secret along.

Each is called with a key of its own, card data where it takes data, and the commonest mistakes. Error reporters store
the variables of all frames that the error passed through: none of ours may hold a key, a number or a security code.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

import pytest
from helpers.frames import shown_by
from plexy_pay import (
    AsyncPager,
    AsyncPlexyPay,
    Money,
    Pager,
    PlexyError,
    PlexyPay,
    models,
)
from plexy_pay._core.operation import Operation, Request
from plexy_pay._core.schema import schema_of
from plexy_pay._operations import OPERATIONS

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
KEY, TOKEN = "pr_0a1B2c3D4e5F6g7H8i9J", "st_9i8H7g6F5e4D3c2B1a0J"
NUMBER, CVV = "4111111111111111", "98765"
SECRETS = (KEY, TOKEN, NUMBER, CVV)
KEYS = {
    "api_key": "pr_pay_0a1B2c3D",
    "checkout_api_key": "ck_0a1B2c3D4e",
    "gate_api_key": "gk_0a1B2c3D4e",
}
AGENT = "3f0c6a52-8d1b-4f7e-9a64-2b5e7c90d1f8"
CARD: dict[str, Any] = {"number": NUMBER, "cvv": CVV}
OPTIONS: dict[str, Any] = {
    "api_key": KEY,
    "extra_headers": {"X-Shop-Token": TOKEN},
    "extra_body": {"shop_card": CARD},
    "max_retries": 0,
}
# What an error tells on purpose: by it a caller finds the call again.
NAMED_BY_ERRORS = (
    "order_reference",
    "reference",
    "external_ref",
    "request_id",
    "idempotency_key",
)
NAIVE = datetime(2030, 1, 1)


def fitting(parameter: inspect.Parameter) -> Any:
    """Something that a parameter takes, which must not show."""
    annotation = str(parameter.annotation)
    if parameter.name == "options":
        return OPTIONS
    if parameter.name in ("page", "size"):
        return 1
    if parameter.name == "currency":
        return "KZT"
    if parameter.name in NAMED_BY_ERRORS:
        return "ORD-1"
    if "Params" in annotation or "Mapping" in annotation or "Sequence" in annotation:
        return [CARD] if "Sequence" in annotation else CARD
    if "Money" in annotation:
        return Money(1, "KZT")
    return NUMBER


def given_by(method: Callable[..., Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, by the method's own signature."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            positional.append("id-1")
        else:
            named[parameter.name] = fitting(parameter)
    return positional, named


def mistakes(
    positional: list[Any], named: dict[str, Any], method: Any
) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The arguments with one of the commonest mistakes each."""
    yield positional, named
    yield [None for _ in positional], named
    yield [object() for _ in positional], named
    yield positional, {**named, "optoins": OPTIONS}
    for name, value in (
        ("timeout", KEY),
        ("max_retries", KEY),
        ("extra_headers", [KEY]),
        ("extra_body", [CARD]),
    ):
        yield positional, {**named, "options": {**OPTIONS, name: value}}
    yield positional, {**named, "options": {**OPTIONS, "api_key": f"Bearer {KEY}"}}
    yield (
        positional,
        {**named, "options": {**OPTIONS, "headers": {"Authorization": KEY}}},
    )
    for parameter in inspect.signature(method).parameters.values():
        if parameter.name in named and parameter.name != "options":
            wrong = [
                None,
                object(),
                NAIVE,
                10.5,
                {"value": 10.5, **CARD},
                {"misspelt": NAIVE, **CARD},
                [NAIVE, CARD],
            ]
            for value in wrong:
                yield positional, {**named, parameter.name: value}


def failure(
    method: Callable[..., Any], positional: list[Any], named: dict[str, Any]
) -> BaseException:
    """What a call raises. Nothing listens where it goes: it raises in any case."""

    async def run() -> None:
        result = method(*positional, **named)
        if isinstance(result, AsyncPager):
            await result.to_list()
        elif isinstance(result, Pager):
            result.to_list()
        elif inspect.isawaitable(result):
            await result

    try:
        asyncio.run(run())
    except Exception as error:
        return error
    raise AssertionError("the call raised nothing")


def assert_shows_nothing(error: BaseException) -> None:
    for where, text in shown_by(error, "plexy_pay"):
        for secret in SECRETS:
            assert secret not in text, f"{where} shows it"


def client_of(kind: Any, base_url: str = "http://127.0.0.1:9") -> Any:
    return kind(
        **KEYS, agent_id=AGENT, base_url=base_url, max_retries=0, allow_inferred=True
    )


@pytest.mark.parametrize("raw", [False, True], ids=["parsed", "raw"])
@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_no_frame_of_a_method_shows_a_secret(
    operation: Operation, kind: Any, raw: bool
) -> None:
    client = client_of(kind)
    method = attrgetter(operation.call)(client.with_raw_response if raw else client)
    positional, named = given_by(method)
    # A raw twin is as its method: a mistake of each stage is enough for it.
    for arguments in islice(mistakes(positional, named, method), 5 if raw else None):
        assert_shows_nothing(failure(method, *arguments))


FUNCTIONS = {
    "sync": PlexyPay,
    "sync_detailed": PlexyPay,
    "asyncio": AsyncPlexyPay,
    "asyncio_detailed": AsyncPlexyPay,
    "request": None,
}


def body_of(annotation: str) -> Any:
    """A model with card data in each of its fields, and with a further field that cannot be sent."""
    model = getattr(models, annotation.partition(" ")[0])
    names = [
        name
        for name in inspect.signature(model).parameters
        if name != "additional_properties"
    ]
    body = model(**dict.fromkeys(names, NUMBER))
    body["further"] = {"card": CARD, "at": NAIVE}
    return body


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_no_frame_of_a_function_shows_a_secret(
    operation: Operation, function: str
) -> None:
    module = operation.call.rpartition(".")[0].replace(".", "_")
    found = importlib.import_module(f"plexy_pay.api.{module}.{operation.id}")
    method = getattr(found, function)
    positional, named = given_by(method)
    kind = FUNCTIONS[function]
    named.update({"client": client_of(kind)} if kind else {})
    if "body" in named:
        named["body"] = body_of(
            str(inspect.signature(method).parameters["body"].annotation)
        )
        assert_shows_nothing(failure(method, positional, {**named, "body": CARD}))
    if kind is None:
        # Alone it only makes the request: just its refusals raise.
        assert_shows_nothing(failure(method, positional, {**named, "optoins": OPTIONS}))
        if "body" in named:
            assert_shows_nothing(failure(method, positional, named))
        return
    assert_shows_nothing(failure(method, positional, named))
    if positional:
        assert_shows_nothing(failure(method, [None for _ in positional], named))


def model_names() -> list[str]:
    return [
        name for name in models.__all__ if hasattr(getattr(models, name), "from_params")
    ]


@pytest.mark.parametrize("name", model_names())
def test_no_frame_of_a_model_shows_a_secret(name: str) -> None:
    model: Any = getattr(models, name)
    params = {field: {**CARD, "misspelt": NAIVE} for field in schema_of(model).names}
    error = None
    try:
        model.from_params({**params, "further": {"card": CARD, "at": NAIVE}}).to_dict()
    except PlexyError as caught:
        error = caught
    assert error is not None
    assert_shows_nothing(error)


@pytest.mark.parametrize("name", model_names())
def test_no_frame_of_a_model_that_cannot_be_written_shows_a_secret(name: str) -> None:
    model: Any = getattr(models, name).from_dict({})
    for field in schema_of(type(model)).fields:
        setattr(model, field.name, CVV)
    # JSON has no form for it.
    model.additional_properties = {"card": CARD, "odd": object()}
    with pytest.raises(PlexyError) as caught:
        model.to_dict()
    assert_shows_nothing(caught.value)


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
def test_the_frames_of_a_call_under_way_show_no_key(kind: Any) -> None:
    # As error reporters do that store the stack with each log record.
    stacks: list[str] = []

    class Looking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            frame = sys._getframe(1)
            while (
                frame.f_back is not None and frame.f_globals.get("__name__") != __name__
            ):
                stacks.append(
                    f"{frame.f_code.co_name} {list(frame.f_locals.values())!r}"
                )
                frame = frame.f_back

    logger, handler = logging.getLogger("plexy_pay"), Looking()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        method = client_of(kind).payments.capture
        failure(
            method,
            ["id-1"],
            {"amount": Money(1, "KZT"), "options": {"api_key": KEY, "max_retries": 0}},
        )
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert any(stack.startswith("capture ") for stack in stacks)
    assert [stack for stack in stacks if KEY in stack] == []


def test_the_mistakes_reach_every_stage() -> None:
    # Refused by the method itself, by the call, and by the connection.
    client = client_of(PlexyPay)
    positional, named = given_by(client.payments.refund)
    kinds = {
        type(failure(client.payments.refund, *arguments)).__name__
        for arguments in mistakes(positional, named, client.payments.refund)
    }
    assert {"InvalidParameterError", "ApiConnectionError", "TypeError"} <= kinds


def test_the_lines_of_a_traceback_stay() -> None:
    error = failure(client_of(PlexyPay).payments.capture, [None], {})
    names: list[str] = []
    step = error.__traceback__
    while step is not None:
        names.append(step.tb_frame.f_code.co_name)
        step = step.tb_next
    assert names[-1] == "_path_value"


def test_a_request_that_nobody_refuses_is_made_as_before() -> None:
    from plexy_pay.api.payments import capture_payment

    assert isinstance(
        capture_payment.request("id-1", body=models.CapturePayment()), Request
    )
