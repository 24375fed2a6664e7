# plexy-pay runtime, written by hand in generator/runtime/guard.py; the generator copies it unchanged.
"""The guard: validates each outgoing request after all hooks have run, and reads the response before any hook sees it.

httpx runs hooks, redirects and mounted transports after an `httpx.Auth`, so the auth hook alone cannot promise
what leaves. The guard stands before the transport that is really used. It compares each request with the `Exchange`
of the call, and refuses it before a byte is sent. For an httpx client of the user's it finds the exchange in a context
variable, where no hook can remove or replace it. It also reads the whole response, within the limit, before any hook
can: later changes by a hook have no effect. What lies beneath the guard, such as a transport of the user, is theirs.
"""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx

from .body import Body, BodyError
from .flow import Answer, Failure, Send, one_line
from .network import Closing, EarlyBytesError, has_decrypted

# With these nothing of the request left. Only httpx's own transports are believed: others may have tried before.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    EarlyBytesError,
)
_BELIEVED = (httpx.HTTPTransport, httpx.AsyncHTTPTransport, httpx.MockTransport)
_LATE = (httpx.TimeoutException, TimeoutError)


class Refused(Exception):
    """The guard does not let the request leave; the text says why."""


class Exchange:
    """One attempt: what must leave, whether it may have left, and what came back.

    As a context it announces itself to the guard of a user's client, and keeps every error in: `result` tells what it
    meant.

    Attributes:
        passed: Whether the guard let the request pass.
        sent: Whether a byte of it may have left.
        whole: Whether a response came to its end. Nothing that fails later changes it.
        clean: Whether nothing else lay on the connection when the response had ended.
    """

    step: Send
    passed: bool
    sent: bool
    whole: bool
    clean: bool

    def __init__(self, step: Send) -> None:
        self.step = step
        self.passed = self.sent = self.whole = self.clean = self._late = False
        self._answer: Answer | None = None
        self._body = Body({}, step.limit)
        self._failure: Failure | None = None
        self._interrupt: BaseException | None = None
        self._token: Token[Exchange | None] | None = None

    def __enter__(self) -> None:
        self._token = CURRENT.set(self)

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        if self._token is not None:
            CURRENT.reset(self._token)
        if not isinstance(error, Exception):
            self._interrupt = error
        elif not (self.whole and isinstance(error, TimeoutError)):
            self._failure = self._explain(error)
        return True

    def result(self) -> Answer | Failure:
        """The answer, or why there is none; an interrupt or a cancellation goes on, without its old frames."""
        if self._interrupt is not None:
            self._interrupt.__context__ = self._interrupt.__cause__ = None
            raise self._interrupt.with_traceback(None)
        if self._answer is None:
            # Without either, a client of the user's answered by itself; what it sent, and where, nobody knows.
            return self._failure or Failure("connection", "the http_client did not use its transport", True)
        if self._failure is not None and self._answer.problem is not None:
            self._answer.problem = self._failure  # The body did not arrive whole.
            self._answer.body = bytes(self._body.raw)
        elif self._failure is not None and 200 <= self._answer.status < 300:
            text = f"a hook failed after it had arrived ({self._failure.text})"
            self._answer.problem = Failure("unreadable", text, True)
        # Any other answer stays what it is, whatever a hook says of it.
        return self._answer

    def _explain(self, error: Exception) -> Failure:
        if isinstance(error, BodyError):
            return Failure(error.kind, str(error), True)
        # Asked of the whole text: of what is cut off, a part of the key could stay.
        is_silent = isinstance(error, (httpx.LocalProtocolError, *_LATE))
        is_silent = is_silent or self.step.key.raw.lower() in str(error).lower()
        text = "" if is_silent else one_line(str(error))
        if not isinstance(error, Refused):
            text = f"{type(error).__name__}: {text}".rstrip(".: ")
        of_the_network = isinstance(error, (httpx.TransportError, EarlyBytesError))
        kind = "connection" if self.sent or of_the_network else "refused"
        return Failure("timeout" if isinstance(error, _LATE) else kind, text, self.sent)

    def begin(self, response: httpx.Response) -> bool:
        """Note the status and headers of a response; say whether its body is still to come."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
        broken = Failure("connection", "it broke off before its end", True)  # Until its end is there.
        self._answer = Answer(response.status_code, headers, broken)
        try:
            content = response.content  # A transport may give a finished response; httpx has decompressed it.
        except httpx.ResponseNotRead:
            self._body = Body(self._answer.headers, self.step.limit, self.step)
            return True
        self._body = Body({}, self.step.limit)
        self.take(content)
        return False

    def take(self, piece: bytes) -> None:
        """Take a piece of the body, within the limits of size and time."""
        if self._late:
            raise TimeoutError
        self._body.add(piece)
        self._late = self.step.monotonic() >= self.step.deadline  # Matters only if yet another piece comes.

    def end(self) -> None:
        """Note that the response is whole."""
        assert self._answer is not None
        self._answer.body, self._answer.problem = self._body.decoded(), None
        self.whole = True

    def as_read(self, response: httpx.Response) -> httpx.Response:
        """Return the response as httpx and the hooks get it: whole and decompressed."""
        assert self._answer is not None
        if not response.is_stream_consumed:
            response.headers.pop("content-encoding", None)
            response.stream = httpx.ByteStream(self._answer.body)
        return response


CURRENT: ContextVar[Exchange | None] = ContextVar("plexy_pay_exchange", default=None)


def _holds(texts: list[bytes], key: bytes) -> bool:
    """Whether a text has the key in it, in any case."""
    small = [text.lower() for text in texts]
    # A very short key, as tests use them, would be found in ordinary words.
    return key.lower() in b"\n".join(small) if len(key) >= 8 else key.lower() in small


@lru_cache(maxsize=64)
def _target(url: str) -> bytes:
    """Return the path and query as httpx writes them."""
    return httpx.URL(url).raw_path


def _keeps_prefix(target: bytes, prefix: str) -> bool:
    """Return whether a path is below the prefix of the origin, also for a server that decodes its dots."""
    path = target.partition(b"?")[0]
    steps = unquote_to_bytes(path).replace(b"\\", b"/").split(b"/")
    return path.startswith(f"{prefix}/".encode("ascii")) and not {b".", b".."} & set(steps)


def _why_refused(request: httpx.Request, step: Send) -> str | None:
    """Return what is wrong with where the request goes, or with its key; None if nothing is.

    It goes to the one origin, with the key in its header and nowhere else.
    """
    origin, url = step.origin, request.url
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    if (url.scheme, url.raw_host.decode("ascii", "replace"), port) != origin.site:
        return f"it was turned to {one_line(f'{url.scheme}://{url.host}:{port}')}; the key belongs to {origin} only"
    if origin.scheme != "https" and not origin.may_be_plain:
        return "it would go over plain http"
    if not _keeps_prefix(url.raw_path, origin.prefix):
        return f"its path leaves {origin}"
    if url.userinfo:
        return "its URL has a user name or password"
    raw, wanted = step.key.raw.encode("ascii"), step.header.lower().encode("ascii")
    keys: list[bytes] = []
    hosts: list[bytes] = []
    others: list[bytes] = []
    for field, value in request.headers.raw:
        name = field.lower()
        if name == wanted:
            keys.append(value)
            continue
        others += (name, value)
        if name == b"host":
            hosts.append(value)
    if keys != [raw]:
        return f"its {step.header} header is not exactly the raw key, once"
    if hosts != [origin.netloc.encode("ascii")]:
        return f"its Host header is not {origin.netloc}"
    if _holds(others, raw):
        return f"the key is in another header than {step.header}"
    if _holds([unquote_to_bytes(url.raw_path + b"#" + url.fragment.encode())], raw):
        return "the key is in its URL"
    if request.extensions.get("sni_hostname") not in (None, origin.host):
        return "its sni_hostname extension names another host"
    return "its target extension replaces the path" if "target" in request.extensions else None


def _why_changed(request: httpx.Request, step: Send) -> str | None:
    """Return what the request says that its call did not; None if there is no such thing.

    Its method, path, query, body and announced headers are those of the call. Not compared are the User-Agent and
    headers that a hook or a client of the user's adds, such as X-Shop or a cookie.
    """
    if request.method != step.method:
        return f"its method was changed; the call is a {step.method}"
    if request.url.raw_path != _target(step.url):
        return "its path or query was changed, by a hook, or by `params` or `base_url` of the http_client"
    content = step.content or b""
    # What leaves is the stream, whatever `request.content` shows.
    if type(request.stream) is not httpx.ByteStream or b"".join(request.stream) != content:
        return "its body was changed"
    headers: dict[str, list[bytes]] = {}
    for field, value in request.headers.raw:
        headers.setdefault(field.decode("latin-1").lower(), []).append(value)
    lengths = headers.get("content-length", [])
    none_given = not content and not lengths
    if "transfer-encoding" in headers or not (none_given or lengths == [str(len(content)).encode("ascii")]):
        return "its Content-Length or Transfer-Encoding header is not that of its body"
    for name, text in step.headers.items():
        if name != "user-agent" and headers.get(name) != [text.encode("ascii")]:
            return f"its {name} header was changed"
    return None


def is_proxy(transport: object) -> bool:
    """Whether one of httpx's own transports goes through a proxy."""
    return hasattr(getattr(transport, "_pool", None), "_proxy_url")


def check(exchange: Exchange, request: httpx.Request) -> httpx.Request:
    """Return the request that may leave, once, or raise Refused."""
    problem = _why_refused(request, exchange.step)
    if exchange.passed:
        problem = "a hook or a client tried to send it a second time"
    if problem:
        raise Refused(problem)
    exchange.passed = True
    return request


def _check_given(request: httpx.Request, inner: object) -> tuple[Exchange, httpx.Request]:
    """Return the call and its request as it may leave by a transport of the user's, or raise Refused."""
    exchange = CURRENT.get()
    if exchange is None:
        raise Refused("it does not come from a call of this client")
    if exchange.step.origin.direct and is_proxy(inner):
        raise Refused("it would go to a proxy, though its target is this machine, or has plain http")
    checked = check(exchange, request)
    # Hooks and clients of the user's have had it: what leaves must be the call that was announced.
    problem = _why_changed(request, exchange.step)
    if problem:
        raise Refused(problem)
    return exchange, checked


def receive(exchange: Exchange, response: httpx.Response) -> None:
    """Read a response to its end; its stream stays open."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    if exchange.begin(response):
        for piece in response.stream:
            exchange.take(piece)
    exchange.end()
    exchange.clean = not _has_surplus(response)


async def receive_async(exchange: Exchange, response: httpx.Response) -> None:
    """Read a response to its end; its stream stays open."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    if exchange.begin(response):
        async for piece in response.stream:
            exchange.take(piece)
    exchange.end()
    exchange.clean = not _has_surplus(response)


def _has_surplus(response: httpx.Response) -> bool:
    """Return whether more than the response lies on its connection, or whether that cannot be told."""
    if response.extensions.get("http_version") == b"HTTP/2":
        return False  # Each response has the number of its request.
    state = _h11_state(response)
    if state is None or state.trailing_data[0]:
        return True
    return has_decrypted(response.extensions["network_stream"].get_extra_info("ssl_object"))


def _h11_state(response: httpx.Response) -> Any:
    """Return what h11 knows of the connection of a response; None if it did not come by HTTP/1.1 and httpcore."""
    stream = getattr(response.stream, "_httpcore_stream", None)
    stream = getattr(stream, "_stream", stream)  # A pool of httpcore wraps the stream of its connection.
    return getattr(getattr(stream, "_connection", None), "_h11_state", None)


def _forbid_reuse(exchange: Exchange, response: httpx.Response) -> None:
    """Have httpcore close the connection of a user's client, unless it is clean."""
    state = None if exchange.clean else _h11_state(response)
    if state is not None:
        state.send_failed()


class GuardTransport(httpx.BaseTransport):
    """Guards a transport of the user's, for a sync client."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self._not_sent = NOT_SENT if type(inner) in _BELIEVED else ()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check the request, let it leave, and read the response whole."""
        exchange, request = _check_given(request, self._inner)
        exchange.sent = True
        try:
            response = self._inner.handle_request(request)
        except self._not_sent:
            exchange.sent = False
            raise
        stream = response.stream
        assert isinstance(stream, httpx.SyncByteStream)
        try:
            receive(exchange, response)
        finally:
            _forbid_reuse(exchange, response)
            with suppress(Exception):
                stream.close()
        return exchange.as_read(response)

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class AsyncGuardTransport(httpx.AsyncBaseTransport):
    """Guards a transport of the user's, for an async client."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._not_sent = NOT_SENT if type(inner) in _BELIEVED else ()
        self._closing = Closing()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check the request, let it leave, and read the response whole."""
        exchange, request = _check_given(request, self._inner)
        exchange.sent = True
        try:
            response = await self._inner.handle_async_request(request)
        except self._not_sent:
            exchange.sent = False
            raise
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        try:
            await receive_async(exchange, response)
        finally:
            _forbid_reuse(exchange, response)
            await self._closing.begin(stream)
        return exchange.as_read(response)

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
