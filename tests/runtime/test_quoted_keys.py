"""An API that quotes the key, in whatever form, shows it in no error and in nothing that an error carries."""

from __future__ import annotations

import base64
import json
import logging
import pickle
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, capturing, operation
from helpers.wire import WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.decoding import ObjectBody
from plexy_pay._core.key_mask import KeyMask
from plexy_pay._core.operation import Request
from plexy_pay.errors import DeclinedError, OutcomeUnknownError, PlexyError
from plexy_pay.models import Order, RefundPaymentResponse

MASK = "********"


def percent(text: str, form: str = "%{:02X}", every: int = 1) -> str:
    return "".join(
        form.format(ord(char)) if at % every == 0 else char
        for at, char in enumerate(text)
    )


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "percent-encoded": percent,
    "percent-encoded in part": lambda key: percent(key, every=3),
    "percent-encoded in small letters": lambda key: percent(key.lower(), "%{:02x}"),
    "percent-encoded twice": lambda key: percent(key).replace("%", "%25"),
    "JSON's escapes": lambda key: percent(key, "\\u{:04x}"),
    "JSON's escapes in part": lambda key: percent(key, "\\u{:04X}", every=2),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 of a login": lambda key: base64.b64encode(f"{key}:".encode()).decode(),
    "base64 after one byte": lambda key: base64.b64encode(f":{key}".encode()).decode(),
    "base64 after two bytes, in a URL": lambda key: base64.urlsafe_b64encode(
        f"me{key}!".encode()
    ).decode(),
}
QUOTED = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def traces(key: str) -> list[str]:
    """What must be nowhere, in small letters: each form of a key; of base64 what no neighbor changes."""
    return [form(key).lower()[4:-4] for form in FORMS.values()]


def shown(thing: Any) -> Iterator[str]:
    """Every text in a thing, however deep."""
    if isinstance(thing, BaseException):
        yield from (str(thing), repr(thing))
        yield from shown([thing.args, vars(thing), getattr(thing, "cause", None)])
    elif isinstance(thing, bytes):
        yield thing.decode("latin-1")
    elif isinstance(thing, Mapping):
        yield from shown([*thing.keys(), *thing.values()])
    elif isinstance(thing, (list, tuple, set)):
        for item in thing:
            yield from shown(item)
    elif hasattr(thing, "__slots__") and not isinstance(thing, (str, int, Decimal)):
        yield repr(thing)
        for kind in type(thing).__mro__:
            yield from shown(
                [getattr(thing, name, None) for name in getattr(kind, "__slots__", ())]
            )
    else:
        yield str(thing)


def assert_no_key(error: BaseException) -> None:
    texts = [*shown(error), pickle.dumps(error).decode("latin-1")]
    found = [
        (text, trace)
        for text in texts
        for trace in traces(KEY) + traces(OTHER_KEY)
        if trace in text.lower()
    ]
    assert found == []


def refunding() -> Request[RefundPaymentResponse]:
    request: Any = capturing()
    request.decode = ObjectBody(RefundPaymentResponse)
    return request


def raw_json(
    data: Any, status: int = 200, headers: dict[str, str] | None = None
) -> bytes:
    """A well-formed response whose backslashes are JSON's own escapes."""
    text = json.dumps(data, ensure_ascii=False).replace("\\\\", "\\")
    return http(
        status, text.encode(), {"Content-Type": "application/json", **(headers or {})}
    )


def quoting(said: str, status: int = 200, **fields: Any) -> bytes:
    """A response that has it everywhere."""
    headers = {
        "X-Request-Id": f"rq-{said}",
        "X-Echo": said,
        f"X-{said.replace('%', '')}"[:60]: "1",
    }
    headers = {
        name.replace("\\", "").replace("=", "").replace("/", ""): value
        for name, value in headers.items()
    }
    body = {
        "code": said,
        "type": said,
        "source": said,
        "message": f"{'x' * 280} {said}",
    }
    body |= {
        "orderReference": said,
        said: [{"deep": {said: [said]}}],
        "id": {"odd": said},
    } | fields
    return raw_json(body, status, headers)


#: Every form in a redirect and in a refusal, and the plain key with every other status.
REFUSALS = [
    *((name, status) for name in FORMS for status in (307, 400)),
    *(("as it is", status) for status in (401, 409, 422, 500, 503)),
]


@pytest.mark.parametrize(("name", "status"), REFUSALS)
def test_no_refusal_or_failure_shows_a_key(
    flavor: Flavor, name: str, status: int
) -> None:
    form = FORMS[name]
    headers = {
        "Location": f"https://evil.example/{form(KEY)}/a?b={form(KEY)}",
        "X-Request-Id": form(KEY),
    }
    text = form(KEY)
    body = {
        "code": text,
        "error": {"code": text, "type": text, "message": f"{'x' * 280} {text}"},
    }
    with WireServer(raw_json(body, status, headers)) as server:
        with pytest.raises(PlexyError) as caught:
            flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    assert_no_key(caught.value)


@QUOTED
def test_no_decline_shows_a_key_in_its_response(
    flavor: Flavor, form: Callable[[str], str]
) -> None:
    with WireServer(quoting(form(KEY), success=False)) as server:
        with pytest.raises(DeclinedError) as caught:
            flavor.call(flavor.client(server.origin), refunding())
    assert_no_key(caught.value)
    response = caught.value.response
    assert isinstance(response, RefundPaymentResponse)
    assert MASK in str(response.order_reference)
    assert response.success is False


@QUOTED
def test_no_response_that_a_strict_client_refuses_shows_a_key(
    flavor: Flavor, form: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    with WireServer(quoting(form(KEY), success=True)) as server:
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(flavor.client(server.origin, strict=True), refunding())
    assert_no_key(caught.value)
    response = caught.value.response
    assert MASK in str(response.parsed.order_reference)
    assert response.status_code == 200
    assert MASK in response.headers["x-echo"]
    assert not [
        record for record in caplog.records if KEY.lower() in f"{vars(record)}".lower()
    ]


@QUOTED
def test_no_response_that_cannot_be_read_shows_a_key(
    flavor: Flavor, form: Callable[[str], str]
) -> None:
    said = form(KEY)
    kind = f"text/{'x' * 50}{said}"
    for response in (
        http(
            200, f"<html>{said}".encode(), {"Content-Type": kind, "X-Request-Id": said}
        ),
        http(200, json.dumps([said]).encode("utf-16"), {"Content-Type": kind}),
        http(200, f'"{said}"'.encode("utf-32-be")),
    ):
        with WireServer(response) as server:
            with pytest.raises(OutcomeUnknownError) as caught:
                flavor.call(flavor.client(server.origin), refunding())
        assert_no_key(caught.value)


@QUOTED
def test_no_log_record_shows_a_key(
    flavor: Flavor, form: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "plexy_pay")
    with WireServer(
        quoting(form(KEY), success=True), quoting(form(OTHER_KEY), 500)
    ) as server:
        client = flavor.client(server.origin, [KEY, OTHER_KEY])
        flavor.call(client, refunding())
        with pytest.raises(PlexyError):
            flavor.call(client, refunding())
    texts = [
        text.lower()
        for record in caplog.records
        for text in shown([vars(record), record.getMessage()])
    ]
    assert len(texts) > 10
    assert not [
        text
        for text in texts
        for trace in traces(KEY) + traces(OTHER_KEY)
        if trace in text
    ]


def test_a_record_of_drift_shows_no_key_as_the_name_of_a_field(
    flavor: Flavor, caplog: pytest.LogCaptureFixture
) -> None:
    key = "onlyLettersMakeThisKey"
    request: Any = Request(
        operation(call=f"things.quote_{flavor.name}"),
        path_params={"id": "1"},
        decode=ObjectBody(Order),
    )
    with WireServer(json_response({key: 1, key.upper(): 2})) as server:
        flavor.call(flavor.client(server.origin, key), request)
    records = [record for record in caplog.records if record.name == "plexy_pay.drift"]
    assert records
    assert not [
        record for record in records if key.lower() in f"{vars(record)}".lower()
    ]


def test_another_key_of_the_client_is_hidden_too(flavor: Flavor) -> None:
    with WireServer(
        raw_json({"message": f"use {OTHER_KEY}, not {KEY}"}, 422)
    ) as server:
        client = flavor.client(server.origin, KEY, gate_api_key=OTHER_KEY)
        with pytest.raises(PlexyError) as caught:
            flavor.call(client, capturing())
    assert_no_key(caught.value)


def test_a_response_that_a_call_gives_is_the_users_own_and_stays_as_it_came(
    flavor: Flavor,
) -> None:
    with WireServer(quoting(KEY, success=True)) as server:
        response = flavor.call(flavor.client(server.origin), refunding())
    assert response.parsed.order_reference == KEY
    assert KEY.encode() in response.content


def test_a_response_without_a_key_is_not_touched(flavor: Flavor) -> None:
    body = {
        "success": False,
        "id": "tx_1",
        "amount": 1.5,
        "message": "no \\n caf\u00e9 \U0001f4b3",
        "new": [None, {}],
    }
    with WireServer(json_response(body)) as server:
        with pytest.raises(DeclinedError) as caught:
            flavor.call(flavor.client(server.origin), refunding())
    assert caught.value.body == json.dumps(body).encode()
    assert caught.value.response.message == body["message"]
    assert caught.value.response.amount == Decimal("1.5")


def test_a_key_of_digits_is_found_in_a_number() -> None:
    assert KeyMask(["12345678"]).data(
        {"code": 912345678, "ok": [True, 1, Decimal("1.5")]}
    ) == {
        "code": f"9{MASK}",
        "ok": [True, 1, Decimal("1.5")],
    }


def test_json_that_is_nested_deeper_than_python_calls_is_masked() -> None:
    data: Any = KEY
    for _ in range(100_000):
        data = [data]
    data = KeyMask([KEY]).data(data)
    while isinstance(data, list):
        (data,) = data
    assert data == MASK


@pytest.mark.parametrize(
    "text",
    ["\\" * 300_000, "%25" * 100_000, "%" * 300_000, "cHJ" * 100_000, KEY[:-1] * 9_000],
)
def test_a_hostile_text_is_masked_in_one_pass(text: str) -> None:
    assert KeyMask([KEY, OTHER_KEY]).text(text) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(JSON)
def test_data_without_a_key_comes_back_the_very_same(data: Any) -> None:
    assert KeyMask([KEY]).data(data) is data


KEYS = st.text(alphabet="".join(map(chr, range(33, 127))), min_size=8, max_size=60)


@given(KEYS, st.sampled_from([*FORMS]), st.text(alphabet=" .,\u00e9", max_size=5))
def test_any_key_is_hidden_in_any_form_within_any_text(
    key: str, form: str, around: str
) -> None:
    masked = KeyMask([key]).text(f"{around}{FORMS[form](key)}{around}")
    assert masked.startswith(around)
    assert MASK in masked
    # Of base64, the characters stay that stand for bytes around the key, too.
    assert len(masked) <= len(MASK) + 2 * len(around) + (8 if "base64" in form else 0)
