"""A payer for tests: does in plain HTTP what a person does in a browser, on the payment page and at the bank's.

Nothing of the real pages is assumed: the forms are those of the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPMessage
from typing import IO, Final, Literal
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from .pages import RESULT_HEADER

_PATIENCE: Final = 30.0
_AT_THE_BANK: Final = "/_sandbox/3ds/"

_RESULTS: Final[Mapping[str, Literal["paid", "declined"]]] = {
    "paid": "paid",
    "declined": "declined",
}

CONFIRMS: Final = "555"
"""The code of a payer who confirms."""


@dataclass(frozen=True, slots=True)
class PayerEnd:
    """The end of a payer's way through the pages.

    Attributes:
        result: Whether it was paid or declined, or the payment waits at the bank.
        redirect: Where the payer is sent to, away from the sandbox.
        reason: The reason of a refusal, as the page says it.
    """

    result: Literal["paid", "declined", "waiting"]
    redirect: str | None
    reason: str


def pay_on_page(
    address: str,
    card: str = "visa",
    code: str = CONFIRMS,
    typed: Mapping[str, str] | None = None,
) -> PayerEnd:
    """Pay a payment link, or a session of v2, through the form of its page.

    Args:
        address: The `url` of the link or the session.
        card: The name of a test card, as on the buttons of the page.
        code: What the payer types at the bank: `555` confirms, `111` fails.
        typed: What the payer types over the values of the test card, by the name of the field.

    Raises:
        ValueError: if the page has no form for a card, or no button with that name, or takes no payment.
        OSError: if the page cannot be reached.
    """
    page = _open(f"{address}?{urlencode({'card': card})}")
    form = page.form_with("number")
    if form is None:
        raise ValueError(f"There is no form for a card at {address}.")
    if not form.fields["number"]:
        raise ValueError(f"The page has no test card with the name {card!r}.")
    page = _send(page, form, {**form.fields, **(typed or {})})
    question = page.question(code)
    if question is not None:
        page = _send(page, question, {**question.fields, "otp": code})
    result = page.form_with("cres")
    if result is not None:
        page = _send(page, result, result.fields)
    if _AT_THE_BANK in page.address:
        return PayerEnd("waiting", None, page.error)
    return _end_of(page)


def pay_at_once(address: str, *, decline: bool = False) -> PayerEnd:
    """Pay a payment link or a session without a card, or refuse to.

    Args:
        address: The `url` of the link or the session.
        decline: Whether the payment is refused.

    Raises:
        ValueError: if it cannot be paid.
        OSError: if the page cannot be reached.
    """
    return _end_of(_open(f"{address}/{'decline' if decline else 'pay'}", {}))


def _end_of(page: _Page) -> PayerEnd:
    if page.result is None:
        reason = page.error or f"the page responded with {page.status}"
        raise ValueError(f"No payment was made at {page.address}: {reason}.")
    return PayerEnd(page.result, page.redirect, page.error)


def answer_challenge(page: str, otp: str = CONFIRMS) -> dict[str, str]:
    """Confirm a payment at the sandbox's bank, or fail to.

    Args:
        page: The page that sends the payer to the bank: what `ShowChallenge.form()` gives, with whatever stands
            around it, or `threeDS.html`.
        otp: What the payer types: `555` confirms, `111` fails.

    Returns:
        The form that the payer's browser posts to the `threeDSNotificationUrl`; empty if the bank posts none.

    Raises:
        ValueError: if no form for the bank is on the page.
        OSError: if the bank cannot be reached, or no payment waits there.
    """
    asking = _Page("", page).form_with("creq")
    if asking is None or not asking.action:
        raise ValueError("There is no form on the page that posts creq.")
    result = _open(asking.action, {**asking.fields, "otp": otp}).form_with("cres")
    return {} if result is None else result.fields


@dataclass(slots=True)
class _Form:
    """A form: its address and its named values."""

    action: str
    fields: dict[str, str] = field(default_factory=dict[str, str])


class _Page(HTMLParser):
    """A page that was opened.

    Args:
        address: Where it is.
        text: Its markup.
        status: The status of the response.
        redirect: Where the payer is sent to, away from the sandbox.
        result: The end of the payment, if this is the end.
    """

    def __init__(
        self,
        address: str,
        text: str,
        status: int = 200,
        redirect: str | None = None,
        result: str | None = None,
    ) -> None:
        super().__init__()
        self.address = address
        self.status = status
        self.redirect = redirect
        self.result: Literal["paid", "declined"] | None = _RESULTS.get(result or "")
        self.error = ""
        self._forms: list[_Form] = []
        self._in_error = False
        self.feed(text)
        self.close()

    def form_with(self, name: str) -> _Form | None:
        """Return the first form that has a field."""
        return next((form for form in self._forms if name in form.fields), None)

    def question(self, code: str) -> _Form | None:
        """Return the form for a code: the button that stands for it, or the field to type it into."""
        asking = [form for form in self._forms if "otp" in form.fields]
        for form in asking:
            if form.fields["otp"] == code:
                return form
        return asking[0] if asking else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "form":
            self._forms.append(_Form(named.get("action") or ""))
        elif tag == "input" and self._forms and (name := named.get("name")):
            self._forms[-1].fields[name] = named.get("value") or ""
        elif tag == "p" and named.get("class") == "error":
            self._in_error = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._in_error = False

    def handle_data(self, data: str) -> None:
        if self._in_error:
            self.error = f"{self.error} {data.strip()}".strip()


class _NoRedirects(HTTPRedirectHandler):
    """Leave redirects to the payer, who does not open the shop's pages."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def _send(page: _Page, form: _Form, values: Mapping[str, str]) -> _Page:
    """Post a form of a page. The values are sent to the sandbox alone.

    Raises:
        ValueError: if the form would be posted elsewhere.
    """
    action = urljoin(page.address, form.action)
    if _origin(action) != _origin(page.address):
        raise ValueError(f"The form of {page.address} is posted to another origin.")
    return _open(action, values)


def _open(address: str, values: Mapping[str, str] | None = None) -> _Page:
    """Open a page, or post a form, and follow redirects as long as they stay at the sandbox.

    Raises:
        OSError: if there is no such page, or it cannot be reached.
    """
    content = None if values is None else urlencode(values).encode()
    opener = build_opener(ProxyHandler({}), _NoRedirects)
    try:
        with opener.open(Request(address, content), timeout=_PATIENCE) as response:
            result = response.headers.get(RESULT_HEADER)
            text, status = response.read().decode(), response.status
            return _Page(address, text, status, result=result)
    except HTTPError as error:
        with error:
            if error.code == 404:
                raise
            text, status = error.read().decode(), error.code
            target = error.headers.get("Location")
            result = error.headers.get(RESULT_HEADER)
    if target is None:
        return _Page(address, text, status, result=result)
    target = urljoin(address, target)
    if _origin(target) != _origin(address):
        return _Page(address, text, status, target, result)
    return _open(target)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
