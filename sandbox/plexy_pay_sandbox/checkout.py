"""The hosted checkout page of a payment link: a card form, and what became of the payment.

Documented: a payer is sent to the link's `metadata.successUrl`, `failureUrl` or `cancelUrl`.

The rest is a stand-in. The real page is not described by any public source. This one has the test cards as buttons,
lets `link_payments` decide about a card, and leads through the sandbox's own bank (`bank`). Where a link names no
address, the payer sees a page that says what happened. A refused payment leaves the link open for another card.

A POST without a card to `/pl_.../pay` or `/pl_.../decline` is a shortcut for programs: the payment is made or refused
at once. A card that was posted is handed on and forgotten; its number is not sent back.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .bank import challenge_address
from .bills import Bill
from .card_form import CardForm, filled_with, read_card
from .card_payments import Outcome
from .kept_requests import keep_form
from .named_cards import LINK_CARDS
from .pages import is_web_address, notice, page, sent_to, with_result
from .records import MERCHANT_NAME, CardFace, Link
from .refusals import NotAllowed, NotFound, Refusal
from .three_ds import transaction_of
from .world import World


def routes(world: World) -> list[Route]:
    """Return the routes of the checkout pages.

    Args:
        world: The sandbox's memory.
    """
    pages = _LinkPages(world)
    return [
        Route("/pl_{rest}", pages.show, methods=["GET"]),
        Route("/pl_{rest}/pay", pages.pay, methods=["POST"]),
        Route("/pl_{rest}/decline", pages.decline, methods=["POST"]),
        Route("/pl_{rest}/3ds", pages.come_back, methods=["POST"]),
    ]


class _LinkPages:
    """The pages of payment links."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        """Show the form, with a test card in it if one is named."""
        link = self._find(request)
        if link is None:
            return _unknown(request)
        if not link.is_open:
            return _closed(request, link, 200)
        named = LINK_CARDS.get(request.query_params.get("card", ""))
        if named is None:
            return _form(request, link, CardForm())
        card = named.typed(self._world.state.settle())
        return _form(request, link, filled_with(card))

    async def pay(self, request: Request) -> Response:
        """Pay with the card of the form; without a form, pay at once."""
        form = read_card(await request.body())
        link = self._find(request)
        if link is None:
            return _unknown(request)
        if not link.is_open:
            return _closed(request, link)
        if form is not None and form.card is None:
            return _form(request, link, form, 422)
        card = None if form is None else form.card
        now = self._world.state.settle()
        face = self._world.card_reader.for_a_link(card, now)
        try:
            return self._paid(request, link, face)
        except NotAllowed:
            # It has expired since it was looked up.
            return _closed(request, link)

    async def decline(self, request: Request) -> Response:
        """Refuse the payment at once."""
        link = self._find(request)
        if link is None:
            return _unknown(request)
        if not link.is_open:
            return _closed(request, link)
        try:
            self._world.state.decline_link(link.id)
        except NotAllowed:
            return _closed(request, link)
        return _refused(request, link, Bill.of_link(link))

    async def come_back(self, request: Request) -> Response:
        """Finish a payment with what the bank has posted."""
        posted = parse_qs((await request.body()).decode("latin-1"))
        link = self._find(request)
        if link is None:
            return _unknown(request)
        cres = posted.get("cres", [""])[0]
        session_data = posted.get("threeDSSessionData", [""])[0]
        keep_form(request, cres=cres, threeDSSessionData=session_data)
        try:
            transaction_id = transaction_of(session_data)
            outcome = self._world.link_payments.finish(link.id, transaction_id, cres)
        except Refusal:
            # Sent twice, or by somebody else: the page of the link shows how things are.
            return sent_to(f"/{link.id}")
        return _ended(request, link, outcome)

    def _paid(self, request: Request, link: Link, face: CardFace | None) -> Response:
        """Pay with a card; without one, pay at once.

        Raises:
            NotAllowed: if the link is not active.
        """
        if face is None:
            self._world.state.pay_link(link.id)
            return _succeeded(request, link, Bill.of_link(link))
        origin = str(request.base_url).rstrip("/")
        outcome = self._world.link_payments.pay(
            link.id, face, f"{origin}/{link.id}/3ds"
        )
        if outcome.waits:
            return sent_to(challenge_address(origin, outcome.id))
        return _ended(request, link, outcome)

    def _find(self, request: Request) -> Link | None:
        try:
            return self._world.state.link(f"pl_{request.path_params['rest']}")
        except NotFound:
            return None


def _address(link: Link, name: str) -> str | None:
    """Return an address of the link that a payer can be sent to."""
    address = link.address(name)
    return address if address is not None and is_web_address(address) else None


def _form(request: Request, link: Link, form: CardForm, status: int = 200) -> Response:
    return page(
        request,
        "checkout.html",
        status,
        path=f"/{link.id}",
        pay=f"/{link.id}/pay",
        decline=f"/{link.id}/decline",
        back=_address(link, "cancelUrl"),
        merchant=MERCHANT_NAME,
        bill=Bill.of_link(link),
        form=form,
        cards=LINK_CARDS,
    )


def _ended(request: Request, link: Link, outcome: Outcome) -> Response:
    bill = Bill.of_link(link, outcome.card)
    if outcome.success:
        return _succeeded(request, link, bill)
    return _refused(request, link, bill, outcome)


def _succeeded(request: Request, link: Link, bill: Bill) -> Response:
    address = _address(link, "successUrl")
    if address is not None:
        return with_result(sent_to(address), "paid")
    return with_result(page(request, "paid.html", bill=bill), "paid")


def _refused(
    request: Request, link: Link, bill: Bill, outcome: Outcome | None = None
) -> Response:
    """Say why a payment was refused; the shortcut gives no reason, and its status is that of a page."""
    address = _address(link, "failureUrl")
    if address is not None:
        return with_result(sent_to(address), "declined")
    refused = page(
        request,
        "refused.html",
        200 if outcome is None else 402,
        reason=None if outcome is None else outcome.message,
        code=None if outcome is None else outcome.response_code,
        again=f"/{link.id}" if link.is_open else None,
        back=_address(link, "cancelUrl"),
        bill=bill,
    )
    return with_result(refused, "declined")


def _closed(request: Request, link: Link, status: int = 409) -> Response:
    return page(
        request,
        "closed.html",
        status,
        path=f"/{link.id}",
        text=f"link_{link.status}",
        back=_address(link, "cancelUrl"),
        bill=Bill.of_link(link),
    )


def _unknown(request: Request) -> Response:
    return notice(request, "not_found", "no_link", 404)
