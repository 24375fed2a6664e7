"""The loggers of the libraries beneath, at debug: the HTTP client, HTTP/1.1, HTTP/2 with its header tables."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from helpers.calls import KEY, Flavor, capturing, reading
from helpers.http_library import CORE, NAME
from helpers.tunnels import Http2Server
from helpers.wire import WireServer, http, json_response
from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from plexy_pay.errors import PlexyError

CHECKOUT_KEY = "ck_0a1B2c3D4e5F6g7H8i9J"
KEYS = (KEY, CHECKOUT_KEY)
#: How HTTP/2 writes the keys: whoever has these bytes has the key.
PACKED = [
    HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH).encode(key.encode())
    for key in KEYS
]


class Collecting(logging.Handler):
    """Keeps what the client's own thread logs; the test's server has the key, and logs it in others."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == threading.main_thread().ident:
            self.records.append(record)

    def assert_no_key(self) -> None:
        for record in self.records:
            shown = f"{record.getMessage()} {record.args!r} {vars(record)!r}"
            assert not any(key.lower() in shown.lower() for key in KEYS), record.name
            assert not any(repr(packed)[2:-1] in shown for packed in PACKED), (
                record.name
            )


@pytest.fixture
def everything() -> Iterator[Collecting]:
    """All records of all loggers, at debug."""
    root, handler = logging.getLogger(), Collecting()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The context of a server that our clients trust."""
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_the_check_finds_a_key_that_http_2_has_packed(everything: Collecting) -> None:
    logging.getLogger("shop").debug("Encoded header block to %s", b"\x82" + PACKED[0])
    with pytest.raises(AssertionError, match="shop"):
        everything.assert_no_key()


def test_no_logger_beneath_shows_a_key_that_went_over_http_2(
    flavor: Flavor, tls: ssl.SSLContext, everything: Collecting
) -> None:
    with Http2Server(tls) as server:
        injected = flavor.http_client(
            http2=True, trust_env=False, verify=ssl.create_default_context()
        )
        client = flavor.client(
            server.origin, http_client=injected, checkout_api_key=CHECKOUT_KEY
        )
        for family in ("pay", "checkout", "pay"):
            flavor.call(client, reading(family=family))
            flavor.call(client, capturing(family=family))
        own(flavor, injected, server.origin)
    headers = [dict(fields) for fields in server.requests]
    assert [
        fields.get("authorization") or fields.get("x-api-key") for fields in headers[:4]
    ] == [
        *(KEY, KEY),
        *(CHECKOUT_KEY, CHECKOUT_KEY),
    ]
    everything.assert_no_key()
    # What the user's own requests log through the same connection stays theirs.
    assert {record.name for record in everything.records} >= {
        "hpack.hpack",
        f"{CORE}.http2",
        NAME,
    }
    assert "Evicting b'x-api-key': ******** from" in "".join(
        one.getMessage() for one in everything.records
    )


def own(flavor: Flavor, client: Any, origin: str) -> None:
    """Requests of the user's own, large enough to push our headers out of the connection's table."""
    for number in range(3):
        headers = {f"x-large-{number}": "a" * 2000}
        if flavor.name == "sync":
            client.get(origin, headers=headers)
        else:
            flavor.runner.run(client.get(origin, headers=headers))  # type: ignore[attr-defined]


def echo(request: Any) -> bytes:
    """An API that quotes the key in what the library logs of a response."""
    (key,) = request.values("authorization") or request.values("x-api-key")
    quoted = {"X-Request-Id": f"rq-{key}", "Location": f"https://evil.example/{key}"}
    return json_response({}, 401, quoted).replace(
        b" Said", f" No such key {key}".encode()
    )


@pytest.mark.parametrize("family", ["pay", "checkout"])
@pytest.mark.parametrize(
    "injected", [False, True], ids=["our own client", "an injected client"]
)
def test_no_logger_beneath_shows_a_key_that_the_api_quotes(
    flavor: Flavor, everything: Collecting, injected: bool, family: str
) -> None:
    with WireServer(echo) as server:
        given = flavor.http_client(trust_env=False) if injected else None
        client = flavor.client(
            server.origin, http_client=given, checkout_api_key=CHECKOUT_KEY
        )
        with pytest.raises(PlexyError):
            flavor.call(client, reading(family=family))
    everything.assert_no_key()
    shown = "\n".join(record.getMessage() for record in everything.records)
    assert "rq-********" in shown
    assert "No such key ********" in shown


def test_a_record_that_quotes_no_key_stays_as_it_is(
    flavor: Flavor, everything: Collecting
) -> None:
    with WireServer(http(200, b"{}", {"X-Request-Id": "rq-1"})) as server:
        flavor.call(flavor.client(server.origin), reading())
    texts = [
        record.getMessage()
        for record in everything.records
        if record.name == "httpcore.http11"
    ]
    assert any("(b'X-Request-Id', b'rq-1')" in text for text in texts)
