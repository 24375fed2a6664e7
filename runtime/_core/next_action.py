# plexy-pay runtime, written by hand in runtime/_core/next_action.py; the generator copies it unchanged.
"""What a host-to-host payment wants next: nothing, a payer who confirms at the bank, or something not known.

`payment.next_action` is one of three classes, for a `match`. What the API says and this version does not know is
an `UnknownAction`; it never passes for a payment that is done.
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
    """The payment was carried out; the payer has nothing to do. `auth` holds the amount, `sale` takes it.

    Attributes:
        transaction_id: The payment's id.
    """

    transaction_id: str


@dataclass(frozen=True, slots=True, repr=False)
class ShowChallenge:
    """The bank wants the payer to confirm (3-D Secure). Nothing was held or taken yet.

    Send the payer's browser to the bank with `form()`. The bank posts its response to your `threeDSNotificationUrl`:
    read it with `cards.read_three_ds_callback`, and finish with `direct_payments.continue_three_ds`.

    Attributes:
        transaction_id: The payment's id. Save it with the order before you show anything.
        action: The bank's address: https, or http on this machine.
        creq: The challenge request, base64url.
        session_data: What the bank sends back beside its response; None if the API gave none.
        html: The page that the API offers instead of `form()`, as it came; None if it gave none. It is markup that
            others wrote: show it only in a frame of its own, never inside a page of yours.
    """

    transaction_id: str
    action: str
    creq: str
    session_data: str | None = None
    html: str | None = None

    def form(self, *, label: str = "Continue", nonce: str = "") -> str:
        """An HTML form that posts the request to the bank and sends itself. All values in it are escaped.

        Args:
            label: The text of the button, for browsers that run no script.
            nonce: The nonce of your Content-Security-Policy, without which a strict one stops the script.
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
    """The response does not say what comes next, as far as this version can tell. Do not take it for paid.

    Look at the transaction or wait for its webhook before you hand out goods, and do not charge again meanwhile.

    Attributes:
        transaction_id: The payment's id.
        name: The action as the API named it; empty if it named none.
        reason: Why nothing more can be said.
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
    """What a response wants next.

    Args:
        transaction_id: The payment's id.
        success: Whether the API says that it was carried out.
        action: The action's name, if there is one.
        challenge: The model of what is needed for a challenge, if there is one.
        shows: The actions that ask for a challenge.
        finished: The actions after which nothing is left to do.
    """
    name = str(action) if isinstance(action, str) else ""
    if success is not True:
        return UnknownAction(
            transaction_id, name, "The response does not say that it was carried out."
        )
    if name not in {"", *shows, *finished} or not isinstance(
        action, (str, Unset, NoneType)
    ):
        return UnknownAction(
            transaction_id, name, "This version of the client does not know the action."
        )
    # The status C says it too: challenge required.
    if name not in shows and getattr(challenge, "status", None) != "C":
        return Finished(transaction_id)
    found = [
        getattr(challenge, field, None)
        for field in ("action", "creq", "three_ds_session_data", "html")
    ]
    address, creq, session_data, html = (
        one if isinstance(one, str) and one else None for one in found
    )
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
    return ShowChallenge(transaction_id, address, creq, session_data, html)


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
