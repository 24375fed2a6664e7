"""A parameter that does not exist: what a caller is told, over every operation, and at which line."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import httpx
import pytest
from helpers.arguments import (
    DOCUMENT,
    SCHEMAS,
    body_schema,
    carried_out,
    good_arguments,
    keywords,
    resolved,
)
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import (
    AsyncPlexyPay,
    InvalidParameterError,
    Money,
    PlexyError,
    PlexyPay,
    UnknownParameterWarning,
    models,
)
from plexy_pay._core.misspellings import nearest
from plexy_pay._core.operation import Operation
from plexy_pay._operations import OPERATIONS
from plexy_pay.api.payment_links import create_payment_link

from generator.identifiers import class_names, snake

CLASSES = class_names(SCHEMAS)
pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")

Seen = list[warnings.WarningMessage]
AMOUNT = Money("22000", "KZT")


class Wire:
    """A transport that keeps what was sent, and answers each with the same object."""

    def __init__(self, response: Any = None) -> None:
        self.sent: list[bytes] = []
        self.response = {"id": "x", "success": True} if response is None else response

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.content)
        return httpx.Response(200, json=self.response)


def client_of(kind: Any, wire: Wire) -> Any:
    settings: dict[str, Any] = {
        "base_url": "http://127.0.0.1:9",
        "allow_inferred": True,
        "checkout_api_key": "ck_1",
        "gate_api_key": "gk_1",
        "agent_id": "agent-1",
        "max_retries": 0,
    }
    return kind("pr_1", http_client=httpx.MockTransport(wire), **settings)


@pytest.fixture
def seen() -> Iterator[Seen]:
    """The warnings of ours so far."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def ours(seen: Seen) -> Seen:
    return [one for one in seen if issubclass(one.category, UnknownParameterWarning)]


KINDS = pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])


def misspelt(name: str) -> str:
    """The name without its second letter, or with one more where it is short."""
    return f"{name}s" if len(name) < 4 else f"{name[0]}{name[2:]}"


def refused(
    kind: Any, operation: Operation, error: type[Exception], given: dict[str, Any]
) -> str:
    """What a call and its raw twin say when they refuse the arguments; nothing leaves."""
    texts: set[str] = set()
    wire = Wire()
    for client in (client_of(kind, wire), client_of(kind, wire).with_raw_response):
        with pytest.raises(error) as caught:
            carried_out(partial(attrgetter(operation.call)(client), **given))
        texts.add(str(caught.value))
    assert wire.sent == []
    (text,) = texts
    return text


# Unknown keywords


@KINDS
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.call)
def test_an_unknown_keyword_names_the_call_and_its_parameters(
    kind: Any, operation: Operation
) -> None:
    given = good_arguments(operation)
    text = refused(kind, operation, TypeError, given | {"zzyzx": "hunter2"})
    assert text.startswith(
        f"{operation.call} has no parameter zzyzx. Nothing was sent."
    )
    listed = text.rpartition("It has ")[2].rstrip(".").split(", ")
    method = attrgetter(operation.call)(client_of(kind, Wire()))
    assert listed == list(inspect.signature(method).parameters)
    assert "did you mean" not in text.lower()
    assert "hunter2" not in text


SPOTS = [
    pytest.param(operation, name, id=f"{operation.call}-{name}")
    for operation in OPERATIONS
    for name in [*good_arguments(operation), "options"]
]


@KINDS
@pytest.mark.parametrize(("operation", "name"), SPOTS)
def test_a_misspelt_keyword_names_the_one_that_was_meant(
    kind: Any, operation: Operation, name: str
) -> None:
    given = good_arguments(operation)
    wrong = misspelt(name) if len(name) > 3 else name.upper()
    text = refused(kind, operation, TypeError, given | {wrong: given.pop(name, None)})
    assert text.startswith(f"{operation.call} has no parameter {wrong}. ")
    assert f"Did you mean {name}?" in text


@KINDS
def test_other_faults_of_a_call_name_it_too(kind: Any) -> None:
    client = client_of(kind, Wire())
    with pytest.raises(
        TypeError, match=r"^payment_links\.create\(\) missing 1 required .*'amount'"
    ):
        carried_out(client.payment_links.create)
    with pytest.raises(
        TypeError, match=r"^gate\.orders\.list\(\) takes 1 positional argument"
    ):
        carried_out(partial(client.gate.orders.list, 1))


def test_a_type_error_from_within_a_call_stays_what_it_is() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise TypeError("got an unexpected keyword argument 'amonut'")

    client = PlexyPay("pr_1", http_client=httpx.MockTransport(broken), max_retries=0)
    with pytest.raises((TypeError, PlexyError)) as caught:
        client.payment_links.retrieve("x")
    assert "has no parameter" not in str(caught.value)


def test_the_functions_beneath_name_themselves() -> None:
    client, wrong = client_of(PlexyPay, Wire()), {"optoins": None}
    body = models.CreatePaymentLink(amount=AMOUNT)
    with pytest.raises(
        TypeError, match=r"sync has no parameter optoins\. .*Did you mean options\?"
    ):
        create_payment_link.sync(client=client, body=body, **wrong)


# Unknown keys below


class Place(NamedTuple):
    """A schema at some depth of the body of a call."""

    call: str
    steps: tuple[str, ...]
    schema: str

    def __str__(self) -> str:
        return "-".join((self.call, *self.steps))


def _places(call: str, schema: Any, steps: tuple[str, ...]) -> Iterator[Place]:
    for name, prop in schema.get("properties", {}).items():
        node = prop.get("items", prop)
        parts = node.get("oneOf", node.get("anyOf", [node]))
        refs = [
            part["$ref"].rpartition("/")[2].replace("~1", "/")
            for part in parts
            if "$ref" in part
        ]
        target = SCHEMAS.get(refs[0], {}) if refs else {}
        if target.get("properties") and len(steps) < 4:
            here = (*steps, snake(name))
            yield Place(call, here, refs[0])
            yield from _places(call, target, here)


PLACES = [
    place
    for operation in OPERATIONS
    if (schema := body_schema(operation.call)) is not None
    for place in _places(operation.call, schema, ())
]
CLOSED = [
    place
    for place in PLACES
    if SCHEMAS[place.schema].get("additionalProperties") is False
]
OPEN = [place for place in PLACES if place not in CLOSED]


def wire_names(place: Place) -> list[str]:
    properties = SCHEMAS[place.schema]["properties"]
    return [name for name in properties if not properties[name].get("readOnly")]


def arguments(place: Place, key: str, value: object = "hunter2") -> dict[str, Any]:
    """Good arguments of the place's call, with one more key at the place."""
    operation = next(one for one in OPERATIONS if one.call == place.call)
    given = good_arguments(operation)
    holder, schema = given, body_schema(place.call) or {}
    for step in place.steps:
        prop = next(
            one for name, one in schema["properties"].items() if snake(name) == step
        )
        schema = resolved(prop.get("items", prop))
        made: dict[str, Any] = dict(keywords(schema))
        holder[step] = [made] if "items" in prop else made
        holder = made
    holder[key] = value
    return given


def call_of(place: Place) -> Operation:
    return next(operation for operation in OPERATIONS if operation.call == place.call)


def test_there_are_places_of_both_kinds() -> None:
    assert {"gate.orders.create", "direct_payments.create"} <= {
        place.call for place in CLOSED
    }
    assert {"payment_links.create", "checkout.payments.create"} <= {
        place.call for place in OPEN
    }
    assert max(len(place.steps) for place in PLACES) >= 2


@KINDS
@pytest.mark.parametrize("place", CLOSED, ids=str)
def test_an_unknown_key_below_names_the_call_the_place_and_the_parameters(
    kind: Any, place: Place
) -> None:
    text = refused(
        kind, call_of(place), InvalidParameterError, arguments(place, "zzyzx")
    )
    where = ".".join(place.steps)
    assert text.startswith(
        f"{place.call}: {where} has no parameter zzyzx. Nothing was sent."
    )
    assert text.endswith(f"It has {', '.join(map(snake, wire_names(place)))}.")
    assert "hunter2" not in text


@KINDS
@pytest.mark.parametrize("place", CLOSED, ids=str)
def test_a_misspelt_key_below_names_the_one_that_was_meant(
    kind: Any, place: Place
) -> None:
    for name in map(snake, wire_names(place)):
        text = refused(
            kind,
            call_of(place),
            InvalidParameterError,
            arguments(place, misspelt(name)),
        )
        assert f"Did you mean {name}?" in text or len(name) < 4


@KINDS
@pytest.mark.parametrize("place", OPEN, ids=str)
def test_a_misspelt_key_of_an_open_object_warns_and_is_sent(
    kind: Any, place: Place, seen: Seen
) -> None:
    for name in map(snake, wire_names(place)):
        key = misspelt(name)
        if len(name.replace("_", "")) < 4 or key == name:
            continue
        seen.clear()
        wire = Wire()
        carried_out(
            partial(
                attrgetter(place.call)(client_of(kind, wire)), **arguments(place, key)
            )
        )
        (warning,) = ours(seen)
        assert f"the key {key}," in str(warning.message)
        assert f"Did you mean {name}?" in str(warning.message)
        assert "hunter2" not in str(warning.message)
        assert b"hunter2" in wire.sent[0]


@pytest.mark.parametrize("place", OPEN, ids=str)
def test_keys_of_ones_own_are_nobody_s_misspelling(place: Place, seen: Seen) -> None:
    wire = Wire()
    for key in ("my_shop", "department", "sku", "no", "", "order_no", "x" * 100_000):
        carried_out(
            partial(
                attrgetter(place.call)(client_of(PlexyPay, wire)),
                **arguments(place, key),
            )
        )
    assert ours(seen) == []


def test_a_map_that_declares_no_field_takes_any_key(seen: Seen) -> None:
    wire = Wire()
    given = {"type": "scheme", "sucess_url": "x", "amonut": 1}
    client_of(PlexyPay, wire).checkout.payments.submit_details(details=given)
    assert wire.sent
    assert ours(seen) == []


# The line of the caller

METADATA = {"sucess_url": "https://shop.kz/ok"}


def where(seen: Seen) -> list[tuple[str, int]]:
    return [(one.filename, one.lineno) for one in ours(seen)]


def here() -> int:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_a_sync_call_warns_at_its_line_however_the_parameters_are_given(
    seen: Seen,
) -> None:
    given: dict[str, Any] = {"amount": AMOUNT, "metadata": METADATA}
    client, line = client_of(PlexyPay, Wire()), here()
    client.payment_links.create(amount=AMOUNT, metadata=METADATA)
    client.payment_links.create(**given)
    client.with_raw_response.payment_links.create(amount=AMOUNT, metadata=METADATA)
    assert where(seen) == [(__file__, line + step) for step in (1, 2, 3)]
    assert "Did you mean success_url?" in str(seen[0].message)


def test_an_async_call_warns_where_it_is_awaited(seen: Seen) -> None:
    lines: list[int] = []

    async def run() -> None:
        async with client_of(AsyncPlexyPay, Wire()) as client:
            lines.append(here())
            await client.payment_links.create(amount=AMOUNT, metadata=METADATA)
            await client.with_raw_response.payment_links.create(
                amount=AMOUNT, metadata=METADATA
            )

    asyncio.run(run())
    assert where(seen) == [(__file__, lines[0] + step) for step in (1, 2)]


def test_a_model_warns_where_it_is_sent_however_it_was_made(seen: Seen) -> None:
    client = client_of(PlexyPay, Wire())
    kind = models.CreatePaymentLinkMetadata
    filled = kind(success_url="https://shop.kz/ok")
    filled["failureUrll"] = "https://shop.kz/no"
    made = [kind.from_dict({"sucessUrl": "x"}), kind.from_params(METADATA), filled]
    assert ours(seen) == []
    line = here()
    for one in made:
        client.payment_links.create(amount=AMOUNT, metadata=one)
    assert where(seen) == [(__file__, line + 2)] * 3
    texts = [str(one.message) for one in ours(seen)]
    names = ("success_url", "success_url", "failure_url")
    assert all(
        f"Did you mean {name}?" in text for name, text in zip(names, texts, strict=True)
    )


def test_a_whole_body_as_a_model_warns_too(seen: Seen) -> None:
    client = client_of(PlexyPay, Wire())
    body = models.CreatePaymentLink.from_dict(
        {"amount": 1, "currency": "KZT", "orderRefrence": "x"}
    )
    line = here() + 1
    create_payment_link.sync(client=client, body=body)
    assert where(seen) == [(__file__, line)]
    assert "Did you mean order_reference?" in str(ours(seen)[0].message)


@pytest.mark.parametrize("key", ["order_reference", "orderRefrence", "ORDERREFERENCE"])
def test_extra_body_warns_of_what_a_parameter_does(key: str, seen: Seen) -> None:
    client = client_of(PlexyPay, Wire())
    line = here() + 1
    client.payment_links.create(
        amount=AMOUNT, options={"extra_body": {key: "ORD-1", "brand_new": 1}}
    )
    assert where(seen) == [(__file__, line)]
    assert "orderReference" in str(ours(seen)[0].message)


@pytest.mark.parametrize(
    "key", ["success__url", "SUCCESS_URL", "Success-Url", "successURL", "scuccess_url"]
)
def test_other_spellings_of_a_known_name_warn(key: str, seen: Seen) -> None:
    client_of(PlexyPay, Wire()).payment_links.create(amount=AMOUNT, metadata={key: "x"})
    assert len(ours(seen)) == 1


def test_a_misspelt_option_names_the_one_that_was_meant() -> None:
    options: Any = {"timeot": 1}
    with pytest.raises(
        InvalidParameterError, match=r"no option timeot\. .*Did you mean timeout\?"
    ):
        client_of(PlexyPay, Wire()).payment_links.retrieve("x", options=options)


def test_as_an_error_the_warning_stops_the_call_before_anything_is_sent() -> None:
    wire = Wire()
    with warnings.catch_warnings(), pytest.raises(UnknownParameterWarning):
        warnings.simplefilter("error", UnknownParameterWarning)
        client_of(PlexyPay, wire).payment_links.create(amount=AMOUNT, metadata=METADATA)
    assert wire.sent == []


def test_the_default_filters_show_it() -> None:
    program = """
import httpx
from plexy_pay import Money, PlexyPay
response = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
client = PlexyPay("pr_1", http_client=response)
client.payment_links.create(amount=Money("1", "KZT"), metadata={"sucess_url": "x"})
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "<string>:6: UnknownParameterWarning" in done.stderr


# Never for a response of the API


def _objects(schema: Any) -> Iterator[tuple[str, Any]]:
    for name, one in SCHEMAS.items():
        if one.get("properties"):
            yield name, one


@pytest.mark.parametrize("name", [name for name, _ in _objects(DOCUMENT)])
def test_nothing_that_only_a_response_brought_warns(name: str, seen: Seen) -> None:
    kind = getattr(models, CLASSES[name], None)
    if kind is None or (hasattr(kind, "from_params") and name not in ANSWERED):
        return
    for known in SCHEMAS[name]["properties"]:
        kind.from_dict({misspelt(known): "x"}).to_dict()
    assert ours(seen) == []


def _answered() -> set[str]:
    """The schemas that a response can hold."""
    waiting: list[Any] = [
        operation["responses"]
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    ]
    names: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "$ref" in node:
                name = node["$ref"].rpartition("/")[2]
                names |= {name} if "/schemas/" in node["$ref"] else set()
                waiting.append(resolved(node))
                continue
            if id(node) in VISITED:
                continue
            VISITED.add(id(node))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return names


VISITED: set[int] = set()
ANSWERED = _answered()


def test_reading_a_response_with_an_odd_name_warns_of_nothing(seen: Seen) -> None:
    link = client_of(
        PlexyPay, Wire({"id": "x", "metadata": {"sucessUrl": "x"}})
    ).payment_links.retrieve("x")
    link.to_dict()
    link.metadata.to_dict()
    assert ours(seen) == []


# The measure

KNOWN = ("success_url", "callback_url", "email", "id")
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")


def one_edit(draw: Any, name: str, *, swaps: bool = True) -> str:
    place = draw(st.integers(0, len(name) - 1))
    letter = draw(LETTERS)
    ways = {
        "left out": name[:place] + name[place + 1 :],
        "added": name[:place] + letter + name[place:],
        "another": name[:place] + letter + name[place + 1 :],
        "swapped": name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
    }
    if not swaps:
        del ways["swapped"]
    return ways[draw(st.sampled_from(sorted(ways)))]


@given(st.data())
def test_up_to_two_edits_of_a_long_name_are_found(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["success_url", "callback_url"]))
    wrong = name
    edits = data.draw(st.integers(0, 2))
    for _ in range(edits):
        # Two letters that were swapped count as one edit only where nothing else was done to them.
        wrong = one_edit(data.draw, wrong, swaps=edits == 1)
    assert nearest(wrong, KNOWN) == name


@given(st.data())
def test_one_edit_of_a_short_name_is_found_and_of_a_tiny_one_only_its_spelling(
    data: st.DataObject,
) -> None:
    assert nearest(one_edit(data.draw, "email"), KNOWN) == "email"
    assert nearest("ip", KNOWN) is None
    assert nearest("ID", KNOWN) == "id"


@given(st.text(max_size=60))
def test_any_text_has_a_near_name_or_none(text: str) -> None:
    assert nearest(text, KNOWN) in (*KNOWN, None)


@given(
    st.dictionaries(
        st.text(max_size=30) | st.integers(), st.integers(), min_size=1, max_size=4
    )
)
def test_any_keys_of_a_closed_object_are_refused_with_an_error_of_ours(
    keys: dict[Any, int],
) -> None:
    wire = Wire()
    with pytest.raises(InvalidParameterError):
        client_of(PlexyPay, wire).payment_links.create(
            amount=AMOUNT, recurring={**keys, "zzyzx": 1}
        )
    assert wire.sent == []


# Lists of objects


def sent_items(items: Any) -> bytes:
    wire = Wire()
    client_of(PlexyPay, wire).checkout.sessions.create(
        amount=AMOUNT,
        merchant_account="m",
        reference="r",
        return_url="u",
        line_items=items,
    )
    return wire.sent[0]


@pytest.mark.parametrize("wrong", [{"id": "1"}, "text", 5])
def test_what_is_no_sequence_is_not_taken_apart(wrong: Any) -> None:
    assert b'"lineItems":' + json.dumps(
        wrong, separators=(",", ":")
    ).encode() in sent_items(wrong)


def test_any_iterable_of_mappings_is_a_list() -> None:
    assert b'"lineItems":[{"id":"1"}]' in sent_items(iter([{"id": "1"}]))
