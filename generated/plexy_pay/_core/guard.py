# plexy-pay runtime, written by hand in runtime/_core/guard.py; the generator copies it unchanged.
"""Check each outgoing request after all hooks have run, and read the response before any hook sees it.

httpx runs hooks, redirects and mounted transports after an `httpx.Auth`, so the auth hook alone cannot guarantee the
request that leaves. The guard wraps the transport that is really used. It compares each request with the `Exchange` of
the call, and refuses a different one before a byte is sent. For the user's own httpx client it finds the exchange in a
context variable, where no hook can remove or replace it. The guard also reads the whole response, within the limit,
before any hook runs, so later changes by a hook have no effect. It does not check the layers below it, such as the
user's transport.
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
    """Raised when the guard stops a request before it leaves. The text says why."""


class Exchange:
    """Represent one attempt: the request that must leave, whether it may have left, and the response.

    As a context, it announces itself to the guard of a user's client and catches every error. `result` then returns the
    meaning of the error. An exception of the caller's own code does not belong to the attempt, and `result` raises it
    again.

    Attributes:
        library: The HTTP library that makes the attempt.
        own_sockets: Whether the attempt uses a transport of the caller's, which may open its own sockets.
        passed: Whether the guard let the request pass.
        sent: Whether a byte of the request may have left.
        whole: Whether the response arrived completely. No later failure changes it.
        clean: Whether the connection held no further bytes after the response.
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
        """Return the response or the failure that replaced it, or raise the exception of the caller's own code."""
        if self._interrupt is not None:
            self.step.result = self._response if self.whole else None
            raise self._interrupt
        if self._response is None:
            # Without a failure, the user's client responded by itself. It may have sent anything anywhere.
            return self._failure or Failure(
                "connection", "the http_client did not use its transport", True
            )
        if self._failure is not None and self._response.problem is not None:
            self._response.problem = self._failure  # The body is incomplete.
            self._response.body = bytes(self._body.raw)
        elif self._failure is not None and 200 <= self._response.status < 300:
            text = (
                f"a hook failed after the response had arrived ({self._failure.text})"
            )
            self._response.problem = Failure("unreadable", text, True)
        # A hook's failure changes no other response.
        return self._response

    def _explain(self, error: Exception) -> Failure:
        library = self.library
        if isinstance(error, BodyError):
            return Failure(error.kind, str(error), True)
        too_late = isinstance(error, (library.too_late, TimeoutError))
        # The library's message about a refused request quotes the request. The key is searched in the whole text,
        # because the cut text could end with a part of the key.
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
        """Record the status and headers of a response. Return whether its body must still be read."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        ]
        # The response counts as broken until its end arrives.
        broken = Failure("connection", "it broke off before its end", True)
        self._response = RawResponse(response.status_code, headers, broken)
        try:
            # A transport may return a finished response, which the library has decompressed.
            content = response.content
        except self.library.http.ResponseNotRead:
            self._body = Body(self._response.headers, self.step.limit, self.step)
            return True
        self._body = Body({}, self.step.limit)
        self.take(content)
        return False

    def take(self, piece: bytes) -> None:
        """Add a piece of the body, within the limits of size and time."""
        if self._late:
            raise TimeoutError
        self._body.add(piece)
        # Lateness matters only if another piece follows.
        self._late = self.step.monotonic() >= self.step.deadline

    def end(self) -> None:
        """Record that the response is complete."""
        assert self._response is not None
        self._response.body, self._response.problem = self._body.decoded(), None
        self.whole = True

    def as_read(self, response: Any) -> Any:
        """Return the response for the library and the hooks: complete and decompressed."""
        assert self._response is not None
        if not response.is_stream_consumed:
            response.headers.pop("content-encoding", None)
            response.stream = self.library.http.ByteStream(self._response.body)
        return response


CURRENT: ContextVar[Exchange | None] = ContextVar("plexy_pay_exchange", default=None)


def _holds(texts: list[bytes], key: bytes) -> bool:
    """Return whether a text contains the key, in any letter case."""
    small = [text.lower() for text in texts]
    # A very short key, as in tests, would occur in ordinary words.
    return key.lower() in b"\n".join(small) if len(key) >= 8 else key.lower() in small


@lru_cache(maxsize=64)
def _target(http: Any, url: str) -> bytes:
    """Return the path and query in the library's spelling."""
    path: bytes = http.URL(url).raw_path
    return path


def _keeps_prefix(target: bytes, prefix: str) -> bool:
    """Return whether a path stays below the prefix of the origin, even for a server that decodes its dots."""
    path = target.partition(b"?")[0]
    if not path.startswith(f"{prefix}/".encode("ascii")):
        return False
    segments = unquote_to_bytes(path).replace(b"\\", b"/").split(b"/")
    return b"." not in segments and b".." not in segments


def _why_refused(request: Any, step: Send) -> str | None:
    """Return the problem with the target or the key of a request; None if there is none.

    The request must go to the one origin, with the key in its header and nowhere else.
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
    """Return how a URL leaves the origin; None if it stays there."""
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    if (url.scheme, url.raw_host.decode("ascii", "replace"), port) != origin.site:
        site = one_line(f"{url.scheme}://{url.host}:{port}")
        return f"it was redirected to {site}; the key belongs to {origin} only"
    if origin.scheme != "https" and not origin.may_be_plain:
        return "it would go over plain http"
    if not _keeps_prefix(url.raw_path, origin.prefix):
        return f"its path leaves {origin}"
    if url.userinfo:
        return "its URL has a user name or password"
    return None


def _why_no_proof(request: Any, step: Send) -> str | None:
    """Return the problem with the key or the Host header of a request; None if there is none."""
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
    """Return how a request differs from its call; None if it is the same.

    The method, path, query, body and announced headers must be those of the call. The User-Agent is not compared, nor
    are headers that a hook or the user's client adds, such as X-Shop or a cookie.
    """
    http, step = exchange.library.http, exchange.step
    if request.method != step.method:
        return f"its method was changed; the call is a {step.method}"
    if request.url.raw_path != _target(http, step.url):
        return "its path or query was changed, by a hook, or by `params` or `base_url` of the http_client"
    content = step.content or b""
    # The stream is sent, not `request.content`.
    if (
        type(request.stream) is not http.ByteStream
        or b"".join(request.stream) != content
    ):
        return "its body was changed"
    headers: dict[str, list[bytes]] = {}
    for field, value in request.headers.raw:
        # No one has checked the headers that a client or a hook adds. The library might check them only after a part
        # of the request has left.
        if (
            not _FIELD_NAME.fullmatch(field)
            or _ODD.search(value)
            or value != value.strip()
        ):
            return "the http_client or a hook added a header that HTTP does not allow"
        headers.setdefault(field.decode("latin-1").lower(), []).append(value)
    lengths = headers.get("content-length", [])
    is_length_right = lengths == [str(len(content)).encode("ascii")]
    is_length_left_out = not content and not lengths
    if "transfer-encoding" in headers or not (is_length_right or is_length_left_out):
        return "its Content-Length or Transfer-Encoding header does not match its body"
    for name, text in step.headers.items():
        if name != "user-agent" and headers.get(name) != [text.encode("ascii")]:
            return f"its {name} header was changed"
    return None


def is_proxy(transport: object) -> bool:
    """Return whether one of httpx's own transports uses a proxy."""
    return hasattr(getattr(transport, "_pool", None), "_proxy_url")


def check(exchange: Exchange, request: Any) -> Any:
    """Return the request if it may leave. A request may leave once.

    Raises:
        Refused: if it must not leave.
    """
    problem = _why_refused(request, exchange.step)
    if exchange.passed:
        problem = "a hook or a client tried to send it a second time"
    if problem:
        raise Refused(problem)
    exchange.passed = True
    return request


def _check_given(request: Any, inner: object, library: Library) -> tuple[Exchange, Any]:
    """Return the call and its request if it may leave through the user's transport.

    Raises:
        Refused: if it must not leave.
    """
    exchange = CURRENT.get()
    if exchange is None:
        raise Refused("it does not come from a call of this client")
    exchange.own_sockets = not library.owns(inner)
    if exchange.step.origin.direct and is_proxy(inner):
        raise Refused(
            "it would go to a proxy, although its target is this machine or is reached by plain http"
        )
    checked = check(exchange, request)
    # Hooks and the user's client could change the request, so it must equal the announced call.
    problem = _why_changed(request, exchange)
    if problem:
        raise Refused(problem)
    return exchange, checked


def receive(exchange: Exchange, response: Any) -> None:
    """Read a response to its end, and leave its stream open."""
    if exchange.begin(response):
        for piece in response.stream:
            exchange.take(piece)
    exchange.end()
    exchange.clean = not _has_surplus(response)


async def receive_async(exchange: Exchange, response: Any) -> None:
    """Read a response to its end, and leave its stream open."""
    if exchange.begin(response):
        async for piece in response.stream:
            exchange.take(piece)
    exchange.end()
    exchange.clean = not _has_surplus(response)


def _has_surplus(response: Any) -> bool:
    """Return whether the connection holds or may hold bytes beyond the response."""
    if response.extensions.get("http_version") == b"HTTP/2":
        return False  # Each response carries the number of its request.
    state = _h11_state(response)
    if state is None or state.trailing_data[0]:
        return True
    return has_decrypted(
        response.extensions["network_stream"].get_extra_info("ssl_object")
    )


def _h11_state(response: Any) -> Any:
    """Return h11's state of a response's connection; None if the response did not come by HTTP/1.1 and httpcore."""
    stream = getattr(response.stream, "_httpcore_stream", None)
    # A pool of httpcore wraps the stream of its connection.
    stream = getattr(stream, "_stream", stream)
    return getattr(getattr(stream, "_connection", None), "_h11_state", None)


def _forbid_reuse(exchange: Exchange, response: Any) -> None:
    """Make httpcore close the connection of a user's client, unless the connection is clean."""
    state = None if exchange.clean else _h11_state(response)
    if state is not None:
        state.send_failed()


class _Guard:
    """Hold the transport that a guard wraps, sync or async.

    Args:
        inner: The user's transport.
        library: The HTTP library of the transport.
    """

    def __init__(self, inner: Any, library: Library) -> None:
        self._inner = inner
        self._library = library
        self._not_sent = library.not_sent if library.owns(inner) else ()


class GuardTransport(_Guard):
    """Guard the user's transport, for a sync client."""

    def handle_request(self, request: Any) -> Any:
        """Check the request, send it, and read the whole response."""
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
    """Guard the user's transport, for an async client."""

    def __init__(self, inner: Any, library: Library) -> None:
        super().__init__(inner, library)
        self._closing = Closing()

    async def handle_async_request(self, request: Any) -> Any:
        """Check the request, send it, and read the whole response."""
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
