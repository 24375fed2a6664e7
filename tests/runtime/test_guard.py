"""The key goes to one origin, in one header, whatever hooks, clients, transports and the environment do."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from helpers.calls import KEY, Flavor, capturing, listing, reading
from helpers.http_library import httpx
from helpers.wire import Then, WireServer, http, json_response
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.guard import GuardTransport, Refused
from plexy_pay._core.http_libraries import HTTPX
from plexy_pay.errors import (
    ApiConnectionError,
    ConfigurationError,
    DecodingError,
    Outcome,
    OutcomeUnknownError,
    RedirectError,
    RequestRefusedError,
    ServerError,
    UnprocessableEntityError,
)


@pytest.fixture
def elsewhere() -> Iterator[WireServer]:
    """Another origin, which must never get a byte."""
    with WireServer() as server:
        yield server
    assert server.requests == []
    assert server.connections == 0


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_port_is_an_error_that_names_the_target(
    flavor: Flavor, elsewhere: WireServer, status: int
) -> None:
    target = f"{elsewhere.origin}/v1/other?token=secret#part"
    with WireServer(http(status, headers={"Location": target})) as server:
        client = flavor.client(server.origin)
        with pytest.raises(RedirectError) as caught:
            flavor.call(client, reading())
    assert f"{elsewhere.origin}/v1/other" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.status == status
    assert caught.value.outcome is Outcome.UNKNOWN
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("location", "named"),
    [
        (
            "http://localhost:{port}/v1/things/th_1",
            "http://localhost:{port}/v1/things/th_1",
        ),
        (
            "https://127.0.0.1:{port}/v1/things/th_1",
            "https://127.0.0.1:{port}/v1/things/th_1",
        ),
        ("https://user:pass@evil.example/a?b=c", "https://evil.example/a"),
        ("//evil.example/a", "://evil.example/a"),
        ("/v1/moved?x=1", "/v1/moved"),
        ("http://[half/a", "an address that cannot be read"),
        ("http://host:port/a", "an address that cannot be read"),
        ("", "nowhere"),
    ],
)
def test_a_redirect_to_another_host_or_scheme_or_a_broken_one_is_not_followed(
    flavor: Flavor, location: str, named: str
) -> None:
    def redirect(_: Any) -> bytes:
        return http(307, headers={"Location": location.format(port=server.port)})

    with WireServer(redirect) as server:
        client = flavor.client(server.origin)
        with pytest.raises(RedirectError) as caught:
            flavor.call(client, reading())
    assert named.format(port=server.port) in str(caught.value)
    assert "pass@" not in str(caught.value)
    assert len(server.requests) == 1


def test_an_injected_client_that_follows_redirects_follows_none_here(
    flavor: Flavor, elsewhere: WireServer
) -> None:
    injected = flavor.http_client(follow_redirects=True, trust_env=False)
    with WireServer(
        http(307, headers={"Location": f"{elsewhere.origin}/v1/other"})
    ) as server:
        client = flavor.client(server.origin, http_client=injected)
        with pytest.raises(OutcomeUnknownError) as caught:
            flavor.call(client, capturing())
    assert isinstance(caught.value.cause, RedirectError)
    assert len(server.requests) == 1
    assert injected.follow_redirects is True


# Injected clients


@pytest.mark.parametrize(
    "auth", [("user", "password"), httpx.DigestAuth("user", "password")]
)
def test_an_injected_clients_own_auth_is_not_used(flavor: Flavor, auth: Any) -> None:
    injected = flavor.http_client(auth=auth, trust_env=False)
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, http_client=injected), reading())
    assert server.requests[0].values("authorization") == [KEY]


def test_an_injected_clients_own_authorization_header_is_replaced(
    flavor: Flavor,
) -> None:
    headers = [
        ("Authorization", "Bearer one"),
        ("authorization", "two"),
        ("X-Shop", "kept"),
    ]
    injected = flavor.http_client(headers=headers, trust_env=False)
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, http_client=injected), reading())
    assert server.requests[0].values("authorization") == [KEY]
    assert server.requests[0].values("x-shop") == ["kept"]


def test_an_injected_client_stays_as_it_was_and_open(flavor: Flavor) -> None:
    injected = flavor.http_client(trust_env=False)
    transport = injected._transport
    with WireServer() as server:
        client = flavor.client(server.origin, http_client=injected)
        flavor.call(client, reading())
    assert injected._transport is transport
    assert not injected.is_closed
    assert "authorization" not in injected.headers


def test_closing_our_client_leaves_the_injected_one_open() -> None:
    with httpx.Client(trust_env=False) as injected, WireServer() as server:
        with PlexyPay(KEY, base_url=server.origin, http_client=injected) as client:
            client.execute(reading())
        assert not injected.is_closed
        assert injected.get(server.origin).status_code == 200


def test_a_closed_injected_client_gives_a_clear_error(flavor: Flavor) -> None:
    with httpx.Client() as injected:
        pass
    client = PlexyPay(KEY, base_url="http://127.0.0.1:9", http_client=injected)
    with pytest.raises(RequestRefusedError, match="http_client is closed") as caught:
        client.execute(reading())
    assert caught.value.outcome is Outcome.NOT_SENT


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (PlexyPay, httpx.AsyncClient),
        (AsyncPlexyPay, httpx.Client),
        (PlexyPay, httpx.AsyncHTTPTransport),
        (AsyncPlexyPay, httpx.HTTPTransport),
        (PlexyPay, dict),
    ],
)
def test_an_http_client_of_the_wrong_kind_is_refused(kind: Any, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="http_client is a"):
        kind(KEY, http_client=wrong())


# Request hooks


def header(name: str, value: str) -> Callable[[httpx.Request], None]:
    def hook(request: httpx.Request) -> None:
        request.headers[name] = value

    return hook


def second_header(request: httpx.Request) -> None:
    request.headers = httpx.Headers(
        [*request.headers.raw, (b"authorization", KEY.encode())]
    )


def no_header(request: httpx.Request) -> None:
    del request.headers["authorization"]


def url(**changes: Any) -> Callable[[httpx.Request], None]:
    def hook(request: httpx.Request) -> None:
        request.url = request.url.copy_with(**changes)

    return hook


def extension(name: str, value: Any) -> Callable[[httpx.Request], None]:
    def hook(request: httpx.Request) -> None:
        request.extensions[name] = value

    return hook


def method(name: str) -> Callable[[httpx.Request], None]:
    def hook(request: httpx.Request) -> None:
        request.method = name

    return hook


def twice(name: str, value: str) -> Callable[[httpx.Request], None]:
    def hook(request: httpx.Request) -> None:
        request.headers = httpx.Headers(
            [*request.headers.raw, (name.encode(), value.encode())]
        )

    return hook


def body(content: bytes) -> Callable[[httpx.Request], None]:
    def hook(request: httpx.Request) -> None:
        request.stream = httpx.ByteStream(content)
        request.headers["Content-Length"] = str(len(content))

    return hook


def stream(request: httpx.Request) -> None:
    class Pieces(httpx.ByteStream):
        pass

    request.stream = Pieces(request.content)


HOOKS = {
    "a scheme before the key": (
        header("Authorization", f"Bearer {KEY}"),
        "not exactly the raw key, once",
    ),
    "another key": (
        header("Authorization", "pr_another_key"),
        "not exactly the raw key, once",
    ),
    "white space after the key": (
        header("Authorization", f"{KEY} "),
        "not exactly the raw key, once",
    ),
    "a second header": (second_header, "not exactly the raw key, once"),
    "no header": (no_header, "not exactly the raw key, once"),
    "the key in another header": (header("X-Copy", KEY), "in another header"),
    "the key within another header": (
        header("X-Copy", f"k={KEY};"),
        "in another header",
    ),
    "the key as a header's name": (header(KEY, "1"), "in another header"),
    "the key in the query": (url(query=f"k={KEY}".encode()), "the key is in its URL"),
    "the key in the path": (url(path=f"/v1/{KEY}"), "the key is in its URL"),
    "the key encoded in the path": (
        url(raw_path=b"/v1/%70" + KEY[1:].encode()),
        "the key is in its URL",
    ),
    "the key in the fragment": (url(fragment=KEY), "the key is in its URL"),
    "another host": (url(host="localhost"), "the key belongs to"),
    "another scheme": (url(scheme="https"), "the key belongs to"),
    "an unknown scheme": (url(scheme="ftp"), "the key belongs to"),
    "a user name in the URL": (
        url(username="user", password="password"),
        "user name or password",
    ),
    "another Host header": (header("Host", "evil.example"), "Host header"),
    "another server name for TLS": (
        extension("sni_hostname", "evil.example"),
        "sni_hostname",
    ),
    "another target": (
        extension("target", b"http://evil.example/"),
        "target extension",
    ),
    "the key in capitals in another header": (
        header("X-Copy", KEY.upper()),
        "in another header",
    ),
    "the key in small letters in the query": (
        url(query=f"k={KEY.lower()}".encode()),
        "the key is in its URL",
    ),
    "another method": (method("PUT"), "its method was changed"),
    "another path": (
        url(path="/v1/payments/tx_2/capture"),
        "path or query was changed",
    ),
    "another path of steps": (
        url(raw_path=b"/v1/payments/tx_1/../tx_2/capture"),
        "path or query was changed",
    ),
    "a slash at the end": (
        url(path="/v1/payments/tx_1/capture/"),
        "path or query was changed",
    ),
    "a query": (url(query=b"amount=1"), "path or query was changed"),
    "an empty query": (
        url(raw_path=b"/v1/payments/tx_1/capture?"),
        "path or query was changed",
    ),
    "another body": (
        body(b'{"amount":9641,"orderReference":"ORD-1"}'),
        "its body was changed",
    ),
    "a longer body": (
        body(b'{"amount":56411,"orderReference":"ORD-1"}'),
        "its body was changed",
    ),
    "no body": (body(b""), "its body was changed"),
    "a body that streams": (stream, "its body was changed"),
    "another length": (header("Content-Length", "3"), "Content-Length"),
    "no length": (
        lambda request: request.headers.pop("content-length") and None,
        "Content-Length",
    ),
    "a transfer in chunks": (
        header("Transfer-Encoding", "chunked"),
        "Transfer-Encoding",
    ),
    "another content type": (
        header("Content-Type", "text/plain"),
        "its content-type header was changed",
    ),
    "another encoding of the response": (
        header("Accept-Encoding", "br"),
        "its accept-encoding header was changed",
    ),
    "another idempotency key": (
        header("Idempotency-Key", "k-2"),
        "its idempotency-key header was changed",
    ),
    "no idempotency key": (
        lambda request: request.headers.pop("idempotency-key") and None,
        "its idempotency-key header was changed",
    ),
    "a second idempotency key": (
        twice("Idempotency-Key", "k-2"),
        "its idempotency-key header was changed",
    ),
}


def paying() -> Any:
    """A capture with an idempotency key in a header."""
    request = capturing(idempotency_key="Idempotency-Key")
    request.headers = {"Idempotency-Key": "k-1"}
    return request


@pytest.mark.parametrize("name", HOOKS)
def test_a_request_hook_that_rewrites_the_request_is_refused_before_a_byte_is_sent(
    flavor: Flavor, name: str
) -> None:
    hook, problem = HOOKS[name]
    with WireServer() as server:
        client = flavor.client(server.origin, http_client=flavor.request_hook(hook))
        with pytest.raises(RequestRefusedError, match=problem) as caught:
            flavor.call(client, paying())
    assert server.requests == []
    assert server.connections == 0
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.attempts == 1
    assert KEY not in str(caught.value)
    assert "Nothing was sent, no money moved" in str(caught.value)


def test_a_request_hook_that_turns_the_request_to_another_port_is_refused(
    flavor: Flavor, elsewhere: WireServer
) -> None:
    with WireServer() as server:
        injected = flavor.request_hook(url(port=elsewhere.port))
        client = flavor.client(server.origin, http_client=injected)
        with pytest.raises(
            RequestRefusedError,
            match=f"redirected to http://127.0.0.1:{elsewhere.port}",
        ):
            flavor.call(client, reading())
    assert server.requests == []


def test_a_request_hook_that_turns_the_request_to_a_host_named_like_the_key_shows_no_key(
    flavor: Flavor,
) -> None:
    with WireServer() as server:
        client = flavor.client(
            server.origin,
            http_client=flavor.request_hook(url(host=f"{KEY}.evil.example")),
        )
        with pytest.raises(RequestRefusedError) as caught:
            flavor.call(client, reading())
    assert KEY.lower() not in str(caught.value).lower()


def test_a_request_hook_that_clears_the_extensions_does_not_blind_the_guard(
    flavor: Flavor, elsewhere: WireServer
) -> None:
    def hook(request: httpx.Request) -> None:
        request.extensions = {}
        request.url = request.url.copy_with(port=elsewhere.port)
        request.headers["Host"] = request.url.netloc.decode()

    with WireServer() as server:
        client = flavor.client(server.origin, http_client=flavor.request_hook(hook))
        with pytest.raises(RequestRefusedError, match="the key belongs to"):
            flavor.call(client, reading())
    assert server.requests == []


@pytest.mark.parametrize("name", ["X-Trace", "User-Agent", "Cookie"])
def test_a_request_hook_that_adds_a_header_works(flavor: Flavor, name: str) -> None:
    with WireServer() as server:
        client = flavor.client(
            server.origin, http_client=flavor.request_hook(header(name, "t-1"))
        )
        flavor.call(client, paying())
        flavor.call(client, reading())
    assert [request.values(name) for request in server.requests] == [["t-1"], ["t-1"]]


def test_a_request_hook_that_reads_the_body_changes_nothing(flavor: Flavor) -> None:
    seen: list[bytes] = []
    with WireServer() as server:
        injected = flavor.request_hook(lambda request: seen.append(request.content))
        flavor.call(flavor.client(server.origin, http_client=injected), capturing())
    assert seen == [server.requests[0].body]


@pytest.mark.parametrize("made", [reading, capturing, lambda: listing({"page": 1})])
def test_an_injected_clients_params_are_refused_with_a_clear_text(
    flavor: Flavor, made: Any
) -> None:
    injected = flavor.http_client(params={"shop": "7"}, trust_env=False)
    with WireServer() as server:
        client = flavor.client(server.origin, http_client=injected)
        with pytest.raises(
            RequestRefusedError, match="`params` or `base_url` of the http_client"
        ) as caught:
            flavor.call(client, made())
    assert server.requests == []
    assert caught.value.outcome is Outcome.NOT_SENT


def test_an_injected_client_that_builds_another_path_is_refused() -> None:
    class Prefixed(httpx.Client):
        def build_request(
            self, method: str, url: Any, **arguments: Any
        ) -> httpx.Request:
            made = super().build_request(method, url, **arguments)
            made.url = made.url.copy_with(path=f"/proxy{made.url.path}")
            return made

    with Prefixed(trust_env=False) as injected, WireServer() as server:
        with pytest.raises(RequestRefusedError, match="path or query was changed"):
            PlexyPay(KEY, base_url=server.origin, http_client=injected).execute(
                capturing()
            )
    assert server.requests == []


def test_an_injected_clients_base_url_and_default_headers_change_nothing_of_ours(
    flavor: Flavor, elsewhere: WireServer
) -> None:
    headers = {
        "Content-Type": "text/plain",
        "Idempotency-Key": "one-for-all",
        "X-Shop": "7",
    }
    injected = flavor.http_client(
        base_url=f"{elsewhere.origin}/prefix", headers=headers, trust_env=False
    )
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, http_client=injected), paying())
    (request,) = server.requests
    assert request.target == "/v1/payments/tx_1/capture"
    assert request.values("idempotency-key") == ["k-1"]
    assert request.values("content-type") == ["application/json"]
    assert request.values("x-shop") == ["7"]


@pytest.mark.parametrize(
    "made",
    [
        paying,
        reading,
        lambda: listing({"q": "a b/~'()*!&=é", "many": ["1", "2"]}),
        lambda: reading("a~b'(c)*!:@,;$é"),
    ],
)
@pytest.mark.parametrize(
    "injected", [False, True], ids=["our own client", "an injected client"]
)
def test_whatever_a_call_announces_passes_the_guard(
    flavor: Flavor, made: Any, injected: bool
) -> None:
    http_client = flavor.http_client(trust_env=False) if injected else None
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, http_client=http_client), made())
    assert server.requests[0].target == made().target()


# Response hooks


@pytest.mark.parametrize(
    "raw",
    [
        json_response({"id": "th_1"}),
        http(
            200, gzip.compress(b'{"id": "th_1"}', mtime=0), {"Content-Encoding": "gzip"}
        ),
    ],
)
def test_a_response_hook_that_reads_the_body_changes_nothing(
    flavor: Flavor, raw: bytes
) -> None:
    seen: list[bytes] = []
    with WireServer(raw) as server:
        client = flavor.client(server.origin, http_client=flavor.reading_hook(seen))
        response = flavor.call(client, reading())
        flavor.call(client, reading())
    assert response.parsed == {"id": "th_1"}
    assert seen == [response.content] * 2 == [b'{"id": "th_1"}'] * 2
    assert server.connections == 1


def test_a_response_hook_that_raises_for_the_status_leaves_our_typed_error(
    flavor: Flavor,
) -> None:
    with WireServer(json_response({"code": 5, "message": "amount"}, 422)) as server:
        injected = flavor.response_hook(
            lambda response: response.raise_for_status() and None
        )
        client = flavor.client(server.origin, http_client=injected)
        with pytest.raises(UnprocessableEntityError) as caught:
            flavor.call(client, capturing())
    assert caught.value.code == "5"
    assert caught.value.outcome is Outcome.REJECTED


def test_a_response_hook_that_fails_after_a_success_means_an_unknown_outcome(
    flavor: Flavor,
) -> None:
    def hook(response: httpx.Response) -> None:
        raise httpx.ConnectError("the log server is away")

    with WireServer(json_response({"success": True})) as server:
        client = flavor.client(server.origin, http_client=flavor.response_hook(hook))
        with pytest.raises(
            OutcomeUnknownError, match="a hook failed after the response had arrived"
        ) as caught:
            flavor.call(client, capturing())
    assert isinstance(caught.value.cause, DecodingError)
    assert caught.value.body == b'{"success": true}'
    assert len(server.requests) == 1


def test_a_response_hook_that_changes_the_response_does_not_change_ours(
    flavor: Flavor,
) -> None:
    def hook(response: httpx.Response) -> None:
        response.status_code = 200
        response._content = b'{"success": true}'

    with WireServer(json_response({}, 500)) as server:
        client = flavor.client(server.origin, http_client=flavor.response_hook(hook))
        with pytest.raises(ServerError):
            flavor.call(client, reading(), {"max_retries": 0})


# Transports


def test_a_custom_transport_gets_exactly_the_raw_key(flavor: Flavor) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"id": "th_1"})

    client = flavor.client("https://api.example", http_client=flavor.transport(handle))
    assert flavor.call(client, reading()).parsed == {"id": "th_1"}
    assert [
        value for name, value in seen[0].headers.raw if name.lower() == b"authorization"
    ] == [KEY.encode()]


def test_a_custom_transport_in_an_injected_client_and_its_mounts_are_guarded(
    flavor: Flavor,
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise AssertionError("the request must not arrive here")

    transport = flavor.transport(handle)
    hooks = {"request": [flavor.hook(header("Authorization", f"Bearer {KEY}"))]}
    for arguments in ({"transport": transport}, {"mounts": {"https://": transport}}):
        injected = flavor.http_client(event_hooks=hooks, **arguments)
        client = flavor.client("https://api.example", http_client=injected)
        with pytest.raises(RequestRefusedError, match="not exactly the raw key"):
            flavor.call(client, reading())


def test_httpx_mock_transport_works_as_in_its_own_documentation(flavor: Flavor) -> None:
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, json={"id": "th_1"})
    )
    client = flavor.client("https://api.example", http_client=transport)
    assert flavor.call(client, reading()).parsed == {"id": "th_1"}


def test_a_connect_error_of_a_foreign_transport_is_not_believed_to_mean_not_sent(
    flavor: Flavor,
) -> None:
    calls: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise httpx.ConnectError("the second try could not connect")

    client = flavor.client("https://api.example", http_client=flavor.transport(handle))
    with pytest.raises(OutcomeUnknownError):
        flavor.call(client, capturing())
    assert len(calls) == 1


def test_a_client_that_sends_again_by_itself_is_stopped() -> None:
    class Insistent(httpx.Client):
        def send(self, request: httpx.Request, **arguments: Any) -> httpx.Response:
            super().send(request, **arguments)
            return super().send(request, **arguments)

    with Insistent(trust_env=False) as injected, WireServer(http(500)) as server:
        client = PlexyPay(KEY, base_url=server.origin, http_client=injected)
        with pytest.raises(OutcomeUnknownError) as caught:
            client.execute(capturing())
    assert len(server.requests) == 1
    assert caught.value.status == 500


def test_the_guard_refuses_what_no_call_of_ours_announced() -> None:
    with WireServer() as server, httpx.HTTPTransport() as inner:
        request = httpx.Request("GET", server.origin, headers={"Authorization": KEY})
        with pytest.raises(Refused, match="does not come from a call"):
            GuardTransport(inner, HTTPX).handle_request(request)
    assert server.connections == 0


def test_a_response_that_did_not_come_through_the_guard_is_not_believed() -> None:
    class Cached(httpx.Client):
        def send(self, request: httpx.Request, **arguments: Any) -> httpx.Response:
            return httpx.Response(200, json={}, request=request)

    with Cached() as injected:
        client = PlexyPay(KEY, base_url="http://127.0.0.1:9", http_client=injected)
        with pytest.raises(OutcomeUnknownError, match="did not use its transport"):
            client.execute(capturing())


# Proxies


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_gets_nothing_that_is_for_this_machine(
    flavor: Flavor, elsewhere: WireServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, elsewhere.origin)
    with WireServer() as server:
        flavor.call(flavor.client(server.origin), reading())
        injected = flavor.http_client()
        flavor.call(flavor.client(server.origin, http_client=injected), reading())
    assert len(server.requests) == 2


def test_an_injected_clients_proxy_gets_nothing_that_is_for_this_machine(
    flavor: Flavor, elsewhere: WireServer
) -> None:
    injected = flavor.http_client(proxy=elsewhere.origin)
    with WireServer() as server:
        flavor.call(flavor.client(server.origin, http_client=injected), reading())
    assert len(server.requests) == 1


def test_a_proxy_as_the_transport_itself_is_refused_for_this_machine(
    elsewhere: WireServer,
) -> None:
    with (
        WireServer() as server,
        httpx.HTTPTransport(proxy=elsewhere.origin) as transport,
    ):
        client = PlexyPay(KEY, base_url=server.origin, http_client=transport)
        with pytest.raises(RequestRefusedError, match="would go to a proxy"):
            client.execute(reading())
    assert server.requests == []


def test_a_proxy_on_the_way_out_is_asked_for_a_tunnel_and_never_sees_the_key(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(http(403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        client = flavor.client(None, max_retries=0)
        with pytest.raises(ApiConnectionError) as caught:
            flavor.call(client, capturing())
    assert [request.line for request in proxy.requests] == [
        "CONNECT api.plexypay.com:443 HTTP/1.1"
    ]
    assert KEY.encode() not in proxy.requests[0].raw
    assert caught.value.outcome is Outcome.NOT_SENT


# Origins and TLS


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.plexypay.com",
        "http://10.0.0.1:8080",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "http://[::2]",
        "http://[::ffff:127.0.0.1]",
        "http://2130706433",
        "HTTP://API.PLEXYPAY.COM",
    ],
)
@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
def test_plain_http_to_another_machine_is_refused(kind: Any, base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="plain http"):
        kind(KEY, base_url=base_url)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://localhost:1",
        "http://127.8.9.10",
        "http://[::1]:8000",
        "http://127.0.0.1/",
    ],
)
def test_plain_http_to_this_machine_is_allowed(base_url: str) -> None:
    assert base_url.rstrip("/") in repr(PlexyPay(KEY, base_url=base_url))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that our contexts trust, by the variable that OpenSSL documents for it."""
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return authority


def server_context(
    authority: trustme.CA, version: ssl.TLSVersion, host: str = "127.0.0.1"
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    # OpenSSL 3 speaks TLS 1.1 only at security level 0.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with (
        pytest.warns(DeprecationWarning)
        if version < ssl.TLSVersion.TLSv1_2
        else pytest.MonkeyPatch.context()
    ):
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(
    ("version", "name"),
    [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")],
)
def test_tls_1_2_and_newer_is_accepted(
    flavor: Flavor, authority: trustme.CA, version: ssl.TLSVersion, name: str
) -> None:
    with WireServer(
        json_response({"id": "th_1"}), tls=server_context(authority, version)
    ) as server:
        assert flavor.call(flavor.client(server.origin), reading()).parsed == {
            "id": "th_1"
        }
    assert server.tls_versions == [name]
    assert server.requests[0].values("authorization") == [KEY]


def test_tls_1_1_is_refused_and_nothing_is_sent(
    flavor: Flavor, authority: trustme.CA
) -> None:
    with WireServer(tls=server_context(authority, ssl.TLSVersion.TLSv1_1)) as server:
        client = flavor.client(server.origin, max_retries=0)
        with pytest.raises(ApiConnectionError) as caught:
            flavor.call(client, capturing())
        assert caught.value.outcome is Outcome.NOT_SENT
        assert server.requests == []
        assert server.tls_versions == []

        # The server is a good one that speaks TLS 1.1 and nothing else: a client that allows it gets a response.
        old = ssl.create_default_context()
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning):
            old.minimum_version = ssl.TLSVersion.TLSv1_1
        assert httpx.get(server.origin, verify=old, trust_env=False).status_code == 200
    assert server.tls_versions == ["TLSv1.1"]


def test_our_own_limit_refuses_tls_1_1_even_where_openssl_would_allow_it(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ssl.create_default_context

    def lax(*arguments: Any, **named: Any) -> ssl.SSLContext:
        context = made(*arguments, **named)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning):
            context.minimum_version = ssl.TLSVersion.TLSv1
        return context

    monkeypatch.setattr(ssl, "create_default_context", lax)
    with WireServer(tls=server_context(authority, ssl.TLSVersion.TLSv1_1)) as server:
        with PlexyPay(KEY, base_url=server.origin, max_retries=0) as client:
            with pytest.raises(ApiConnectionError, match="SSL|TLS"):
                client.execute(reading())
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(
    flavor: Flavor, authority: trustme.CA
) -> None:
    stranger = trustme.CA()
    with WireServer(tls=server_context(stranger, ssl.TLSVersion.TLSv1_2)) as server:
        client = flavor.client(server.origin, max_retries=0)
        with pytest.raises(ApiConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            flavor.call(client, reading())
    assert server.requests == []


def test_a_certificate_of_another_host_is_refused(
    flavor: Flavor, authority: trustme.CA
) -> None:
    with WireServer(
        tls=server_context(authority, ssl.TLSVersion.TLSv1_2, "evil.example")
    ) as server:
        client = flavor.client(server.origin, max_retries=0)
        with pytest.raises(ApiConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            flavor.call(client, reading())
    assert server.requests == []


def test_https_to_this_machine_uses_no_proxy_either(
    flavor: Flavor,
    authority: trustme.CA,
    elsewhere: WireServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", elsewhere.origin)
    with WireServer(
        Then(json_response({})), tls=server_context(authority, ssl.TLSVersion.TLSv1_2)
    ) as server:
        flavor.call(flavor.client(server.origin), reading())
    assert len(server.requests) == 1
