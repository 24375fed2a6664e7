"""`python -m plexy_pay_sandbox`: serve the sandbox until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence

import uvicorn

from .access import (
    DEFAULT_AGENT_ID,
    DEFAULT_CHECKOUT_KEY,
    DEFAULT_GATE_KEY,
    DEFAULT_KEY,
    DEFAULT_WEBHOOK_SECRET,
    DEFAULT_WEBHOOK_TOKEN,
)
from .app import create_app
from .card_keys import PADDINGS
from .cards import ANY_PADDING
from .serving import base_url_of, listening_socket, server_config
from .validation import DocumentError
from .webhooks.signing import Authorization


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the sandbox; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        app = create_app(
            options.document,
            keys=options.key or [DEFAULT_KEY],
            checkout_keys=options.checkout_key or [DEFAULT_CHECKOUT_KEY],
            gate_keys=options.gate_key or [DEFAULT_GATE_KEY],
            agent_id=options.agent_id,
            webhook_token=options.webhook_token,
            webhook_authorization=options.webhook_authorization,
            webhook_secret=options.webhook_secret,
            webhook_private_key=options.webhook_private_key,
            webhook_url=options.webhook_url,
            webhook_checkout_url=options.webhook_checkout_url,
            webhook_callback_url=options.webhook_callback_url,
            webhook_hosts=options.webhook_host,
            card_padding=options.card_padding,
        )
        listening = listening_socket(options.host, options.port)
    except (DocumentError, ValueError, OverflowError) as error:
        return _stop(str(error))
    except OSError as error:
        return _stop(
            f"{options.host}:{options.port} cannot be listened on ({error.strerror}). Choose another --port."
        )
    # A key from the command line may be a real one by mistake: it is not printed.
    key = "<your --key>" if options.key else DEFAULT_KEY
    checkout_key = (
        "<your --checkout-key>" if options.checkout_key else DEFAULT_CHECKOUT_KEY
    )
    gate_key = "<your --gate-key>" if options.gate_key else DEFAULT_GATE_KEY
    families = f"checkout {checkout_key}, gate {gate_key} of agent {options.agent_id}"
    print(
        _greeting(base_url_of(listening), key, families, app.state.without_handler),
        flush=True,
    )
    # uvicorn stops in order at Ctrl-C, and then lets the interrupt through.
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(app, access_log=True)).run(sockets=[listening])
    return 0


def _greeting(
    base_url: str, key: str, families: str, without_handler: Sequence[str]
) -> str:
    unknown = "".join(
        f"  Example  {name} has no handler: the document's example is the response\n"
        for name in without_handler
    )
    return f"""Plexy Pay sandbox at {base_url}
A local stand-in for the Plexy Pay API: no money moves, and all is forgotten when it stops.

  Client   PlexyPay("{key}", base_url="{base_url}")
  Keys     {families}
  Pay      open a link's url in a browser, or: curl -X POST <url>/pay
  Decline  curl -X POST <url>/decline
  Clock    curl -X POST {base_url}/_sandbox/advance -d '{{"seconds": 3600}}'
  Webhooks curl {base_url}/_sandbox/webhooks
  Emit     curl -X POST {base_url}/_sandbox/webhooks/emit -d '{{"name": "transaction.charged", "url": "<yours>"}}'
  Forget   curl -X POST {base_url}/_sandbox/reset
{unknown}
Ctrl-C stops it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m plexy_pay_sandbox",
        description="Serve a local stand-in for the Plexy Pay API.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: %(default)s, this machine)",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8490,
        help="port to listen on, 0 for a free one (%(default)s)",
    )
    _add_keys(parser)
    _add_webhooks(parser)
    parser.add_argument(
        "--card-padding",
        choices=(ANY_PADDING, *PADDINGS),
        default=ANY_PADDING,
        help="the RSA padding of card data to take (default: %(default)s)",
    )
    parser.add_argument(
        "--document",
        help="an OpenAPI document in JSON to use instead of the bundled one",
    )
    return parser


def _add_keys(parser: argparse.ArgumentParser) -> None:
    """Add what opens the sandbox."""
    parser.add_argument(
        "--key",
        action="append",
        help=f"an API key to accept, may be repeated (default: {DEFAULT_KEY})",
    )
    parser.add_argument(
        "--checkout-key",
        action="append",
        help=f"a key for the checkout (v2) to accept, may be repeated (default: {DEFAULT_CHECKOUT_KEY})",
    )
    parser.add_argument(
        "--gate-key",
        action="append",
        help=f"a key for the Gate to accept, may be repeated (default: {DEFAULT_GATE_KEY})",
    )
    parser.add_argument(
        "--agent-id",
        default=DEFAULT_AGENT_ID,
        help="the agent of the Gate (default: %(default)s)",
    )


def _add_webhooks(parser: argparse.ArgumentParser) -> None:
    """Add where events are posted to, and what proves them."""
    parser.add_argument(
        "--webhook-url",
        help="where events are posted to that have no callback URL of their own",
    )
    parser.add_argument(
        "--webhook-checkout-url",
        help="where the events of v2 are posted to (default: nowhere)",
    )
    parser.add_argument(
        "--webhook-callback-url",
        help="where host-to-host payments report by the callback of 2023, in place of transaction.* events",
    )
    parser.add_argument(
        "--webhook-token",
        default=DEFAULT_WEBHOOK_TOKEN,
        help="what webhooks of the Pay API carry in Authorization (default: %(default)s)",
    )
    parser.add_argument(
        "--webhook-authorization",
        choices=[*Authorization],
        default=Authorization.BEARER,
        help="how they carry it: Bearer TOKEN, TOKEN, or Bearer Bearer TOKEN (default: %(default)s)",
    )
    parser.add_argument(
        "--webhook-secret",
        default=DEFAULT_WEBHOOK_SECRET,
        help="what signs the webhooks of v2 (default: %(default)s)",
    )
    parser.add_argument(
        "--webhook-private-key",
        help="what signs the callbacks of 2023, without its pr_ (default: the first --key)",
    )
    parser.add_argument(
        "--webhook-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a host besides this machine that webhooks may be posted to, may be repeated",
    )


def _stop(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
