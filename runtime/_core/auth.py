# plexy-pay runtime, written by hand in runtime/_core/auth.py; the generator copies it unchanged.
"""The auth hook: the header's value is the raw API key, and nothing else.

The rule of the API (its Authorization page): ``Authorization: <api-key>``, without ``Bearer`` or another scheme.

Where each part of that rule is kept:

* `keys.py` decides where a key comes from, and refuses a wrong one when it is given: empty, with a scheme word in
  front, with white space or control characters, or outside ASCII. It also chooses among several active keys.
* This hook writes the header, after everything that a caller, an httpx client or a netrc file may have written
  under that name: it replaces all of it.
* `guard.py` then checks the request that really leaves, after those hooks, and refuses anything else.
* `flow.py` moves on to the next key after a 401.

httpx calls the hook anew for each request it sends; the hook keeps no state and reads no response.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import httpx

from .keys import ApiKey


class ApiKeyAuth(httpx.Auth):
    """Write one API key, raw, into the header of its family.

    It is an `httpx.Auth`, and a function from a request to a request, which is what httpx2 takes.

    Args:
        key: The key of this attempt; it shows itself only as a mask.
        header: The family's header, such as ``Authorization``.
    """

    def __init__(self, key: ApiKey, header: str) -> None:
        self._key = key
        self._header = header

    def __call__(self, request: Any) -> Any:
        """Put the key into the header, in place of whatever stood there."""
        request.headers[self._header] = self._key.raw
        return request

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Do the same, as httpx asks for it."""
        yield self(request)

    def __repr__(self) -> str:
        return f"ApiKeyAuth({self._key!r})"
