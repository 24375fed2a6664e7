"""No id and no reference reaches another path, also behind a server that decodes a path and takes its steps."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

import pytest
from helpers.calls import Flavor, as_nothing, operation
from helpers.wire import Recorded, WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.operation import Request
from plexy_pay._core.paths import path_problem
from plexy_pay.errors import InvalidParameterError

PATH = "/v1/things/{id}/more"


def routed(target: str, times: int = 1) -> str:
    """The path that a server sees which decodes it, merges slashes, and takes steps and backslashes."""
    path = target.partition("?")[0]
    for _ in range(times):
        path = unquote(path)
    slashed = re.sub(r"[/\\]+", "/", path)
    plain = "/".join(
        re.split("[;?#\0]", step)[0].strip() for step in slashed.split("/")
    )
    return posixpath.normpath(plain)


def asking(value: object, *, own_text: bool = False) -> Request[Any]:
    made = operation(path=PATH, own_texts=("id",) if own_text else ())
    return Request(made, path_params={"id": value}, decode=as_nothing)


class Nginx(WireServer):
    """Passes on what it gets as nginx does with `proxy_pass http://upstream/`: decoded, with all steps taken."""

    def __init__(self) -> None:
        self.routed: list[str] = []
        super().__init__(self.route)

    def route(self, request: Recorded) -> bytes:
        self.routed.append(routed(request.target))
        return (
            json_response({})
            if self.routed[-1].startswith("/v1/things/")
            else http(404)
        )


STEPS = [
    "..",
    ".",
    "../payment-links",
    "a/../b",
    "a/../../../v2/payments",
    "/../b",
    "a/..",
    "a/.",
    "./a",
    "..\\payment-links",
    "a\\..\\..\\b",
    "..;/payment-links",
    "..;x=1/b",
    "a/..;/b",
    "..;",
    "..?x",
    "..#x",
    "..\x00",
    " ../b",
    ".. /b",
    "%2e%2e",
    "%2E%2e/b",
    ".%2e/b",
    "..%2fpayment-links",
    "..%5Cpayment-links",
    "a%2f%2e%2e%2fb",
    "%252e%252e%252fb",
    "..%25252fb",
    "%2e%2e%3b/b",
]
SLASHES = [
    "a/b",
    "a\\b",
    "/a",
    "a/",
    "/",
    "\\",
    "2026/001",
    "a%2Fb",
    "a%5cb",
    "a%252fb",
    "/etc/passwd",
    "//evil.example",
]
PLAIN = [
    "pl_1",
    "a.b",
    "...",
    "a..b",
    "..a",
    "v1.2..3",
    "a;b",
    "100%",
    "a%20b",
    "заказ",
    "%zz",
    ".hidden",
    "a. .b",
]


@pytest.mark.parametrize("value", STEPS)
@pytest.mark.parametrize("own_text", [False, True], ids=["id", "reference"])
def test_a_step_is_refused_in_every_form_and_nothing_is_sent(
    flavor: Flavor, value: str, own_text: bool
) -> None:
    with Nginx() as server:
        client = flavor.client(server.origin)
        with pytest.raises(
            InvalidParameterError,
            match="things.retrieve: the path parameter id .*Nothing was sent",
        ):
            flavor.call(client, asking(value, own_text=own_text))
    assert server.requests == []


@pytest.mark.parametrize("value", SLASHES)
def test_an_id_has_no_slash_in_any_form(flavor: Flavor, value: str) -> None:
    with Nginx() as server:
        client = flavor.client(server.origin)
        with pytest.raises(InvalidParameterError, match="slash or a backslash"):
            flavor.call(client, asking(value))
    assert server.requests == []


@pytest.mark.parametrize(
    "value", [*PLAIN, "2026/001", "a\\b", "a%2Fb", "shop/2026/001"]
)
def test_a_reference_of_the_callers_own_is_sent_whole(
    flavor: Flavor, value: str
) -> None:
    with Nginx() as server:
        flavor.call(flavor.client(server.origin), asking(value, own_text=True))
    (request,) = server.requests
    segment = request.target.removeprefix("/v1/things/").removesuffix("/more")
    assert unquote(segment, errors="strict") == value
    assert not set("/\\") & set(segment)
    assert server.routed[0].startswith("/v1/things/")
    assert server.routed[0].endswith("/more")


@pytest.mark.parametrize("value", PLAIN)
def test_an_id_without_a_step_reaches_its_own_path(flavor: Flavor, value: str) -> None:
    with Nginx() as server:
        flavor.call(flavor.client(server.origin), asking(value))
    assert len(server.routed) == 1
    assert re.fullmatch("/v1/things/[^/]+/more", server.routed[0])


def test_a_value_that_is_encoded_again_and_again_is_refused() -> None:
    assert (
        path_problem("%" + "25" * 20 + "2e", is_id=False)
        == "is percent-encoded again and again"
    )


PIECES = st.lists(
    st.sampled_from(
        [
            *("..", ".", "/", "\\", ";", "?", " ", "a", "\0", "%"),
            *("%2e", "%2F", "%5c", "%25", "%3b", "2e", "25", "2f"),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@given(PIECES, st.booleans(), st.integers(1, 4))
def test_what_is_sent_stays_below_its_path_however_often_it_is_decoded(
    value: str, own_text: bool, times: int
) -> None:
    try:
        target = asking(value, own_text=own_text).target()
    except InvalidParameterError:
        return
    # A proxy that cuts at a question mark after decoding loses the rest, but reaches no other thing.
    assert routed(target, times).startswith("/v1/things")
    inside = routed(target, times).removeprefix("/v1/things").strip("/").split("/")
    if not own_text:
        assert len(inside) <= 2


@given(
    st.text(alphabet="abcXYZ019-_.~:@ äж", min_size=1).filter(
        lambda text: text.strip() not in (".", "..")
    )
)
def test_text_without_slash_and_percent_sign_is_always_taken(value: str) -> None:
    assert path_problem(value, is_id=True) is None
