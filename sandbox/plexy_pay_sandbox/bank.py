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
from .direct_payments import cres_of, error_of, session_data_of
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
from .world import World

# The codes of the documented test card 4111111111111111.
_CONFIRMS: Final = "555"
_FAILS: Final = "111"
_STATUSES: Final = {_CONFIRMS: "Y", _FAILS: "N"}


def challenge_address(origin: str, transaction_id: str) -> str:
    """Where `creq` is posted to."""
    return f"{origin}/_sandbox/3ds/{transaction_id}"


def redirect_address(origin: str, redirect_id: str) -> str:
    """Where a shopper of v2 is sent to."""
    return f"{origin}/_sandbox/redirects/{redirect_id}"


def session_address(origin: str, session_id: str) -> str:
    """Where a session of v2 is paid."""
    return f"{origin}/_sandbox/sessions/{session_id}"


def sending_page(action: str, creq: str, session_data: str) -> str:
    """The page that sends the payer to the bank."""
    form = button(action, "Go on", creq=creq, threeDSSessionData=session_data)
    return page_text("To your bank", form + SENDS_ITSELF)


def routes(world: World) -> list[Route]:
    """The routes of these pages.

    Args:
        world: The sandbox's memory.
    """

    async def challenge(request: Request) -> Response:
        transaction_id = request.path_params["id"]
        waiting = world.direct_payments.challenge(transaction_id)
        if waiting is None:
            return page("Not found", "<p>No payment waits for its payer here.</p>", 404)
        posted = parse_qs((await request.body()).decode("latin-1"))
        code = posted.get("otp", [""])[0].strip()
        cres = _cres(waiting.bank, code, transaction_id)
        if cres is None:
            return page("Your bank", _question(waiting.bank, wrong=bool(code)))
        url = waiting.notification_url
        if url is None or not is_web_address(url):
            return page("Your bank", f"<p>The bank's answer: <code>{cres}</code></p>")
        session_data = session_data_of(transaction_id)
        return self_sending_page(
            "Your bank",
            button(url, "Go on", cres=cres, threeDSSessionData=session_data),
        )

    async def redirect(request: Request) -> Response:
        try:
            waiting = world.checkout.waiting(request.path_params["id"])
        except NotFound:
            return page("Not found", "<p>No payment waits for its payer here.</p>", 404)
        answers = (("Confirm", waiting.confirmed), ("Refuse", waiting.refused))
        return page(
            "Your bank",
            "".join(_way_back(waiting.return_url, *answer) for answer in answers),
        )

    async def show_session(request: Request) -> Response:
        session = _session(world, request)
        if session is None:
            return _no_session()
        if session.status is not SessionStatus.PENDING:
            return _closed(session)
        path = f"/_sandbox/sessions/{session.id}"
        return page(
            "Checkout",
            button(f"{path}/pay", "Pay") + button(f"{path}/decline", "Decline"),
        )

    async def pay_session(request: Request) -> Response:
        session = _session(world, request)
        if session is None:
            return _no_session()
        if session.status is not SessionStatus.PENDING:
            return _closed(session)
        try:
            world.checkout.pay_session(session.id)
        except CardDeclined as declined:
            return page("Declined", f"<p>{escape(declined.message)}</p>", 402)
        return _session_end(session)

    async def decline_session(request: Request) -> Response:
        session = _session(world, request)
        if session is None:
            return _no_session()
        if session.status is not SessionStatus.PENDING:
            return _closed(session)
        return _session_end(world.checkout.decline_session(session.id))

    return [
        Route("/_sandbox/3ds/{id}", challenge, methods=["GET", "POST"]),
        Route("/_sandbox/redirects/{id}", redirect, methods=["GET"]),
        Route("/_sandbox/sessions/{id}", show_session, methods=["GET"]),
        Route("/_sandbox/sessions/{id}/pay", pay_session, methods=["POST"]),
        Route("/_sandbox/sessions/{id}/decline", decline_session, methods=["POST"]),
    ]


def _cres(bank: Bank, code: str, transaction_id: str) -> str | None:
    """The bank's answer to what the payer typed; None, if it asks again."""
    if bank is Bank.LOSES_THE_ANSWER or code not in _STATUSES:
        return None
    if bank is Bank.ANSWERS_WITH_AN_ERROR:
        return error_of(transaction_id)
    return cres_of(
        "N" if bank is Bank.IS_CANCELLED else _STATUSES[code], transaction_id
    )


def _question(bank: Bank, *, wrong: bool) -> str:
    """What the bank asks, at the address that the answer is posted to."""
    if bank is Bank.LOSES_THE_ANSWER:
        return "<p>The answer of this bank gets lost. In ten minutes the payment is rejected.</p>"
    if bank is Bank.IS_CANCELLED:
        return button("", "Cancel", otp=_FAILS)
    if bank is Bank.ANSWERS_WITH_AN_ERROR:
        return button("", "Go on", otp=_CONFIRMS)
    if bank is Bank.ASKS_TO_CONFIRM:
        return button("", "Confirm", otp=_CONFIRMS) + button("", "Refuse", otp=_FAILS)
    again = "<p>This is not the code.</p>" if wrong else ""
    return (
        f"{again}<p>Type the code: {_CONFIRMS} to confirm, {_FAILS} to fail.</p>"
        '<form method="post"><input name="otp" autocomplete="off"><button>Send</button></form>'
    )


def _session(world: World, request: Request) -> Session | None:
    try:
        return world.checkout.session(request.path_params["id"])
    except NotFound:
        return None


def _no_session() -> Response:
    return page("Not found", "<p>There is no such session.</p>", 404)


def _closed(session: Session) -> Response:
    return page(
        "Checkout",
        f"<p>This session is {escape(session.status)} and cannot be paid.</p>",
        409,
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
