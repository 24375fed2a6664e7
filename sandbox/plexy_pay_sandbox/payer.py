"""A payer for tests: does in plain HTTP what a person does in a browser at the bank's page of 3-D Secure."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

_PATIENCE: Final = 30.0


def answer_challenge(page: str, otp: str = "555") -> dict[str, str]:
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
    asking = _Form(page)
    if not asking.action or "creq" not in asking.fields:
        raise ValueError("There is no form on the page that posts creq.")
    content = urlencode({**asking.fields, "otp": otp}).encode()
    opener = build_opener(ProxyHandler({}))
    with opener.open(Request(asking.action, content), timeout=_PATIENCE) as response:
        return _Form(response.read().decode()).fields


class _Form(HTMLParser):
    """The address and the named values of the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "form":
            self.action = named.get("action") or ""
        # An empty field is one that a person still has to fill in.
        elif (
            tag == "input"
            and (name := named.get("name"))
            and (value := named.get("value"))
        ):
            self.fields[name] = value
