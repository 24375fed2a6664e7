"""The key appears in no repr, log record, traceback with locals, warning, error or pickle."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import pprint
import traceback
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, capturing, creating, deleting, reading
from helpers.frames import chain, shown_by
from helpers.http_library import CORE, httpx
from helpers.wire import Then, WireServer, http, json_response
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import AsyncPlexyPay, PlexyPay
from plexy_pay._core.attempts import Send
from plexy_pay._core.flow import Call
from plexy_pay._core.keys import KeyRing, netrc_key
from plexy_pay._core.options import mask
from plexy_pay._core.types import Timeout
from plexy_pay.errors import AuthenticationError, InvalidParameterError, PlexyError

RAW = (KEY, OTHER_KEY)
LIBRARIES = ("httpx", "httpcore", "h11", "anyio")


def shows_a_key(text: str) -> bool:
    return any(key in text or key.lower() in text.lower() for key in RAW)


def assert_nothing_shows_a_key(error: BaseException) -> None:
    for where, text in shown_by(error, "plexy_pay"):
        assert not shows_a_key(text), where
    for one in chain(error):
        assert not shows_a_key(
            "".join(
                traceback.TracebackException.from_exception(
                    one, capture_locals=True
                ).format()
            )
        )
        step: TracebackType | None = one.__traceback__
        while step is not None:
            module = step.tb_frame.f_globals.get("__name__", "")
            # An exception of the caller's own keeps the way it took, whose frames have nothing left.
            assert (
                isinstance(one, PlexyError) is False
                or module.partition(".")[0] not in LIBRARIES
            )
            assert (
                module.partition(".")[0] not in LIBRARIES or not step.tb_frame.f_locals
            )
            step = step.tb_next
        # What an error reporter stores of it.
        stored = pickle.dumps(one) if isinstance(one, PlexyError) else b""
        assert not any(key.encode() in stored for key in RAW)
        assert b"httpx._" not in stored
        assert b"httpcore." not in stored


def echo(request: Any) -> bytes:
    """An API that quotes the key it does not accept."""
    key = request.values("authorization")[0]
    headers = {
        "X-Request-Id": f"rq-{key}",
        "Location": f"https://evil.example/{key}?k={key}",
    }
    return json_response(
        {"code": key, "type": key, "source": key, "message": f"no such key: {key}"},
        401,
        headers,
    )


def echo_redirect(request: Any) -> bytes:
    return echo(request).replace(b" 401 ", b" 307 ")


SERVERS: dict[str, Any] = {
    "a rejection that quotes the key": echo,
    "a redirect that quotes the key": echo_redirect,
    "a server error": http(500, b"<html>"),
    "no response": Then(close=True),
    "a reset": Then(reset=True),
    "half a response": Then(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", close=True
    ),
    "no http": Then(b"\x00\x01\x02 pr_\r\n\r\n", close=True),
    "a timeout": Then(hang=True),
    "no JSON": http(200, b"<html>"),
    "a decline": json_response({"success": False}),
    "huge headers": Then(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000, close=True),
}


@pytest.mark.parametrize("name", SERVERS)
def test_no_error_shows_the_key_in_any_way(flavor: Flavor, name: str) -> None:
    timeout = Timeout(1.0, 0.2, 1.0, 1.0, 5.0) if name == "a timeout" else Timeout()
    with WireServer(SERVERS[name]) as server:
        client = flavor.client(
            server.origin, [KEY, OTHER_KEY], max_retries=0, timeout=timeout
        )
        with pytest.raises(PlexyError) as caught:
            flavor.call(client, capturing())
    assert_nothing_shows_a_key(caught.value)


def test_no_connection_shows_no_key(flavor: Flavor) -> None:
    with WireServer() as server:
        pass
    with pytest.raises(PlexyError) as caught:
        flavor.call(flavor.client(server.origin, max_retries=0), capturing())
    assert_nothing_shows_a_key(caught.value)


def failing_hook(request: httpx.Request) -> None:
    raise LookupError(
        f"no trace for {len(request.headers['authorization'])} characters"
    )


def look(headers: httpx.Headers) -> int:
    return len(headers["authorization"]) // 0


def passing_hook(request: httpx.Request) -> None:
    try:
        look(request.headers)
    except ZeroDivisionError as error:
        raise LookupError("no trace") from error


HOOKS: dict[str, Callable[[httpx.Request], None]] = {
    "refused": lambda request: request.headers.update(
        {"Authorization": f"Bearer {KEY}"}
    ),
    "malformed": lambda request: request.headers.update({"X-Evil": f"{KEY}\r\n"}),
    "failing": failing_hook,
    "failing for a reason": passing_hook,
}


@pytest.mark.parametrize("name", HOOKS)
def test_an_error_about_a_hook_shows_no_key(flavor: Flavor, name: str) -> None:
    with WireServer() as server:
        client = flavor.client(
            server.origin, http_client=flavor.request_hook(HOOKS[name])
        )
        with pytest.raises(LookupError if "failing" in name else PlexyError) as caught:
            flavor.call(client, capturing())
    assert_nothing_shows_a_key(caught.value)


def test_the_api_that_quotes_the_key_leaves_a_mask_in_every_field(
    flavor: Flavor,
) -> None:
    with WireServer(echo) as server:
        with pytest.raises(AuthenticationError) as caught:
            flavor.call(flavor.client(server.origin), reading())
    error = caught.value
    assert error.api_message == "no such key: ********"
    assert error.request_id == "rq-********"
    assert (error.code, error.type, error.source) == ("********",) * 3
    assert KEY.encode() not in error.body
    assert b"no such key: ********" in error.body


@pytest.mark.parametrize("kind", [PlexyPay, AsyncPlexyPay])
@pytest.mark.parametrize("suffix", [" ", "\n", "\u00e9"])
def test_the_error_for_a_wrong_key_has_no_frame_of_ours_that_shows_it(
    kind: Any, suffix: str
) -> None:
    with pytest.raises(PlexyError) as caught:
        # The keys are made here, so that this frame has no variable that shows them.
        kind("".join((KEY, suffix)))
    assert_nothing_shows_a_key(caught.value)
    with pytest.raises(PlexyError) as caught:
        kind(
            ["".join((KEY, suffix)), OTHER_KEY],
            base_url="https://x",
            environment="none",
        )
    assert_nothing_shows_a_key(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"environment": "production"},
        {"base_url": "http://example.com"},
        {"timeout": -1},
        {"max_retries": -1},
        {"http_client": object()},
    ],
)
def test_the_error_for_another_wrong_argument_shows_no_key(
    wrong: dict[str, Any],
) -> None:
    for kind in (PlexyPay, AsyncPlexyPay):
        with pytest.raises(PlexyError) as caught:
            kind("".join(KEY), **wrong)  # type: ignore[operator]
        assert_nothing_shows_a_key(caught.value)


def test_a_key_for_one_call_shows_in_no_frame(flavor: Flavor) -> None:
    with WireServer(http(500)) as server:
        client = flavor.client(server.origin, "pr_unrelated_key", max_retries=0)
        for options in (
            '{"api_key": OTHER_KEY}',
            '{"api_key": OTHER_KEY + " "}',
            '{"api_key": KEY, "no": 1}',
        ):
            with pytest.raises(PlexyError) as caught:
                if flavor.name == "sync":
                    client.execute(capturing(), eval(options))
                else:
                    flavor.runner.run(client.execute(capturing(), eval(options)))  # type: ignore[attr-defined]
            assert_nothing_shows_a_key(caught.value)


def test_masked_options_show_their_names_only() -> None:
    masked = mask({"api_key": KEY, "timeout": 3})
    assert repr(masked) == "<options api_key, timeout>"
    assert mask(masked) is masked
    wrong: Any = KEY
    assert repr(mask(wrong)) == "<options of type str>"
    assert repr(mask(None)) == "<options >"


def test_masked_options_hold_no_value_where_a_tool_looks() -> None:
    masked: Any = mask({"api_key": KEY, "extra_headers": {"X-Token": OTHER_KEY}})
    assert not isinstance(masked, (dict, Mapping))
    assert not shows_a_key(
        f"{[getattr(masked, name) for name in dir(masked)]!r}{pprint.pformat(masked)}"
    )
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(masked)


WRONG_OPTIONS: dict[str, Any] = {
    "text": KEY,
    "a list": [KEY],
    "pairs": [("api_key", KEY)],
    "a set": {KEY},
    "an empty list": [],
    "no text": 0,
    "a function": lambda: KEY,
    "an option that is not there": {"headers": {"Authorization": KEY}},
    "a name that is no text": {7: KEY},
    "names of two types": {7: KEY, "headers": KEY},
    "headers in a list": {"extra_headers": [("X-Token", KEY)]},
    "headers as text": {"extra_headers": KEY},
    "a header whose name is no text": {"extra_headers": {7: KEY}},
    "a header whose value is no text": {"extra_headers": {"X-Token": [KEY]}},
    "a header as bytes": {"extra_headers": {"X-Token": KEY.encode()}},
    "a body in a list": {"extra_body": [KEY]},
    "a body as text": {"extra_body": KEY},
    "a body of zero": {"extra_body": 0},
    "a field whose name is no text": {"extra_body": {7: KEY}},
    "a field that cannot be sent": {"extra_body": {"key": KEY, "more": object()}},
    "a field without a time zone": {"extra_body": {"key": [KEY, datetime(2030, 1, 1)]}},
    "a timeout as text": {"timeout": KEY},
    "a timeout in a list": {"timeout": [KEY]},
    "a timeout that is too long": {"timeout": 10**400},
    "a timeout that is no number": {"timeout": float("nan")},
    "retries as text": {"max_retries": KEY},
    "retries as a float": {"max_retries": 2.0},
    "retries as a boolean": {"max_retries": True},
    "a key as bytes": {"api_key": KEY.encode()},
    "a key in a set": {"api_key": {KEY}},
    "a key with its scheme": {"api_key": f"Bearer {KEY}"},
}


@pytest.mark.parametrize("name", WRONG_OPTIONS)
def test_wrong_options_are_refused_before_anything_is_sent_and_show_no_value(
    flavor: Flavor, name: str
) -> None:
    with WireServer() as server:
        client = flavor.client(server.origin, "pr_unrelated_key")
        with pytest.raises(InvalidParameterError, match="Nothing was sent") as caught:
            flavor.call(client, capturing(), WRONG_OPTIONS[name])
    assert server.requests == []
    for where, text in shown_by(caught.value, "plexy_pay"):
        assert not shows_a_key(text), where


@given(
    st.recursive(
        st.none() | st.text() | st.integers() | st.floats() | st.binary(),
        st.lists,
        max_leaves=5,
    )
)
@pytest.mark.parametrize(
    "option", ["timeout", "max_retries", "extra_headers", "extra_body", "api_key"]
)
def test_whatever_an_option_is_it_is_refused_by_one_kind_of_error_or_taken(
    option: str, value: Any
) -> None:
    settings = PlexyPay("pr_unrelated_key")._settings
    with contextlib.suppress(InvalidParameterError):
        options: Any = {option: value}
        Send(Call(capturing(), settings, options))


def test_a_callers_own_authorization_header_shows_in_no_frame(flavor: Flavor) -> None:
    client = flavor.client("http://127.0.0.1:9", "pr_unrelated_key")
    with pytest.raises(PlexyError) as caught:
        if flavor.name == "sync":
            client.execute(
                capturing(), {"extra_headers": {"Authorization": "".join(KEY)}}
            )
        else:
            coroutine = client.execute(
                capturing(), {"extra_headers": {"Authorization": "".join(KEY)}}
            )
            flavor.runner.run(coroutine)  # type: ignore[attr-defined]
    assert_nothing_shows_a_key(caught.value)


def test_a_wrong_response_of_a_callable_shows_in_no_frame(flavor: Flavor) -> None:
    client = flavor.client("http://127.0.0.1:9", lambda: f"Bearer {KEY}")
    with pytest.raises(PlexyError) as caught:
        flavor.call(client, capturing())
    assert_nothing_shows_a_key(caught.value)


def test_the_keys_of_other_machines_in_a_netrc_file_show_in_no_frame(
    flavor: Flavor, tmp_path: Path
) -> None:
    path = tmp_path / "netrc"
    path.write_text(f"machine other login me password {KEY}\n")
    path.chmod(0o600)
    with pytest.raises(PlexyError) as caught:
        flavor.call(
            flavor.client("http://127.0.0.1:9", netrc_key("api", path)), capturing()
        )
    assert_nothing_shows_a_key(caught.value)
    with pytest.raises(PlexyError) as caught:
        netrc_key("api", path)()
    assert_nothing_shows_a_key(caught.value)


def test_an_interrupt_goes_on_without_the_frames_that_hold_the_header_bytes() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        bytes_to_send = request.headers["authorization"]
        raise KeyboardInterrupt(len(bytes_to_send))

    transport = Flavor().transport(handle)
    client = PlexyPay(KEY, base_url="https://api.example", http_client=transport)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.execute(capturing())
    assert_nothing_shows_a_key(caught.value)


def test_a_cancelled_task_stays_cancelled_and_shows_no_key() -> None:
    async def main(server: WireServer) -> BaseException:
        async with AsyncPlexyPay(KEY, base_url=server.origin) as client:
            task = asyncio.create_task(client.execute(capturing()))
            while not server.requests:
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert task.cancelled()
            return caught.value

    with WireServer(Then(hang=True)) as server:
        assert_nothing_shows_a_key(asyncio.run(main(server)))


@pytest.mark.parametrize(
    "injected", [False, True], ids=["our own client", "an injected client"]
)
def test_no_log_record_at_debug_level_shows_the_key(
    flavor: Flavor, caplog: pytest.LogCaptureFixture, injected: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    with WireServer(
        json_response({}), http(401), http(500), Then(close=True)
    ) as server:
        http_client = flavor.http_client() if injected else None
        client = flavor.client(server.origin, max_retries=0, http_client=http_client)
        flavor.call(client, capturing())
        for _ in range(3):
            with pytest.raises(PlexyError):
                flavor.call(client, capturing())
    loggers = {record.name for record in caplog.records}
    core = CORE if injected else "httpcore"
    assert {f"{core}.http11", f"{core}.connection"} <= loggers
    # httpx logs what its own client sends. Ours goes straight to the transport.
    assert (
        any(record.getMessage().startswith("HTTP Request") for record in caplog.records)
        == injected
    )
    for record in caplog.records:
        assert not shows_a_key(
            f"{record.getMessage()} {record.args!r} {vars(record)!r}"
        )


def test_no_warning_shows_the_key(flavor: Flavor) -> None:
    with warnings.catch_warnings(record=True) as caught, WireServer() as server:
        warnings.simplefilter("always")
        client = flavor.client(server.origin)
        flavor.call(
            client,
            reading(
                call=f"things.secretly_inferred_{flavor.name}", evidence="inferred"
            ),
        )
    assert len(caught) == 1
    assert not shows_a_key(f"{caught[0].message} {caught[0]!r} {caught[0].line}")


def test_nothing_that_a_program_holds_shows_the_key_in_its_repr(flavor: Flavor) -> None:
    with WireServer(json_response({})) as server:
        client = flavor.client(server.origin, [KEY, OTHER_KEY])
        response = flavor.call(client, capturing())
        ring = KeyRing([KEY, OTHER_KEY])
        call = Call(capturing(), client._settings, {})
        call.keys = ring.keys()
        step = next(call.run())
        assert isinstance(step, Send)
        held = [
            client,
            vars(client),
            client._settings,
            client._settings.arguments,
            ring,
            vars(ring),
            response,
            step,
        ]
        held += [
            vars(step),
            call,
            vars(call),
            call.run(),
            client.execute,
            capturing(),
            deleting(),
            creating({}),
        ]
        for one in held:
            assert not shows_a_key(f"{one!r} {one}")
        assert "********" in repr(client)


def test_a_key_and_its_ring_refuse_to_be_pickled() -> None:
    ring = KeyRing([KEY])
    for one in (ring, ring.keys()[0]):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(one)
