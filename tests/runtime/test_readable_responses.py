"""A response that can be read is read, whatever its headers say of it, and a success without content is one."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from helpers.calls import Flavor, capturing, creating, deleting, reading
from helpers.http_library import httpx
from helpers.wire import WireResponse, WireServer, http
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.decoding import ArrayBody, ObjectBody
from plexy_pay._core.operation import Request
from plexy_pay._core.pagination import AsyncPager, Pager, PageRules
from plexy_pay._core.response_body import Body, BodyError
from plexy_pay._core.types import UNSET, Response
from plexy_pay.errors import (
    BadRequestError,
    ConflictError,
    DecodingError,
    OutcomeUnknownError,
    PlexyError,
    UnexpectedResponseError,
)
from plexy_pay.models import PaymentLink, RefundPaymentResponse, TransactionList

DONE = b'{"success": true, "id": "th_1"}'


def raw_deflate(data: bytes) -> bytes:
    """Deflated data without zlib's header, as some servers send them."""
    press = zlib.compressobj(wbits=-15)
    return press.compress(data) + press.flush()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def plain(data: bytes) -> bytes:
    return data


def coded(coding: str, body: bytes, status: int = 200) -> bytes:
    return http(
        status, body, {"Content-Encoding": coding, "Content-Type": "application/json"}
    )


def refunding() -> Request[Any]:
    """A POST that moves money, and whose response says by `success` whether it did."""
    return capturing(says_success=True)


def answered(
    flavor: Flavor, response: WireResponse, request: Request[Any], **arguments: Any
) -> Response[Any]:
    with WireServer(response) as server:
        return flavor.call(
            flavor.client(server.origin, max_retries=0, **arguments), request
        )


def failure(
    flavor: Flavor, response: WireResponse, request: Request[Any], **arguments: Any
) -> Any:
    with pytest.raises(PlexyError) as caught:
        answered(flavor, response, request, **arguments)
    return caught.value


# Content-Encoding

CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("UTF-8", plain),
    ("utf8", plain),
    ("none", plain),
    ("binary", plain),
    ("br", plain),
    ("identity", plain),
    ("gzip", plain),
    ("x-gzip", plain),
    ("deflate", plain),
    ("gzip, deflate", plain),
    ("gzip, identity", gzipped),
    ("identity, gzip", gzipped),
    ("GZIP", gzipped),
    ("x-gzip", gzipped),
    ("gzip,", gzipped),
    (" , gzip;q=1", gzipped),
    ("utf-8, gzip", gzipped),
    ("gzip, deflate", gzipped),
    ("gzip, deflate, br", gzipped),
    ("deflate", gzipped),
    ("gzip, deflate", zlib.compress),
    ("deflate", zlib.compress),
    ("Deflate, none", raw_deflate),
    ("gzip, gzip", lambda data: gzipped(gzipped(data))),
    ("gzip, gzip", gzipped),
    ("deflate, gzip", lambda data: gzipped(zlib.compress(data))),
    ("gzip, deflate", lambda data: zlib.compress(gzipped(data))),
]


@pytest.mark.parametrize(("coding", "press"), CODINGS)
def test_a_refund_is_known_whatever_its_content_encoding_is_called(
    flavor: Flavor, coding: str, press: Callable[[bytes], bytes]
) -> None:
    response = answered(flavor, coded(coding, press(DONE)), refunding())
    assert response.parsed["success"] is True
    assert response.content == DONE


def test_two_lines_of_content_encoding_are_one_list(flavor: Flavor) -> None:
    body = gzipped(DONE)
    lines = b"Content-Encoding: gzip\r\nContent-Encoding: identity\r\n"
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n%b" % (
        len(body),
        lines,
        body,
    )
    assert answered(flavor, response, refunding()).parsed["success"] is True


@pytest.mark.parametrize(("coding", "press"), CODINGS)
def test_an_error_is_readable_whatever_its_content_encoding_is_called(
    flavor: Flavor, coding: str, press: Callable[[bytes], bytes]
) -> None:
    error = failure(
        flavor,
        coded(coding, press(b'{"code": 5, "message": "no such card"}'), 400),
        refunding(),
    )
    assert type(error) is BadRequestError
    assert (error.code, error.api_message) == ("5", "no such card")


@pytest.mark.parametrize(("coding", "press"), CODINGS)
def test_a_client_of_the_users_gets_the_same_response(
    flavor: Flavor, coding: str, press: Callable[[bytes], bytes]
) -> None:
    seen: list[bytes] = []
    injected = flavor.reading_hook(seen)
    response = answered(
        flavor, coded(coding, press(DONE)), refunding(), http_client=injected
    )
    assert response.content == DONE
    assert seen == [DONE]


def test_a_finished_response_of_a_transport_is_read_once(flavor: Flavor) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, headers={"Content-Encoding": "gzip, utf-8"}, content=gzipped(DONE)
        )

    client = flavor.client("https://api.example", http_client=flavor.transport(handle))
    assert flavor.call(client, refunding()).parsed["success"] is True


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (coded("br", b"\x0b\x02\x80"), "Content-Encoding: br"),
        (coded("deflate", b"\x78\x9c\xff\xff\xff"), "damaged"),
        (coded("gzip", gzipped(DONE)[:-9]), "cut off"),
        (coded("gzip, utf-8", gzipped(DONE)[:-4] + b"abcd"), "damaged"),
    ],
)
def test_what_cannot_be_read_leaves_the_outcome_unknown(
    flavor: Flavor, response: bytes, told: str
) -> None:
    error = failure(flavor, response, refunding())
    assert type(error) is OutcomeUnknownError
    assert type(error.cause) is DecodingError
    assert told in str(error)


def test_more_codings_than_anybody_uses_are_not_undone(flavor: Flavor) -> None:
    body = DONE
    for _ in range(50):
        body = gzipped(body)
    error = failure(flavor, coded(", ".join(["gzip"] * 50), body), refunding())
    assert type(error.cause) is DecodingError


def test_a_bomb_within_a_bomb_is_stopped_at_the_limit() -> None:
    body = Body({"content-encoding": "gzip, gzip"}, 100_000)
    body.add(gzipped(gzipped(bytes(50_000_000))))
    with pytest.raises(BodyError, match="larger than"):
        body.decoded()


@given(
    st.binary(max_size=300),
    st.lists(st.sampled_from(["gzip", "deflate", "identity", "x", "br"]), max_size=5),
)
def test_any_bytes_under_any_codings_are_given_or_refused(
    data: bytes, codings: list[str]
) -> None:
    body = Body({"content-encoding": ",".join(codings)}, 10_000)
    body.add(data)
    try:
        assert len(body.decoded()) <= 10_000
    except BodyError as error:
        assert error.kind in ("too_large", "unreadable")


# Content-Type, charsets and what stands around the JSON

RUSSIAN = '{"success": true, "message": "\u0423\u0441\u043f\u0435\u0448\u043d\u043e"}'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (None, RUSSIAN.encode()),
        ("text/html", RUSSIAN.encode()),
        ("text/plain; charset=nonsense", RUSSIAN.encode()),
        ("application/json; charset=utf-16", RUSSIAN.encode()),
        ("application/json; charset=utf-16", RUSSIAN.encode("utf-16")),
        ("application/json; charset=utf-16", RUSSIAN.encode("utf-16-le")),
        ("application/json", RUSSIAN.encode("utf-16-be")),
        ("application/json", RUSSIAN.encode("utf-8-sig")),
        ("application/json; charset=windows-1251", RUSSIAN.encode()),
        ("application/json; charset=windows-1251", RUSSIAN.encode("cp1251")),
        ('application/json; Charset="Windows-1251"', RUSSIAN.encode("cp1251")),
        ("application/json;charset=koi8-r", RUSSIAN.encode("koi8-r")),
        ("application/json;charset=ISO-8859-5", RUSSIAN.encode("iso-8859-5")),
        ("application/json", b"\r\n\t " + RUSSIAN.encode() + b"\r\n\n "),
        ("application/json", b"\xef\xbb\xbf\r\n" + RUSSIAN.encode() + b"\n"),
    ],
)
def test_json_is_read_whatever_its_content_type_says(
    flavor: Flavor, content_type: str | None, body: bytes
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = answered(flavor, http(200, body, headers), refunding())
    assert response.parsed["success"] is True
    assert "\u0423\u0441\u043f\u0435\u0448\u043d\u043e" in response.parsed["message"]
    assert response.content == body
    error = failure(flavor, http(400, body, headers), refunding())
    assert error.api_message == "\u0423\u0441\u043f\u0435\u0448\u043d\u043e"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=rot13", "a/b; charset=idna"],
)
def test_one_text_that_is_not_valid_does_not_cost_the_response(
    flavor: Flavor, content_type: str
) -> None:
    body = b'{"success": true, "message": "cut \xd0", "id": "th_1"}'
    response = answered(
        flavor, http(200, body, {"Content-Type": content_type}), refunding()
    )
    assert (response.parsed["success"], response.parsed["id"]) == (True, "th_1")
    assert response.parsed["message"].startswith("cut ")
    assert response.content == body


# A success without content


class Records(logging.Handler):
    """Keeps what the logger of drift says."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        facts = vars(record)
        self.seen.append(
            (facts["operation"], facts["pointer"], facts["kind"], facts["seen"])
        )


@pytest.fixture
def records() -> Any:
    handler = Records()
    logger = logging.getLogger("plexy_pay.drift")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


NO_CONTENT = [
    http(204),
    b"HTTP/1.1 204 No Content\r\n\r\n",
    http(204, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}),
    http(205),
    b"HTTP/1.1 205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


def named(flavor: Flavor, what: str, decode: Any, **changes: Any) -> Request[Any]:
    """A refund of its own name: a difference of one operation is reported once in a process."""
    request = capturing(call=f"{what}.{flavor.name}", **changes)
    request.decode = decode
    return request


@pytest.mark.parametrize("raw", NO_CONTENT)
@pytest.mark.parametrize("says_success", [True, False])
def test_a_refund_that_is_answered_without_content_was_made(
    flavor: Flavor, raw: bytes, says_success: bool
) -> None:
    request = named(
        flavor, "nothing", ObjectBody(RefundPaymentResponse), says_success=says_success
    )
    response = answered(flavor, raw, request)
    assert response.status_code in (204, 205)
    assert response.content == b""
    assert isinstance(response.parsed, RefundPaymentResponse)
    assert response.parsed.success is UNSET
    assert response.parsed.to_dict() == {}


def test_it_is_reported_as_drift_once(flavor: Flavor, records: Records) -> None:
    request = named(flavor, "reported", ObjectBody(PaymentLink))
    for _ in range(2):
        answered(flavor, http(204), request)
    assert records.seen == [(f"reported.{flavor.name}", "", "missing", "absent")]


def test_a_list_that_is_answered_without_content_is_empty(
    flavor: Flavor, records: Records
) -> None:
    request = named(flavor, "list", ArrayBody(PaymentLink))
    assert answered(flavor, http(204), request).parsed == []
    assert records.seen == [(f"list.{flavor.name}", "", "missing", "absent")]


def test_no_drift_is_reported_where_no_body_is_documented(
    flavor: Flavor, records: Records
) -> None:
    assert (
        answered(flavor, http(204), deleting(call=f"deleted.{flavor.name}")).parsed
        is None
    )
    assert records.seen == []


def test_a_strict_client_makes_it_an_error(flavor: Flavor) -> None:
    money = failure(
        flavor,
        http(204),
        named(flavor, "strict", ObjectBody(RefundPaymentResponse)),
        strict=True,
    )
    assert type(money) is OutcomeUnknownError
    assert isinstance(money.cause, UnexpectedResponseError)
    [difference] = money.cause.differences
    assert (difference.pointer, difference.kind, difference.seen) == (
        "",
        "missing",
        "absent",
    )
    other = creating({}, call=f"strict_write.{flavor.name}")
    other.decode = ObjectBody(PaymentLink)  # type: ignore[assignment]
    error = failure(flavor, http(204), other, strict=True)
    assert type(error) is UnexpectedResponseError
    assert isinstance(error.response.parsed, PaymentLink)
    assert (
        answered(
            flavor, http(204), deleting(call=f"strict_none.{flavor.name}"), strict=True
        ).parsed
        is None
    )


@pytest.mark.parametrize("body", [b"", b"\r\n", b" "])
@pytest.mark.parametrize("status", [200, 201, 202])
def test_another_success_without_a_body_stays_unknown(
    flavor: Flavor, status: int, body: bytes
) -> None:
    error = failure(flavor, http(status, body), refunding())
    assert type(error) is OutcomeUnknownError
    assert "its body is empty" in str(error)


@pytest.mark.parametrize("body", [b"\r\n", b"\n \n"])
def test_white_space_is_no_body_where_none_is_documented(
    flavor: Flavor, body: bytes
) -> None:
    assert answered(flavor, http(200, body), deleting()).parsed is None


def test_a_205_with_a_body_says_what_its_body_says(flavor: Flavor) -> None:
    assert answered(flavor, http(205, DONE), refunding()).parsed["id"] == "th_1"
    assert (
        failure(flavor, http(205, b'{"success": false}'), refunding()).outcome
        == "rejected"
    )
    assert (
        type(failure(flavor, http(205, b"<html>"), refunding())) is OutcomeUnknownError
    )


def test_an_error_stays_one_without_content(flavor: Flavor) -> None:
    assert (
        type(failure(flavor, http(409), refunding())).__name__ == "OutcomeUnknownError"
    )
    assert type(failure(flavor, http(409), reading())) is ConflictError


def pager_of(flavor: Flavor, client: Any, what: str) -> Any:
    kind: Any = Pager if flavor.name == "sync" else AsyncPager

    def request(page: Any) -> Request[Any]:
        made = reading(call=f"{what}.{flavor.name}")
        made.decode = ObjectBody(TransactionList)  # type: ignore[assignment]
        return made

    rules = PageRules(
        items="data", size="size", total="total", identity="transaction_id"
    )
    return kind(client, request, rules, page=UNSET, options={}, whole=False)


def test_a_pager_over_a_response_without_content_is_empty(
    flavor: Flavor, records: Records
) -> None:
    with WireServer(http(204)) as server:
        client = flavor.client(server.origin, max_retries=0)
        pager = pager_of(flavor, client, "paged")
        if flavor.name == "sync":
            assert pager.to_list() == []
            assert [page.data for page in pager.pages()] == [[]]
            assert pager.total() is None
        else:
            run = flavor.runner.run  # type: ignore[attr-defined]
            assert run(pager.to_list()) == []
            assert run(pager.first()) is None
            assert run(pager.total()) is None
    assert records.seen == [(f"paged.{flavor.name}", "", "missing", "absent")]
