"""What a user brings stays theirs: hooks, mounts, limits, cookies, HTTP/2 and proxies, with real servers."""

from __future__ import annotations

import itertools
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
from helpers.calls import KEY, Flavor, capturing, reading
from helpers.http_library import httpx, users_in
from helpers.tunnels import Http2Server, Tunnels, serving
from helpers.wire import Recorded, WireServer, http, json_response
from plexy_pay import PlexyPay
from plexy_pay.errors import ApiConnectionError, Outcome

RESPONSE = json_response({"id": "th_1"})
COOKIE = json_response({"id": "th_1"}, headers={"Set-Cookie": "session=s-1; Path=/"})


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that our contexts trust, by the variable that OpenSSL documents for it."""
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return authority


# Proxies


@pytest.fixture
def api(authority: trustme.CA) -> Iterator[WireServer]:
    """The live API, if only a name led to it."""
    with WireServer(RESPONSE, tls=serving(authority, "api.plexypay.com")) as server:
        yield server


WAYS = {
    "HTTPS_PROXY": lambda flavor, proxy: None,
    "ALL_PROXY": lambda flavor, proxy: None,
    "proxy=": lambda flavor, proxy: flavor.http_client(proxy=proxy),
    "mounts=": lambda flavor, proxy: flavor.http_client(
        mounts={
            "https://": (
                httpx.AsyncHTTPTransport
                if flavor.name == "async"
                else httpx.HTTPTransport
            )(proxy=proxy)
        }
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_call_goes_through_the_tunnel_of_a_proxy_which_sees_neither_key_nor_call(
    flavor: Flavor, api: WireServer, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with Tunnels(api.port) as proxy:
        if way.isupper():
            monkeypatch.setenv(way, proxy.origin)
        client = flavor.client(None, http_client=WAYS[way](flavor, proxy.origin))
        assert flavor.call(client, reading()).parsed == {"id": "th_1"}
        assert flavor.call(client, capturing()).parsed == {"id": "th_1"}
    # Each capture opens a connection of its own, except on an injected client.
    connections = 2 if way.isupper() else 1
    assert proxy.asked == ["CONNECT api.plexypay.com:443 HTTP/1.1"] * connections
    assert [request.values("authorization") for request in api.requests] == [
        [KEY],
        [KEY],
    ]
    assert [request.values("host") for request in api.requests] == [
        ["api.plexypay.com"]
    ] * 2
    for secret in (KEY.encode(), b"authorization", b"/v1/things"):
        assert secret not in proxy.seen.lower().replace(
            KEY.lower().encode(), KEY.encode()
        )


def test_a_certificate_that_the_proxy_made_itself_is_refused(
    flavor: Flavor, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(
        RESPONSE, tls=serving(trustme.CA(), "api.plexypay.com")
    ) as listening_in:
        with Tunnels(listening_in.port) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
            with pytest.raises(
                ApiConnectionError, match="CERTIFICATE_VERIFY_FAILED"
            ) as caught:
                flavor.call(flavor.client(None, max_retries=0), capturing())
    assert caught.value.outcome is Outcome.NOT_SENT
    assert listening_in.requests == []
    assert KEY.encode() not in proxy.seen


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name leads to this machine."""
    resolve = socket.getaddrinfo

    def here(host: Any, *arguments: Any, **named: Any) -> Any:
        return resolve("127.0.0.1", *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("exception", ["pay.shop.example", ".shop.example", "*"])
def test_no_proxy_of_the_environment_leads_past_the_proxy(
    flavor: Flavor,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    exception: str,
) -> None:
    with WireServer(RESPONSE, tls=serving(authority, "pay.shop.example")) as server:
        with Tunnels(server.port) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
            origin = f"https://pay.shop.example:{server.port}"
            assert flavor.call(flavor.client(origin), reading()).parsed == {
                "id": "th_1"
            }
            assert proxy.asked == [f"CONNECT pay.shop.example:{server.port} HTTP/1.1"]
            monkeypatch.setenv("NO_PROXY", exception)
            assert flavor.call(flavor.client(origin), reading()).parsed == {
                "id": "th_1"
            }
    assert len(proxy.asked) == 1
    assert [request.values("authorization") for request in server.requests] == [
        [KEY],
        [KEY],
    ]


def test_a_proxy_of_the_environment_is_left_alone_by_a_client_that_is_told_so(
    flavor: Flavor, api: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tunnels(api.port) as ours, WireServer(http(403)) as theirs:
        monkeypatch.setenv("HTTPS_PROXY", theirs.origin)
        injected = flavor.http_client(
            proxy=ours.origin, trust_env=False, verify=ssl.create_default_context()
        )
        flavor.call(flavor.client(None, http_client=injected), reading())
    assert len(api.requests) == 1
    assert theirs.connections == 0


# HTTP/2


def test_a_client_that_speaks_http_2_keeps_speaking_it(
    flavor: Flavor, authority: trustme.CA
) -> None:
    with Http2Server(serving(authority, "127.0.0.1")) as server:
        injected = flavor.http_client(
            http2=True, trust_env=False, verify=ssl.create_default_context()
        )
        client = flavor.client(server.origin, http_client=injected)
        for request in (reading(), capturing()):
            assert flavor.call(client, request).parsed == {"id": "th_2"}
    assert [dict(fields)[":method"] for fields in server.requests] == ["GET", "POST"]
    for fields in server.requests:
        assert [value for name, value in fields if name == "authorization"] == [KEY]
        assert [value for name, value in fields if KEY in value] == [KEY]


# Hooks, mounts, limits, cookies


def test_the_hooks_of_an_injected_client_see_each_attempt(flavor: Flavor) -> None:
    seen: list[Any] = []
    hooks: Any = {
        "request": [flavor.hook(lambda request: seen.append(request.method))],
        "response": [flavor.hook(lambda response: seen.append(response.status_code))],
    }
    injected = flavor.http_client(event_hooks=hooks, trust_env=False)
    with WireServer(http(503, headers={"Retry-After": "0"}), RESPONSE) as server:
        flavor.call(flavor.client(server.origin, http_client=injected), reading())
    assert seen == ["GET", 503, "GET", 200]


def test_the_mounts_of_an_injected_client_still_choose_the_transport(
    flavor: Flavor,
) -> None:
    def respond(name: str) -> Any:
        return flavor.transport(lambda request: httpx.Response(200, json={"id": name}))

    injected = flavor.http_client(
        transport=respond("other"),
        mounts={"https://api.plexypay.com": respond("ours")},
        trust_env=False,
    )
    assert flavor.call(flavor.client(None, http_client=injected), reading()).parsed == {
        "id": "ours"
    }
    client = flavor.client("https://pay.shop.example", http_client=injected)
    assert flavor.call(client, reading()).parsed == {"id": "other"}


def test_the_limits_of_an_injected_client_hold() -> None:
    together, number, lock = threading.Barrier(2), itertools.count(), threading.Lock()
    under_way: set[int] = set()
    most: list[int] = []

    def respond(_: Recorded) -> bytes:
        mine = next(number)
        with lock:
            under_way.add(mine)
            most.append(len(under_way))
        if mine < 2:
            together.wait(60)  # The first two calls are under way at once.
        with lock:
            under_way.remove(mine)
        return RESPONSE

    limits = httpx.Limits(max_connections=2)
    with (
        WireServer(respond) as server,
        httpx.Client(limits=limits, trust_env=False) as injected,
    ):
        with PlexyPay(
            KEY, base_url=server.origin, http_client=injected, timeout=60
        ) as client:
            with ThreadPoolExecutor(8) as pool:
                responses = list(
                    pool.map(lambda _: client.execute(reading()).parsed, range(40))
                )
    assert responses == [{"id": "th_1"}] * 40
    assert max(most) == 2


def test_an_injected_client_keeps_its_cookies(flavor: Flavor) -> None:
    injected = flavor.http_client(cookies={"shop": "s-0"}, trust_env=False)
    with WireServer(COOKIE) as server:
        client = flavor.client(server.origin, http_client=injected)
        flavor.call(client, reading())
        flavor.call(client, reading())
    assert [
        sorted("; ".join(request.values("cookie")).split("; "))
        for request in server.requests
    ] == [
        ["shop=s-0"],
        ["session=s-1", "shop=s-0"],
    ]


def test_our_own_client_takes_no_cookies(flavor: Flavor) -> None:
    # A session of one key must not go along with the next one: a client may call for many merchants.
    with WireServer(COOKIE) as server:
        client = flavor.client(server.origin)
        flavor.call(client, reading())
        flavor.call(client, reading(), {"api_key": "pr_of_another_merchant"})
    assert [request.values("cookie") for request in server.requests] == [[], []]


def test_the_tests_that_hand_something_over_run_with_another_library_too() -> None:
    found = users_in(sys.modules[__name__])
    assert "test_the_limits_of_an_injected_client_hold" in found
    assert "test_the_mounts_of_an_injected_client_still_choose_the_transport" in found
    here = "test_the_tests_that_hand_something_over_run_with_another_library_too"
    assert here not in found
