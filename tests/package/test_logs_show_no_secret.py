"""Every field that the document marks sensitive, in requests and responses of every operation that has it.

Both clients log at debug, as do all other loggers; none of the values is in any record of any of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from helpers.calls import Recording, set_pace
from helpers.description import DESCRIPTION
from helpers.openapi import every_object, operations, resolve
from helpers.wire import WireServer, http
from plexy_pay import AsyncPlexyPay, PlexyError, PlexyPay
from plexy_pay._core.operation import Request
from plexy_pay._operations import OPERATIONS

from generator.identifiers import snake

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
DOCUMENT: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
KEYS = {
    "api_key": "pr_pay_0a1B2c3D",
    "checkout_api_key": "ck_0a1B2c3D4e",
    "gate_api_key": "gk_0a1B2c3D4e",
}
AGENT = "3f0c6a52-8d1b-4f7e-9a64-2b5e7c90d1f8"
MARKED = {
    name
    for schema in every_object(DOCUMENT["components"]["schemas"])
    for name, node in schema.get("properties", {}).items()
    if isinstance(node, dict) and node.get("x-sensitive")
}
NUMBERS = itertools.count()


@dataclass
class Sample:
    """A document of JSON that a schema describes, with a value of its own in each marked field.

    Attributes:
        spell: How the names are written.
        names: The marked names that it has, as the document writes them.
        secrets: The values of the marked fields.
    """

    spell: Callable[[str], str]
    names: set[str] = field(default_factory=set[str])
    secrets: list[str] = field(default_factory=list[str])

    def of(self, schema: Any, marked: bool = False, depth: int = 0) -> Any:
        node = resolve(DOCUMENT, schema)
        kinds = node.get("type", "object" if "properties" in node else "string")
        kind = (
            next(one for one in kinds if one != "null")
            if isinstance(kinds, list)
            else kinds
        )
        for several in ("oneOf", "anyOf"):
            if several in node:
                variants = [one for one in node[several] if one.get("type") != "null"]
                merged: dict[str, Any] = {}
                for variant in variants:
                    made = self.of(variant, marked, depth)
                    merged |= made if isinstance(made, dict) else {}
                return merged or self.of(variants[0], marked, depth)
        if kind == "object":
            return self._object(node, marked, depth)
        if kind == "array":
            return [self.of(node["items"], marked, depth)] if depth < 8 else []
        if marked:
            self.secrets.append(f"hidden{next(NUMBERS)}value")
            return self.secrets[-1]
        return {"integer": 1, "number": 1, "boolean": True}.get(
            kind, f"harmless{next(NUMBERS)}"
        )

    def _object(self, node: dict[str, Any], marked: bool, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, property_schema in node.get("properties", {}).items():
            own = marked or bool(property_schema.get("x-sensitive"))
            if property_schema.get("x-sensitive"):
                self.names.add(name)
            if depth < 8:
                made[self.spell(name)] = self.of(property_schema, own, depth + 1)
        if node.get("additionalProperties"):
            self.secrets.append(f"hidden{next(NUMBERS)}value")
            made["nobody_declared_it"] = self.secrets[-1]
        return made


@dataclass
class Case:
    """One operation with what goes out and what comes back."""

    call: str
    body: Any
    status: int
    response: Any
    sample: Sample

    def __str__(self) -> str:
        return f"{self.call}-{self.status}-{self.sample.spell.__name__}"


def as_the_document(name: str) -> str:
    return name


def in_camel_case(name: str) -> str:
    first, *rest = snake(name).split("_")
    return first + "".join(part.capitalize() for part in rest)


def cases() -> Iterator[Case]:
    for _, _, operation in operations(DOCUMENT):
        call = f"{operation['x-resource']}.{operation['x-method']}"
        for status, reference in operation["responses"].items():
            for spell in (as_the_document, snake, in_camel_case):
                sample = Sample(spell)
                content = (
                    operation.get("requestBody", {})
                    .get("content", {})
                    .get("application/json")
                )
                body = sample.of(content["schema"]) if content else None
                content = (
                    resolve(DOCUMENT, reference)
                    .get("content", {})
                    .get("application/json")
                )
                response = sample.of(content["schema"]) if content else None
                if sample.secrets:
                    yield Case(call, body, int(status), response, sample)


CASES = list(cases())


class Collecting(logging.Handler):
    """Keeps all of each record, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.names: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.shown.append(f"{self.format(record)} {vars(record)!r}")
        self.names.add(record.name)


@pytest.fixture
def everything() -> Iterator[Collecting]:
    """All records of all loggers, at debug."""
    root, handler = logging.getLogger(), Collecting()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_cases_have_every_marked_field_of_an_operation() -> None:
    met = {name for case in CASES for name in case.sample.names}
    # These stand only in webhooks, and in schemas that no operation uses.
    assert MARKED - met == {"Value", "last4", "password", "payerIp"}


def send(kind: Any, case: Case, origin: str, http_client: Any) -> None:
    """Make the call of a case with a client of a kind, whatever comes of it."""
    operation = next(one for one in OPERATIONS if one.call == case.call)
    words = {part.partition("}")[0]: "id-1" for part in operation.path.split("{")[1:]}
    body = {} if case.body is None else {"body": case.body}
    request: Request[Any] = Request(
        operation, path_params=words, decode=lambda data: data, **body
    )
    client = kind(
        **KEYS, agent_id=AGENT, base_url=origin, max_retries=1, http_client=http_client
    )
    set_pace(client, Recording())

    async def run() -> None:
        async with client, http_client or contextlib.nullcontext():
            await client.execute(request)

    with contextlib.suppress(PlexyError):
        if isinstance(client, PlexyPay):
            with client, http_client or contextlib.nullcontext():
                client.execute(request)
        else:
            asyncio.run(run())


#: One for all: to read the authorities anew for each client takes longer than its call.
TLS = ssl.create_default_context()


def no_client(**_: Any) -> None:
    """No http_client: the call uses one of ours."""


@pytest.mark.parametrize(
    ("kind", "http_client"),
    [
        (PlexyPay, no_client),
        (PlexyPay, httpx.Client),
        (AsyncPlexyPay, no_client),
        (AsyncPlexyPay, httpx.AsyncClient),
    ],
)
def test_no_marked_or_undeclared_value_is_in_any_record_of_any_logger(
    kind: Any, http_client: Any, everything: Collecting
) -> None:
    # A client of the user sends the same: one spelling of each case is enough for it.
    own = http_client is no_client
    cases = CASES if own else [case for case in CASES if case.sample.spell is snake]
    for case in cases:
        response = http(
            case.status,
            json.dumps(case.response).encode(),
            {"Content-Type": "application/json"},
        )
        with WireServer(response) as server:
            everything.shown.clear()
            send(kind, case, server.origin, http_client(trust_env=False, verify=TLS))
        shown = "\n".join(everything.shown)
        assert len(server.requests) in (1, 2)
        for secret in [*case.sample.secrets, *KEYS.values()]:
            assert secret not in shown, f"{case}: {secret}"
        assert "plexy_pay" in everything.names
    loggers = {"plexy_pay", "httpcore.http11", "httpcore.connection"}
    loggers |= {"httpx"} if http_client is not no_client else set()
    loggers |= {"asyncio"} if kind is AsyncPlexyPay else set()
    assert loggers <= everything.names


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
@pytest.mark.parametrize("name", sorted(MARKED))
def test_each_marked_name_hides_its_value_in_both_spellings(
    kind: Any, name: str, everything: Collecting
) -> None:
    operation = next(one for one in OPERATIONS if one.call == "payment_links.create")

    def hidden() -> str:
        # Each is another one, so that none is hidden because of the place where another stood.
        return f"hidden{next(NUMBERS)}value"

    def data() -> dict[str, Any]:
        names = {name, snake(name), in_camel_case(name), name.upper()}
        nested = [
            {spelled: {"status": hidden(), "more": [hidden()]}} for spelled in names
        ]
        return {spelled: hidden() for spelled in names} | {"data": nested}

    request: Request[Any] = Request(operation, body=data(), decode=lambda data: data)
    response = json.dumps({"data": [data(), [data()]], **data()}).encode()
    with WireServer(http(201, response)) as server:
        client = kind(KEYS["api_key"], base_url=server.origin)
        if isinstance(client, PlexyPay):
            client.execute(request)
            client.close()
        else:

            async def run() -> None:
                async with client:
                    await client.execute(request)

            asyncio.run(run())
    shown = "\n".join(everything.shown)
    assert f'"{name}": "********"' in shown
    assert "hidden" not in shown
