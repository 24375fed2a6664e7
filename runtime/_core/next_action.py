# plexy-pay runtime, written by hand in runtime/_core/next_action.py; the generator copies it unchanged.
"""Decide the next step of a host-to-host payment: none, a confirmation at the bank, or an unknown action.

`payment.next_action` is one of three classes, for a `match`. An action that this version does not know becomes an
`UnknownAction` and never counts as a finished payment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from types import NoneType
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from .keys import MASK
from .types import Unset

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Finished:
    """Represent a payment that was carried out. The payer has nothing to do. `auth` holds the amount, `sale` takes it.

    Attributes:
        transaction_id: The payment's id.
    """

    transaction_id: str


@dataclass(frozen=True, slots=True, repr=False)
class ShowChallenge:
    """Represent a payment that the payer must confirm at the bank (3-D Secure). Nothing has been held or taken yet.

    Send the payer's browser to the bank with `form()`. The bank posts its response to your `three_ds_notification_url`.
    Read it with `cards.read_three_ds_callback`, and finish with `direct_payments.continue_three_ds`.

    Attributes:
        transaction_id: The payment's id. Save it with the order before you show anything.
        action: The bank's address: https, or http on this machine.
        creq: The challenge request, base64url.
        session_data: The data that the bank returns with its response; None if the API sent none.
        html: The page that the API offers instead of `form()`, unchanged; None if it sent none. Others wrote this
            markup: show it only in a separate frame, never inside your own page.
    """

    transaction_id: str
    action: str
    creq: str
    session_data: str | None = None
    html: str | None = None

    def form(self, *, label: str = "Continue", nonce: str = "") -> str:
        """Return an HTML form that submits itself and posts the request to the bank. All its values are escaped.

        Args:
            label: The text of the button, for browsers without scripts.
            nonce: The nonce of your Content-Security-Policy. A strict policy blocks the script without it.
        """
        fields = {"creq": self.creq, "threeDSSessionData": self.session_data}
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in fields.items()
            if value is not None
        )
        script = f'<script nonce="{escape(nonce)}">' if nonce else "<script>"
        return (
            f'<form id="plexy-3ds" method="post" action="{escape(self.action)}">{inputs}'
            f"<button>{escape(label)}</button></form>"
            f'{script}document.getElementById("plexy-3ds").submit()</script>'
        )

    def __repr__(self) -> str:
        return f"ShowChallenge(transaction_id={self.transaction_id!r}, action={self.action!r}, creq={MASK})"


@dataclass(frozen=True, slots=True)
class UnknownAction:
    """Represent a next step that this version cannot determine. Do not treat the payment as paid.

    Look up the transaction or wait for its webhook before you hand out goods, and do not charge again meanwhile.

    Attributes:
        transaction_id: The payment's id.
        name: The API's name of the action; empty if it named none.
        reason: Why the next step is unknown.
    """

    transaction_id: str
    name: str
    reason: str


NextAction: TypeAlias = Finished | ShowChallenge | UnknownAction


def read_next_action(
    transaction_id: str,
    success: object,
    action: object,
    challenge: Any,
    *,
    shows: Collection[str],
    finished: Collection[str],
) -> NextAction:
    """Return the next step that a response asks for.

    Args:
        transaction_id: The payment's id.
        success: The response's `success`. Only True says that the payment was carried out.
        action: The name of the action, if there is one.
        challenge: The model with the data for a challenge, if there is one.
        shows: The actions that ask for a challenge.
        finished: The actions after which nothing is left to do.
    """
    name = str(action) if isinstance(action, str) else ""
    if success is not True:
        return UnknownAction(
            transaction_id, name, "The response does not say that it was carried out."
        )
    is_known = not name or name in shows or name in finished
    if not is_known or not isinstance(action, (str, Unset, NoneType)):
        return UnknownAction(
            transaction_id, name, "This version of the client does not know the action."
        )
    # The status C also means that a challenge is required.
    if name not in shows and getattr(challenge, "status", None) != "C":
        return Finished(transaction_id)
    address = _text_in(challenge, "action")
    creq = _text_in(challenge, "creq")
    if address is None or creq is None:
        return UnknownAction(
            transaction_id,
            name,
            "The response asks for a challenge and has no address or creq.",
        )
    if not _may_be_posted_to(address):
        return UnknownAction(
            transaction_id,
            name,
            "The bank's address is neither https nor on this machine.",
        )
    session_data = _text_in(challenge, "three_ds_session_data")
    html = _text_in(challenge, "html")
    return ShowChallenge(transaction_id, address, creq, session_data, html)


def _text_in(challenge: Any, field: str) -> str | None:
    """Return a field of the challenge; None if it is missing, empty or not text."""
    value = getattr(challenge, field, None)
    return value if isinstance(value, str) and value else None


def _may_be_posted_to(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in _LOOPBACK
    )
    return (
        safe
        and bool(parts.hostname)
        and address.isascii()
        and address.isprintable()
        and " " not in address
    )
