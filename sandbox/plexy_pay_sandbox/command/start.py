"""Serve the sandbox until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn

from ..access import (
    DEFAULT_AGENT_ID,
    DEFAULT_CHECKOUT_KEY,
    DEFAULT_GATE_KEY,
    DEFAULT_KEY,
    DEFAULT_WEBHOOK_SECRET,
    DEFAULT_WEBHOOK_TOKEN,
)
from ..app import create_app
from ..card_keys import PADDINGS
from ..cards import ANY_PADDING
from ..journal import JournalError
from ..serving import base_url_of, listening_socket, server_config
from ..validation import DocumentError
from ..webhooks.signing import Authorization
from .errors import CommandError
from .output import show, show_json

_KEYS: Final = "Keys"
_WEBHOOKS: Final = "Webhooks"


def start(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on, 0 for a free one.")
    ] = 8490,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help=f"An API key to accept, may be repeated. [default: {DEFAULT_KEY}]",
            rich_help_panel=_KEYS,
        ),
    ] = None,
    checkout_key: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A key for the checkout (v2), may be repeated. [default: {DEFAULT_CHECKOUT_KEY}]",
            rich_help_panel=_KEYS,
        ),
    ] = None,
    gate_key: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A key for the Gate, may be repeated. [default: {DEFAULT_GATE_KEY}]",
            rich_help_panel=_KEYS,
        ),
    ] = None,
    agent_id: Annotated[
        str, typer.Option(help="The agent of the Gate.", rich_help_panel=_KEYS)
    ] = DEFAULT_AGENT_ID,
    webhook_url: Annotated[
        str | None,
        typer.Option(
            help="The address for events without a callback URL of their own.",
            rich_help_panel=_WEBHOOKS,
        ),
    ] = None,
    webhook_checkout_url: Annotated[
        str | None,
        typer.Option(
            help="The address for the events of v2.", rich_help_panel=_WEBHOOKS
        ),
    ] = None,
    webhook_callback_url: Annotated[
        str | None,
        typer.Option(
            help="The address for the callbacks of 2023, sent for host-to-host payments instead of transaction.*.",
            rich_help_panel=_WEBHOOKS,
        ),
    ] = None,
    webhook_token: Annotated[
        str,
        typer.Option(
            help="The token in the Authorization header of the Pay API's webhooks.",
            rich_help_panel=_WEBHOOKS,
        ),
    ] = DEFAULT_WEBHOOK_TOKEN,
    webhook_authorization: Annotated[
        Authorization,
        typer.Option(
            help="The form of that header: Bearer TOKEN, TOKEN, or Bearer Bearer TOKEN.",
            rich_help_panel=_WEBHOOKS,
        ),
    ] = Authorization.BEARER,
    webhook_secret: Annotated[
        str,
        typer.Option(
            help="The secret that signs the webhooks of v2.", rich_help_panel=_WEBHOOKS
        ),
    ] = DEFAULT_WEBHOOK_SECRET,
    webhook_private_key: Annotated[
        str | None,
        typer.Option(
            help="The key that signs the callbacks of 2023, without its pr_. [default: the first --key]",
            rich_help_panel=_WEBHOOKS,
        ),
    ] = None,
    webhook_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Another host than this machine to which webhooks may be sent; may be repeated.",
            rich_help_panel=_WEBHOOKS,
        ),
    ] = None,
    card_padding: Annotated[
        str,
        typer.Option(
            help=f"The RSA padding of card data to take: {', '.join((ANY_PADDING, *PADDINGS))}."
        ),
    ] = ANY_PADDING,
    db: Annotated[
        str | None,
        typer.Option(
            help="A file that keeps the state; it is created if it does not exist. [default: none, the state is lost]"
        ),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            help="A public name of the sandbox; may be repeated. Addresses, names without a dot "
            "and private ones (.local, .internal, .test) need none."
        ),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option(
            help="An OpenAPI document in JSON to use instead of the bundled one."
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the dashboard in a browser.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the address and the keys as JSON.")
    ] = False,
) -> None:
    """Serve the sandbox until Ctrl-C. This is what `plexy-sandbox` does without a command."""
    try:
        app = create_app(
            document,
            keys=key or [DEFAULT_KEY],
            checkout_keys=checkout_key or [DEFAULT_CHECKOUT_KEY],
            gate_keys=gate_key or [DEFAULT_GATE_KEY],
            agent_id=agent_id,
            webhook_token=webhook_token,
            webhook_authorization=webhook_authorization.value,
            webhook_secret=webhook_secret,
            webhook_private_key=webhook_private_key,
            webhook_url=webhook_url,
            webhook_checkout_url=webhook_checkout_url,
            webhook_callback_url=webhook_callback_url,
            webhook_hosts=webhook_host or [],
            card_padding=card_padding,
            db=db,
            allowed_hosts=[host, *(allowed_host or [])],
        )
        listening = listening_socket(host, port)
    except (DocumentError, JournalError, ValueError, OverflowError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(
            f"{host}:{port} cannot be listened on ({error.strerror}). Choose another --port."
        ) from None
    base_url = base_url_of(listening)
    access = app.state.access.shown()
    if as_json:
        kept_in = None if db is None else str(app.state.db)
        show_json({"base_url": base_url, "db": kept_in} | access)
    else:
        show(_banner(base_url, access, app.state.without_handler, app.state.db))
    if open_page:
        webbrowser.open(f"{base_url}/")
    # uvicorn stops in order at Ctrl-C, and then lets the interrupt through.
    with contextlib.suppress(KeyboardInterrupt):
        config = server_config(app, access_log=not as_json)
        uvicorn.Server(config).run(sockets=[listening])


def _banner(
    base_url: str,
    access: Mapping[str, str],
    without_handler: Sequence[str],
    db: Path | None,
) -> str:
    end = "its state is lost when it stops" if db is None else f"state is kept in {db}"
    unknown = "".join(
        f"  Example  {name} has no handler: the document's example is the response\n"
        for name in without_handler
    )
    key = json.dumps(access["key"])
    return f"""Plexy Pay sandbox at {base_url}
A local stand-in for the Plexy Pay API: no money moves, and {end}.

  Dashboard {base_url}/
  Client    PlexyPay({key}, base_url="{base_url}")
  Keys      checkout {access["checkout_key"]}, gate {access["gate_key"]} of agent {access["agent_id"]}
  Webhooks  token {access["webhook_token"]}, v2 {access["webhook_secret"]}, 2023 {access["webhook_private_key"]}
{unknown}
Type in another terminal:

  export PLEXY_BASE_URL={base_url}
  plexy-sandbox trigger transaction.charged
  plexy-sandbox doctor

Ctrl-C stops it."""
