"""The look of the sandbox's own pages, and the addresses that may stand in them."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.responses import HTMLResponse

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }}
.amount {{ font-size: 2rem; }}
.note {{ color: #666; }}
button {{ font: inherit; padding: .5rem 1.5rem; }}
form {{ display: inline; }}
</style>
</head>
<body>
<h1>{title}</h1>
{content}
<p class="note">This is the Plexy Pay sandbox. No money moves.</p>
</body>
</html>
"""


_SCRIPT: Final = "document.forms[0].submit()"
_SCRIPT_HASH: Final = base64.b64encode(
    hashlib.sha256(_SCRIPT.encode()).digest()
).decode()

SENDS_ITSELF: Final = f"<script>{_SCRIPT}</script>"
"""Sends the first form of a page as soon as it stands there; without a script the payer presses its button."""


def page_text(title: str, content: str) -> str:
    """Return a whole page; the content is markup."""
    return _PAGE.format(title=title, content=content)


def page(title: str, content: str, status: int = 200) -> HTMLResponse:
    """Make a response of a page; the content is markup."""
    return HTMLResponse(page_text(title, content), status, headers=HEADERS)


def self_sending_page(title: str, form: str) -> HTMLResponse:
    """Make a response of a page, with a form that sends itself."""
    response = page(title, form + SENDS_ITSELF)
    response.headers["Content-Security-Policy"] += (
        f"; script-src 'sha256-{_SCRIPT_HASH}'"
    )
    return response


def button(action: str, label: str, **fields: str) -> str:
    """Return a form that is one button; without an action it is posted to the address of its own page."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    target = f' action="{escape(action)}"' if action else ""
    return (
        f'<form method="post"{target}>{hidden}<button>{escape(label)}</button></form>'
    )


def is_web_address(text: str) -> bool:
    """Return whether an address may stand in a link or a redirect: `javascript:` and its kind may not."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def with_query(address: str, **values: str) -> str:
    """Return a web address with further values in its query."""
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return urlunsplit(parts._replace(query=query))
