"""The hosted checkout page, in its plainest form: an amount, an order, and two buttons.

A stand-in as a whole: the real page asks for a card and leads through 3-D Secure. This one never asks for a
card number, and a POST to `/pl_.../pay` or `/pl_.../decline` does at once what the payer and the bank would
do. Afterwards the payer is sent to the link's `metadata.successUrl` or `metadata.failureUrl`, or sees a page
that says what happened.
"""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .pages import HEADERS, button, is_web_address, page
from .records import CURRENCY_DIGITS, Link, LinkStatus
from .refusals import NotFound
from .state import State


def routes(state: State) -> list[Route]:
    """Return the routes of the checkout pages.

    Args:
        state: The sandbox's memory.
    """

    async def show(request: Request) -> Response:
        link = _find(state, request)
        if link is None:
            return _unknown()
        return page(
            "Checkout",
            _order(link) + (_buttons(link) if _is_open(link) else _closed(link)),
        )

    async def pay(request: Request) -> Response:
        link = _find(state, request)
        if link is None:
            return _unknown()
        if not _is_open(link):
            return page("Checkout", _order(link) + _closed(link), 409)
        state.pay_link(link.id)
        return _sent_on(link, "successUrl", "Paid")

    async def decline(request: Request) -> Response:
        link = _find(state, request)
        if link is None:
            return _unknown()
        if not _is_open(link):
            return page("Checkout", _order(link) + _closed(link), 409)
        state.decline_link(link.id)
        return _sent_on(link, "failureUrl", "Declined")

    return [
        Route("/pl_{rest}", show, methods=["GET"]),
        Route("/pl_{rest}/pay", pay, methods=["POST"]),
        Route("/pl_{rest}/decline", decline, methods=["POST"]),
    ]


def _find(state: State, request: Request) -> Link | None:
    try:
        return state.link(f"pl_{request.path_params['rest']}")
    except NotFound:
        return None


def _is_open(link: Link) -> bool:
    return link.status is LinkStatus.ACTIVE


def _sent_on(link: Link, name: str, title: str) -> Response:
    address = link.address(name)
    if address is not None and is_web_address(address):
        return RedirectResponse(address, 303, headers=HEADERS)
    return page(title, _order(link))


def _unknown() -> Response:
    return page("Not found", "<p>There is no such payment link.</p>", 404)


def _order(link: Link) -> str:
    amount = f"{link.major_amount:,.{CURRENCY_DIGITS[link.currency]}f}".replace(
        ",", " "
    )
    lines = [f'<p class="amount">{amount} {escape(link.currency)}</p>']
    if link.order_reference is not None:
        lines.append(f"<p>Order {escape(link.order_reference)}</p>")
    if link.description is not None:
        lines.append(f"<p>{escape(link.description)}</p>")
    return "\n".join(lines)


def _buttons(link: Link) -> str:
    lines = [button(f"/{link.id}/pay", "Pay"), button(f"/{link.id}/decline", "Decline")]
    cancel = link.address("cancelUrl")
    if cancel is not None and is_web_address(cancel):
        lines.append(f'<p><a href="{escape(cancel)}">Back to the shop</a></p>')
    return "\n".join(lines)


def _closed(link: Link) -> str:
    return f"<p>This link is {escape(link.status)} and cannot be paid.</p>"
