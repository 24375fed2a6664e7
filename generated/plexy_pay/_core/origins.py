# plexy-pay runtime, written by hand in runtime/_core/origins.py; the generator copies it unchanged.
"""Origins: where a key may go, and which hosts plain http may go to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .._families import FAMILIES

_PORTS = {"https": 443, "http": 80}
_UNRESERVED = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
)


class Origin:
    """Scheme, host, port and path prefix: the only place a key may go to. `problem` says what is wrong with the text.

    Args:
        text: The URL.
        name: How errors call it: an argument, or an environment variable.
        plain_hosts: The hosts that plain http may go to besides this machine, in lower case.
    """

    problem: str | None
    scheme: str
    host: str
    port: int
    site: tuple[str, str, int]
    netloc: str  # Host and port as the Host header has them.
    prefix: str  # What stands before each path, such as `/pay`; mostly nothing.
    text: str = ""  # All of it as it is written before a path.
    loopback: bool
    direct: bool  # Whether no proxy may stand in between: it would see the key, or has no business there.
    may_be_plain: bool

    def __init__(
        self, text: Any, name: str = "base_url", plain_hosts: Collection[str] = ()
    ) -> None:
        from urllib.parse import urlsplit

        self.problem = f"{name} is not of the form https://host, https://host:port or https://host/prefix, in ASCII."
        plain = isinstance(text, str) and text.isascii() and text.isprintable()
        if not plain or set(" \\%") & set(text):
            return
        try:
            parts = urlsplit(text)
            self.scheme, self.host, port = (
                parts.scheme,
                parts.hostname or "",
                parts.port,
            )
        except ValueError:
            return
        if self.scheme not in _PORTS or not self.host:
            return
        self.port = port or _PORTS[self.scheme]
        self.site = (self.scheme, self.host, self.port)
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.netloc = (
            host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"
        )
        self.prefix = parts.path.removesuffix("/")
        address = f"{self.scheme}://{self.netloc}"
        self.text = f"{address}{self.prefix}"
        quad = self.host.split(".")
        numbered = len(quad) == 4 and all(
            part.isdecimal() and int(part) < 256 for part in quad
        )
        self.loopback = self.host in ("localhost", "::1") or (
            numbered and quad[0] == "127"
        )
        self.direct = self.loopback or self.scheme == "http"
        self.may_be_plain = self.loopback or self.host in plain_hosts
        self.problem = None
        if "@" in parts.netloc:
            self.problem = (
                f"{name} has a user name or password. Pass the key as api_key."
            )
        elif set("?#") & set(text):
            self.problem = f"{name} has a query or a fragment. Leave it out."
        elif not all(map(_is_segment, self.prefix.split("/")[1:])):
            self.problem = f"{name} has a path with empty parts, dots or unusual characters. Write it as /part/part."
        elif self.prefix and address in _origins_of_the_api():
            self.problem = f"{name} has a path, and this host of the API has none before those of its operations."
        elif self.scheme == "http" and not self.may_be_plain:
            self.problem = (
                f"{name} is plain http, which would show the key to the network. Use https, or name the host in "
                "plain_http_hosts if the network is your own."
            )

    def __str__(self) -> str:
        return self.text


def _is_segment(text: str) -> bool:
    return text not in ("", ".", "..") and _UNRESERVED.issuperset(text)


def _origins_of_the_api() -> set[str]:
    return {
        origin for family in FAMILIES.values() for origin in family.origins.values()
    }


def host_problem(host: object) -> str | None:
    """Return what is wrong with one of the `plain_http_hosts`; it is not shown, because it may hold a password."""
    if not isinstance(host, str) or not host.isascii():
        return "is no host name or IP address in ASCII"
    if ":" in host:
        from ipaddress import AddressValueError, IPv6Address

        try:
            IPv6Address(host)
        except AddressValueError:
            return "has a scheme, a port or brackets: name the host alone"
        return "has a zone" if "%" in host else None
    parts = host.replace("_", "-").split(".")
    named = all(part.replace("-", "").isalnum() for part in parts)
    return (
        None if named else "is no host name or IP address, alone and without a wildcard"
    )
