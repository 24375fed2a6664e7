"""What the HTTP library would refuse itself is refused before anything is sent, and never counts as sent."""

from __future__ import annotations

import string
from typing import Any

import pytest
from helpers.calls import Flavor, capturing, listing, reading
from helpers.http_library import httpx
from helpers.wire import WireServer
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import PlexyPay
from plexy_pay.errors import (
    InvalidParameterError,
    Outcome,
    PlexyError,
    RequestRefusedError,
)

ways = pytest.mark.parametrize(
    "injected", [False, True], ids=["our own client", "an injected client"]
)


def client_of(flavor: Flavor, server: WireServer, *, injected: bool) -> Any:
    return flavor.client(
        server.origin,
        http_client=flavor.http_client(trust_env=False) if injected else None,
    )


@ways
@pytest.mark.parametrize(
    "value", ["req-1 ", " req-1", "req-1\t", " ", "req\n1", "req\x001", "réq-1", 7]
)
@pytest.mark.parametrize("made", [reading, capturing])
def test_a_header_that_http_does_not_allow_is_an_invalid_parameter(
    flavor: Flavor, injected: bool, value: Any, made: Any
) -> None:
    with WireServer() as server:
        client = client_of(flavor, server, injected=injected)
        with pytest.raises(
            InvalidParameterError, match=r"X-Trace.*Nothing was sent"
        ) as caught:
            flavor.call(client, made(), {"extra_headers": {"X-Trace": value}})
    assert caught.value.outcome is Outcome.NOT_SENT
    assert server.connections == 0


@pytest.mark.parametrize("value", ["req-1 ", " req-1", "req\n1", "req\x001"])
def test_a_header_of_a_hook_that_http_does_not_allow_stops_the_call_before_it_leaves(
    flavor: Flavor, value: str
) -> None:
    def hook(request: httpx.Request) -> None:
        request.headers["X-Trace"] = value

    with WireServer() as server:
        client = flavor.client(server.origin, http_client=flavor.request_hook(hook))
        with pytest.raises(RequestRefusedError, match="no money moved") as caught:
            flavor.call(client, capturing())
    assert caught.value.attempts == 1
    assert server.connections == 0


@ways
@pytest.mark.parametrize(
    "request_",
    [
        reading("x" * 70_000),
        capturing(path="/v1/" + "x" * 70_000),
        listing({"q": "x" * 70_000}),
    ],
)
def test_a_url_that_is_too_long_is_an_invalid_parameter(
    flavor: Flavor, injected: bool, request_: Any
) -> None:
    with WireServer() as server:
        with pytest.raises(
            InvalidParameterError, match="cannot be sent as it is"
        ) as caught:
            flavor.call(client_of(flavor, server, injected=injected), request_)
    assert (caught.value.outcome, caught.value.attempts) == (Outcome.NOT_SENT, 1)
    assert server.connections == 0


@given(
    name=st.text(
        st.sampled_from(
            string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~ :;\t\r\n"
        ),
        max_size=9,
    ),
    value=st.text(st.characters(max_codepoint=0xFF), max_size=12),
)
def test_a_header_is_either_sent_or_an_invalid_parameter(name: str, value: str) -> None:
    with (
        WireServer() as server,
        PlexyPay("pr_0a1B2c3D4e5F", base_url=server.origin) as client,
    ):
        try:
            client.execute(capturing(), {"extra_headers": {f"X{name}": value}})
        except PlexyError as error:
            assert isinstance(error, InvalidParameterError)
            assert server.requests == []
        else:
            assert server.requests[0].values(f"x{name}") == [value]
