# plexy-pay runtime, written by hand in runtime/_core/origins.py; the generator copies it unchanged.
"""Define origins: the only places where a key may go, and the hosts that plain http may reach."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .._families import FAMILIES

_PORTS = {"https": 443, "http": 80}
_UNRESERVED = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
)


class Origin:
    """Represent the only place where a key may go: scheme, host, port and path prefix.

    `problem` says what is wrong with the URL, and is None if nothing is.

    Args:
        text: The URL.
        name: The name of the URL in errors: an argument or an environment variable.
        plain_hosts: The hosts besides this machine that plain http may reach, in lower case.
    """

    problem: str | None
    scheme: str
    host: str
    port: int
    site: tuple[str, str, int]
    netloc: str  # Host and port in the form of the Host header.
    prefix: str  # The text before each path, such as `/pay`; usually empty.
    text: str = ""  # The whole URL, without a path.
    loopback: bool
    direct: bool  # Whether to avoid proxies: for plain http a proxy would see the key, for this machine it is useless.
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
            self.scheme, port = parts.scheme, parts.port
            self.host = parts.hostname or ""
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
            self.problem = f"{name} has a path, but the paths of this host of the API have no prefix. Leave it out."
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
    origins: set[str] = set()
    for family in FAMILIES.values():
        origins.update(family.origins.values())
    return origins


def host_problem(host: object) -> str | None:
    """Return the problem with one of the `plain_http_hosts`, without the host, because it may hold a password."""
    if not isinstance(host, str) or not host.isascii():
        return "is not a host name or IP address in ASCII"
    if ":" in host:
        from ipaddress import AddressValueError, IPv6Address

        try:
            IPv6Address(host)
        except AddressValueError:
            return "has a scheme, a port or brackets: name the host alone"
        return "has a zone" if "%" in host else None
    parts = host.replace("_", "-").split(".")
    named = all(part.replace("-", "").isalnum() for part in parts)
    if named:
        return None
    return "is not a host name or IP address, alone and without a wildcard"
