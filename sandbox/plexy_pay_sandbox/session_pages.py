"""The page of a session of v2: a card form, and what became of the payment.

Documented: the test cards and security codes of v2 (`checkout_cards`), and the `sessionResult` that the component
gives to the merchant's page.

Stand-in choices: the page as a whole, and `sessionResult` in the query of the `returnUrl`. A card that is declined
leaves the session open for another one. A POST without a card to `.../pay` or `.../decline` is a shortcut for programs.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .bills import Bill, amount_text
from .card_form import CardForm, filled_with, read_card
from .checkout_api import Session, SessionStatus
from .money import major_amount
from .named_cards import SESSION_CARDS
from .pages import (
    is_web_address,
    notice,
    page,
    result_page,
    sent_to,
    with_query,
    with_result,
)
from .records import MERCHANT_NAME
from .refusals import CardDeclined, NotAllowed, NotFound
from .world import World

_PATH = "/_sandbox/sessions/{id}"


def session_address(origin: str, session_id: str) -> str:
    """Return where a session is paid."""
    return f"{origin}{_path(session_id)}"


def routes(world: World) -> list[Route]:
    """Return the routes of the pages of sessions.

    Args:
        world: The sandbox's memory.
    """
    pages = _SessionPages(world)
    return [
        Route(_PATH, pages.show, methods=["GET"]),
        Route(f"{_PATH}/pay", pages.pay, methods=["POST"]),
        Route(f"{_PATH}/decline", pages.decline, methods=["POST"]),
    ]


class _SessionPages:
    """The pages of sessions."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        """Show the form of a session that is open, with a test card in it if one is named."""
        session = self._session(request)
        if session is None or session.status is not SessionStatus.PENDING:
            return _not_open(request, session)
        named = SESSION_CARDS.get(request.query_params.get("card", ""))
        if named is None:
            return _form(request, session, CardForm())
        card = named.typed(self._world.state.settle())
        return _form(request, session, filled_with(card))

    async def pay(self, request: Request) -> Response:
        """Pay with the card of the form; without a form, pay at once."""
        form = read_card(await request.body())
        session = self._session(request)
        if session is None or session.status is not SessionStatus.PENDING:
            return _not_open(request, session)
        if form is not None and form.card is None:
            return _form(request, session, form, 422)
        card = None if form is None else form.card
        try:
            self._world.checkout.pay_session(session.id, card)
        except CardDeclined as declined:
            return _refused(request, session, declined)
        except NotAllowed:
            # It has expired since it was looked up.
            return _not_open(request, session)
        return _end(request, session)

    async def decline(self, request: Request) -> Response:
        """Decline the card for a session that is open."""
        session = self._session(request)
        if session is None or session.status is not SessionStatus.PENDING:
            return _not_open(request, session)
        try:
            self._world.checkout.decline_session(session.id)
        except NotAllowed:
            return _not_open(request, session)
        return _end(request, session)

    def _session(self, request: Request) -> Session | None:
        try:
            return self._world.checkout.session(request.path_params["id"])
        except NotFound:
            return None


def _path(session_id: str) -> str:
    return _PATH.format(id=session_id)


def _bill(session: Session) -> Bill:
    amount = session.request["amount"]
    major = major_amount(amount["value"], amount["currency"], "checkout")
    return Bill(
        amount=amount_text(major, amount["currency"]),
        reference=session.request["reference"],
    )


def _form(
    request: Request, session: Session, form: CardForm, status: int = 200
) -> Response:
    path = _path(session.id)
    return page(
        request,
        "checkout.html",
        status,
        path=path,
        pay=f"{path}/pay",
        decline=f"{path}/decline",
        back=_way_back(session),
        merchant=MERCHANT_NAME,
        bill=_bill(session),
        form=form,
        cards=SESSION_CARDS,
    )


def _refused(request: Request, session: Session, declined: CardDeclined) -> Response:
    refused = page(
        request,
        "refused.html",
        402,
        reason=declined.message,
        code=declined.reason,
        again=_path(session.id),
        back=_way_back(session),
        bill=_bill(session),
    )
    return with_result(refused, "declined")


def _not_open(request: Request, session: Session | None) -> Response:
    """Say why a session cannot be paid."""
    if session is None:
        return notice(request, "not_found", "no_session", 404)
    return page(
        request,
        "closed.html",
        409,
        path=_path(session.id),
        text=f"session_{session.status}",
        back=_way_back(session),
        bill=_bill(session),
    )


def _end(request: Request, session: Session) -> Response:
    address = _way_back(session)
    if address is not None:
        response = sent_to(address)
    else:
        response = result_page(request, "done_title", "session_result", session.result)
    paid = session.status is SessionStatus.COMPLETED
    return with_result(response, "paid" if paid else "declined")


def _way_back(session: Session) -> str | None:
    address: str = session.request["returnUrl"]
    if not is_web_address(address):
        return None
    return with_query(address, sessionResult=session.result)
