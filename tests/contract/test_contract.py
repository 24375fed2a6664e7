"""Every operation of the spec against Prism, which validates each request and answers with the spec's examples.

Prism knows nothing of the client: it reads the same bundled document. The arguments of each call are the document's
own examples, so a request that the client builds wrongly is refused here.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import plexy_pay
import pytest
from helpers.description import DESCRIPTION
from helpers.openapi import operations, resolve
from plexy_pay import AsyncPager, AsyncPlexyPay, Pager, PlexyError, PlexyPay
from plexy_pay._core.encoding import loads

from generator.identifiers import snake

DOCUMENT: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))


@dataclass(frozen=True)
class Case:
    """One operation with one response of the document."""

    call: str
    method: str
    moves_money: bool
    path_arguments: tuple[str, ...]
    keywords: dict[str, Any]
    status: int
    example: Any

    def __str__(self) -> str:
        return f"{self.call}-{self.status}"


def example_of(media: dict[str, Any]) -> Any:
    if "examples" in media:
        return resolve(DOCUMENT, next(iter(media["examples"].values())))["value"]
    return media.get("example")


def body_keywords(body: Any) -> Any:
    """A body's example with the names that Python callers use."""
    if isinstance(body, dict):
        return {snake(name): body_keywords(value) for name, value in body.items()}
    if isinstance(body, list):
        return [body_keywords(item) for item in body]
    return body


def cases() -> Iterator[Case]:
    for path, method, operation in operations(DOCUMENT):
        item = DOCUMENT["paths"][path]
        parameters = [
            resolve(DOCUMENT, p)
            for p in [*item.get("parameters", []), *operation.get("parameters", [])]
        ]
        passed = [p for p in parameters if "x-client-setting" not in p]
        keywords = {
            snake(p["name"]): p["example"]
            for p in passed
            if p["in"] in ("query", "header")
        }
        if "requestBody" in operation:
            media = resolve(DOCUMENT, operation["requestBody"])["content"][
                "application/json"
            ]
            keywords |= body_keywords(example_of(media))
        for status, reference in operation["responses"].items():
            content = resolve(DOCUMENT, reference).get("content", {})
            yield Case(
                call=f"{operation['x-resource']}.{operation['x-method']}",
                method=method.upper(),
                moves_money=operation["x-moves-money"],
                path_arguments=tuple(p["example"] for p in passed if p["in"] == "path"),
                keywords=keywords,
                status=int(status),
                example=example_of(content.get("application/json", {})),
            )


CASES = list(cases())
SUCCESSES = [case for case in CASES if case.status < 300]
ERRORS = [case for case in CASES if case.status >= 400]


def settings(url: str) -> dict[str, Any]:
    """A client with the keys of all families."""
    keys = {
        "api_key": "pr_contract",
        "checkout_api_key": "ck_contract",
        "gate_api_key": "gk_contract",
    }
    agent = "11111111-1111-4111-8111-111111111111"
    return {
        **keys,
        "base_url": url,
        "agent_id": agent,
        "checkout_version": "2024-01-15",
    }


def call_sync(url: str, case: Case, **options: Any) -> Any:
    with PlexyPay(**settings(url)) as client:
        result = attrgetter(case.call)(client)(
            *case.path_arguments, **case.keywords, options=options
        )
        return next(result.pages()) if isinstance(result, Pager) else result


def call_async(url: str, case: Case, **options: Any) -> Any:
    async def call() -> Any:
        async with AsyncPlexyPay(**settings(url)) as client:
            result = attrgetter(case.call)(client)(
                *case.path_arguments, **case.keywords, options=options
            )
            if isinstance(result, AsyncPager):
                return await anext(result.pages())
            return await result if inspect.isawaitable(result) else result

    return asyncio.run(call())


both = pytest.mark.parametrize("call", [call_sync, call_async], ids=["sync", "async"])
quiet = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")


def test_every_operation_has_a_success_and_errors_to_meet() -> None:
    wanted = {
        f"{operation['x-resource']}.{operation['x-method']}"
        for _, _, operation in operations(DOCUMENT)
    }
    assert {case.call for case in SUCCESSES} == {case.call for case in ERRORS} == wanted
    assert all(
        any(case.call == call and case.status == 401 for case in ERRORS)
        for call in wanted
    )


@quiet
@both
@pytest.mark.parametrize("case", SUCCESSES, ids=str)
def test_a_success_is_accepted_and_its_response_read_whole(
    prism: str, case: Case, call: Any
) -> None:
    response = call(prism, case)
    if case.example is None:
        assert response is None
    else:
        wanted = loads(json.dumps(case.example).encode())
        responses, examples = (
            (response, wanted) if isinstance(response, list) else ([response], [wanted])
        )
        assert len(responses) == len(examples)
        for one, example in zip(responses, examples, strict=True):
            assert one == type(one).from_dict(example)
            assert one.to_dict().keys() == example.keys()


@quiet
@both
@pytest.mark.parametrize("case", ERRORS, ids=str)
def test_each_error_of_the_document_raises_its_class(
    prism: str, case: Case, call: Any
) -> None:
    with pytest.raises(PlexyError) as raised:
        call(
            prism, case, max_retries=0, extra_headers={"Prefer": f"code={case.status}"}
        )
    error = raised.value
    assert error.status == case.status
    assert error.operation == case.call
    # A 409 of v2 may speak of an earlier request that was carried out: `x-refuses: false`.
    is_unclear = case.status >= 500 or case.status == 409
    if case.moves_money and is_unclear:
        assert isinstance(error, plexy_pay.OutcomeUnknownError)
        assert error.outcome == "unknown"
        error = error.cause
    names = {
        400: "BadRequestError",
        401: "AuthenticationError",
        402: "ClientError",
        403: "PermissionDeniedError",
        404: "NotFoundError",
        409: "ConflictError",
        422: "UnprocessableEntityError",
        429: "RateLimitError",
        500: "InternalServerError",
        502: "BadGatewayError",
        503: "ServiceUnavailableError",
        504: "GatewayTimeoutError",
    }
    assert type(error).__name__ == names[case.status]
    assert isinstance(error, plexy_pay.ApiError)
    if not is_unclear:
        assert error.outcome == "rejected"
    told = case.example.get("error", case.example)
    assert error.api_message == told.get("message")
    code = told.get("code")
    assert error.code == (None if code is None else str(code))


@both
def test_the_raw_key_is_what_prism_finds_in_the_authorization_header(
    prism: str, call: Any
) -> None:
    """Prism refuses a request without the header that the document's security wants."""
    import httpx

    assert httpx.get(f"{prism}/v1/payment-links/pl_1").status_code == 401
    case = next(case for case in SUCCESSES if case.call == "payment_links.retrieve")
    assert call(prism, case).id
