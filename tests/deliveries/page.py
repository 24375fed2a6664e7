"""docs/webhook-deliveries.md, from what a run has seen: `./nox -s deliveries` writes it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from . import cases
from .cases import SCHEMES, SECTIONS, Cell, Entry

PAGE = Path(__file__).parents[2] / "docs" / "webhook-deliveries.md"

_HEAD = """\
<!-- Written by `./nox -s deliveries` from its results. Do not edit; change tests/deliveries instead. -->

# Hostile webhook deliveries

Your webhook endpoint is public. This page shows how the client treats each hostile delivery that we could think of.
Each cell is a delivery to `webhooks.unwrap` and to a `Receiver`, with `receive` and with `receive_async`. The run fails
if a result differs from the table in `tests/deliveries/cases.py`, where the expected results are written by hand.

## How to read the tables

The columns are the classes of secrets; each class selects a [verification scheme](webhook-verification.md). The
receiver always has the right secret; only the deliveries differ.

- `missing_header` → **401**, 0 ×: `unwrap` raised `WebhookVerificationError` with this `reason`. The receiver returned
  401 and did not call the handler.
- `TransactionCharged` → **200**, 1 ×: `unwrap` returned an event of this class. The receiver returned 200 and called
  the handler once.
- `PaymentCallback` → **200**, **200**, 1 ×: two deliveries. Both were verified and acknowledged. The receiver called
  the handler once in total.
- `TransactionCharged` → **500**, **200**, 2 ×: the handler raised at the first delivery. The receiver passed its error
  on, and the web framework responded with 500.

No hostile input raises an error other than `WebhookVerificationError`. A fuzzer searches for one that does
(`./nox -s fuzz`).
"""

_TAIL = """
## Conclusions about the schemes

- **A token does not cover the body.** Anybody who learns the token can send any event, and a change of the body on its
  way goes unnoticed. Protect the token like an API key, receive webhooks over HTTPS only, and fetch the transaction
  before you hand over anything of value.
- **`x-signature` covers five fields**, without the borders between them. The client refuses a text that can be split in
  another way as `ambiguous`; it never refuses a callback whose id is a UUID for this reason. `settled` is not signed at
  all, and an intercepted delivery can be sent again. Fetch the payment here too.
- **`Plexy-Signature` covers the whole body, but not its timestamp.** An intercepted delivery can be sent again with the
  current time. Only the `dedup_id` reveals it.
"""


def render(entries: list[Entry]) -> str:
    """The page. It holds no date and no measured time: the same behavior gives the same bytes."""
    seen = {
        (entry.row.text, entry.scheme.name): entry.seen["receive"] for entry in entries
    }
    parts = [_HEAD]
    for title, text, rows in SECTIONS:
        lines = [
            f"| delivery | {' | '.join(scheme.title for scheme in SCHEMES)} |",
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
    # The run refuses deliveries on purpose, so the log would show nothing new.
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
