"""The version of the API that a client asks for: a header of one family, from an argument or the environment."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from helpers.calls import KEY, Flavor, as_object, operation
from helpers.wire import WireServer
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.operation import Request
from plexy_pay.errors import ConfigurationError

BOTH = pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
VARIABLE = "PLEXY_CHECKOUT_VERSION"
CHECKOUT_KEY = "ck_0123456789abcdef"
HEADER = "plexy-version"


def asking(**changes: Any) -> Request[Any]:
    """A call whose version is a setting of the client."""
    marked = operation(
        family="checkout",
        header_settings={"Plexy-Version": "checkout_version"},
        **changes,
    )
    return Request(marked, path_params={"id": "th_1"}, decode=as_object)


def client_of(flavor: Flavor, origin: str, **settings: Any) -> Any:
    return flavor.client(origin, checkout_api_key=CHECKOUT_KEY, **settings)


def test_the_version_of_the_client_is_sent(flavor: Flavor) -> None:
    with WireServer() as server:
        flavor.call(
            client_of(flavor, server.origin, checkout_version="2024-01-15"), asking()
        )

    assert server.requests[0].values(HEADER) == ["2024-01-15"]


def test_without_a_version_no_header_is_sent(flavor: Flavor) -> None:
    with WireServer() as server:
        flavor.call(client_of(flavor, server.origin), asking())

    assert server.requests[0].values(HEADER) == []


def test_an_operation_that_does_not_name_the_setting_sends_no_version(
    flavor: Flavor,
) -> None:
    plain: Request[Any] = Request(operation(path="/v1/things"), decode=as_object)
    with WireServer() as server:
        flavor.call(
            client_of(flavor, server.origin, checkout_version="2024-01-15"), plain
        )

    assert server.requests[0].values(HEADER) == []


def test_a_header_of_one_call_goes_before_the_client_s_version(flavor: Flavor) -> None:
    with WireServer() as server:
        client = client_of(flavor, server.origin, checkout_version="2024-01-15")
        flavor.call(
            client, asking(), {"extra_headers": {"Plexy-Version": "2023-09-01"}}
        )

    assert server.requests[0].values(HEADER) == ["2023-09-01"]


def test_the_variable_stands_in_for_the_argument(
    flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2023-06-01")
    with WireServer() as server:
        flavor.call(client_of(flavor, server.origin), asking())
        flavor.call(
            client_of(flavor, server.origin, checkout_version="2024-01-15"), asking()
        )

    assert [sent.values(HEADER) for sent in server.requests] == [
        ["2023-06-01"],
        ["2024-01-15"],
    ]


@BOTH
@pytest.mark.parametrize(
    "version",
    [
        "",
        "latest",
        "2024-1-15",
        "20240115",
        "2024-W03-1",
        "2024-02-30",
        "2024-01-15 ",
        "٢٠٢٤-٠١-١٥",
        20240115,
    ],
)
def test_what_is_no_date_is_refused_when_it_is_given(
    kind: Any, version: object
) -> None:
    with pytest.raises(
        ConfigurationError, match="checkout_version is not a date.*YYYY-MM-DD"
    ):
        kind(KEY, checkout_version=version)


@BOTH
@pytest.mark.parametrize("version", ["", "latest"])
def test_a_wrong_variable_is_named(
    kind: Any, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, version)

    with pytest.raises(ConfigurationError, match=f"{VARIABLE} is not a date"):
        kind(KEY)


@given(st.dates())
def test_every_date_is_a_version(date: Any) -> None:
    PlexyPay(KEY, checkout_version=date.isoformat())


@BOTH
def test_a_pickle_keeps_the_version_of_where_the_client_was_made(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLEXY_API_KEY", KEY)
    monkeypatch.setenv(VARIABLE, "2023-06-01")
    held = pickle.dumps(kind())
    monkeypatch.setenv(VARIABLE, "2024-01-15")

    again = pickle.loads(held)

    assert again._settings.arguments["checkout_version"] == "2023-06-01"
