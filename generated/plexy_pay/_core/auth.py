# plexy-pay runtime, written by hand in runtime/_core/auth.py; the generator copies it unchanged.
"""Write the raw API key, and nothing else, into the auth header.

The API's Authorization page states the rule: ``Authorization: <api-key>``, without ``Bearer`` or another scheme.

Four modules enforce the rule:

* `keys.py` decides where a key comes from. It refuses a wrong key as soon as it is passed: an empty one, one with a
  scheme word in front, one with white space or control characters, or one outside ASCII. It also chooses among several
  active keys.
* This hook writes the header last. It replaces any value of a caller, an httpx client or a netrc file.
* `guard.py` then checks the request that really leaves, after all other hooks, and refuses any other header.
* `flow.py` moves on to the next key after a 401.

httpx calls the hook for each request it sends. The hook keeps no state and reads no response.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import httpx

from .keys import ApiKey


class ApiKeyAuth(httpx.Auth):
    """Write one API key, raw, into the header of its family.

    It is an `httpx.Auth`, and also the plain function from request to request that httpx2 takes.

    Args:
        key: The key of this attempt; its repr is a mask.
        header: The family's header, such as ``Authorization``.
    """

    def __init__(self, key: ApiKey, header: str) -> None:
        self._key = key
        self._header = header

    def __call__(self, request: Any) -> Any:
        """Put the key into the header, in place of any other value."""
        request.headers[self._header] = self._key.raw
        return request

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Do the same in the form that httpx calls."""
        yield self(request)

    def __repr__(self) -> str:
        return f"ApiKeyAuth({self._key!r})"
