"""The client itself: its arguments, its life, copies, pickles, forks, threads and event loops."""

from __future__ import annotations

import asyncio
import copy
import pickle
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import plexy_pay
import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, capturing, creating, reading
from helpers.http_library import httpx
from helpers.wire import WireServer, json_response
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.keys import netrc_key
from plexy_pay._core.types import UNSET, Timeout, Timeouts, Unset
from plexy_pay.errors import (
    ConfigurationError,
    InferredOperationError,
    InferredOperationWarning,
    InvalidParameterError,
    Outcome,
)

BOTH = pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
ROOT = str(Path(next(iter(plexy_pay.__path__))).parent)


def provider() -> str:
    """A key provider that can be pickled, because it belongs to a module."""
    return KEY


# Arguments


@BOTH
@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"environment": "production"}, "environment"),
        ({"environment": None}, "environment"),
        ({"max_retries": -1}, "max_retries"),
        ({"max_retries": 1.5}, "max_retries"),
        ({"max_retries": True}, "max_retries"),
        ({"max_retries": None}, "max_retries"),
        ({"max_response_bytes": 0}, "max_response_bytes"),
        ({"max_response_bytes": "10"}, "max_response_bytes"),
        ({"allow_inferred": "no"}, "allow_inferred"),
        ({"allow_inferred": 1}, "allow_inferred"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"timeout": "30"}, "timeout"),
        ({"timeout": (1, 2, 3, 4)}, "timeout"),
        ({"timeout": httpx.Timeout(5)}, "timeout"),
        ({"timeout": Timeout(read=None)}, "timeout"),  # type: ignore[arg-type]
        ({"timeout": Timeout(connect=0)}, "timeout"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(
    kind: Any, wrong: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        kind(KEY, **wrong)


@BOTH
@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.plexypay.com",
        "https://",
        "ftp://api.plexypay.com",
        "https://api.plexypay.com/v1",
        "https://api.plexypay.com/?",
        "https://api.plexypay.com?a=b",
        "https://api.plexypay.com#",
        "https://api.plexypay.com:99999",
        "https://api.plexypay.com:port",
        "https://user:password@api.plexypay.com",
        "https://@api.plexypay.com",
        "https://api.plexypay.com\\@evil.example",
        "https://api.plexypay.com%2eevil.example",
        "https://api.plexypay.com\r\n",
        "https://api plexypay.com",
        "https://api.\u043f\u043b\u0435\u043a\u0441\u0438.com",
        "https://[::1",
        5,
        b"https://api.plexypay.com",
    ],
)
def test_a_base_url_that_is_no_origin_is_refused_without_being_shown(
    kind: Any, base_url: Any
) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        kind(KEY, base_url=base_url)
    assert "password@" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({}, "live"),
        ({"environment": "test"}, "test"),
        ({"base_url": "https://Proxy.Shop.KZ/"}, "https://proxy.shop.kz"),
        ({"base_url": "https://proxy.shop.kz:443"}, "https://proxy.shop.kz"),
        ({"base_url": "http://[::1]:8000"}, "http://[::1]:8000"),
    ],
)
@BOTH
def test_the_repr_says_where_the_client_talks_to(
    kind: Any, arguments: dict[str, Any], shown: str
) -> None:
    assert (
        repr(kind(KEY, **arguments)) == f"<{kind.__name__} api_key='********' {shown}>"
    )


@pytest.mark.parametrize(
    ("environment", "origin"),
    [("live", "https://api.plexypay.com"), ("test", "https://test-api.plexypay.com")],
)
def test_each_environment_has_its_origin(
    flavor: Flavor, environment: str, origin: str
) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={})

    client = flavor.client(
        None, environment=environment, http_client=httpx.MockTransport(handle)
    )
    flavor.call(client, reading())
    assert seen == [f"{origin}/v1/things/th_1"]


def test_the_timeout_of_the_client_or_of_the_call_reaches_the_transport(
    flavor: Flavor,
) -> None:
    seen: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={})

    transport = httpx.MockTransport(handle)
    flavor.call(flavor.client(None, http_client=transport), reading())
    client = flavor.client(None, http_client=httpx.MockTransport(handle), timeout=7)
    flavor.call(client, reading())
    flavor.call(
        client, reading(), {"timeout": Timeout(connect=1, read=2, write=3, pool=4)}
    )
    assert seen == [
        {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 5.0},
        {"connect": 7, "read": 7, "write": 7, "pool": 7},
        {"connect": 1, "read": 2, "write": 3, "pool": 4},
    ]


KINDS = {"reads": reading(), "writes": creating({}), "money": capturing()}


def timeouts_that_arrive(
    flavor: Flavor, *options: Any, **arguments: Any
) -> dict[str, dict[str, float]]:
    """What the transport is told, for a call of each kind."""
    seen: list[dict[str, float]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={})

    client = flavor.client(None, http_client=httpx.MockTransport(handle), **arguments)
    for request in KINDS.values():
        flavor.call(client, request, *options)
    return dict(zip(KINDS, seen, strict=True))


def test_calls_that_move_money_are_waited_for_longer(flavor: Flavor) -> None:
    default = {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 5.0}
    assert timeouts_that_arrive(flavor) == {
        "reads": default,
        "writes": default,
        "money": {**default, "read": 80.0},
    }
    assert Timeouts().money == Timeout(read=80.0, total=120.0)


def test_each_kind_of_call_has_its_own_timeout(flavor: Flavor) -> None:
    seen = timeouts_that_arrive(
        flavor, timeout=Timeouts(reads=3, writes=Timeout(read=4), money=100)
    )
    assert {kind: timeout["read"] for kind, timeout in seen.items()} == {
        "reads": 3,
        "writes": 4,
        "money": 100,
    }
    assert seen["reads"]["connect"] == 3
    assert seen["writes"]["connect"] == 5.0


@pytest.mark.parametrize("timeout", [9, Timeout(read=9)])
def test_one_timeout_holds_for_every_kind_of_call(flavor: Flavor, timeout: Any) -> None:
    seen = timeouts_that_arrive(flavor, timeout=timeout)
    assert [one["read"] for one in seen.values()] == [9, 9, 9]


def test_the_timeout_of_a_call_wins_over_that_of_its_kind(flavor: Flavor) -> None:
    seen = timeouts_that_arrive(
        flavor, {"timeout": 2}, timeout=Timeouts(reads=3, writes=4, money=5)
    )
    assert [one["read"] for one in seen.values()] == [2, 2, 2]


@pytest.mark.parametrize(
    "part", [0, -1, "80", None, True, httpx.Timeout(5), Timeout(read=0), Timeouts()]
)
@BOTH
def test_a_wrong_timeout_of_one_kind_is_refused_by_its_name(
    kind: Any, part: Any
) -> None:
    with pytest.raises(
        ConfigurationError, match=r"timeout\.money: timeout is not a number of seconds"
    ):
        kind(KEY, timeout=Timeouts(money=part))


def test_the_timeouts_of_the_kinds_are_no_option_of_one_call(flavor: Flavor) -> None:
    client = flavor.client("http://127.0.0.1:9")
    options: Any = {"timeout": Timeouts()}
    with pytest.raises(
        InvalidParameterError, match="timeout is not a number of seconds above zero"
    ):
        flavor.call(client, reading(), options)


def test_a_plain_number_never_makes_the_total_smaller_than_one_phase() -> None:
    assert Timeout.of(600) == Timeout(600, 600, 600, 600, 600)
    assert Timeout.of(3) == Timeout(3, 3, 3, 3, 120)
    assert Timeout.of(None) == Timeout()


@pytest.mark.parametrize(
    "options",
    [{"timeout": 0}, {"timeout": "5"}, {"max_retries": -1}, {"max_retries": 1.5}],
)
def test_a_wrong_option_of_a_call_is_refused(flavor: Flavor, options: Any) -> None:
    with pytest.raises(
        InvalidParameterError, match=f"things.retrieve: {next(iter(options))}"
    ) as caught:
        flavor.call(flavor.client("http://127.0.0.1:9"), reading(), options)
    assert caught.value.outcome is Outcome.NOT_SENT


def test_an_option_of_none_is_one_that_was_not_given(flavor: Flavor) -> None:
    options: Any = {
        "timeout": None,
        "max_retries": None,
        "extra_headers": None,
        "api_key": None,
    }
    with WireServer() as server:
        flavor.call(flavor.client(server.origin), reading(), options)
    assert server.requests[0].values("authorization") == [KEY]


def test_options_are_not_changed(flavor: Flavor) -> None:
    options: Any = {"timeout": 5, "extra_headers": {"X-A": "1"}}
    with WireServer() as server:
        flavor.call(flavor.client(server.origin), reading(), options)
    assert options == {"timeout": 5, "extra_headers": {"X-A": "1"}}


def test_making_a_client_loads_no_http_library_and_no_heavy_module() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules)\n"
        "from plexy_pay import AsyncPlexyPay, PlexyPay\n"
        "for client in (PlexyPay('pr_123'), AsyncPlexyPay(['pr_1', 'pr_2'], environment='test')): repr(client)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", program, ROOT],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(run.stdout.split())
    heavy = {
        "httpx",
        "attr",
        "attrs",
        "asyncio",
        "ssl",
        "inspect",
        "dataclasses",
        "json",
        "urllib.parse",
        "logging",
    }
    assert not loaded & heavy


# Life


def test_a_client_works_as_a_context() -> None:
    async def main(origin: str) -> None:
        async with AsyncPlexyPay(KEY, base_url=origin) as client:
            assert (await client.execute(reading())).parsed == {}

    with WireServer() as server:
        with PlexyPay(KEY, base_url=server.origin) as client:
            assert client.execute(reading()).parsed == {}
        asyncio.run(main(server.origin))


def test_a_closed_client_says_so(flavor: Flavor) -> None:
    client = PlexyPay(KEY, base_url="http://127.0.0.1:9")
    client.close()
    client.close()
    with pytest.raises(ConfigurationError, match="The client is closed"):
        client.execute(reading())

    async def main() -> None:
        client = AsyncPlexyPay(KEY, base_url="http://127.0.0.1:9")
        await client.aclose()
        await client.aclose()
        with pytest.raises(ConfigurationError, match="The client is closed"):
            await client.execute(reading())

    asyncio.run(main())


def test_threads_that_make_the_first_call_together_share_one_set_of_connections() -> (
    None
):
    with WireServer() as server, PlexyPay(KEY, base_url=server.origin) as client:
        with ThreadPoolExecutor(8) as pool:
            list(
                pool.map(
                    lambda number: client.execute(creating({"n": number})), range(32)
                )
            )
        assert len(client._transports) == 1
    assert len(server.requests) == 32


def test_an_async_client_works_in_one_event_loop_after_another() -> None:
    async def call() -> Any:
        return (await client.execute(reading())).parsed

    async def call_and_close() -> Any:
        result = await call()
        await client.aclose()
        return result

    with WireServer(
        json_response({"id": "th_1"}, headers={"Connection": "close"})
    ) as server:
        client = AsyncPlexyPay(KEY, base_url=server.origin)
        assert [asyncio.run(call()) for _ in range(3)] == [{"id": "th_1"}] * 3
        assert asyncio.run(call_and_close()) == {"id": "th_1"}
    assert server.connections == 4


def test_an_injected_async_client_in_a_second_event_loop_is_a_clear_error() -> None:
    async def call() -> Any:
        return (await client.execute(reading())).parsed

    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
    client = AsyncPlexyPay(KEY, http_client=transport)
    assert asyncio.run(call()) == {}
    with pytest.raises(
        ConfigurationError, match="another process or event loop. Nothing was sent"
    ):
        asyncio.run(call())


FORK = """
import os, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from helpers.calls import KEY, reading
from plexy_pay import PlexyPay
from plexy_pay.errors import ConfigurationError
from helpers.http_library import httpx
injected = httpx.Client(trust_env=False) if sys.argv[4] == "injected" else None
client = PlexyPay(KEY, base_url=sys.argv[3], http_client=injected)
client.execute(reading())
child = os.fork()
try:
    client.execute(reading())
except ConfigurationError as error:
    os._exit(3 if "another process" in str(error) else 4)
if child == 0:
    client.close()
    os._exit(0)
_, status = os.waitpid(child, 0)
client.execute(reading())
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.parametrize(
    ("whose", "code", "connections"), [("own", 0, 2), ("injected", 3, 1)]
)
def test_the_child_of_a_fork_makes_its_own_connections(
    whose: str, code: int, connections: int
) -> None:
    tests = str(Path(__file__).parents[1])
    with WireServer() as server:
        program = [sys.executable, "-c", FORK, ROOT, tests, server.origin, whose]
        run = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (code, "")
    assert server.connections == connections
    assert len(server.requests) == (4 if whose == "own" else 3)


# Copies and pickles


@BOTH
def test_a_copy_shares_the_key_in_memory_and_nothing_of_the_connections(
    kind: Any,
) -> None:
    client = kind([KEY, OTHER_KEY], base_url="http://127.0.0.1:9")
    for clone in (copy.copy(client), copy.deepcopy(client)):
        assert type(clone) is kind
        assert clone._settings is client._settings
        assert repr(clone) == repr(client)


def test_a_copy_calls_and_outlives_the_first_client() -> None:
    with WireServer() as server:
        with PlexyPay(KEY, base_url=server.origin) as client:
            client.execute(reading())
            clone = copy.deepcopy(client)
        with clone:
            clone.execute(reading())
    assert [request.values("authorization") for request in server.requests] == [
        [KEY],
        [KEY],
    ]


@BOTH
@pytest.mark.parametrize("keys", [KEY, [KEY], (KEY, OTHER_KEY)])
def test_a_client_with_literal_keys_refuses_to_be_pickled_and_says_what_to_do(
    kind: Any, keys: Any
) -> None:
    with pytest.raises(
        ConfigurationError, match="Pass a function of a module as api_key"
    ) as caught:
        pickle.dumps(kind(keys))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("timeout", [Timeout(3), Timeouts(money=Timeout(read=90))])
@BOTH
def test_a_client_with_a_provider_is_pickled_with_its_settings(
    kind: Any, timeout: Any
) -> None:
    given = {
        "base_url": "http://127.0.0.1:9",
        "timeout": timeout,
        "user_agent_suffix": "shop/1",
    }
    client = kind(provider, **given, max_retries=7, allow_inferred=True)
    data = pickle.dumps(client)
    assert KEY.encode() not in data
    clone = pickle.loads(data)
    assert type(clone) is kind
    assert clone._settings.arguments == client._settings.arguments
    assert clone._settings.rings["pay"].keys()[0].raw == KEY
    assert (
        pickle.loads(pickle.dumps(kind(netrc_key("api", "/etc/none"))))
        ._settings.rings["pay"]
        .provider.host
        == "api"
    )


@BOTH
def test_a_client_with_a_key_from_the_environment_finds_it_again_where_it_is_unpickled(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLEXY_API_KEY", KEY)
    data = pickle.dumps(kind())
    assert KEY.encode() not in data
    monkeypatch.setenv("PLEXY_API_KEY", OTHER_KEY)
    assert pickle.loads(data)._settings.rings["pay"].keys()[0].raw == OTHER_KEY
    monkeypatch.delenv("PLEXY_API_KEY")
    with pytest.raises(ConfigurationError, match="PLEXY_API_KEY"):
        pickle.loads(data)


def test_a_client_with_an_http_client_refuses_to_be_pickled() -> None:
    client = PlexyPay(
        provider, http_client=httpx.MockTransport(lambda request: httpx.Response(200))
    )
    with pytest.raises(ConfigurationError, match="http_client cannot be pickled"):
        pickle.dumps(client)


def test_unset_is_one_value_in_every_copy() -> None:
    assert Unset() is UNSET
    assert (
        copy.copy(UNSET)
        is copy.deepcopy(UNSET)
        is pickle.loads(pickle.dumps(UNSET))
        is UNSET
    )
    assert not UNSET
    assert repr(UNSET) == "UNSET"


# Inferred operations


def answering() -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: httpx.Response(200, json={}))


def test_an_inferred_operation_that_moves_money_is_stopped(flavor: Flavor) -> None:
    client = flavor.client(None, http_client=answering())
    with pytest.raises(
        InferredOperationError,
        match=r"payments.capture .* nothing was sent.*allow_inferred=True.*overlay",
    ) as caught:
        flavor.call(client, capturing(evidence="inferred"))
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.operation == "payments.capture"


def guessed(flavor: Flavor, what: str) -> Any:
    """An inferred operation that moves money, of its own name: each warns once in a process."""
    return capturing(call=f"{what}.{flavor.name}", evidence="inferred")


def test_an_inferred_operation_that_moves_money_runs_in_silence_where_it_is_allowed(
    flavor: Flavor,
) -> None:
    request = guessed(flavor, "allowed")
    client = flavor.client(None, http_client=answering(), allow_inferred=True)
    assert flavor.call(client, request).parsed == {}
    with WireServer() as server:
        assert (
            flavor.call(
                flavor.client(server.origin, allow_inferred=True), request
            ).parsed
            == {}
        )


def test_on_this_machine_it_runs_and_warns_once_at_the_users_line(
    flavor: Flavor,
) -> None:
    request = guessed(flavor, "local")
    with WireServer() as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client = flavor.client(server.origin)
        for _ in range(2):
            assert flavor.call(client, request).parsed == {}
    [warning] = caught
    assert warning.category is InferredOperationWarning
    assert "is only inferred" in str(warning.message)
    assert "to this machine only" in str(warning.message)
    assert "allow_inferred=True" in str(warning.message)
    if flavor.name == "sync":
        assert warning.filename == sys.modules["helpers.calls"].__file__


@pytest.mark.parametrize(
    "base_url", [None, "http://127.0.0.1:9", "http://localhost:9", "https://[::1]:9"]
)
def test_an_explicit_no_holds_on_this_machine_too(
    flavor: Flavor, base_url: str | None
) -> None:
    client = flavor.client(base_url, http_client=answering(), allow_inferred=False)
    for _ in range(2):
        with pytest.raises(InferredOperationError, match="allow_inferred=True"):
            flavor.call(client, guessed(flavor, "forbidden"))


def test_an_explicit_no_goes_with_copies_and_pickles() -> None:
    client = PlexyPay(provider, base_url="http://127.0.0.1:9", allow_inferred=False)
    for other in (copy.copy(client), pickle.loads(pickle.dumps(client))):
        with pytest.raises(InferredOperationError):
            other.execute(capturing(evidence="inferred"))


def test_an_explicit_no_says_nothing_of_other_operations(flavor: Flavor) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin, allow_inferred=False)
        flavor.call(client, capturing())
        with pytest.warns(InferredOperationWarning, match="only inferred"):
            flavor.call(
                client,
                reading(call=f"forbidden_read.{flavor.name}", evidence="inferred"),
            )


@pytest.mark.parametrize("make", [capturing, reading])
def test_a_warning_that_is_an_error_stops_every_call_before_it_is_sent(
    flavor: Flavor, make: Any
) -> None:
    request = make(call=f"error_{make.__name__}.{flavor.name}", evidence="inferred")
    with WireServer() as server, warnings.catch_warnings():
        warnings.simplefilter("error", InferredOperationWarning)
        client = flavor.client(server.origin)
        for _ in range(2):
            with pytest.raises(InferredOperationWarning):
                flavor.call(client, request)
    assert server.requests == []


@pytest.mark.parametrize("evidence", ["documented", "documented-2023", "observed"])
def test_an_operation_with_better_evidence_runs_quietly(
    flavor: Flavor, evidence: str
) -> None:
    with WireServer() as server:
        flavor.call(flavor.client(server.origin), capturing(evidence=evidence))
        flavor.call(flavor.client(server.origin), reading(evidence=evidence))


def test_another_inferred_operation_warns_once_at_the_users_line(
    flavor: Flavor,
) -> None:
    request = reading(call=f"things.inferred_{flavor.name}", evidence="inferred")
    with WireServer() as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client = flavor.client(server.origin)
        for _ in range(2):
            flavor.call(client, request)
    assert len(caught) == 1
    assert caught[0].category is InferredOperationWarning
    assert (
        f"things.inferred_{flavor.name} (GET /v1/things/{{id}}) is only inferred"
        in str(caught[0].message)
    )
    assert "Confirm it with Plexy Pay" in str(caught[0].message)
    if flavor.name == "sync":
        assert caught[0].filename == sys.modules["helpers.calls"].__file__


@BOTH
def test_what_a_client_was_told_never_changes(kind: Any) -> None:
    client = kind(KEY)
    with pytest.raises(AttributeError):
        client._settings.strict = True
