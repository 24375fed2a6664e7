"""What leaves: the raw bytes of the request, and what a path or query value may do to them."""

from __future__ import annotations

import getpass
import platform
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from helpers import http_library
from helpers.calls import (
    KEY,
    Flavor,
    as_nothing,
    capturing,
    creating,
    deleting,
    listing,
    operation,
    reading,
)
from helpers.wire import WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.operation import Request
from plexy_pay._core.types import UNSET
from plexy_pay._version import __version__
from plexy_pay.errors import (
    ConfigurationError,
    InvalidParameterError,
    RequestRefusedError,
)


def sent(flavor: Flavor, request: Any, options: Any = None) -> Any:
    with WireServer(json_response({})) as server:
        flavor.call(flavor.client(server.origin), request, options)
    assert len(server.requests) == 1
    return server.requests[0]


def test_the_header_that_leaves_is_the_raw_key_and_nothing_else(flavor: Flavor) -> None:
    request = sent(flavor, capturing())
    assert b"\r\nAuthorization: " + KEY.encode() + b"\r\n" in request.raw
    assert request.raw.count(KEY.encode()) == 1
    assert request.raw.lower().count(b"authorization") == 1
    assert b"Bearer" not in request.raw


def test_the_body_that_leaves_is_exact_json_with_its_length(flavor: Flavor) -> None:
    request = sent(
        flavor,
        creating(
            {
                "amount": Decimal("56.40"),
                "text": "тенге",
                "null": None,
                "many": [1, True],
            }
        ),
    )
    assert (
        request.body
        == b'{"amount":56.40,"text":"\\u0442\\u0435\\u043d\\u0433\\u0435","null":null,"many":[1,true]}'
    )
    assert request.values("content-type") == ["application/json"]
    assert request.values("content-length") == [str(len(request.body))]
    assert request.values("transfer-encoding") == []


def test_a_request_without_a_body_has_no_content_type(flavor: Flavor) -> None:
    request = sent(flavor, reading())
    assert request.values("content-type") == []
    assert request.body == b""


def named(library: str) -> list[str]:
    python = ".".join(map(str, sys.version_info[:3]))
    return [
        f"plexy-pay-python/{__version__} (Python {python}; {library} {version(library)}; {sys.platform})"
    ]


def test_the_client_names_itself_and_what_it_accepts(flavor: Flavor) -> None:
    request = sent(flavor, reading())
    assert request.values("user-agent") == named("httpx")
    assert request.values("accept") == ["application/json"]
    assert request.values("accept-encoding") == ["gzip, deflate"]


def test_the_user_agent_names_the_library_of_the_http_client(flavor: Flavor) -> None:
    with WireServer(json_response({})) as server:
        injected = flavor.http_client(trust_env=False)
        flavor.call(flavor.client(server.origin, http_client=injected), reading())
    assert server.requests[0].values("user-agent") == named(http_library.NAME)


def test_the_user_agent_names_the_program_that_says_its_name(flavor: Flavor) -> None:
    with WireServer(json_response({})) as server:
        client = flavor.client(
            server.origin, user_agent_suffix="acme-shop/1.2 (checkout)"
        )
        flavor.call(client, reading())
        flavor.call(client, reading())
    (first,), (second,) = (request.values("user-agent") for request in server.requests)
    assert first.startswith(f"plexy-pay-python/{__version__} (Python ")
    assert first.endswith(") acme-shop/1.2 (checkout)")
    assert first == second


def test_the_user_agent_says_nothing_about_the_machine_or_its_user(
    flavor: Flavor,
) -> None:
    (named,) = sent(flavor, reading()).values("user-agent")
    personal = {
        platform.node(),
        getpass.getuser(),
        platform.release(),
        str(Path.home()),
    }
    assert not [word for word in personal if len(word) > 2 and word in named]


WRONG_SUFFIXES = [
    "",
    " ",
    " shop",
    "shop ",
    "a\r\nX: y",
    "a\nb",
    "a\x00",
    "магазин",
    "a" * 201,
    5,
]


@pytest.mark.parametrize("suffix", WRONG_SUFFIXES)
def test_a_user_agent_suffix_that_could_change_the_header_is_refused(
    suffix: Any,
) -> None:
    for kind in (PlexyPay, AsyncPlexyPay):
        with pytest.raises(
            ConfigurationError, match="user_agent_suffix is not visible ASCII"
        ):
            kind(KEY, user_agent_suffix=suffix)


def test_a_key_in_the_user_agent_never_leaves(flavor: Flavor) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin, user_agent_suffix=f"shop/{KEY}")
        with pytest.raises(RequestRefusedError, match="the key is in another header"):
            flavor.call(client, reading())
    assert server.requests == []


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("pl_1", "/v1/things/pl_1"),
        (7, "/v1/things/7"),
        (UUID(int=1), "/v1/things/00000000-0000-0000-0000-000000000001"),
        ("...", "/v1/things/..."),
        ("a..b", "/v1/things/a..b"),
        ("a\r\nX-Evil: 1", "/v1/things/a%0D%0AX-Evil%3A%201"),
        ("a?b=c#d", "/v1/things/a%3Fb%3Dc%23d"),
        ("100%", "/v1/things/100%25"),
        ("{id}", "/v1/things/%7Bid%7D"),
        ("\x00", "/v1/things/%00"),
        ("заказ 1", "/v1/things/%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7%201"),
        ("\U0001f4b3", "/v1/things/%F0%9F%92%B3"),
        ("user@host:80", "/v1/things/user%40host%3A80"),
        (" ", "/v1/things/%20"),
        (StrEnum("Id", {"ONE": "a?b"})["ONE"], "/v1/things/a%3Fb"),
    ],
)
def test_a_path_value_is_percent_encoded_whole(
    flavor: Flavor, value: object, target: str
) -> None:
    request = sent(flavor, reading(value))
    assert request.line == f"GET {target} HTTP/1.1"
    assert request.values("x-evil") == []


@pytest.mark.parametrize(
    "value", ["", ".", "..", None, UNSET, True, 1.5, b"pl_1", ["a"], object()]
)
def test_a_path_value_that_could_reach_another_path_is_refused(
    flavor: Flavor, value: object
) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin)
        with pytest.raises(
            InvalidParameterError,
            match=r"things.retrieve: the path parameter id .* Nothing was sent",
        ):
            flavor.call(client, reading(value))
    assert server.requests == []


def test_text_that_is_no_valid_unicode_is_refused(flavor: Flavor) -> None:
    client = flavor.client("http://127.0.0.1:9")
    with pytest.raises(InvalidParameterError, match="not valid Unicode"):
        flavor.call(client, reading("\ud800"))
    with pytest.raises(InvalidParameterError, match="not valid Unicode"):
        flavor.call(client, listing({"q": "\ud800"}))


def test_a_path_value_that_is_not_given_at_all_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="the path parameter id"):
        Request(operation(), decode=as_nothing).url_path()


@given(st.text(min_size=1))
def test_every_path_value_stays_one_segment_and_comes_back_as_it_was(
    value: str,
) -> None:
    path = "/v1/things/{id}/more/{other}"
    request = Request(
        operation(path=path), path_params={"id": value, "other": "x"}, decode=as_nothing
    )
    try:
        made = request.url_path()
    except InvalidParameterError:
        assert any("\ud800" <= char <= "\udfff" or char in "./\\%" for char in value)
        return
    _, version, things, segment, more, other = made.split("/")
    assert (version, things, unquote(segment, errors="strict"), more, other) == (
        "v1",
        "things",
        value,
        "more",
        "x",
    )
    assert made.isascii()
    assert made.isprintable()
    assert not set(made) & set(" ?#\\")


class Plain(Enum):
    ONE = "one"


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ({}, "/v1/things"),
        ({"page": 1, "size": UNSET, "q": None}, "/v1/things?page=1"),
        ({"all": True, "some": False}, "/v1/things?all=true&some=false"),
        ({"status": ["a", "b"]}, "/v1/things?status=a&status=b"),
        ({"status": [], "one": ("x",)}, "/v1/things?one=x"),
        (
            {"at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)},
            "/v1/things?at=2026-01-02T03%3A04%3A05Z",
        ),
        (
            {"at": datetime(2026, 1, 2, 8, tzinfo=timezone(timedelta(hours=5)))},
            "/v1/things?at=2026-01-02T03%3A00%3A00Z",
        ),
        ({"q": "a&b=c d/\r\n"}, "/v1/things?q=a%26b%3Dc%20d%2F%0D%0A"),
        ({"amount": Decimal("1E+3")}, "/v1/things?amount=1000"),
        ({"kind": Plain.ONE}, "/v1/things?kind=one"),
    ],
)
def test_a_query_is_written_as_the_api_reads_it(
    flavor: Flavor, query: dict[str, object], target: str
) -> None:
    assert sent(flavor, listing(query)).target == target


def test_a_time_without_a_zone_is_refused_in_a_query(flavor: Flavor) -> None:
    with pytest.raises(InvalidParameterError, match="time zone"):
        flavor.call(
            flavor.client("http://127.0.0.1:9"), listing({"at": datetime(2026, 1, 2)})
        )


def test_header_parameters_and_extra_headers_are_sent(flavor: Flavor) -> None:
    request = creating({})
    request.headers = {"Idempotency-Key": "k-1", "X-Not": UNSET}
    recorded = sent(
        flavor, request, {"extra_headers": {"X-Trace": "t-1", "User-Agent": "shop/1"}}
    )
    assert recorded.values("idempotency-key") == ["k-1"]
    assert recorded.values("x-trace") == ["t-1"]
    assert recorded.values("user-agent") == ["shop/1"]
    assert recorded.values("x-not") == []


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "authorization",
        "AUTHORIZATION",
        "x-api-key",
        "Host",
        "Content-Length",
    ],
)
def test_a_callers_own_key_header_is_refused_in_any_case(
    flavor: Flavor, name: str
) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin)
        with pytest.raises(
            InvalidParameterError, match="the client's own. Pass a key as api_key"
        ) as caught:
            flavor.call(
                client, reading(), {"extra_headers": {name: "Bearer pr_secret"}}
            )
    assert server.requests == []
    assert "pr_secret" not in f"{caught.value!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "1\r\nX-Evil: 1"),
        ("X-A", "1\n"),
        ("X-A", "\x00"),
        ("X-A", "тенге"),
        ("X-A: 1\r\nX-Evil", "1"),
        ("X A", "1"),
        ("", "1"),
        ("Х-А", "1"),
        ("X-A", 5),
    ],
)
def test_a_malformed_header_is_refused(flavor: Flavor, name: str, value: Any) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin)
        with pytest.raises(InvalidParameterError, match="header"):
            flavor.call(client, reading(), {"extra_headers": {name: value}})
    assert server.requests == []


def test_an_unknown_option_is_refused_by_name(flavor: Flavor) -> None:
    options: Any = {"time_out": 3}
    with pytest.raises(InvalidParameterError, match="no option time_out"):
        flavor.call(flavor.client("http://127.0.0.1:9"), reading(), options)


def test_a_response_without_a_declared_body_may_be_empty(flavor: Flavor) -> None:
    with WireServer(http(204)) as server:
        response = flavor.call(flavor.client(server.origin), deleting())
    assert response.parsed is None
    assert (response.status_code, response.content, response.attempts) == (204, b"", 1)


def test_a_response_says_what_came(flavor: Flavor) -> None:
    headers = {"X-Request-Id": "rq-1", "X-Two": "a"}
    with WireServer(
        json_response({"id": "th_1", "secret": "4111"}, 201, headers)
    ) as server:
        response = flavor.call(flavor.client(server.origin), reading())
    assert response.status_code == 201
    assert (
        response.headers["x-request-id"] == response.headers["X-REQUEST-ID"] == "rq-1"
    )
    assert "X-Two" in response.headers
    assert "x-three" not in response.headers
    assert response.request_id == "rq-1"
    assert response.parsed["id"] == "th_1"
    assert response.content.startswith(b'{"id"')
    assert response.elapsed >= 0
    assert (
        repr(response.headers)
        == "<Headers content-length, content-type, x-request-id, x-two>"
    )


def test_two_calls_use_one_connection(flavor: Flavor) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin)
        for _ in range(3):
            flavor.call(client, reading())
    assert server.connections == 1
