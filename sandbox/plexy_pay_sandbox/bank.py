"""The pages of a bank on which a payer confirms: 3-D Secure, and the redirect of v2.

Stand-ins as a whole. A bank asks for the documented codes of 4111111111111111, `555` for a payer who confirms and
`111` for one who does not, or has a button for each. What the payer brings back is documented: `cres` and
`threeDSSessionData`, posted to the `threeDSNotificationUrl`; `redirectResult`, in the query of the `returnUrl`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .bills import Bill
from .card_payments import Challenge
from .kept_requests import only_reads
from .pages import is_web_address, notice, page, page_text, result_page, with_query
from .records import Bank
from .refusals import NotFound
from .three_ds import cres_of, error_of, session_data_of
from .world import World

# The codes of the documented test card 4111111111111111.
_CONFIRMS: Final = "555"
_FAILS: Final = "111"
_STATUSES: Final = {_CONFIRMS: "Y", _FAILS: "N"}

_QUESTIONS: Final[Mapping[Bank, str]] = {
    Bank.ASKS_TO_CONFIRM: "confirm",
    Bank.IS_CANCELLED: "cancel",
    Bank.RESPONDS_WITH_AN_ERROR: "error",
    Bank.LOSES_THE_RESULT: "nothing",
}
"""The banks that ask for something else than a code."""


def challenge_address(origin: str, transaction_id: str) -> str:
    """Return where `creq` is posted to."""
    return f"{origin}/_sandbox/3ds/{transaction_id}"


def redirect_address(origin: str, redirect_id: str) -> str:
    """Return where a shopper of v2 is sent to."""
    return f"{origin}/_sandbox/redirects/{redirect_id}"


def sending_page(action: str, creq: str, session_data: str) -> str:
    """Return the page that sends the payer to the bank."""
    return page_text(
        "send.html",
        sends_itself=True,
        title="to_bank",
        action=action,
        fields={"creq": creq, "threeDSSessionData": session_data},
    )


def routes(world: World) -> list[Route]:
    """Return the routes of these pages.

    Args:
        world: The sandbox's memory.
    """
    bank = _BankPages(world)
    return [
        Route("/_sandbox/3ds/{id}", bank.challenge, methods=["GET", "POST"]),
        Route("/_sandbox/redirects/{id}", bank.redirect, methods=["GET"]),
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
            return notice(request, "not_found", "no_waiting", 404)
        # The payment goes on when its result is brought back, not here.
        only_reads(request)
        posted = parse_qs((await request.body()).decode("latin-1"))
        code = posted.get("otp", [""])[0].strip()
        cres = _cres(waiting.bank, code, transaction_id)
        if cres is None:
            return _question(request, waiting, wrong=bool(code))
        url = waiting.terms.notification_url
        if url is None or not is_web_address(url):
            return result_page(request, "bank", "bank_result", cres)
        return page(
            request,
            "send.html",
            sends_itself=True,
            title="back_from_bank",
            action=url,
            fields={
                "cres": cres,
                "threeDSSessionData": session_data_of(transaction_id),
            },
        )

    async def redirect(self, request: Request) -> Response:
        """Offer both ways back from a redirect of v2."""
        try:
            waiting = self._world.checkout.waiting(request.path_params["id"])
        except NotFound:
            return notice(request, "not_found", "no_waiting", 404)
        back = waiting.return_url
        ways = [
            ("confirm", _way_back(back, waiting.confirmed), waiting.confirmed),
            ("refuse", _way_back(back, waiting.refused), waiting.refused),
        ]
        return page(request, "redirect.html", path=request.url.path, ways=ways)


def _cres(bank: Bank, code: str, transaction_id: str) -> str | None:
    """Return the bank's result for what the payer typed; None, if it asks again."""
    if bank is Bank.LOSES_THE_RESULT or code not in _STATUSES:
        return None
    if bank is Bank.RESPONDS_WITH_AN_ERROR:
        return error_of(transaction_id)
    return cres_of(
        "N" if bank is Bank.IS_CANCELLED else _STATUSES[code], transaction_id
    )


def _question(request: Request, waiting: Challenge, *, wrong: bool) -> Response:
    """Ask the payer, at the address that takes what the payer types."""
    return page(
        request,
        "bank.html",
        path=request.url.path,
        bill=Bill.of_payment(waiting.payment),
        asks=_QUESTIONS.get(waiting.bank, "code"),
        wrong=wrong,
        confirms=_CONFIRMS,
        fails=_FAILS,
    )


def _way_back(address: str | None, result: str) -> str | None:
    if address is None or not is_web_address(address):
        return None
    return with_query(address, redirectResult=result)
