"""Keep pages of other sites from using the sandbox through the browser of a developer.

The sandbox needs no key for what is its own, and any page on the web can make a browser post to this machine. Browsers
say where a request comes from: `Sec-Fetch-Site`, or else `Origin`. What they say is foreign changes nothing here.

A page can also give its own name to the address of this machine (DNS rebinding) and is no longer foreign then. So the
sandbox takes no name that the public DNS could have, unless it was told of it. It takes addresses, names without a dot,
and those below domains that are reserved for private use.

Pages of payers are not concerned: the pages of shops post to them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .request_log import is_own
from .responses import pay_error

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES: Final = frozenset({"same-origin", "none"})
#: No such name is in the public DNS: RFC 2606, RFC 6761, RFC 6762, RFC 8375, and ICANN's `internal`.
_PRIVATE: Final = (".localhost", ".test", ".local", ".home.arpa", ".internal")


class RefusesForeignPages:
    """Refuse what a page of another site asks of the sandbox itself.

    Args:
        app: The application behind it.
        hosts: Further names under which the sandbox is reached.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, unless a foreign page has sent it."""
        problem = None
        if scope["type"] == "http" and is_own(scope["path"]):
            problem = self._problem_of(scope["method"], Headers(scope=scope))
        if problem is None:
            await self._app(scope, receive, send)
            return
        await pay_error(403, 2, problem, "sandbox")(scope, receive, send)

    def _problem_of(self, method: str, headers: Headers) -> str | None:
        host = headers.get("host", "")
        name = _name_in(f"//{host}")
        if name and not self._is_taken(name):
            return (
                f"the sandbox is not known as {name}; start it with --allowed-host {name} if it is reached under "
                "that name"
            )
        if method not in _READS and _is_foreign(headers, host):
            return "a page of another site has sent this; nothing was changed"
        return None

    def _is_taken(self, name: str) -> bool:
        if name in self._hosts or "." not in name or name.endswith(_PRIVATE):
            return True
        return _is_address(name)


def _is_foreign(headers: Headers, host: str) -> bool:
    """Return whether a browser says that a request comes from another site. Programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN_SITES
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != host


def _name_in(address: str) -> str:
    """Return the name of the host in an address, in lower case; nothing if there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return "?."


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
