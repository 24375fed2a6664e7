# plexy-pay runtime, written by hand in runtime/_core/guard.py; the generator copies it unchanged.
"""The guard: validates each outgoing request after all hooks have run, and reads the response before any hook sees it.

httpx runs hooks, redirects and mounted transports after an `httpx.Auth`, so the auth hook alone cannot promise
what leaves. The guard stands before the transport that is really used. It compares each request with the `Exchange`
of the call, and refuses it before a byte is sent. For an httpx client of the user's it finds the exchange in a context
variable, where no hook can remove or replace it. It also reads the whole response, within the limit, before any hook
can: later changes by a hook have no effect. What lies beneath the guard, such as a transport of the user, is theirs.
"""

from __future__ import annotations

import re
from contextvars import ContextVar, Token
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from .attempts import Failure, RawResponse, Send, one_line
from .causes import failures_ignored, foreign
from .http_libraries import HTTPX, Library
from .network import Closing, EarlyBytesError, has_decrypted
from .origins import Origin
from .response_body import Body, BodyError

_FIELD_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
_ODD = re.compile(rb"[\x00\n\v\f\r]")


class Refused(Exception):
    """The guard does not let the request leave; the text says why."""


class Exchange:
    """One attempt: what must leave, whether it may have left, and what came back.

    As a context it announces itself to the guard of a user's client, and keeps every error in: `result` tells what it
    meant. An exception of the caller's own code is none of the attempt's, and `result` raises it again.

    Attributes:
        library: The HTTP library that makes the attempt.
        own_sockets: Whether it goes through a transport of the caller's, whose sockets nobody knows.
        passed: Whether the guard let the request pass.
        sent: Whether a byte of it may have left.
        whole: Whether a response came to its end. Nothing that fails later changes it.
        clean: Whether nothing else lay on the connection when the response had ended.
    """

    step: Send
    library: Library
    own_sockets: bool
    passed: bool
    sent: bool
    whole: bool
    clean: bool

    def __init__(self, step: Send) -> None:
        self.step = step
        self.library = HTTPX
        self.own_sockets = False
        self.passed = self.sent = self.whole = self.clean = self._late = False
        self._response: RawResponse | None = None
        self._body = Body({}, step.limit)
        self._failure: Failure | None = None
        self._interrupt: BaseException | None = None
        self._token: Token[Exchange | None] | None = None

    def __enter__(self) -> None:
        self._token = CURRENT.set(self)

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: object
    ) -> bool:
        if self._token is not None:
            CURRENT.reset(self._token)
        self.step.sent = self.sent
        self._interrupt = error and foreign(error, own_sockets=self.own_sockets)
        came_late = self.whole and isinstance(error, TimeoutError)
        if self._interrupt is None and isinstance(error, Exception) and not came_late:
            self._failure = self._explain(error)
        return True

    def result(self) -> RawResponse | Failure:
        """Return the response, or why there is none; an exception of the caller's own code goes on."""
        if self._interrupt is not None:
            self.step.result = self._response if self.whole else None
            raise self._interrupt
        if self._response is None:
            # Without either, a client of the user's answered by itself; what it sent, and where, nobody knows.
            return self._failure or Failure(
                "connection", "the http_client did not use its transport", True
            )
        if self._failure is not None and self._response.problem is not None:
            self._response.problem = self._failure  # The body did not arrive whole.
            self._response.body = bytes(self._body.raw)
        elif self._failure is not None and 200 <= self._response.status < 300:
            text = f"a hook failed after it had arrived ({self._failure.text})"
            self._response.problem = Failure("unreadable", text, True)
        # Any other response stays what it is, whatever a hook says of it.
        return self._response

    def _explain(self, error: Exception) -> Failure:
        library = self.library
        if isinstance(error, BodyError):
            return Failure(error.kind, str(error), True)
        too_late = isinstance(error, (library.too_late, TimeoutError))
        # What the library says of a request shows parts of it. And the whole text is asked: of what is cut off, a part
        # of the key could stay.
        is_silent = too_late or isinstance(error, library.refusals)
        is_silent = is_silent or self.step.key.raw.lower() in str(error).lower()
        text = "" if is_silent else one_line(str(error))
        if not isinstance(error, Refused):
            text = f"{type(error).__name__}: {text}".rstrip(".: ")
        return Failure(self._kind(error, too_late=too_late), text, self.sent)

    def _kind(self, error: Exception, *, too_late: bool) -> str:
        if too_late:
            return "timeout"
        if not self.sent and isinstance(error, self.library.refusals):
            return "invalid"
        of_the_network = isinstance(error, (self.library.failures, EarlyBytesError))
        return "connection" if self.sent or of_the_network else "refused"

    def begin(self, response: Any) -> bool:
        """Note the status and headers of a response; say whether its body is still to come."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        ]
        # Until its end is there.
        broken = Failure("connection", "it broke off before its end", True)
        self._response = RawResponse(response.status_code, headers, broken)
        try:
            # A transport may give a finished response; the library has decompressed it.
            content = response.content
        except self.library.http.ResponseNotRead:
            self._body = Body(self._response.headers, self.step.limit, self.step)
            return True
        self._body = Body({}, self.step.limit)
        self.take(content)
        return False

    def take(self, piece: bytes) -> None:
        """Take a piece of the body, within the limits of size and time."""
        if self._late:
            raise TimeoutError
        self._body.add(piece)
        # Matters only if yet another piece comes.
        self._late = self.step.monotonic() >= self.step.deadline

    def end(self) -> None:
        """Note that the response is whole."""
        assert self._response is not None
        self._response.body, self._response.problem = self._body.decoded(), None
        self.whole = True

    def as_read(self, response: Any) -> Any:
        """Return the response as the library and the hooks get it: whole and decompressed."""
        assert self._response is not None
        if not response.is_stream_consumed:
            response.headers.pop("content-encoding", None)
            response.stream = self.library.http.ByteStream(self._response.body)
        return response


CURRENT: ContextVar[Exchange | None] = ContextVar("plexy_pay_exchange", default=None)


def _holds(texts: list[bytes], key: bytes) -> bool:
    """Whether a text has the key in it, in any case."""
    small = [text.lower() for text in texts]
    # A very short key, as tests use them, would be found in ordinary words.
    return key.lower() in b"\n".join(small) if len(key) >= 8 else key.lower() in small


@lru_cache(maxsize=64)
def _target(http: Any, url: str) -> bytes:
    """Return the path and query as the library writes them."""
    path: bytes = http.URL(url).raw_path
    return path


def _keeps_prefix(target: bytes, prefix: str) -> bool:
    """Return whether a path is below the prefix of the origin, also for a server that decodes its dots."""
    path = target.partition(b"?")[0]
    steps = unquote_to_bytes(path).replace(b"\\", b"/").split(b"/")
    return path.startswith(f"{prefix}/".encode("ascii")) and not {b".", b".."} & set(
        steps
    )


def _why_refused(request: Any, step: Send) -> str | None:
    """Return what is wrong with where the request goes, or with its key; None if nothing is.

    It goes to the one origin, with the key in its header and nowhere else.
    """
    origin = step.origin
    problem = _why_elsewhere(request.url, origin) or _why_no_proof(request, step)
    if problem:
        return problem
    if request.extensions.get("sni_hostname") not in (None, origin.host):
        return "its sni_hostname extension names another host"
    if "target" in request.extensions:
        return "its target extension replaces the path"
    return None


def _why_elsewhere(url: Any, origin: Origin) -> str | None:
    """Return how a URL leads away from the origin; None if it does not."""
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    if (url.scheme, url.raw_host.decode("ascii", "replace"), port) != origin.site:
        return f"it was turned to {one_line(f'{url.scheme}://{url.host}:{port}')}; the key belongs to {origin} only"
    if origin.scheme != "https" and not origin.may_be_plain:
        return "it would go over plain http"
    if not _keeps_prefix(url.raw_path, origin.prefix):
        return f"its path leaves {origin}"
    if url.userinfo:
        return "its URL has a user name or password"
    return None


def _why_no_proof(request: Any, step: Send) -> str | None:
    """Return what is wrong with the key or the Host header of a request; None if nothing is."""
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
    if hosts != [step.origin.netloc.encode("ascii")]:
        return f"its Host header is not {step.origin.netloc}"
    if _holds(others, raw):
        return f"the key is in another header than {step.header}"
    path, fragment = request.url.raw_path, request.url.fragment.encode()
    if _holds([unquote_to_bytes(path + b"#" + fragment)], raw):
        return "the key is in its URL"
    return None


def _why_changed(request: Any, exchange: Exchange) -> str | None:
    """Return what the request says that its call did not; None if there is no such thing.

    Its method, path, query, body and announced headers are those of the call. Not compared are the User-Agent and
    headers that a hook or a client of the user's adds, such as X-Shop or a cookie.
    """
    http, step = exchange.library.http, exchange.step
    if request.method != step.method:
        return f"its method was changed; the call is a {step.method}"
    if request.url.raw_path != _target(http, step.url):
        return "its path or query was changed, by a hook, or by `params` or `base_url` of the http_client"
    content = step.content or b""
    # What leaves is the stream, whatever `request.content` shows.
    if (
        type(request.stream) is not http.ByteStream
        or b"".join(request.stream) != content
    ):
        return "its body was changed"
    headers: dict[str, list[bytes]] = {}
    for field, value in request.headers.raw:
        # Those that a client or a hook adds nobody has looked at. The library would find out later, perhaps too late.
        if (
            not _FIELD_NAME.fullmatch(field)
            or _ODD.search(value)
            or value != value.strip()
        ):
            return "the http_client or a hook added a header that HTTP does not allow"
        headers.setdefault(field.decode("latin-1").lower(), []).append(value)
    lengths = headers.get("content-length", [])
    none_given = not content and not lengths
    if "transfer-encoding" in headers or not (
        none_given or lengths == [str(len(content)).encode("ascii")]
    ):
        return "its Content-Length or Transfer-Encoding header is not that of its body"
    for name, text in step.headers.items():
        if name != "user-agent" and headers.get(name) != [text.encode("ascii")]:
            return f"its {name} header was changed"
    return None


def is_proxy(transport: object) -> bool:
    """Whether one of httpx's own transports goes through a proxy."""
    return hasattr(getattr(transport, "_pool", None), "_proxy_url")


def check(exchange: Exchange, request: Any) -> Any:
    """Return the request that may leave, once, or raise Refused."""
    problem = _why_refused(request, exchange.step)
    if exchange.passed:
        problem = "a hook or a client tried to send it a second time"
    if problem:
        raise Refused(problem)
    exchange.passed = True
    return request


def _check_given(request: Any, inner: object, library: Library) -> tuple[Exchange, Any]:
    """Return the call and its request as it may leave by a transport of the user's, or raise Refused."""
    exchange = CURRENT.get()
    if exchange is None:
        raise Refused("it does not come from a call of this client")
    exchange.own_sockets = not library.owns(inner)
    if exchange.step.origin.direct and is_proxy(inner):
        raise Refused(
            "it would go to a proxy, though its target is this machine, or has plain http"
        )
    checked = check(exchange, request)
    # Hooks and clients of the user's have had it: what leaves must be the call that was announced.
    problem = _why_changed(request, exchange)
    if problem:
        raise Refused(problem)
    return exchange, checked


def receive(exchange: Exchange, response: Any) -> None:
    """Read a response to its end; its stream stays open."""
    if exchange.begin(response):
        for piece in response.stream:
            exchange.take(piece)
    exchange.end()
    exchange.clean = not _has_surplus(response)


async def receive_async(exchange: Exchange, response: Any) -> None:
    """Read a response to its end; its stream stays open."""
    if exchange.begin(response):
        async for piece in response.stream:
            exchange.take(piece)
    exchange.end()
    exchange.clean = not _has_surplus(response)


def _has_surplus(response: Any) -> bool:
    """Return whether more than the response lies on its connection, or whether that cannot be told."""
    if response.extensions.get("http_version") == b"HTTP/2":
        return False  # Each response has the number of its request.
    state = _h11_state(response)
    if state is None or state.trailing_data[0]:
        return True
    return has_decrypted(
        response.extensions["network_stream"].get_extra_info("ssl_object")
    )


def _h11_state(response: Any) -> Any:
    """Return what h11 knows of the connection of a response; None if it did not come by HTTP/1.1 and httpcore."""
    stream = getattr(response.stream, "_httpcore_stream", None)
    # A pool of httpcore wraps the stream of its connection.
    stream = getattr(stream, "_stream", stream)
    return getattr(getattr(stream, "_connection", None), "_h11_state", None)


def _forbid_reuse(exchange: Exchange, response: Any) -> None:
    """Have httpcore close the connection of a user's client, unless it is clean."""
    state = None if exchange.clean else _h11_state(response)
    if state is not None:
        state.send_failed()


class _Guard:
    """What both guards share.

    Args:
        inner: The transport of the user's.
        library: The HTTP library that it belongs to.
    """

    def __init__(self, inner: Any, library: Library) -> None:
        self._inner = inner
        self._library = library
        self._not_sent = library.not_sent if library.owns(inner) else ()


class GuardTransport(_Guard):
    """Guards a transport of the user's, for a sync client."""

    def handle_request(self, request: Any) -> Any:
        """Check the request, let it leave, and read the response whole."""
        exchange, request = _check_given(request, self._inner, self._library)
        exchange.sent = True
        try:
            response = self._inner.handle_request(request)
        except self._not_sent:
            exchange.sent = False
            raise
        stream = response.stream
        try:
            receive(exchange, response)
        finally:
            _forbid_reuse(exchange, response)
            with failures_ignored(of_the_caller=True):
                stream.close()
        return exchange.as_read(response)

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class AsyncGuardTransport(_Guard):
    """Guards a transport of the user's, for an async client."""

    def __init__(self, inner: Any, library: Library) -> None:
        super().__init__(inner, library)
        self._closing = Closing()

    async def handle_async_request(self, request: Any) -> Any:
        """Check the request, let it leave, and read the response whole."""
        exchange, request = _check_given(request, self._inner, self._library)
        exchange.sent = True
        try:
            response = await self._inner.handle_async_request(request)
        except self._not_sent:
            exchange.sent = False
            raise
        stream = response.stream
        try:
            await receive_async(exchange, response)
        finally:
            _forbid_reuse(exchange, response)
            await self._closing.begin(stream)
        return exchange.as_read(response)

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
