"""Where calls go: a variable of the environment, plain http in a network of containers, a gateway under a path."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.calls import KEY, Flavor, Recording, capturing, listing, operation, reading
from helpers.gateways import Gateway
from helpers.http_library import httpx
from helpers.wire import Then, WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, Money, PlexyPay
from plexy_pay._core.operation import Request
from plexy_pay._core.origins import Origin
from plexy_pay.errors import (
    ConfigurationError,
    InferredOperationError,
    OutcomeUnknownError,
    RedirectError,
    RequestRefusedError,
)
from plexy_pay_sandbox import RunningSandbox

BOTH = pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
VARIABLE = "PLEXY_BASE_URL"
# An address of this machine that is none of its loopback addresses: what is said of another host holds for it.
OUTSIDE = "0.0.0.0"


def provider() -> str:
    """A key provider that can be pickled, because it belongs to a module."""
    return KEY


def own(flavor: Flavor, result: Any) -> Any:
    return result if flavor.name == "sync" else flavor.runner.run(result)  # type: ignore[attr-defined]


# PLEXY_BASE_URL


def test_the_variable_is_read_where_no_base_url_is_given(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer() as server, WireServer() as other:
        monkeypatch.setenv(VARIABLE, f"{server.origin}/")
        client = flavor.client(None)
        flavor.call(client, reading())
        flavor.call(flavor.client(other.origin), reading())
        assert server.origin in repr(client)
    assert (len(server.requests), len(other.requests)) == (1, 1)


def test_the_variable_stands_for_every_family_that_has_no_url_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = {"api_key": KEY, "checkout_api_key": KEY, "gate_api_key": KEY}
    with WireServer() as server, WireServer() as gate:
        monkeypatch.setenv(VARIABLE, server.origin)
        with PlexyPay(**keys, environment="test", gate_base_url=gate.origin) as client:  # type: ignore[arg-type]
            for family in ("pay", "checkout", "gate"):
                client.execute(reading(family=family))
    assert (len(server.requests), len(gate.requests)) == (2, 1)


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "sandbox",
        "sandbox:8490",
        "http://sandbox:8490",
        "https://user:hunter2@gw.shop.kz",
        "https://gw.shop.kz/?token=hunter2",
        "https://gw.shop.kz/a/../b",
        "https://gw.shop.kz:hunter2",
    ],
)
def test_the_variable_has_the_rules_of_the_argument_and_is_named(
    kind: Any, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ConfigurationError, match=VARIABLE) as caught:
        kind(KEY)
    assert "hunter2" not in str(caught.value)
    assert kind(KEY, base_url="https://gw.shop.kz")


def test_a_pickle_goes_where_its_client_went(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "https://gw.shop.kz/plexy")
    data = pickle.dumps(PlexyPay(provider))
    monkeypatch.delenv(VARIABLE)
    assert "https://gw.shop.kz/plexy" in repr(pickle.loads(data))


@pytest.mark.parametrize("argument", ["base_url", "checkout_base_url", "gate_base_url"])
@pytest.mark.parametrize("value", ["", "http://elsewhere.example"])
def test_an_error_names_the_argument_that_is_wrong(argument: str, value: str) -> None:
    wrong: Any = {argument: value}
    with pytest.raises(ConfigurationError, match=rf"^{argument} is"):
        PlexyPay(KEY, **wrong)


# Plain http to hosts that are named one by one


@BOTH
@pytest.mark.parametrize(
    "hosts",
    [
        "sandbox",
        b"sandbox",
        None,
        5,
        {"sandbox": True},
        ["sandbox", 5],
        [""],
        ["*"],
        ["*.internal"],
        ["http://sandbox"],
        ["sandbox:8490"],
        ["sandbox/plexy"],
        ["user:hunter2@sandbox"],
        ["sandbox "],
        ["sand box"],
        [".sandbox"],
        ["sandbox."],
        ["a..b"],
        ["[::2]"],
        ["[::2]:80"],
        ["fe80::1%eth0"],
        ["10.0.0.1:80"],
        ["10.0.0.0/8"],
        ["\u0441andbox"],
    ],
)
def test_what_is_no_list_of_hosts_is_refused(kind: Any, hosts: Any) -> None:
    with pytest.raises(ConfigurationError, match="plain_http_hosts") as caught:
        kind(KEY, plain_http_hosts=hosts)
    assert "hunter2" not in str(caught.value)


@BOTH
@pytest.mark.parametrize(
    ("hosts", "base_url", "allowed"),
    [
        (("sandbox",), "http://sandbox:8490", True),
        (["Plexy_Sandbox", "x"], "http://PLEXY_sandbox:8490", True),
        ({"10.0.0.5"}, "http://10.0.0.5", True),
        (("fd00::5",), "http://[FD00::5]:8490", True),
        (("sandbox.internal",), "http://sandbox.internal/plexy", True),
        ((), "http://sandbox:8490", False),
        (("sandbox",), "http://sandbox.evil.example", False),
        (("sandbox",), "http://my.sandbox", False),
        (("10.0.0.5",), "http://10.0.0.55", False),
        (("sandbox",), "http://sandbox2", False),
    ],
)
def test_plain_http_goes_to_exactly_the_named_hosts(
    kind: Any, hosts: Any, base_url: str, allowed: bool
) -> None:
    if allowed:
        assert (
            base_url.lower()
            in repr(kind(KEY, base_url=base_url, plain_http_hosts=hosts)).lower()
        )
        return
    with pytest.raises(ConfigurationError, match="plain http"):
        kind(KEY, base_url=base_url, plain_http_hosts=hosts)


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_other_host_than_a_named_one_is_plain(named: str, host: str) -> None:
    try:
        client = PlexyPay(KEY, base_url=f"http://{host}", plain_http_hosts=(named,))
    except ConfigurationError:
        return
    origin = client._settings.family("pay")[1]
    assert origin.loopback or origin.host == named.lower()


def outside(server: WireServer) -> str:
    return f"http://{OUTSIDE}:{server.port}"


def test_a_call_to_a_named_host_arrives_past_every_proxy(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = (OUTSIDE,)
    with WireServer() as server, WireServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        flavor.call(flavor.client(outside(server), plain_http_hosts=hosts), reading())
        for injected in (flavor.http_client(), flavor.http_client(proxy=proxy.origin)):
            client = flavor.client(
                outside(server), plain_http_hosts=hosts, http_client=injected
            )
            flavor.call(client, reading())
    assert len(server.requests) == 3
    assert proxy.requests == []
    assert server.requests[0].values("authorization") == [KEY]


def test_a_proxy_as_the_transport_itself_is_refused_for_plain_http() -> None:
    with WireServer() as server, httpx.HTTPTransport(proxy=server.origin) as transport:
        client = PlexyPay(
            KEY,
            base_url=outside(server),
            plain_http_hosts=[OUTSIDE],
            http_client=transport,
        )
        with pytest.raises(RequestRefusedError, match="would go to a proxy"):
            client.execute(reading())
    assert server.requests == []


def test_a_redirect_between_named_hosts_is_not_followed(flavor: Flavor) -> None:
    with WireServer() as other:
        with WireServer(
            http(307, headers={"Location": f"{other.origin}/v1/things/th_1"})
        ) as server:
            client = flavor.client(
                outside(server), plain_http_hosts=[OUTSIDE, "127.0.0.1"]
            )
            with pytest.raises(RedirectError):
                flavor.call(client, reading())
        assert other.requests == []


def test_a_hook_cannot_turn_a_call_to_another_named_host(flavor: Flavor) -> None:
    with WireServer() as server:
        injected = flavor.request_hook(
            lambda request: setattr(request, "url", request.url.copy_with(host="other"))
        )
        client = flavor.client(
            outside(server), plain_http_hosts=[OUTSIDE, "other"], http_client=injected
        )
        with pytest.raises(RequestRefusedError, match="belongs to"):
            flavor.call(client, reading())
    assert server.requests == []


def test_a_named_host_is_not_this_machine_to_inferred_operations(
    flavor: Flavor,
) -> None:
    with WireServer() as server:
        client = flavor.client(outside(server), plain_http_hosts=[OUTSIDE])
        with pytest.raises(InferredOperationError):
            flavor.call(client, capturing(evidence="inferred"))


def test_the_named_hosts_go_with_a_pickle() -> None:
    client = PlexyPay(
        provider, base_url="http://sandbox:8490", plain_http_hosts=["SANDBOX"]
    )
    assert "http://sandbox:8490" in repr(pickle.loads(pickle.dumps(client)))


# A path before every path


@BOTH
@pytest.mark.parametrize(
    "base_url",
    [
        "https://gw.shop.kz//",
        "https://gw.shop.kz//plexy",
        "https://gw.shop.kz/plexy//",
        "https://gw.shop.kz/plexy//a",
        "https://gw.shop.kz/.",
        "https://gw.shop.kz/..",
        "https://gw.shop.kz/plexy/../",
        "https://gw.shop.kz/plexy/./a",
        "https://gw.shop.kz/plexy/%2e%2e",
        "https://gw.shop.kz/plexy;a",
        "https://gw.shop.kz/plexy\\a",
        "https://gw.shop.kz/plexy?a",
        "https://gw.shop.kz/plexy#a",
        "https://gw.shop.kz/pl exy",
        "https://user@gw.shop.kz/plexy",
        "http://gw.shop.kz/plexy",
        "https://api.plexypay.com/v1",
        "https://test-api.plexypay.com/plexy",
        "https://API.plexypay.com:443/v1/",
    ],
)
def test_a_prefix_that_is_no_plain_path_is_refused(kind: Any, base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        kind(KEY, base_url=base_url)


@pytest.mark.parametrize(
    ("base_url", "text"),
    [
        ("https://gw.shop.kz/plexy", "https://gw.shop.kz/plexy"),
        ("https://GW.shop.kz:443/Plexy/", "https://gw.shop.kz/Plexy"),
        ("https://gw.shop.kz:8443/a/b-c_d.e~1/", "https://gw.shop.kz:8443/a/b-c_d.e~1"),
        ("https://gw.shop.kz/...", "https://gw.shop.kz/..."),
    ],
)
@BOTH
def test_a_prefix_is_part_of_the_origin(kind: Any, base_url: str, text: str) -> None:
    assert text in repr(kind(KEY, base_url=base_url))
    assert Origin(base_url).text == text


@given(st.text(st.sampled_from("ab/.%2e\\?#;@:"), max_size=8))
def test_whatever_prefix_is_taken_no_request_leaves_it(path: str) -> None:
    prefix = f"/{path}"
    seen: list[bytes] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={})

    try:
        client = PlexyPay(
            KEY,
            base_url=f"https://gw.shop.kz{prefix}",
            http_client=httpx.MockTransport(handle),
        )
    except ConfigurationError:
        return
    client.execute(reading())
    assert seen == [f"{prefix.rstrip('/')}/v1/things/th_1".encode()]


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.mark.parametrize("injected", [False, True], ids=["ours", "injected"])
def test_every_path_and_query_stands_behind_the_prefix(
    flavor: Flavor, server: WireServer, injected: bool
) -> None:
    http_client = flavor.http_client(trust_env=False) if injected else None
    client = flavor.client(f"{server.origin}/plexy/", http_client=http_client)
    flavor.call(client, reading())
    flavor.call(client, listing({"page": 2, "q": "a/../b"}))
    assert [request.target for request in server.requests] == [
        "/plexy/v1/things/th_1",
        "/plexy/v1/things?page=2&q=a%2F..%2Fb",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/things/th_1",
        "/other/v1/things/th_1",
        "/plexyx/v1/things/th_1",
        "/plexy/../v1/things/th_1",
        "/plexy/%2e%2e/v1/things/th_1",
        "/plexy/%2E./v1/things/th_1",
        "/plexy/..%2fv1/things/th_1",
        "/plexy/..%5cv1/things/th_1",
        "/PLEXY/v1/things/th_1",
        "//plexy/v1/things/th_1",
    ],
)
def test_a_hook_cannot_leave_the_prefix(
    flavor: Flavor, server: WireServer, path: str
) -> None:
    def turn(request: httpx.Request) -> None:
        request.url = request.url.copy_with(raw_path=path.encode())

    injected = flavor.request_hook(turn)
    with pytest.raises(RequestRefusedError):
        flavor.call(
            flavor.client(f"{server.origin}/plexy", http_client=injected), reading()
        )
    assert server.requests == []


@pytest.mark.parametrize(
    "base_url", ["https://other.example/base/", "https://127.0.0.1/plexy/"]
)
def test_a_base_url_of_the_injected_client_changes_nothing(
    flavor: Flavor, server: WireServer, base_url: str
) -> None:
    injected = flavor.http_client(base_url=base_url, trust_env=False)
    flavor.call(
        flavor.client(f"{server.origin}/plexy", http_client=injected), reading()
    )
    assert server.requests[0].target == "/plexy/v1/things/th_1"


@pytest.mark.parametrize(
    "path", ["/../v1/things", "/%2e%2e/v1/things", "/v1/..%2f..%2fthings"]
)
def test_our_own_client_does_not_leave_it_either(
    flavor: Flavor, server: WireServer, path: str
) -> None:
    request: Request[Any] = Request(operation(path=path), decode=lambda data: data)
    with pytest.raises(RequestRefusedError, match="path leaves"):
        flavor.call(flavor.client(f"{server.origin}/plexy"), request)
    assert server.requests == []


def test_a_saved_call_belongs_to_its_prefix(flavor: Flavor) -> None:
    kind: Any = PlexyPay if flavor.name == "sync" else AsyncPlexyPay
    saved: Any = {}
    with WireServer(Then(reset=True)) as server:
        client = kind(KEY, base_url=f"{server.origin}/one", max_retries=0)
        with pytest.raises(OutcomeUnknownError) as caught:
            own(flavor, client.payments.capture("tx_1"))
        saved = caught.value.saved_call
        assert saved is not None
        assert saved["origin"] == f"{server.origin}/one"
        assert (
            own(flavor, client.save_call("payments.capture", id="tx_1", amount=None))[
                "origin"
            ]
            == saved["origin"]
        )
        other = kind(KEY, base_url=f"{server.origin}/two")
        with pytest.raises(
            ConfigurationError, match="/one, but this client has .*/two"
        ):
            own(flavor, other.reconcile(saved))
        before = len(server.requests)
        own(flavor, client.reconcile(saved))
        looked_up = server.requests[before:]
        assert looked_up
        assert all(request.target.startswith("/one/v1/") for request in looked_up)
        for one in (client, other):
            own(flavor, one.close() if flavor.name == "sync" else one.aclose())


def test_a_call_with_an_idempotency_key_is_repeated_behind_the_prefix(
    flavor: Flavor,
) -> None:
    request = capturing({"requestId": "r-1"}, idempotency_key="requestId")
    with WireServer(http(503), json_response({})) as server:
        flavor.call(flavor.client(f"{server.origin}/plexy", pace=Recording()), request)
    assert [sent.target for sent in server.requests] == [
        "/plexy/v1/payments/tx_1/capture"
    ] * 2


def test_logs_show_the_path_of_the_operation_and_no_more(
    flavor: Flavor, server: WireServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "plexy_pay"):
        flavor.call(flavor.client(f"{server.origin}/s3cret-path"), reading())
    ours = [
        record.getMessage() for record in caplog.records if record.name == "plexy_pay"
    ]
    assert any("GET /v1/things/{id}" in line for line in ours)
    assert not any("s3cret-path" in line for line in ours)


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
def test_the_sandbox_behind_a_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        RunningSandbox() as sandbox,
        Gateway(sandbox.base_url, "/shop/plexy") as gateway,
    ):
        monkeypatch.setenv(VARIABLE, f"{gateway.base_url}/")
        with PlexyPay(sandbox.key) as client:
            for number in range(3):
                client.payment_links.create(
                    amount=Money("22000", "KZT"), order_reference=f"ORD-{number}"
                )
            assert len(client.payment_links.list(size=2).to_list()) == 3
            assert (
                client.payment_links.retrieve_by_order_reference(
                    "ORD-1"
                ).order_reference
                == "ORD-1"
            )
    assert len(gateway.targets) >= 6
    assert all(target.startswith("/shop/plexy/v1/") for target in gateway.targets)
