# plexy-pay runtime, written by hand in generator/foreign/runtime/auth.py; the generator copies it unchanged.
"""Where keys go, as the description of the API says it: a header, a cookie or the query, each in its form.

A form is a text such as `Authorization: Bearer {key}`, `Authorization: Basic {base64}`, `Cookie: session={key}` or
`?api_key={key}`; the empty one is that of operations that take no key.

* The hook writes a key that belongs into a header, in place of whatever stood there; the guard then checks what leaves.
* Every other key is written by the guard itself, beneath all hooks: no hook and no log of httpx ever sees it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Generator
from typing import Any
from urllib.parse import quote

import httpx

from .base_client import FAMILIES
from .keys import ApiKey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .base_client import Settings
    from .flow import Send

#: What a cookie may have besides letters and digits; anything else is percent-encoded.
_COOKIE = "!#$&'()*+-./:<=>?@[]^_`{|}~"


class ApiKeyAuth(httpx.Auth):
    """Write one API key into its header.

    Args:
        key: The key of this attempt; it shows itself only as a mask.
        form: Where it goes, and how. Nothing is written unless that is a header of its own.
    """

    def __init__(self, key: ApiKey, form: str) -> None:
        self._key = key
        self._form = form

    def __call__(self, request: Any) -> Any:
        """Put the key into the header, in place of whatever stood there."""
        if key_header(self._form):
            request.headers[key_header(self._form)] = _filled(self._form, self._key)
        return request

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Do the same, as httpx asks for it."""
        yield self(request)

    def __repr__(self) -> str:
        return f"ApiKeyAuth({self._key!r})"


def key_header(form: str) -> str:
    """The header that is the key's alone, in lower case; empty where there is none."""
    name, separator, _ = form.partition(": ")
    return name.lower() if separator and name != "Cookie" else ""


def expected(step: Send) -> list[bytes]:
    """The values that the key's header must have, in what the hooks have made of the request."""
    return [_filled(step.header, step.key).encode("ascii")] if key_header(step.header) else []


def further_keys(settings: Settings, family: str) -> tuple[tuple[str, ApiKey], ...]:
    """The keys that a family of operations wants beside its first one, each with its form."""
    names = FAMILIES[family].get("further", "").split()
    return tuple((FAMILIES[name]["header"], settings.ring(name).keys()[0]) for name in names)


def with_keys(request: Any, step: Send) -> Any:
    """The request with the keys that the hook does not write."""
    missing = [] if not step.header or key_header(step.header) else [(step.header, step.key)]
    missing += step.further
    if not missing:
        return request
    url, headers = request.url, request.headers.copy()
    for form, key in missing:
        if key_header(form):
            headers[key_header(form)] = _filled(form, key)
        elif form.startswith("?"):
            url = url.copy_with(
                query=b"&".join(filter(None, (url.query, _filled(form[1:], key, "").encode())))
            )
        else:
            cookie = _filled(form, key, _COOKIE)
            headers["cookie"] = "; ".join(filter(None, (headers.get("cookie"), cookie)))
    return type(request)(
        request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
    )


def _filled(form: str, key: ApiKey, safe: str | None = None) -> str:
    """The form without its header, with the key in it; percent-encoded but for what is safe."""
    value = form.partition(": ")[2] or form
    raw = key.raw if safe is None else quote(key.raw, safe=safe)
    if "{base64}" not in value:
        return value.replace("{key}", raw)
    # Without a colon it is a user's name, whose password is empty.
    login = key.raw if ":" in key.raw else f"{key.raw}:"
    return value.replace("{base64}", b64encode(login.encode()).decode())
