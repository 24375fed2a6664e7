"""docs/reliability.md, from what a run has seen."""

from __future__ import annotations

from pathlib import Path

from .cells import FLAVORS
from .kinds import KINDS
from .rules import SECTIONS, Cell, Row
from .table import Entry

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"

_HEAD = """\
<!-- Written by `./nox -s reliability` from its results. Do not edit; change tests/reliability instead. -->

# What happens when something breaks

This page shows what the client does in each kind of failure, so that you know which error your code gets, and whether
money may have moved. It is a measurement: each cell is a call of this client into a fault made with real sockets, once
with `PlexyPay` and once with `AsyncPlexyPay`. The run fails if the two differ, or if they break the rules in
`tests/reliability/rules.py`.

Three calls represent all others:

| column | call | represents |
| --- | --- | --- |
| GET | `transactions.retrieve` | calls that only read |
| POST | `payments.refund` | calls that move money, without an idempotency key |
| POST with a key | `settlement_orders.create` | calls that move money with an idempotency key of yours (`request_id`) |

## How to read the tables

`3 ×` means that the client made three attempts, and the server received three complete requests. `0 × of 3` means that
it made three attempts, and the server received none. `error.outcome` and the class of the error follow. The fifth
column has the waits between the attempts. The run uses the longest possible waits; real ones are random up to these
values, unless the API asked for a wait.

The last column has the result of `error.reconcile()` while the fault lasts. Every `OutcomeUnknownError` has this
method. A look-up into the same fault does not guess. Reconcile again when the API responds again ([When an outcome is
unknown](reconciling.md)).

- **response**: the call returned.
- **not_sent**: nothing of the request was sent. No money moved.
- **rejected**: the API refused. No money moved.
- **unknown**: the API may have executed the call. For a call that moves money, the error is an `OutcomeUnknownError`,
  with its `cause` in brackets. Do not send the call again before you have looked it up.

The clients have the default `max_retries=2`. In every cell, the run also checks that

- all attempts of a call send the same bytes, and the same idempotency key if there is one;
- each attempt carries exactly the raw API key;
- no other host is contacted;
- the error has its call, its order reference and its idempotency key, survives pickling, and shows no API key.
"""

_TAIL = """
[^union]: No operation of the API returns one of several variants today. The run makes these calls by hand, with the
    decoder that generated code would use.

## Ten thousand payments

After the tables, `./nox -s reliability` pays 10,000 orders at the sandbox with `direct_payments.create`. 16 threads
with one shared `PlexyPay` pay half of them, and 64 tasks with one shared `AsyncPlexyPay` pay the other half. A proxy
damages a fifth of the exchanges, before or after it has forwarded the request: it resets the connection, truncates the
response, sends none, or responds with 429, 500, 502, 503, 504, 520 or an HTML page.

Each worker follows [When an outcome is unknown](reconciling.md): it saves the call, calls, and saves the result. A call
that ends with an `OutcomeUnknownError` is reconciled, also among faults. A call that stays undetermined is reconciled
once more without faults. An order is paid again, under a separate reference, only after `NotExecuted`. No money moves
at the sandbox, so the run skips the wait before a `NotExecuted` (`environment="test"`, `min_age=0`).

At the end, the run reads the sandbox's own list of transactions, without the proxy. It prints its counts, and fails
unless every order was paid exactly once and the merchant's records agree. A test also lets the same run pay again
without a look-up, and observes orders that are paid twice.

## What this page does not show

- **The real API.** The faults are ours. The meaning of a status at Plexy Pay is known only from its documentation, so
  every uncertain case counts as `unknown`.
- **The network.** Everything runs on one machine, over HTTP/1.1, without lost packets, proxies or HTTP/2. The results
  say nothing about a transport or an `http_client` of yours.
- **Time.** Clocks and random numbers are injected, so waits are decided but not slept. The sync client checks the total
  timeout between attempts and between the pieces of a body. A name look-up that hangs, or a server that sends its
  headers byte by byte, can therefore exceed the total timeout. The async client stops at the total timeout.
- **A crash of your process.** No client can report an outcome to a program that died. Save the order reference, or the
  idempotency key, before you call.
- **A request on its way.** A look-up right after a timeout may be too early, because the API may execute the request
  afterwards. The run looks the 10,000 payments up when no request is on its way any more. In your shop, wait.
"""


def render(entries: list[Entry]) -> str:
    """The page. It holds no date and no measured time: the same behavior gives the same bytes."""
    seen = {
        (entry.row.fault, entry.kind.call): entry.seen[FLAVORS[0]].cell
        for entry in entries
    }
    parts = [_HEAD]
    for title, text, rows in SECTIONS:
        cells = [(row, [seen[row.fault, kind.call] for kind in KINDS]) for row in rows]
        parts.append(f"\n## {title}\n\n{text}\n\n{_table(cells)}")
    return "".join([*parts, _TAIL])


def _table(rows: list[tuple[Row, list[Cell]]]) -> str:
    lines = [
        "| fault | GET | POST | POST with a key | waits | reconcile |",
        f"|{' --- |' * 6}",
    ]
    for row, cells in rows:
        # The kinds that try again all wait alike.
        waits = max((cell.waits for cell in cells), key=len)
        shown = ", ".join(f"{seconds:g} s" for seconds in waits)
        reconciled = ", ".join(
            sorted({f"`{cell.reconciled}`" for cell in cells if cell.reconciled})
        )
        lines.append(
            f"| {' | '.join([row.text, *map(_cell, cells), shown, reconciled])} |"
        )
    return "\n".join(lines) + "\n"


def _cell(cell: Cell) -> str:
    count = f"{cell.arrived} ×" + (
        f" of {cell.tries}" if cell.tries != cell.arrived else ""
    )
    error = f", `{cell.cause or cell.error}`" if cell.error else ""
    if cell.cause:
        error = f", `{cell.error}` (`{cell.cause}`)"
    return f"{count}, **{cell.outcome}**{error}"
