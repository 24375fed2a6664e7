"""`python -m reliability`: fill the fault table and write docs/reliability.md, then pay 10,000 orders among faults.

After that a sandbox that keeps its state in a file is killed several times in the middle of 1,000 payments.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import kills, page, payments, table
from .payments import Plan, Result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all, and return the exit code."""
    options = _parser().parse_args(arguments)
    code = 0 if options.only_kills else fill_the_table()
    if options.payments and not options.only_kills:
        plan = Plan(options.payments, options.threads, options.tasks, options.seed)
        code = conclude(payments.run(plan)) or code
    if options.kills:
        code = kill_amid_payments(kills.Plan(kills=options.kills)) or code
    return code


def fill_the_table() -> int:
    """Write the page, if all is as the rules say."""
    entries = table.run()
    differences = table.differences(entries)
    if differences:
        print("\n".join(differences), file=sys.stderr)
        print(
            f"{len(differences)} differences from the rules: docs/reliability.md was not written.",
            file=sys.stderr,
        )
        return 1
    page.PAGE.write_text(page.render(entries), encoding="utf-8")
    print(
        f"{len(entries)} cells, sync and async, are as the rules say: docs/reliability.md shows them."
    )
    return 0


def conclude(result: Result) -> int:
    """Print the counts, and what they mean."""
    print("\n".join(result.lines()))
    if not result.is_right:
        print("Not every order was paid exactly once.", file=sys.stderr)
        return 1
    print("Every order was paid exactly once.")
    return 0


def kill_amid_payments(plan: kills.Plan) -> int:
    """Kill a sandbox in the middle of payments, and print what was seen."""
    with tempfile.TemporaryDirectory() as directory:
        result = kills.run(Path(directory), plan)
    print("\n".join(result.lines()))
    if result.faults:
        print("Something that was acknowledged is missing.", file=sys.stderr)
        return 1
    print("Nothing that was acknowledged is missing.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reliability", description=__doc__)
    plan = Plan()
    parser.add_argument(
        "--payments",
        type=int,
        default=plan.payments,
        help="orders to pay, 0 for none (%(default)s)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=plan.threads,
        help="threads with the sync client (%(default)s)",
    )
    parser.add_argument(
        "--tasks",
        type=int,
        default=plan.tasks,
        help="tasks with the async client (%(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=plan.seed,
        help="what decides about the faults (%(default)s)",
    )
    parser.add_argument(
        "--kills",
        type=int,
        default=kills.Plan().kills,
        help="kills of a sandbox in the middle of 1,000 payments, 0 for none (%(default)s)",
    )
    parser.add_argument(
        "--only-kills", action="store_true", help="do the last part alone"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
