# plexy-pay runtime, written by hand in runtime/_core/attempts.py; the generator copies it unchanged.
"""Define an attempt: the request that leaves, and the response or failure that comes back."""

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

# The first is documented for v2. The vendor documents no header for the other families, so these are the usual ones.
_REQUEST_ID_HEADERS = ("request-id", "x-request-id", "x-correlation-id")
# HTTP defines these as successes without content. Any other success without a body lost its body on the way.
_NO_CONTENT = (204, 205)


class Failure(NamedTuple):
    """Represent why no response came, or why a response cannot be read. It holds no object of the HTTP library.

    Attributes:
        kind: `invalid`, `refused`, `connection`, `timeout`, `too_large` or `unreadable`.
        text: The reason in words.
        sent: Whether a byte of the request may have left.
    """

    kind: str
    text: str
    sent: bool


class RawResponse:
    """Hold a response as it arrived. `problem` is set if the body did not arrive whole or cannot be read."""

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
        """Return the API's id of the request; None if the API gave none."""
        for name in _REQUEST_ID_HEADERS:
            found = self.headers.get(name)
            if found:
                return found
        return None

    @property
    def charset(self) -> str:
        """Return the charset that the Content-Type names; empty if it names none."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip(' \t"')
        return ""

    @property
    def is_without_content(self) -> bool:
        """Return whether the status announces a success without content."""
        return (
            self.status in _NO_CONTENT and self.problem is None and is_blank(self.body)
        )


class Send:
    """Represent the step that sends one request with one key."""

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
    own_connection: (
        bool  # A fresh connection cannot hold the leftover response of another request.
    )
    key: ApiKey
    sent: bool = False  # Whether a byte of the current attempt may have left.
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
    """Return foreign text for a message: at most 300 characters, without control characters."""
    return "".join(char if char.isprintable() else " " for char in text[:300]).strip()
