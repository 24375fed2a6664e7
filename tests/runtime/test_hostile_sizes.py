"""A hostile response takes work as it is large, and none after the call's time. Work is counted, not timed."""

from __future__ import annotations

import copy
import gzip
import pickle
import sys
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.calls import Flavor, Recording, capturing, creating
from helpers.http_library import httpx
from helpers.wire import WireServer, http
from plexy_pay import (
    InvalidParameterError,
    Money,
    OutcomeUnknownError,
    PlexyError,
    Timeout,
)
from plexy_pay._core.decoding import ObjectBody
from plexy_pay._core.encoding import loads
from plexy_pay._core.operation import Request
from plexy_pay._core.response_body import Body
from plexy_pay._core.types import Headers
from plexy_pay._resources.transactions import TransactionsResource
from plexy_pay.errors import ApiTimeoutError
from plexy_pay.models import RefundPaymentResponse, TransactionResponse

EMPTY = gzip.compress(b"", mtime=0)
GZIP = {"Content-Encoding": "gzip"}


class Counting:
    """A decompressor that counts the bytes that it is given and that it copies."""

    work = 0
    real = staticmethod(zlib.decompressobj)

    def __init__(self, window: int) -> None:
        self.inner = self.real(window)

    def decompress(self, data: Any, most: int) -> bytes:
        Counting.work += len(data)
        made = self.inner.decompress(data, most)
        Counting.work += len(made) + len(self.inner.unused_data)
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def inflating(content: bytes) -> int:
    """How many bytes are moved to decompress a body."""
    Counting.work = 0
    body = Body({"content-encoding": "gzip"}, 10**8)
    body.add(content)
    body.decoded()
    return Counting.work


@pytest.mark.parametrize(
    "member",
    [EMPTY, gzip.compress(b"x" * 300, mtime=0), gzip.compress(bytes(10**4))],
    ids=["empty", "short", "long"],
)
def test_a_file_of_many_members_takes_work_as_it_is_long(
    member: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zlib, "decompressobj", Counting)
    assert inflating(member * 2000) <= 11 * inflating(member * 200)


class Ticking(Recording):
    """A clock that goes on by a second whenever it is looked at."""

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


def streamed(content: bytes) -> Any:
    """A transport whose response comes in one piece, compressed."""
    return lambda request: httpx.Response(
        200, headers=GZIP, stream=httpx.ByteStream(content)
    )


def test_a_response_is_not_decompressed_after_the_calls_time(flavor: Flavor) -> None:
    sent = EMPTY * 100_000
    client = flavor.client(
        "http://127.0.0.1:9",
        http_client=flavor.transport(streamed(sent)),
        pace=Ticking(),
    )
    with pytest.raises(OutcomeUnknownError) as caught:
        flavor.call(
            client, capturing(), {"timeout": Timeout(total=20.0), "max_retries": 0}
        )
    error = caught.value
    assert type(error.cause) is ApiTimeoutError
    assert error.body == sent


def test_a_response_that_came_whole_at_the_last_moment_is_decompressed(
    flavor: Flavor,
) -> None:
    class Late(Recording):
        """A clock that stands still until the response has come."""

        def monotonic(self) -> float:
            return 1000.0 if not came else 2000.0

    came: list[bool] = []

    def respond(request: httpx.Request) -> httpx.Response:
        came.append(True)
        return streamed(gzip.compress(b'{"id": "th_1"}'))(request)  # type: ignore[no-any-return]

    client = flavor.client(
        "http://127.0.0.1:9", http_client=flavor.transport(respond), pace=Late()
    )
    assert flavor.call(client, capturing()).parsed == {"id": "th_1"}


# Nested deeply

DEEP = b'{"id": "tx_1", "deep": ' + b'[{"in": ' * 450 + b"1" + b"}]" * 450 + b"}"
DECLINED = DEEP.replace(b"{", b'{"success": false, ', 1)


def carried(flavor: Flavor, sent: bytes, request: Request[Any]) -> PlexyError:
    """The error of a strict client, with a parsed response."""
    with WireServer(http(200, sent)) as server, pytest.raises(PlexyError) as caught:
        flavor.call(flavor.client(server.origin, strict=True, max_retries=0), request)
    assert caught.value.response is not None  # type: ignore[attr-defined]
    return caught.value


@pytest.mark.parametrize("moves_money", [True, False])
@pytest.mark.parametrize("sent", [DEEP, DECLINED], ids=["unexpected", "declined"])
def test_an_error_with_a_deeply_nested_response_is_pickled_and_copied(
    flavor: Flavor, sent: bytes, moves_money: bool
) -> None:
    request: Request[Any] = capturing() if moves_money else creating({})
    request.decode = ObjectBody(RefundPaymentResponse)
    error = carried(flavor, sent, request)
    copies = [pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)]
    for one in copies:
        assert type(one) is type(error)
        assert str(one) == str(error)
        assert one.body == sent
        assert one.outcome is error.outcome
        assert type(getattr(one, "cause", None)) is type(getattr(error, "cause", None))
    if isinstance(error, OutcomeUnknownError):
        assert copies[0].cause.body == sent
        assert copies[0].response.content == sent
        assert copies[0].saved_call == error.saved_call


def test_what_is_nested_as_responses_are_is_pickled_whole(flavor: Flavor) -> None:
    request: Request[Any] = capturing()
    request.decode = ObjectBody(RefundPaymentResponse)
    sent = b'{"id": "tx_1", "deep": ' + b'[{"in": ' * 20 + b"1" + b"}]" * 20 + b"}"
    error: Any = carried(flavor, sent, request)
    assert pickle.loads(pickle.dumps(error)).response.parsed == error.response.parsed
    assert copy.deepcopy(error).response.parsed == error.response.parsed


# Numbers


@pytest.mark.parametrize(
    "written", ["1." + "0" * 300_000, "1." + "0" * 300_000 + "1", "0." + "1" * 300_000]
)
def test_an_amount_of_many_digits_is_no_money(written: str) -> None:
    made = TransactionResponse.from_dict(
        loads(b'{"currency": "KZT", "amount": ' + written.encode() + b"}")
    )
    assert str(made.amount) == written
    assert made.money is None
    with pytest.raises(InvalidParameterError, match="digits"):
        Money(written, "KZT")


def test_a_whole_number_of_many_digits_is_refused_whatever_limit_the_program_sets() -> (
    None
):
    before = sys.get_int_max_str_digits()
    try:
        for limit in (before, 0, 10**6):
            sys.set_int_max_str_digits(limit)
            with pytest.raises(ValueError, match="digits"):
                loads(b"[" + b"1" * 5000 + b"]")
            assert loads(b'["' + b"1" * 5000 + b'", -12]') == ["1" * 5000, -12]
    finally:
        sys.set_int_max_str_digits(before)
    with pytest.raises(InvalidParameterError, match="too large"):
        Money(10**4000, "KZT")


# Lists


def test_a_page_of_deeply_nested_rows_without_ids_is_known_again() -> None:
    rows = loads(b"[" * 600 + b"1.5" + b"]" * 600)
    answered: list[Any] = []

    def execute(request: Any, options: Any) -> Any:
        answered.append(request)
        return SimpleNamespace(parsed=request.decode({"data": [{"deep": rows}, rows]}))

    client: Any = SimpleNamespace(execute=execute)
    assert len(list(TransactionsResource(client).list())) == 2
    assert len(answered) == 2


def test_a_header_that_comes_many_times_is_joined() -> None:
    found = Headers([("Set-Cookie", "a=1"), ("x", "2"), ("set-cookie", "b=2")])
    assert dict(found) == {"set-cookie": "a=1, b=2", "x": "2"}
