"""Put the commands together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from plexy_pay import __version__

from . import clock, doctor, events, faults, payer, requests, scenarios, start
from .errors import CommandError

app: Final = typer.Typer(
    name="plexy-sandbox",
    help="A local stand-in for the Plexy Pay API: no money moves.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("start")(start.start)
app.command("trigger")(events.trigger)
app.command("pay")(payer.pay)
app.command("advance")(clock.advance)
app.command("logs")(requests.logs)
app.command("reset")(clock.reset)
app.command("doctor")(doctor.doctor)
app.add_typer(events.deliveries, name="deliveries")
app.add_typer(faults.faults, name="faults")
app.add_typer(scenarios.scenarios, name="scenarios")

#: What is no option of `start`, the default.
_GENERAL: Final = (
    "-h",
    "--help",
    "--version",
    "--install-completion",
    "--show-completion",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"plexy-pay-sandbox {__version__}")
        raise typer.Exit


@app.callback()
def _general(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; `start` if none is named. Return the exit code."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    if not given or (given[0].startswith("-") and given[0] not in _GENERAL):
        given.insert(0, "start")
    try:
        app(given, prog_name="plexy-sandbox")
    except CommandError as error:
        print(error.message, file=sys.stderr)
        return error.code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0
