"""Run the program: `python -m bulk_payouts payouts.csv --unit major`."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from plexy_pay import Money, PlexyError
from tqdm import tqdm

from .ledger import ConflictError, Ledger, open_ledger
from .paying import plexy
from .payout import Payout
from .reading import WrongFileError, read_payouts
from .report import ask_for_statuses, is_well, report
from .running import number_done, pay_all

MOST_PROBLEMS = 20


def main() -> int:
    """Run the program, and return 0 if all is paid for, 1 if somebody has to look, 2 if nothing was begun."""
    arguments = _parser().parse_args()
    try:
        payouts = read_payouts(arguments.file, arguments.unit)
    except (WrongFileError, OSError) as error:
        print(_shortened(str(error)), "Nothing was sent.", sep="\n", file=sys.stderr)
        return 2
    print(f"{arguments.file}: {len(payouts):,} payouts, {_totals(payouts)}")
    if arguments.check:
        return 0
    ledger = open_ledger(arguments.ledger, arguments.lease)
    ledger.create()
    try:
        ledger.plan(payouts)
    except ConflictError as error:
        print(f"{arguments.file}: {error}. Nothing was sent.", file=sys.stderr)
        return 2
    if arguments.again:
        ledger.plan_refused_again()
    return _pay(ledger, arguments)


def _pay(ledger: Ledger, arguments: argparse.Namespace) -> int:
    stopped = ""
    total = sum(ledger.counts().values())
    try:
        with (
            tqdm(total=total, initial=number_done(ledger), unit="payout") as bar,
            _executor(arguments) as executor,
        ):
            pay_all(
                arguments.ledger,
                arguments.lease,
                executor,
                lambda done: bar.update(done - bar.n),
            )
        ask_for_statuses(ledger, plexy())
    except PlexyError as error:
        stopped = f"Stopped: {error} Run the same command again to go on."
    print(*report(ledger), sep="\n")
    if stopped:
        print(stopped, file=sys.stderr)
    return 0 if is_well(ledger) and not stopped else 1


def _executor(arguments: argparse.Namespace) -> AbstractContextManager[Executor]:
    if not arguments.dask:
        return ThreadPoolExecutor(arguments.threads)
    # Who pays on threads needs no Dask.
    from .cluster import on_dask

    return on_dask(arguments.dask)


def _totals(payouts: list[Payout]) -> str:
    totals: dict[str, Money] = {}
    for payout in payouts:
        money = payout.money
        totals[money.currency] = money + totals.get(
            money.currency, Money(0, money.currency)
        )
    return ", ".join(str(totals[currency]) for currency in sorted(totals))


def _shortened(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > MOST_PROBLEMS:
        more = len(lines) - MOST_PROBLEMS
        lines = [*lines[:MOST_PROBLEMS], f"and {more:,} more"]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bulk_payouts",
        description="Pay a CSV file of payouts, each exactly once. Run it again to go on after a crash.",
    )
    parser.add_argument(
        "file",
        type=Path,
        help="a CSV file: reference,amount,currency,beneficiary_id; amounts as people write them: 22000.50",
    )
    parser.add_argument(
        "--unit",
        choices=["major", "minor"],
        required=True,
        help="in which unit the API takes amounts; it is not documented: ask Plexy Pay",
    )
    parser.add_argument(
        "--ledger",
        default="sqlite:///payouts.db",
        metavar="ADDRESS",
        help="the database that keeps what was sent: sqlite:///FILE on one machine, postgresql://... for several",
    )
    parser.add_argument(
        "--lease",
        type=float,
        default=300,
        metavar="SECONDS",
        help="for how long a worker has a payout; longer than a call may take, which is 240 seconds",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--threads", type=int, default=8, help="how many threads pay")
    where.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="pay on the Dask cluster at this address, or on a `local` one",
    )
    parser.add_argument(
        "--check", action="store_true", help="check the file, and send nothing"
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="send once more what the API has refused, after you have seen to the reason",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
