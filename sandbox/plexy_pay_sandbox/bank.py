"""The pages on which a payer confirms: the bank's of 3-D Secure, a redirect's, and a session's of v2.

Stand-ins as a whole. A bank asks for the documented codes of 4111111111111111, `555` for a payer who confirms and
`111` for one who does not, or has a button for each; the other pages have two buttons. What the payer brings back is
documented: `cres` and `threeDSSessionData`, posted to the `threeDSNotificationUrl`; `redirectResult`, in the query of
the `returnUrl`; `sessionResult` likewise, which the real component gives to the merchant's page instead.
"""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .checkout_api import Session, SessionStatus
from .pages import (
    HEADERS,
    SENDS_ITSELF,
    button,
    is_web_address,
    page,
    page_text,
    self_sending_page,
    with_query,
)
from .records import Bank
from .refusals import CardDeclined, NotFound
from .three_ds import cres_of, error_of, session_data_of
from .world import World

# The codes of the documented test card 4111111111111111.
_CONFIRMS: Final = "555"
_FAILS: Final = "111"
_STATUSES: Final = {_CONFIRMS: "Y", _FAILS: "N"}


def challenge_address(origin: str, transaction_id: str) -> str:
    """Return where `creq` is posted to."""
    return f"{origin}/_sandbox/3ds/{transaction_id}"


def redirect_address(origin: str, redirect_id: str) -> str:
    """Return where a shopper of v2 is sent to."""
    return f"{origin}/_sandbox/redirects/{redirect_id}"


def session_address(origin: str, session_id: str) -> str:
    """Return where a session of v2 is paid."""
    return f"{origin}/_sandbox/sessions/{session_id}"


def sending_page(action: str, creq: str, session_data: str) -> str:
    """Return the page that sends the payer to the bank."""
    form = button(action, "Go on", creq=creq, threeDSSessionData=session_data)
    return page_text("To your bank", form + SENDS_ITSELF)


def routes(world: World) -> list[Route]:
    """Return the routes of these pages.

    Args:
        world: The sandbox's memory.
    """
    bank, sessions = _BankPages(world), _SessionPages(world)
    session = "/_sandbox/sessions/{id}"
    return [
        Route("/_sandbox/3ds/{id}", bank.challenge, methods=["GET", "POST"]),
        Route("/_sandbox/redirects/{id}", bank.redirect, methods=["GET"]),
        Route(session, sessions.show, methods=["GET"]),
        Route(f"{session}/pay", sessions.pay, methods=["POST"]),
        Route(f"{session}/decline", sessions.decline, methods=["POST"]),
    ]


class _BankPages:
    """The pages of a bank: it asks whether the payer confirms, and sends them back with the result."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def challenge(self, request: Request) -> Response:
        """Ask for the code of 3-D Secure, or send the result to the merchant's page."""
        transaction_id = request.path_params["id"]
        waiting = self._world.card_payments.challenge(transaction_id)
        if waiting is None:
            return _nobody_waits()
        posted = parse_qs((await request.body()).decode("latin-1"))
        code = posted.get("otp", [""])[0].strip()
        cres = _cres(waiting.bank, code, transaction_id)
        if cres is None:
            return page("Your bank", _question(waiting.bank, wrong=bool(code)))
        url = waiting.terms.notification_url
        if url is None or not is_web_address(url):
            return page("Your bank", f"<p>The bank's result: <code>{cres}</code></p>")
        session_data = session_data_of(transaction_id)
        form = button(url, "Go on", cres=cres, threeDSSessionData=session_data)
        return self_sending_page("Your bank", form)

    async def redirect(self, request: Request) -> Response:
        """Offer both ways back from a redirect of v2."""
        try:
            waiting = self._world.checkout.waiting(request.path_params["id"])
        except NotFound:
            return _nobody_waits()
        confirm = _way_back(waiting.return_url, "Confirm", waiting.confirmed)
        refuse = _way_back(waiting.return_url, "Refuse", waiting.refused)
        return page("Your bank", confirm + refuse)


class _SessionPages:
    """The page of a session of v2, and its two buttons."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        """Show the buttons of a session that is open."""
        session = self._session(request)
        if session is None or session.status is not SessionStatus.PENDING:
            return _not_open(session)
        path = f"/_sandbox/sessions/{session.id}"
        pay, decline = (
            button(f"{path}/pay", "Pay"),
            button(f"{path}/decline", "Decline"),
        )
        return page("Checkout", pay + decline)

    async def pay(self, request: Request) -> Response:
        """Pay a session that is open."""
        session = self._session(request)
        if session is None or session.status is not SessionStatus.PENDING:
            return _not_open(session)
        try:
            self._world.checkout.pay_session(session.id)
        except CardDeclined as declined:
            return page("Declined", f"<p>{escape(declined.message)}</p>", 402)
        return _session_end(session)

    async def decline(self, request: Request) -> Response:
        """Decline the card for a session that is open."""
        session = self._session(request)
        if session is None or session.status is not SessionStatus.PENDING:
            return _not_open(session)
        return _session_end(self._world.checkout.decline_session(session.id))

    def _session(self, request: Request) -> Session | None:
        try:
            return self._world.checkout.session(request.path_params["id"])
        except NotFound:
            return None


def _nobody_waits() -> Response:
    return page("Not found", "<p>No payment waits for its payer here.</p>", 404)


def _not_open(session: Session | None) -> Response:
    """Say why a session cannot be paid."""
    if session is None:
        return page("Not found", "<p>There is no such session.</p>", 404)
    return page(
        "Checkout",
        f"<p>This session is {escape(session.status)} and cannot be paid.</p>",
        409,
    )


def _cres(bank: Bank, code: str, transaction_id: str) -> str | None:
    """Return the bank's result for what the payer typed; None, if it asks again."""
    if bank is Bank.LOSES_THE_RESULT or code not in _STATUSES:
        return None
    if bank is Bank.RESPONDS_WITH_AN_ERROR:
        return error_of(transaction_id)
    return cres_of(
        "N" if bank is Bank.IS_CANCELLED else _STATUSES[code], transaction_id
    )


def _question(bank: Bank, *, wrong: bool) -> str:
    """Return what the bank asks, at the address that takes what the payer types."""
    if bank is Bank.LOSES_THE_RESULT:
        return "<p>The result of this bank gets lost. In ten minutes the payment is rejected.</p>"
    if bank is Bank.IS_CANCELLED:
        return button("", "Cancel", otp=_FAILS)
    if bank is Bank.RESPONDS_WITH_AN_ERROR:
        return button("", "Go on", otp=_CONFIRMS)
    if bank is Bank.ASKS_TO_CONFIRM:
        return button("", "Confirm", otp=_CONFIRMS) + button("", "Refuse", otp=_FAILS)
    again = "<p>This is not the code.</p>" if wrong else ""
    return (
        f"{again}<p>Type the code: {_CONFIRMS} to confirm, {_FAILS} to fail.</p>"
        '<form method="post"><input name="otp" autocomplete="off"><button>Send</button></form>'
    )


def _session_end(session: Session) -> Response:
    address: str = session.request["returnUrl"]
    if is_web_address(address):
        return RedirectResponse(
            with_query(address, sessionResult=session.result), 303, headers=HEADERS
        )
    return page("Done", f"<p>Session result: <code>{session.result}</code></p>")


def _way_back(address: str | None, label: str, result: str) -> str:
    if address is None or not is_web_address(address):
        return f"<p>{label}: <code>{result}</code></p>"
    return f'<p><a href="{escape(with_query(address, redirectResult=result))}">{label}</a></p>'
