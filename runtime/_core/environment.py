# plexy-pay runtime, written by hand in runtime/_core/environment.py; the generator copies it unchanged.
"""Read the network settings of the environment: certificates, key log and proxies.

An unusable setting raises a `ConfigurationError` that names the variable. No message shows a value, because the URL of
a proxy may hold a password.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import ConfigurationError
from .http_libraries import HTTPX
from .origins import Origin

_TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_SOCKS = ("socks5", "socks5h")
_SCHEMES = ("http", "https", "socks5", "socks5h")


def tls_settings(origin: Origin) -> ssl.SSLContext:
    """Return the TLS settings for calls to an origin.

    Raises:
        ConfigurationError: if an environment variable names an unusable file.
    """
    if origin.scheme == "http":
        return _no_tls()
    return _tls(*map(os.environ.get, _TLS_VARIABLES))


@lru_cache(maxsize=8)
def _tls(*_environment: str | None) -> ssl.SSLContext:
    """Return the TLS settings of this environment. They are cached: reading the certificates takes 20 ms and 1 MB."""
    certificates = os.environ.get("SSL_CERT_FILE")
    # Older versions of httpx silently ignore a missing file.
    if certificates and (
        not os.path.exists(certificates) or os.path.isdir(certificates)
    ):
        _explain_tls()
    context: ssl.SSLContext | None = None
    with suppress(OSError, ValueError):
        context = HTTPX.http.create_ssl_context()
    # Raised outside the handler: our error must not carry the original one, whose text may show the path.
    if context is None:
        _explain_tls()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@lru_cache(maxsize=1)
def _no_tls() -> ssl.SSLContext:
    """Return TLS settings without certificates, for plain http."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _explain_tls() -> NoReturn:
    """Raise the error for unusable TLS settings."""
    certificates = os.environ.get("SSL_CERT_FILE")
    key_log = os.environ.get("SSLKEYLOGFILE")
    if certificates and not _can_load(certificates):
        _misconfigured(
            "The environment variable SSL_CERT_FILE does not name a readable file of certificates in PEM form.",
            "Correct it, or unset it to use the certificates of the package certifi.",
        )
    if key_log and not _can_append(key_log):
        _misconfigured(
            "The environment variable SSLKEYLOGFILE names a file that cannot be written.",
            "Unset it: anyone who can read that file can also read the payments.",
        )
    _misconfigured(
        "Python cannot set up TLS in this environment.",
        f"Check {', '.join(_TLS_VARIABLES)} and OPENSSL_CONF, and the certificates of the package certifi.",
    )


def _can_load(path: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except (OSError, ValueError):
        return False
    return True


def _can_append(path: str) -> bool:
    try:
        with open(path, "ab"):
            return True
    except (OSError, ValueError):
        return False


def proxy_for(origin: Origin, tls: ssl.SSLContext) -> Any | None:
    """Return the proxy that the environment names for an origin; None if it names none.

    Only HTTPS_PROXY is read, or ALL_PROXY if HTTPS_PROXY is not set. Other variables do not affect a call. The client
    never uses a proxy for this machine or for plain http, because the proxy would see the key.

    Raises:
        ConfigurationError: if the variable names an unusable proxy.
    """
    if origin.direct:
        return None
    proxies = {kind: url.strip() for kind, url in getproxies().items()}
    kind = origin.scheme if proxies.get(origin.scheme) else "all"
    url = proxies.get(kind)
    if not url or _is_exempt(origin, proxies.get("no", "")):
        return None
    return _proxy(_variable(kind), url if "://" in url else f"http://{url}", tls)


def _is_exempt(origin: Origin, exceptions: str) -> bool:
    """Return whether the environment exempts an origin from the proxy."""
    if proxy_bypass(f"{origin.host}:{origin.port}"):
        return True
    # The standard library matches names and suffixes, but neither networks nor wildcards.
    return any(
        _covers(one, origin.host)
        for one in exceptions.lower().replace(",", " ").split()
    )


def _covers(exception: str, host: str) -> bool:
    if exception.startswith("*."):
        return host.endswith(exception[1:])
    try:
        return ip_address(host) in ip_network(exception.strip("[]"), strict=False)
    except ValueError:
        return False


def _variable(kind: str) -> str:
    """Return the variable that sets a proxy, in the spelling of this environment."""
    names = (f"{kind}_proxy", f"{kind}_PROXY", f"{kind}_proxy".upper())
    return next(
        (name for name in names if os.environ.get(name)), f"{kind.upper()}_PROXY"
    )


def _proxy(variable: str, url: str, tls: ssl.SSLContext) -> Any:
    scheme = url.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        _misconfigured(
            f"The environment variable {variable} names a proxy of a kind that is not supported.",
            f"Its URL must begin with {', '.join(f'{one}://' for one in _SCHEMES)}, or with the host of the proxy.",
        )
    if scheme in _SOCKS and find_spec("socksio") is None:
        _misconfigured(
            f"The environment variable {variable} names a SOCKS proxy, but the package socksio is not installed.",
            "Install it with: pip install 'httpx[socks]'.",
        )
    proxy = _read(url, tls if scheme == "https" else None)
    if proxy is None:
        _misconfigured(
            f"The environment variable {variable} is not the URL of a proxy.",
            "Write it as http://host:port, and percent-encode a password in it.",
        )
    return proxy


def _read(url: str, tls: ssl.SSLContext | None) -> Any | None:
    with suppress(ValueError, *HTTPX.refusals):
        parts = urlsplit(url)
        if parts.hostname and parts.port != 0 and parts.path in ("", "/"):
            return HTTPX.http.Proxy(url, ssl_context=tls)
    return None


def _misconfigured(problem: str, advice: str) -> NoReturn:
    raise ConfigurationError(f"{problem} Nothing was sent. {advice}")
