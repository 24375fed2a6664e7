# plexy-pay runtime, written by hand in runtime/_core/attempts.py; the generator copies it unchanged.
"""Attempts: one request that leaves, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .operation import is_blank
from .types import Headers

if TYPE_CHECKING:
    from .flow import Call
    from .keys import ApiKey
    from .origins import Origin
    from .types import Timeout

# The first is documented for v2. The vendor names none for the other families: these are the usual ones.
_REQUEST_ID_HEADERS = ("request-id", "x-request-id", "x-correlation-id")
# By HTTP these are a success without content. A body that is missing from any other success was lost on its way.
_NO_CONTENT = (204, 205)


class Failure(NamedTuple):
    """Why no response came, or why one cannot be read: plain data, no object of the HTTP library.

    `kind` is invalid, refused, connection, timeout, too_large or unreadable; `sent` whether something may have left.
    """

    kind: str
    text: str
    sent: bool


class RawResponse:
    """A response as it came; `problem` says that its body did not arrive whole, or cannot be read."""

    headers: Headers

    def __init__(
        self, status: int, headers: Iterable[tuple[str, str]], problem: Failure | None
    ) -> None:
        self.status = status
        self.headers = Headers(headers)
        self.body = b""
        self.problem = problem

    @property
    def request_id(self) -> str | None:
        """The API's id of the request, where it gave one."""
        found = None
        for name in _REQUEST_ID_HEADERS:
            found = found or self.headers.get(name)
        return found

    @property
    def charset(self) -> str:
        """What its Content-Type says that its text is in; empty where it does not say it."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip(' \t"')
        return ""

    @property
    def is_without_content(self) -> bool:
        """Whether it is a success that has no content, by its status."""
        return (
            self.status in _NO_CONTENT and self.problem is None and is_blank(self.body)
        )


class Send:
    """Step: send one request with one key."""

    method: str
    header: str
    origin: Origin
    url: str
    content: bytes | None
    headers: dict[str, str]
    timeout: Timeout
    limit: int
    monotonic: Callable[[], float]
    deadline: float
    own_connection: bool  # Its response must not be another's, whatever is left over on a connection.
    key: ApiKey
    sent: bool = False  # Whether a byte of the attempt under way may have left.
    result: RawResponse | Failure | None = None

    def __init__(self, call: Call[Any]) -> None:
        settings, request = call.settings, call.request
        self.method = request.operation.method
        self.header, self.origin = settings.family(request.operation.family)
        self.url = self.origin.text + request.target()
        self.content = request.content()
        self.headers = call.headers()
        self.timeout, self.limit = call.timeout, settings.max_response_bytes
        self.monotonic = settings.pace.monotonic
        self.deadline = self.monotonic() + self.timeout.total
        self.own_connection = request.operation.moves_money or request.quiet


def one_line(text: str) -> str:
    """Foreign text for a message: without control characters, and not long."""
    return "".join(char if char.isprintable() else " " for char in text[:300]).strip()
