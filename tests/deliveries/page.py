"""docs/webhook-deliveries.md, from what a run has seen: `./nox -s deliveries` writes it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from . import cases
from .cases import SCHEMES, SECTIONS, Cell, Entry

PAGE = Path(__file__).parents[2] / "docs" / "webhook-deliveries.md"

_HEAD = """\
<!-- Written by `./nox -s deliveries` from what it saw. Do not edit: change tests/deliveries/cases.py. -->

# Hostile webhook deliveries

Anybody can post to the address of your webhooks. This page shows what comes of it: each cell is a delivery that was
sent through `webhooks.unwrap` and through a `Receiver`, with `receive` and with `receive_async`. All must do what the
table in `tests/deliveries/cases.py` says, where the responses are written down by hand, or the run fails.

## How to read it

The columns are the classes of secrets, which choose how a delivery is proved. The secret is the right one; what is
wrong is the delivery.

- `missing_header` → **401**, 0 ×: `unwrap` raised `WebhookVerificationError` with this `reason`. The receiver answers
  401, and the handler did not run.
- `TransactionCharged` → **200**, 1 ×: `unwrap` gave an event of this class. The receiver answers 200, and the handler
  ran once.
- `PaymentCallback` → **200**, **200**, 1 ×: two deliveries. Both were proved and acknowledged, and the handler ran once
  in all.
- `TransactionCharged` → **500**, **200**, 2 ×: the handler raised at the first delivery. The receiver passes its error
  on, and the web framework answers 500.

No hostile input raises anything but `WebhookVerificationError`. A fuzzer looks for one that does (`./nox -s fuzz`).
"""

_TAIL = """
## What this says of the schemes

- **A token says nothing of the body.** Whoever learns it can send any event, and what changes the body on its way is
  not noticed. Keep the token as you keep a key, take webhooks over HTTPS only, and fetch the transaction before you
  hand over anything of value.
- **`x-signature` covers five fields**, and not where one ends and the next begins. What can be divided in another way
  is refused as `ambiguous`; a callback whose id is a UUID never is. `settled` is not signed at all, and a delivery that
  was caught can be sent again. Fetch the payment here too.
- **`Plexy-Signature` covers the whole body, but not its timestamp.** A delivery that was caught can be sent again with
  a timestamp of now. Only the `dedup_id` responses that.
"""


def render(entries: list[Entry]) -> str:
    """The page. It holds no date and no measured time: the same behavior gives the same bytes."""
    seen = {
        (entry.row.text, entry.scheme.name): entry.seen["receive"] for entry in entries
    }
    parts = [_HEAD]
    for title, text, rows in SECTIONS:
        lines = [
            f"| what is sent | {' | '.join(scheme.title for scheme in SCHEMES)} |",
            f"|{' --- |' * 4}",
        ]
        for row in rows:
            cells = [_cell(seen[row.text, scheme.name]) for scheme in SCHEMES]
            lines.append(f"| {' | '.join([row.text, *cells])} |")
        parts.append(f"\n## {title}\n\n{text}\n\n" + "\n".join(lines) + "\n")
    return "".join([*parts, _TAIL])


def _cell(cell: Cell) -> str:
    results = ", ".join(f"`{result}`" for result in cell.results)
    return f"{results} → {', '.join(f'**{status}**' for status in cell.statuses)}, {cell.handled} ×"


def main() -> int:
    """Write the page, if all is as the table says."""
    # That deliveries are refused is no news here.
    logging.getLogger("plexy_pay").setLevel(logging.CRITICAL)
    entries = cases.run()
    differences = cases.differences(entries)
    if differences:
        print("\n".join(differences), file=sys.stderr)
        print(
            f"{len(differences)} differences from the table: the page was not written.",
            file=sys.stderr,
        )
        return 1
    PAGE.write_text(render(entries), encoding="utf-8")
    print(f"{len(entries)} cells are as the table says: {PAGE.name} shows them.")
    return 0
