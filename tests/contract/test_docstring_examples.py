"""The example of every method, as its docstring has it, against Prism, which validates each request.

Prism refuses what the document does not allow. Beyond that, a request must say what the document's own example says.
"""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import httpx
import pytest
from helpers.description import DESCRIPTION
from helpers.method_examples import FLAVOURS, Flavour, example_of, methods
from helpers.openapi import Json, operations, resolve
from plexy_pay import AsyncPlexyPay, PlexyPay

DOCUMENT: Json = json.loads(DESCRIPTION.read_text("utf-8"))
METHODS = {flavour: methods(flavour) for flavour in FLAVOURS}
AGENT = "11111111-1111-4111-8111-111111111111"
SETTINGS: dict[str, Any] = {
    "api_key": "pr_contract",
    "checkout_api_key": "ck_contract",
    "gate_api_key": "gk_contract",
    "agent_id": AGENT,
    "checkout_version": "2024-01-15",
}
#: What a pager sets by itself.
PAGES = ("page", "size", "pageSize")


def documented(call: str) -> tuple[str, str, Json]:
    """Return the path, the method and the value of the operation that a call makes."""
    return next(
        (path, method, operation)
        for path, method, operation in operations(DOCUMENT)
        if f"{operation['x-resource']}.{operation['x-method']}" == call
    )


class SyncRunner:
    """Run programs with a sync client, and keep the requests that it sends."""

    flavour: Flavour = "sync"

    def __init__(self, url: str) -> None:
        self.sent: list[httpx.Request] = []
        self._http = httpx.Client(event_hooks={"request": [self.sent.append]})
        self._client = PlexyPay(**SETTINGS, base_url=url, http_client=self._http)

    def run(self, program: str) -> None:
        """Run a program as it stands."""
        self.sent.clear()
        exec(compile(program, "<example>", "exec"), {"client": self._client})

    def close(self) -> None:
        """Close what was opened."""
        self._client.close()
        self._http.close()


class AsyncRunner:
    """Run programs with an async client. They use `await` without a function around it, as notebooks let them."""

    flavour: Flavour = "async"

    def __init__(self, url: str) -> None:
        self.sent: list[httpx.Request] = []
        self._loop = asyncio.Runner()
        self._http = httpx.AsyncClient(event_hooks={"request": [self._keep]})
        self._client = AsyncPlexyPay(**SETTINGS, base_url=url, http_client=self._http)

    async def _keep(self, request: httpx.Request) -> None:
        self.sent.append(request)

    def run(self, program: str) -> None:
        """Run a program as it stands."""
        self.sent.clear()
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(program, "<example>", "exec", flags)
        self._loop.run(eval(code, {"client": self._client}))

    def close(self) -> None:
        """Close what was opened."""
        self._loop.run(self._client.aclose())
        self._loop.run(self._http.aclose())
        self._loop.close()


Runner: TypeAlias = SyncRunner | AsyncRunner
RUNNERS: dict[Flavour, type[Runner]] = {"sync": SyncRunner, "async": AsyncRunner}


@pytest.fixture(scope="module", params=FLAVOURS)
def runner(prism: str, request: pytest.FixtureRequest) -> Iterator[Runner]:
    runner = RUNNERS[request.param](prism)
    yield runner
    runner.close()


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
@pytest.mark.parametrize("call", METHODS["sync"])
def test_the_example_of_a_method_sends_the_document_s_own_example(
    runner: Runner, call: str
) -> None:
    runner.run(example_of(METHODS[runner.flavour][call]))
    request = runner.sent[0]
    path, method, operation = documented(call)
    shared = DOCUMENT["paths"][path].get("parameters", [])
    parameters = [
        resolve(DOCUMENT, one) for one in (*shared, *operation.get("parameters", []))
    ]
    assert request.method == method.upper()
    for one in parameters:
        if one["in"] == "path":
            value = AGENT if "x-client-setting" in one else one["example"]
            path = path.replace("{" + one["name"] + "}", str(value))
    assert request.url.path == path
    query = {
        one["name"]: [str(one["example"])]
        for one in parameters
        if one["in"] == "query" and one["name"] not in PAGES
    }
    sent = parse_qs(request.url.query.decode())
    assert {name: one for name, one in sent.items() if name not in PAGES} == query
    for one in parameters:
        if one["in"] == "header" and "x-client-setting" not in one:
            assert request.headers[one["name"]] == one["example"]
    body = resolve(DOCUMENT, operation.get("requestBody", {}))
    example = body["content"]["application/json"]["example"] if body else None
    assert read(request.content or b"null") == read(json.dumps(example).encode())


def read(content: bytes) -> Any:
    """Return JSON whose numbers are exact."""
    return json.loads(content, parse_float=Decimal)
