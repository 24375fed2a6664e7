"""The sandbox's own pages: templates, headers, and the addresses that may stand in them."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from .languages import DEFAULT, PARAMETER, Words, keep_choice, language_of
from .texts import LANGUAGES

RESULT_HEADER: Final = "Plexy-Sandbox-Result"
"""Says `paid` or `declined` where a payment has ended."""

SENDS_ITSELF: Final = "document.forms[0].submit()"
"""Sends the first form of a page as soon as it stands there; without a script the payer presses its button."""


def page(
    request: Request,
    template: str,
    status: int = 200,
    *,
    path: str | None = None,
    sends_itself: bool = False,
    **values: object,
) -> HTMLResponse:
    """Make a response of a page, in the language of its payer.

    Args:
        request: The request that it responds to.
        template: The name of its template.
        status: The status of the response.
        path: Where the same page can be seen in another language; None, if it cannot.
        sends_itself: Whether its first form is sent as soon as the page stands there.
        values: The values of the template.
    """
    language = language_of(request)
    text = page_text(template, language, path=path, sends_itself=sends_itself, **values)
    response = HTMLResponse(text, status, headers=_headers(sends_itself))
    keep_choice(request, response)
    return response


def page_text(
    template: str,
    language: str = DEFAULT,
    *,
    path: str | None = None,
    sends_itself: bool = False,
    **values: object,
) -> str:
    """Return a whole page."""
    return (
        _environment()
        .get_template(template)
        .render(
            values,
            words=Words(language),
            language=language,
            languages=LANGUAGES,
            parameter=PARAMETER,
            path=path,
            style=Markup(_style()),
            script=Markup(SENDS_ITSELF) if sends_itself else None,
        )
    )


def notice(request: Request, title: str, text: str, status: int) -> HTMLResponse:
    """Make a response of a page that says one thing; both are keys of texts."""
    return page(request, "notice.html", status, title=title, text=text)


def result_page(request: Request, title: str, label: str, result: str) -> HTMLResponse:
    """Make a response of a page that shows a result; title and label are keys of texts."""
    return page(request, "result.html", title=title, label=label, result=result)


def sent_to(address: str) -> Response:
    """Make a response that sends the payer on."""
    return RedirectResponse(address, 303, headers=_headers())


def with_result(response: Response, result: Literal["paid", "declined"]) -> Response:
    """Tell programs what became of a payment: neither a redirect nor the status of a page does."""
    response.headers[RESULT_HEADER] = result
    return response


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


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("plexy_pay_sandbox"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def colours() -> str:
    """Return the colours of all pages, in the light and in the dark, as CSS."""
    return _source_of("colours.css")


@cache
def _style() -> str:
    return colours() + _source_of("style.css")


def _source_of(name: str) -> str:
    loader = PackageLoader("plexy_pay_sandbox")
    return loader.get_source(_environment(), name)[0]


def _headers(sends_itself: bool = False) -> dict[str, str]:
    # No form-action: Chromium would hold a redirect to the shop after a form against it.
    policy = f"default-src 'none'; base-uri 'none'; style-src {_source(_style())}"
    if sends_itself:
        policy += f"; script-src {_source(SENDS_ITSELF)}"
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@cache
def _source(text: str) -> str:
    """Return what allows exactly this text in a policy."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
