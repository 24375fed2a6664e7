"""Three families of operations, each with its own key, header and origin, and no way from one to another."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from helpers.calls import as_object, operation
from helpers.wire import WireServer
from plexy_pay import AsyncPlexyPay, ConfigurationError, InvalidParameterError, PlexyPay
from plexy_pay._core.operation import Request

PAY, CHECKOUT, GATE = (
    "pr_0123456789abcdef",
    "ck_0123456789abcdef",
    "gk_0123456789abcdef",
)
AGENT = "11111111-1111-4111-8111-111111111111"


def request_of(family: str, **facts: Any) -> Request[Any]:
    return Request(
        operation(family=family, path="/v9/things", **facts), decode=as_object
    )


def every_key(**more: Any) -> dict[str, Any]:
    return {"api_key": PAY, "checkout_api_key": CHECKOUT, "gate_api_key": GATE, **more}


@pytest.mark.parametrize(
    ("family", "header", "key", "other"),
    [
        ("pay", "authorization", PAY, "x-api-key"),
        ("checkout", "x-api-key", CHECKOUT, "authorization"),
        ("gate", "authorization", GATE, "x-api-key"),
    ],
)
def test_each_family_sends_its_own_raw_key_in_its_own_header(
    family: str, header: str, key: str, other: str
) -> None:
    with (
        WireServer() as server,
        PlexyPay(**every_key(base_url=server.origin)) as client,
    ):
        client.execute(request_of(family))
    [sent] = server.requests
    assert sent.values(header) == [key]
    assert sent.values(other) == []
    assert not any(
        foreign.encode() in sent.raw for foreign in {PAY, CHECKOUT, GATE} - {key}
    )


def test_each_family_goes_to_its_own_origin() -> None:
    with WireServer() as pay, WireServer() as checkout, WireServer() as gate:
        urls = {
            "base_url": pay.origin,
            "checkout_base_url": checkout.origin,
            "gate_base_url": gate.origin,
        }
        with PlexyPay(**every_key(**urls)) as client:
            for family in ("pay", "checkout", "gate"):
                client.execute(request_of(family))
    assert [len(server.requests) for server in (pay, checkout, gate)] == [1, 1, 1]
    assert checkout.requests[0].values("x-api-key") == [CHECKOUT]
    assert gate.requests[0].values("authorization") == [GATE]


@pytest.mark.parametrize(
    ("family", "argument", "variable"),
    [
        ("checkout", "checkout_api_key", "PLEXY_CHECKOUT_API_KEY"),
        ("gate", "gate_api_key", "PLEXY_GATE_API_KEY"),
    ],
)
def test_no_family_uses_the_key_of_another(
    family: str, argument: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer() as server:
        with (
            PlexyPay(PAY, base_url=server.origin) as client,
            pytest.raises(
                ConfigurationError, match=f"Pass {argument} or set {variable}"
            ) as caught,
        ):
            client.execute(request_of(family))
        assert PAY not in str(caught.value)
        assert server.requests == []
        monkeypatch.setenv(variable, "xx_from_environment")
        with PlexyPay(PAY, base_url=server.origin) as client:
            client.execute(request_of(family))
    assert b"xx_from_environment" in server.requests[0].raw


def test_a_client_of_one_family_needs_no_key_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PLEXY_API_KEY", raising=False)
    with WireServer() as server:
        with PlexyPay(gate_api_key=GATE, base_url=server.origin) as client:
            client.execute(request_of("gate"))
            with pytest.raises(
                ConfigurationError, match="Pass api_key or set PLEXY_API_KEY"
            ):
                client.execute(request_of("pay"))
    with pytest.raises(ConfigurationError, match="PLEXY_API_KEY"):
        PlexyPay()


@pytest.mark.parametrize("argument", ["checkout_api_key", "gate_api_key"])
def test_a_wrong_key_of_any_family_is_refused_when_it_is_given(argument: str) -> None:
    with pytest.raises(ConfigurationError, match="scheme word") as caught:
        PlexyPay(PAY, **{argument: "Bearer xx_secret"})  # type: ignore[arg-type]
    assert "xx_secret" not in str(caught.value)


def test_the_origins_that_are_known_stand_and_none_is_invented_for_the_gate() -> None:
    client = PlexyPay(**every_key())
    families = client._settings.family  # pyright: ignore[reportPrivateUsage]
    assert (
        str(families("pay")[1])
        == str(families("checkout")[1])
        == "https://api.plexypay.com"
    )
    test = PlexyPay(**every_key(environment="test"))._settings.family  # pyright: ignore[reportPrivateUsage]
    assert str(test("checkout")[1]) == "https://sandbox-api.plexypay.com"
    with pytest.raises(ConfigurationError, match="Pass gate_base_url"):
        client.execute(request_of("gate"))


@pytest.mark.parametrize("argument", ["base_url", "checkout_base_url", "gate_base_url"])
def test_a_plain_http_origin_of_any_family_is_refused(argument: str) -> None:
    with pytest.raises(ConfigurationError, match="plain http"):
        PlexyPay(**every_key(**{argument: "http://pay.example"}))


def test_the_agent_s_id_stands_in_the_path_and_must_be_there() -> None:
    balance = operation(
        family="gate", path="/agent/{agent_id}/balance", settings=("agent_id",)
    )
    with WireServer() as server:
        with PlexyPay(**every_key(base_url=server.origin, agent_id=AGENT)) as client:
            client.execute(Request(balance, decode=as_object))
        assert server.requests[0].target == f"/agent/{AGENT}/balance"
        with pytest.raises(ConfigurationError, match="agent_id"):
            PlexyPay(**every_key(base_url=server.origin)).execute(
                Request(balance, decode=as_object)
            )


def other_key() -> str:
    return CHECKOUT


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
def test_pickling_resolves_every_family_again_and_refuses_any_literal_key(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLEXY_API_KEY", PAY)
    client = kind(
        checkout_api_key=other_key, gate_base_url="https://gate.example", agent_id=AGENT
    )
    data = pickle.dumps(client)
    assert not any(key.encode() in data for key in (PAY, CHECKOUT))
    again = pickle.loads(data)
    assert again._settings.arguments == client._settings.arguments
    assert [key.raw for key in again._settings.rings["checkout"].keys()] == [CHECKOUT]
    with pytest.raises(ConfigurationError, match="cannot be pickled"):
        pickle.dumps(kind(gate_api_key=GATE))


def test_further_fields_of_a_body_leave_as_they_are_written_and_never_twice() -> None:
    create = operation(method="POST", path="/v1/things")
    request: Request[Any] = Request(create, body={"amount": 1}, decode=as_object)
    with WireServer() as server, PlexyPay(PAY, base_url=server.origin) as client:
        for _ in range(2):
            client.execute(request, {"extra_body": {"payoutType": "card", "on": None}})
        with pytest.raises(InvalidParameterError, match="extra_body names amount"):
            client.execute(request, {"extra_body": {"amount": 2}})
        with pytest.raises(InvalidParameterError, match="this call has no body"):
            client.execute(request_of("pay"), {"extra_body": {"amount": 2}})
    assert [sent.body for sent in server.requests] == [
        b'{"amount":1,"payoutType":"card","on":null}'
    ] * 2
