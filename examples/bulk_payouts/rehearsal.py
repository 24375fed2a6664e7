"""Rehearse a run: lose responses, kill what pays, start it again, and count what was paid.

    python rehearsal.py --rows 10000 --on threads
    python rehearsal.py --rows 10000 --on dask

It starts a sandbox, so no money moves.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

import httpx
from plexy_pay import Money, PlexyPay
from plexy_pay_sandbox import RunningSandbox

from bulk_payouts.reading import COLUMNS

Place: TypeAlias = Literal["threads", "dask"]

PROGRAM = [sys.executable, "-m", "bulk_payouts"]
PROGRESS = re.compile(r"(\d+)/\d+ \[")


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold what a rehearsal has counted.

    Attributes:
        rows: The payouts of the file.
        kills: How many processes were killed.
        runs: How often the program was started.
        lost_responses: How many orders were made without anybody hearing of it.
        seconds: How long all runs took.
        unpaid: The references of which the API has no order.
        paid_twice: The references of which the API has several orders.
        strangers: How many orders belong to no row, or have another amount.
        report: What the last run printed.
    """

    rows: int
    kills: int
    runs: int
    lost_responses: int
    seconds: float
    unpaid: list[str]
    paid_twice: list[str]
    strangers: int
    report: str

    @property
    def is_right(self) -> bool:
        """Return whether each row was paid exactly once."""
        return not (self.unpaid or self.paid_twice or self.strangers)


def rehearse(
    sandbox: RunningSandbox,
    directory: Path,
    *,
    rows: int,
    on: Place,
    kills: int,
    lost: float,
    ledger: str,
) -> Figures:
    """Pay a file while responses are lost and processes are killed, and count the orders of the sandbox.

    Args:
        sandbox: A sandbox that knows nothing yet.
        directory: Where the file of payouts is written.
        rows: How many payouts there are.
        on: Where they are paid.
        kills: How many processes are killed, one after the other, evenly spread.
        lost: The part of the responses that is lost.
        ledger: The address of an empty ledger.
    """
    file = directory / "payouts.csv"
    expected = write_file(sandbox, file, rows)
    fault = sandbox.faults.set(
        "settlement_orders.create", "response_lost", probability=lost, seed=1
    )
    marks = [rows * number // (kills + 1) for number in range(1, kills + 1)]
    # The workers of this rehearsal are gone when they are gone, so their leases need not be long.
    command = [*PROGRAM, str(file), "--unit", "major", "--ledger", ledger]
    command += ["--lease", "3"]
    env = {
        **os.environ,
        "PLEXY_API_KEY": sandbox.key,
        "PLEXY_BASE_URL": sandbox.base_url,
    }
    began = time.monotonic()
    if on == "threads":
        runs, report = _on_threads(command, env, marks)
    else:
        runs, report = _on_dask(command, env, marks)
    seconds = time.monotonic() - began
    [struck] = [one.struck for one in sandbox.faults.list() if one.id == fault.id]
    with PlexyPay(sandbox.key, base_url=sandbox.base_url) as client:
        orders = list(client.settlement_orders.list())
    made = Counter(str(order.request_id) for order in orders)
    return Figures(
        rows=rows,
        kills=kills,
        runs=runs,
        lost_responses=struck,
        seconds=seconds,
        unpaid=sorted(expected.keys() - made.keys()),
        paid_twice=sorted(name for name, count in made.items() if count > 1),
        strangers=sum(
            expected.get(str(order.request_id)) != (order.beneficiary_id, order.amount)
            for order in orders
        ),
        report=report,
    )


def write_file(
    sandbox: RunningSandbox, file: Path, rows: int
) -> dict[str, tuple[str, object]]:
    """Write a file of payouts to three beneficiaries, and bring in the money for it.

    Returns:
        The beneficiary and the amount of each reference.
    """
    with PlexyPay(sandbox.key, base_url=sandbox.base_url) as client:
        link = client.payment_links.create(
            amount=Money("100000000", "KZT"),
            order_reference="takings",
            description="What is paid out",
            expires_at=sandbox.clock.now() + timedelta(hours=2),
        )
        httpx.post(f"{link.url}/pay").raise_for_status()
        # An hour later the money is there.
        sandbox.clock.advance("1h")
        sellers = [
            str(client.beneficiaries.create(name=name, iban=iban).id)
            for name, iban in (("Aru", "KZ01"), ("Dana", "KZ02"), ("Timur", "KZ03"))
        ]
    expected: dict[str, tuple[str, object]] = {}
    lines = [",".join(COLUMNS)]
    for number in range(1, rows + 1):
        money = Money.from_minor(100_00 + number, "KZT")
        reference, seller = f"PAY-{number:05}", sellers[number % len(sellers)]
        expected[reference] = (seller, money.amount)
        lines.append(f"{reference},{money.amount},{money.currency},{seller}")
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return expected


def _on_threads(
    command: list[str], env: dict[str, str], marks: list[int]
) -> tuple[int, str]:
    """Kill the program at each mark, start it again, and let the last run come to its end."""
    for mark in marks:
        with _started(command, env) as process:
            _watch(process, mark)
            process.kill()
    with _started(command, env) as process:
        _watch(process, None)
        return len(marks) + 1, _printed(process)


def _on_dask(
    command: list[str], env: dict[str, str], marks: list[int]
) -> tuple[int, str]:
    """Kill a worker at each mark, and with the last one the program, too; start that again."""
    from distributed import LocalCluster

    # Dask has few types.
    local_cluster: Any = LocalCluster
    with local_cluster(
        n_workers=2, threads_per_worker=4, dashboard_address=":0", env=env
    ) as cluster:
        command = [*command, "--dask", cluster.scheduler_address]
        with _started(command, env) as process:
            for number, mark in enumerate(marks):
                _watch(process, mark)
                workers = list(cluster.workers.values())
                # Its nanny starts another one in its place.
                os.kill(workers[number % len(workers)].pid, signal.SIGKILL)
            process.kill()
        with _started(command, env) as process:
            _watch(process, None)
            return 2, _printed(process)


@contextmanager
def _started(
    command: list[str], env: dict[str, str]
) -> Generator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=Path(__file__).parent, env=env, stdout=pipe, stderr=pipe, text=True
    ) as process:
        yield process


def _watch(process: subprocess.Popen[str], mark: int | None) -> None:
    """Read the progress bar until so many payouts are done, or to its end."""
    assert process.stderr is not None
    for line in process.stderr:
        print(line.rstrip(), end="\r", file=sys.stderr)
        found = PROGRESS.search(line)
        if mark is not None and found and int(found[1]) >= mark:
            return
    if mark is not None:
        raise RuntimeError(f"The program ended before {mark} payouts were made.")


def _printed(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.read()


def main() -> int:
    """Rehearse in a sandbox and a directory of its own, and print the figures."""
    parser = argparse.ArgumentParser(description="Rehearse a run in a sandbox.")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--on", choices=["threads", "dask"], default="threads")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument(
        "--lost", type=float, default=0.1, help="the part of responses that is lost"
    )
    parser.add_argument(
        "--ledger", help="an empty database; a file of SQLite unless you name one"
    )
    arguments = parser.parse_args()
    with TemporaryDirectory() as name, RunningSandbox() as sandbox:
        figures = rehearse(
            sandbox,
            Path(name),
            rows=arguments.rows,
            on=arguments.on,
            kills=arguments.kills,
            lost=arguments.lost,
            ledger=arguments.ledger or f"sqlite:///{name}/ledger.db",
        )
    print(figures.report)
    print(
        f"{figures.rows:,} payouts on {arguments.on} in {figures.seconds:.0f} s: "
        f"{figures.runs} runs, {figures.kills} kills, {figures.lost_responses:,} responses lost; "
        f"{len(figures.unpaid)} unpaid, {len(figures.paid_twice)} paid twice, {figures.strangers} strangers"
    )
    return 0 if figures.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
