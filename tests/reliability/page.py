"""docs/reliability.md, from what a run has seen."""

from __future__ import annotations

from pathlib import Path

from .cells import FLAVORS
from .kinds import KINDS
from .rules import SECTIONS, Cell, Row
from .table import Entry

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"

_HEAD = """\
<!-- Written by `./nox -s reliability` from what it saw. Do not edit: change tests/reliability. -->

# What happens when something breaks

Networks lose responses, servers fail half-way, and then the question is what became of the money. This page is a
measurement: each cell is a call of this client into a fault made with real sockets, once with `PlexyPay` and once with
`AsyncPlexyPay`. Both must do the same, and what `tests/reliability/rules.py` says, or the run fails.

Three calls stand for all:

| column | call | what it stands for |
| --- | --- | --- |
| GET | `transactions.retrieve` | calls that only read |
| POST | `payments.refund` | calls that move money, without an idempotency key |
| POST with a key | `settlement_orders.create` | calls that move money under a key of yours (`request_id`) |

## How to read it

`3 ×` means: the client set out three times, and the server got three whole requests. `0 × of 3`: it set out three
times, and the server got none. Then comes `error.outcome`, and the class of the error. The fifth column has the waits
between the tries, with the dice loaded: real ones are random up to these, unless the API asked for a wait.

The last column has the result of `error.reconcile()`, which every `OutcomeUnknownError` offers, while the fault lasts:
a look-up into the same fault does not guess. Ask again when the API answers again
([When a payment's outcome is unknown](reconciling.md)).

- **response**: the call returned.
- **not_sent**: nothing of the request left. No money moved.
- **rejected**: the API said no. No money moved.
- **unknown**: it may have been done. For a call that moves money the error is an `OutcomeUnknownError`; what stands in
  brackets is its `cause`. Do not send it again before you have looked it up.

The clients have the default `max_retries=2`. In every cell the run also checks that all attempts of a call send the
same bytes, and the same idempotency key where there is one; that each carries exactly the raw API key; that no other
host was contacted; and that the error knows its call, its order reference and its idempotency key, survives pickling
and shows no API key.
"""

_TAIL = """
[^union]: No operation of the API answers with one of several variants today. These calls are made by hand, with the
    decoder that generated code would use.

## Ten thousand payments

After the table, `./nox -s reliability` pays 10,000 orders at the sandbox with `direct_payments.create`, half of them by
16 threads that share a `PlexyPay`, half by 64 tasks that share an `AsyncPlexyPay`, through a proxy that does harm to a
fifth of the exchanges: it resets the connection, cuts responses off, gives none, or answers 429, 500, 502, 503, 504,
520 or an HTML page, before and after it has passed the request on. Each worker does what
[When a payment's outcome is unknown](reconciling.md) advises: it saves the call, calls, and saves the result. What ends
with an `OutcomeUnknownError` is reconciled, among faults too; what stays undetermined is looked up once more without
faults; and an order is paid again, under a reference of its own, only where the response is `NotExecuted`. No money
moves at the sandbox, so the wait before a `NotExecuted` is left out (`environment="test"`, `min_age=0`).

At the end the sandbox's own ledger is asked, past the proxy. The run prints its counts, and fails unless every order
was paid exactly once and the books of the merchant say the same. A test lets the same run pay again without looking,
and sees that orders are paid twice.

## What this does not show

- **The real API.** The faults are ours. What Plexy Pay means by a status is known only as far as its documentation
  says; that is why everything in doubt counts as `unknown`.
- **The network between.** All of it happens on one machine, over HTTP/1.1: no lost packets, no proxies, no HTTP/2.
  Nothing is said of a transport or an `http_client` of your own below the client's guard.
- **Time.** Clocks and dice are injected, so waits are decided but not slept. The sync client looks at the total timeout
  between attempts and between the pieces of a body: a name look-up that hangs, or a server whose headers come byte by
  byte, can hold it longer. The async client is cut off at the total timeout.
- **The end of your process.** No client can report an outcome to a program that died. Keep the order reference, or the
  key, before you call.
- **A request that is still on its way.** A look-up right after a time-out can be too early: the request may be carried
  out after it. The 10,000 payments are looked up when none is on its way any more; in your shop, wait.
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
        "| what happens | GET | POST | POST with a key | waits | reconcile |",
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
